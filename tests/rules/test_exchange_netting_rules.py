"""What the time banks of a city owe each other after a month."""

from __future__ import annotations

from timebank.exchange.rules.netting import Flow, Pair, netted


def test_both_ways_are_set_off_against_each_other() -> None:
    flows = [Flow(1, 2, "goods", 600), Flow(2, 1, "visit", 200), Flow(2, 1, "goods", 50)]
    assert netted(flows) == [Pair(1, 2, 600, 250, {"goods": 550, "visit": -200})]
    assert netted(flows)[0].net == 350


def test_who_used_more_elsewhere_owes_whatever_the_numbers() -> None:
    assert netted([Flow(1, 2, "goods", 10), Flow(2, 1, "goods", 30)]) == [Pair(2, 1, 30, 10, {"goods": 20})]


def test_what_went_both_ways_alike_leaves_nothing_to_pay() -> None:
    [pair] = netted([Flow(1, 2, "goods", 90), Flow(2, 1, "visit", 90)])
    assert pair.net == 0


def test_three_time_banks_are_three_pairs_and_what_stays_inside_is_none() -> None:
    flows = [Flow(1, 2, "goods", 1), Flow(3, 1, "goods", 2), Flow(3, 2, "goods", 3), Flow(2, 2, "goods", 9)]
    assert [(pair.debtor, pair.creditor, pair.net) for pair in netted(flows)] == [(1, 2, 1), (3, 1, 2), (3, 2, 3)]
