"""Care packages: two that the desks sell, one that an elder has bought; and a daughter who comes for her father."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from timebank.core import clock
from timebank.demo import partners, places, requests
from timebank.demo.town import Town
from timebank.exchange.service import requests as service
from timebank.redemption import service as desks
from timebank.redemption.commands import BuyPackage, Confirmation, RedeemCommand
from timebank.redemption.queries.packages import purchase
from timebank.redemption.rules.packages import NewPackage
from timebank.redemption.service.redeem import redeem

SIGNED = Confirmation("signature")
PACKAGES = (
    NewPackage("居家清洁四次", "Four cleanings", "cleaning", 4, 60, places.YAOHUA),
    NewPackage("陪伴聊天六次", "Six visits for company", "company", 6, 60, places.YAOHUA),
)
BOUGHT, CAME = timedelta(days=19), timedelta(days=5)  # before today
DAUGHTER = Confirmation("companion", "", "腿脚不便，女儿代领 / cannot walk far", "张丽", "child", "agent")


def offer(town: Town) -> None:
    """The desk of the street sells them from the first day on."""
    for package in PACKAGES:
        town.packages.append(desks.add_package(town.staff["operator"], package))


def plan(town: Town, day: date) -> None:
    """Puts what happens with packages on the day onto the agenda."""
    if day == town.today - BOUGHT:
        town.agenda.at(clock.at(day, 640), partial(_buy, town, day))
    if day == town.today - CAME:
        town.agenda.at(clock.at(day, 620), partial(_for_father, town))


def _buy(town: Town, day: date) -> None:
    """An elder buys four cleanings on a day on which a helper near by is free; the coordinator finds one at once."""
    for recipient in partners.savers(town, places.YAOHUA)[1:8]:
        for helper in requests.others(town):
            if "cleaning" in helper.skills and requests.reaches(helper, recipient):
                weekday, (start, _end) = min(helper.free.items())
                first = day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)
                wanted = (recipient.id, town.desks["YH1"], town.packages[0], first, str(weekday), start, start + 60)
                number = desks.buy_package(town.staff["desk"], BuyPackage(*wanted, SIGNED))
                request_id = purchase(town.staff["desk"], number).request_id
                service.approve_request(town.broker(recipient.code), request_id)
                requests.arrange(town, request_id, recipient, series=True)
                return


def _for_father(town: Town) -> None:
    """Zhang Li fetches what her father, who has no phone, takes for his hours."""
    lines = ((town.goods["TISSUE"], 1), (town.goods["SOAP"], 2))
    redeem(town.staff["desk"], RedeemCommand(town.cast["zhang"].id, town.desks["YH1"], lines, DAUGHTER))
