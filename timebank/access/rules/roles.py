"""Which role may do what (domain.md C7).  A permission is "thing.verb"; a role holds it for a territory."""

from __future__ import annotations

import enum


class Role(enum.StrEnum):
    MEMBER = "member"  # everybody with an account: own data only
    BROKER = "broker"  # coordinator of a service point
    DESK_CLERK = "desk_clerk"
    PLATFORM_OPERATOR = "platform_operator"
    GRID_WORKER = "grid_worker"
    CIVIL_AFFAIRS_SPECIALIST = "civil_affairs_specialist"
    SOCIAL_WORKER = "social_worker"
    STREET_HEAD = "street_head"
    DISTRICT_CLERK = "district_clerk"
    DISTRICT_APPROVER = "district_approver"
    CITY_MONITOR = "city_monitor"
    HOSPITAL = "hospital"
    CHARITY = "charity"
    STATION_STAFF = "station_staff"
    AUDITOR = "auditor"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    ADMINISTRATOR = "administrator"


_BROKER = """
people.read people.write people.import people.review people.contact cards.print
volunteers.read volunteers.review volunteers.train
requests.read requests.write requests.approve matching.read matching.offer matching.plan
visits.read visits.write visits.confirm disputes.settle hours.log hours.review ledger.read
goods.read notices.read notices.retry services.read schemes.read grants.read reports.read
gifts.read gifts.check pot.give
alarms.read alarms.answer passbooks.print letters.print partners.read
"""
_CASE = """
people.read people.write people.contact people.health cases.read cases.write requests.read requests.write notices.read
alarms.read alarms.answer letters.print
"""

PERMISSIONS: dict[Role, frozenset[str]] = {
    role: frozenset(text.split())
    for role, text in {
        Role.MEMBER: "",
        Role.BROKER: _BROKER,
        Role.DESK_CLERK: """people.find passbooks.print cards.print desk.serve goods.read goods.manage redemptions.read
        partners.read partners.settle""",
        Role.PLATFORM_OPERATOR: _BROKER
        + """volunteers.approve grants.manage schemes.manage services.manage goods.manage redemptions.read desk.returns
        ledger.audit ledger.reverse ledger.close jobs.read territory.manage
        annulments.read annulments.propose partners.manage partners.settle netting.read netting.settle""",
        Role.GRID_WORKER: _CASE,
        Role.CIVIL_AFFAIRS_SPECIALIST: _CASE,
        Role.SOCIAL_WORKER: _CASE,
        Role.STREET_HEAD: _CASE
        + " cases.approve reports.read ledger.read volunteers.read visits.read netting.read netting.settle",
        Role.DISTRICT_CLERK: """people.read people.contact cases.read requests.read requests.write reports.read
        alarms.read alarms.answer""",
        Role.DISTRICT_APPROVER: """people.read people.health cases.read cases.approve reports.read
        ledger.read ledger.reverse annulments.read annulments.decide""",
        Role.CITY_MONITOR: "reports.read",
        Role.HOSPITAL: "",
        Role.CHARITY: "",
        Role.STATION_STAFF: "",
        Role.AUDITOR: """people.read volunteers.read requests.read visits.read ledger.read ledger.audit goods.read
        redemptions.read schemes.read services.read grants.read cases.read audit.read jobs.read reports.read
        notices.read gifts.read annulments.read alarms.read partners.read netting.read""",
        Role.DATA_PROTECTION_OFFICER: "audit.read consents.read",
        Role.ADMINISTRATOR: """accounts.manage territory.manage jobs.read jobs.manage schemes.read schemes.manage
        services.read services.manage people.find notices.read notices.retry audit.read""",
    }.items()
}

ALL_PERMISSIONS: frozenset[str] = frozenset().union(*PERMISSIONS.values())
