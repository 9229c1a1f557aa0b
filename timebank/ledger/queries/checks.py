"""The books' rules as questions; each row of an answer is something that disagrees (tenant, subject, facts …)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """A rule: its code, the question, and a sentence for each row of the answer."""

    code: str
    sql: str
    words: str


CHECKS: tuple[Check, ...] = (
    Check(
        "zero_sum",
        """SELECT tenant_id, unit, sum(amount) FROM (
          SELECT tenant_id, unit, posted AS amount FROM ledger_account UNION ALL
          SELECT a.tenant_id, a.unit, d.amount FROM daybook d
          JOIN ledger_account a ON a.tenant_id = d.tenant_id AND a.id = d.account_id) AS lines
        GROUP BY tenant_id, unit HAVING sum(amount) <> 0""",
        "accounts of tenant {0} in {1} sum to {2}, not to 0",
    ),
    Check(
        "balance",
        """SELECT a.tenant_id, a.id, a.posted, coalesce(e.total, 0), a.seq, coalesce(e.newest, 0), coalesce(e.n, 0)
        FROM ledger_account a LEFT JOIN (
          SELECT tenant_id, account_id, sum(amount) AS total, max(seq) AS newest, count(*) AS n
          FROM entry GROUP BY tenant_id, account_id) e ON e.tenant_id = a.tenant_id AND e.account_id = a.id
        WHERE a.posted <> coalesce(e.total, 0) OR a.seq <> coalesce(e.newest, 0) OR a.seq <> coalesce(e.n, 0)""",
        "account {1} says {2} after entry {4}; its {6} entries, the last numbered {5}, sum to {3}",
    ),
    Check(
        "running_balance",
        """SELECT tenant_id, account_id, seq, balance, computed, previous FROM (
          SELECT tenant_id, account_id, seq, balance,
            sum(amount) OVER (PARTITION BY tenant_id, account_id ORDER BY seq) AS computed,
            coalesce(lag(seq) OVER (PARTITION BY tenant_id, account_id ORDER BY seq), 0) AS previous
          FROM entry) AS lines WHERE balance <> computed OR seq <> previous + 1""",
        "account {1}, entry {2} (after entry {5}): balance {3}, computed {4}",
    ),
    Check(
        "sides",
        """SELECT t.tenant_id, t.id, t.kind, t.amount, d.amount, c.amount FROM transfer t
        LEFT JOIN (SELECT tenant_id, account_id, transfer_id, amount FROM entry UNION ALL
          SELECT tenant_id, account_id, transfer_id, amount FROM daybook) d
          ON d.tenant_id = t.tenant_id AND d.transfer_id = t.id AND d.account_id = t.debit_id
        LEFT JOIN (SELECT tenant_id, account_id, transfer_id, amount FROM entry UNION ALL
          SELECT tenant_id, account_id, transfer_id, amount FROM daybook) c
          ON c.tenant_id = t.tenant_id AND c.transfer_id = t.id AND c.account_id = t.credit_id
        WHERE CASE WHEN t.kind IN ('post', 'capture', 'reverse')
          THEN coalesce(d.amount, 0) <> -t.amount OR coalesce(c.amount, 0) <> t.amount
          ELSE d.amount IS NOT NULL OR c.amount IS NOT NULL END""",
        "a {2} of {3} has the entries {4} and {5}",
    ),
    Check(
        "stray_entry",
        """SELECT e.tenant_id, e.account_id, e.seq FROM entry e
        LEFT JOIN transfer t ON t.tenant_id = e.tenant_id AND t.id = e.transfer_id
        LEFT JOIN ledger_account a ON a.tenant_id = e.tenant_id AND a.id = e.account_id
        WHERE t.id IS NULL OR a.id IS NULL OR e.account_id NOT IN (t.debit_id, t.credit_id)""",
        "entry {2} of account {1} belongs to no transfer of it",
    ),
    Check(
        "daybook",
        """SELECT d.tenant_id, d.account_id, d.amount, d.transfer_id FROM daybook d
        LEFT JOIN transfer t ON t.tenant_id = d.tenant_id AND t.id = d.transfer_id
        LEFT JOIN ledger_account a ON a.tenant_id = d.tenant_id AND a.id = d.account_id
        LEFT JOIN entry e ON e.tenant_id = d.tenant_id AND e.account_id = d.account_id
          AND e.transfer_id = d.transfer_id
        WHERE t.id IS NULL OR a.id IS NULL OR NOT a.batched OR e.seq IS NOT NULL
          OR d.account_id NOT IN (t.debit_id, t.credit_id)""",
        "the line of {2} in the daybook for account {1} does not belong there ({3})",
    ),
    Check(
        "closed_month",
        """SELECT t.tenant_id, t.id, t.event_at, c.month FROM ledger_closing c
        JOIN transfer t ON t.tenant_id = c.tenant_id AND t.event_at < c.ends_at AND t.created_at > c.created_at
        WHERE c.ends_at = (SELECT max(m.ends_at) FROM ledger_closing m WHERE m.tenant_id = c.tenant_id)""",
        "the transfer happened in {3} ({2}) and was written down after that month was closed",
    ),
    Check(
        "closed_reversal",
        """SELECT t.tenant_id, t.id, o.event_at, c.month FROM transfer t
        JOIN transfer o ON o.tenant_id = t.tenant_id AND o.id = t.ref_id
        JOIN ledger_closing c ON c.tenant_id = t.tenant_id AND o.event_at < c.ends_at AND t.created_at > c.created_at
        WHERE t.kind = 'reverse' AND (t.second_id IS NULL OR t.second_id = t.actor_id) AND c.ends_at =
          (SELECT min(m.ends_at) FROM ledger_closing m WHERE m.tenant_id = t.tenant_id AND m.ends_at > o.event_at)""",
        "something of {3}, which was closed, was reversed by one person alone",
    ),
    Check(
        "held",
        """SELECT a.tenant_id, a.id, a.held, coalesce(h.total, 0) FROM ledger_account a LEFT JOIN (
          SELECT t.tenant_id, t.debit_id, sum(t.amount) AS total FROM transfer t
          LEFT JOIN transfer r ON r.tenant_id = t.tenant_id AND r.ref_id = t.id
          WHERE t.kind = 'hold' AND r.id IS NULL GROUP BY t.tenant_id, t.debit_id) h
          ON h.tenant_id = a.tenant_id AND h.debit_id = a.id
        WHERE a.held <> coalesce(h.total, 0)""",
        "account {1} says {2} on hold; its open holds sum to {3}",
    ),
    Check(
        "limits",
        """SELECT tenant_id, id, posted, held, floor, ceiling FROM ledger_account
        WHERE posted - held < floor OR posted > ceiling OR held < 0""",
        "account {1} with {2} and {3} on hold is outside its limits ({4} to {5})",
    ),
    Check(
        "limit_history",
        """SELECT a.tenant_id, a.id, a.floor, a.ceiling, a.state FROM ledger_account a
        JOIN ledger_limit_change c ON c.tenant_id = a.tenant_id AND c.account_id = a.id AND c.id =
          (SELECT m.id FROM ledger_limit_change m WHERE m.tenant_id = a.tenant_id AND m.account_id = a.id
           ORDER BY m.id DESC LIMIT 1)
        WHERE coalesce(a.floor, -1) <> coalesce(c.floor_after, -1) OR (a.floor IS NULL) <> (c.floor_after IS NULL)
          OR coalesce(a.ceiling, -1) <> coalesce(c.ceiling_after, -1)
          OR (a.ceiling IS NULL) <> (c.ceiling_after IS NULL) OR a.state <> c.state_after""",
        "account {1}: limits {2} to {3} and state {4} are not what the last recorded change says",
    ),
    Check(
        "state",
        """SELECT a.tenant_id, a.id, a.state FROM ledger_account a WHERE a.state <> 'open' AND NOT EXISTS
        (SELECT 1 FROM ledger_limit_change c WHERE c.tenant_id = a.tenant_id AND c.account_id = a.id)""",
        "account {1} is {2} and nobody recorded it",
    ),
    Check(
        "no_floor",
        """SELECT a.tenant_id, a.id, a.kind FROM ledger_account a WHERE a.floor IS NULL
        AND a.kind NOT IN ('fund', 'issued', 'clearing', 'stock_source') AND NOT EXISTS
        (SELECT 1 FROM ledger_limit_change c WHERE c.tenant_id = a.tenant_id AND c.account_id = a.id)
        AND a.posted + (SELECT coalesce(sum(d.amount), 0) FROM daybook d
          WHERE d.tenant_id = a.tenant_id AND d.account_id = a.id) - a.held < 0""",
        "account {1} of kind {2} is below zero and has no lower limit",
    ),
    Check(
        "reference",
        """SELECT t.tenant_id, t.id, t.kind, t.ref_id FROM transfer t
        LEFT JOIN transfer o ON o.tenant_id = t.tenant_id AND o.id = t.ref_id
        WHERE t.kind IN ('capture', 'release', 'reverse') AND (o.id IS NULL OR CASE t.kind
          WHEN 'reverse' THEN o.kind NOT IN ('post', 'capture', 'reverse') OR o.amount <> t.amount
            OR o.debit_id <> t.credit_id OR o.credit_id <> t.debit_id
          WHEN 'capture' THEN o.kind <> 'hold' OR o.debit_id <> t.debit_id OR t.amount > o.amount
          ELSE o.kind <> 'hold' OR o.debit_id <> t.debit_id OR t.amount <> o.amount END)""",
        "the {2} does not fit what it refers to ({3})",
    ),
    Check(
        "resolved_twice",
        """SELECT tenant_id, ref_id, count(*) FROM transfer WHERE ref_id IS NOT NULL
        GROUP BY tenant_id, ref_id HAVING count(*) > 1""",
        "the transfer was captured, released or reversed {2} times",
    ),
    Check(
        "units",
        """SELECT t.tenant_id, t.id, d.unit, c.unit FROM transfer t
        LEFT JOIN ledger_account d ON d.tenant_id = t.tenant_id AND d.id = t.debit_id
        LEFT JOIN ledger_account c ON c.tenant_id = t.tenant_id AND c.id = t.credit_id
        WHERE d.id IS NULL OR c.id IS NULL OR d.unit <> c.unit OR t.debit_id = t.credit_id OR t.amount <= 0""",
        "the transfer joins {2} and {3}, or an account is missing",
    ),
    Check(
        "key_twice",
        """SELECT tenant_id, idem_key, count(*) FROM transfer GROUP BY tenant_id, idem_key HAVING count(*) > 1""",
        "the key {1} posted {2} times",
    ),
)
