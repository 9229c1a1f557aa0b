"""Hours: accounts, balanced entries, holds, reversals.  Rows are added, never changed.

1. What leaves one account arrives in another: the entries of a tenant and unit sum to zero (domain.md C8.1).
2. No account falls below its floor, also counting what is on hold (C8.2); the database itself refuses it.
3. A hold is resolved once, a transfer is reversed once, a key posts once.
4. Balances, running balances and sequence numbers are written by the trigger of `transfer` and by nothing else.
5. Whatever somebody bends with a SQL prompt, `flask ledger verify` finds.
"""
