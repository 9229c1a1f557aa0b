"""Nobody's password is changed by somebody else without their hearing of it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories.town import account_of, clerk, member, person, town
from timebank.access import hashing, service
from timebank.access.models import Account
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed
from timebank.notices import service as notices
from timebank.notices.models import Notice
from timebank.notices.texts import render


@pytest.fixture
def zhang(app: Flask) -> Actor:
    town()
    return member(person("张大爷"))


def told(zhang: Actor) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.person_id == zhang.person_id)))


def test_a_reset_at_the_desk_tells_the_member_in_words(zhang: Actor) -> None:
    service.reset_password(clerk(), account_of(zhang), key="once")
    (notice,) = told(zhang)
    assert (notice.kind, notice.path) == ("password_reset", "/my/account")
    message = render(notice.kind, notice.facts, "en")
    assert "call your coordinator at once" in message.body
    assert "%" not in message.body
    assert "密码" in render(notice.kind, notice.facts, "zh").subject


def test_ones_own_change_and_a_refused_reset_tell_nothing(zhang: Actor) -> None:
    service.set_password(Actor.system("test"), account_of(zhang), "the moon is out")
    service.set_password(zhang, account_of(zhang), "the sun is out", old="the moon is out")
    with pytest.raises(NotAllowed):
        service.reset_password(zhang, account_of(clerk()))
    assert told(zhang) == []


def test_without_the_notice_the_password_is_not_changed_either(zhang: Actor, monkeypatch: Any) -> None:
    service.set_password(Actor.system("test"), account_of(zhang), "the moon is out")

    def fails(*_args: object, **_facts: object) -> None:
        raise RuntimeError("no outbox")

    monkeypatch.setattr(notices, "tell", fails)
    monkeypatch.setattr("timebank.notices.listeners.tell", fails)
    with pytest.raises(RuntimeError):
        service.reset_password(clerk(), account_of(zhang))
    db.session.rollback()
    account = db.session.get_one(Account, account_of(zhang))
    assert hashing.matches(account.password_hash or "", "the moon is out")
