"""Gifts and what lies above the cap, in words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.exchange.rules.giving import GiftState, Overflow, Proof
from timebank.exchange.words_parameters import value_text

__all__ = ["KIN", "OVERFLOWS", "PROOFS", "RELATIONS", "STATES", "STYLES", "value_text"]

STATES: dict[GiftState, Any] = {
    GiftState.REQUESTED: _l("waits for the proof"),
    GiftState.POSTED: _l("passed on"),
    GiftState.REFUSED: _l("not accepted"),
    GiftState.WITHDRAWN: _l("taken back"),
    GiftState.LAPSED: _l("ran out"),
}
STYLES: dict[GiftState, str] = {
    GiftState.REQUESTED: "wait",
    GiftState.POSTED: "good",
    GiftState.REFUSED: "bad",
    GiftState.WITHDRAWN: "plain",
    GiftState.LAPSED: "plain",
}
RELATIONS: dict[str, Any] = {
    "spouse": _l("my husband or wife"),
    "parent": _l("my father or mother"),
    "grandparent": _l("my grandfather or grandmother"),
    "parent_in_law": _l("my father-in-law or mother-in-law"),
    "child": _l("my son or daughter"),
    "grandchild": _l("my grandchild"),
    "sibling": _l("my brother or sister"),
}
KIN: dict[str, Any] = {  # the same, told of somebody else
    "spouse": _l("husband or wife"),
    "parent": _l("father or mother"),
    "grandparent": _l("grandfather or grandmother"),
    "parent_in_law": _l("father-in-law or mother-in-law"),
    "child": _l("son or daughter"),
    "grandchild": _l("grandchild"),
    "sibling": _l("brother or sister"),
}
PROOFS: dict[Proof, Any] = {
    Proof.HOUSEHOLD_BOOK: _l("household register"),
    Proof.MARRIAGE_CERTIFICATE: _l("marriage certificate"),
    Proof.BIRTH_CERTIFICATE: _l("birth certificate"),
    Proof.COMMUNITY_LETTER: _l("letter of the community committee"),
    Proof.OTHER: _l("another paper"),
}
OVERFLOWS: dict[str, Any] = {
    "": _l("As the time bank usually does"),
    Overflow.POT.value: _l("To the community pot: they pay for neighbours without hours"),
    Overflow.HONOUR.value: _l("As an honour: nobody spends them, they are named on my page"),
}
