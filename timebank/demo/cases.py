"""Assistance: Xu Mei's family in the middle of its plan, and cases of the two articles' kinds in every state."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from timebank.assistance.models.plans import VisitKind
from timebank.assistance.rules.cases import CaseKind, CloseReason, LegalBasis, Urgency
from timebank.assistance.rules.plans import LineKind, NeedKind
from timebank.assistance.rules.self_care import CareItem
from timebank.assistance.rules.status import Category
from timebank.assistance.service import cases, health, plans
from timebank.assistance.service.cases import NewCase
from timebank.assistance.service.health import HealthUpdate, NewStatus
from timebank.assistance.service.plans import NewHomeVisit, NewLine
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.clock import pretend
from timebank.core.db import transaction
from timebank.demo.town import Resident, Town

ILLNESSES = ("高血压", "糖尿病", "冠心病", "白内障", "脑梗后遗症", "慢性支气管炎")


def ago(town: Town, days: int) -> date:
    """A day before today."""
    return town.today - timedelta(days=days)


@transaction
def write(town: Town) -> None:
    """All cases, each step on its day."""
    _family(town)
    _masseur(town)
    _others(town)
    _health_files(town)


def _family(town: Town) -> None:
    """The child with a rare disease: funds, goods, a service; the second visit was the offer and the consent."""
    social = town.staff["social"]
    case_id, needs = _family_opened(town, social)
    lines = _family_plan(town, social, case_id, needs)
    for days, line_id, note in ((76, lines[0], "首次发放"), (70, lines[1], "母亲签收")):
        with pretend(clock.at(ago(town, days), 840)):
            plans.deliver_line(social, line_id, ago(town, days), note)
    with pretend(clock.at(ago(town, 69), 660)):
        text = "再次上门：询问是否愿意做志愿者，本人愿意，已同意。孩子情况稳定。"
        plans.record_visit(social, _visit(town, case_id, 69, text, 66, kind=VisitKind.FOLLOW_UP))
    with pretend(clock.at(ago(town, 60), 900)):
        plans.deliver_line(social, lines[2], ago(town, 60), "已加入尧化街道时间银行")
        plans.meet_need(social, needs["work"])
    with pretend(clock.at(ago(town, 5), 900)):
        cases.open_file(town.staff["auditor"], case_id, "audit: 季度抽查")


def _family_opened(town: Town, social: Actor) -> tuple[int, dict[str, int]]:
    child = town.cast["child"]
    with pretend(clock.at(ago(town, 84), 600)):
        summary = "女儿两岁确诊罕见病，父母先后辞职；父亲现送外卖，母亲全职照护，每月药费较高。"
        new = NewCase(child.id, CaseKind.CHILD, LegalBasis.CONSENT, Urgency.URGENT, summary)
        case_id = cases.open_case(social, new)
        health.add_status(social, NewStatus(child.id, Category.DISABLED, ago(town, 300), decision="宁残证（2026）1187"))
    with pretend(clock.at(ago(town, 83), 660)):
        seen = "入户摸排：家中整洁，药费每月支出大，母亲想就近做点事。"
        plans.record_visit(social, _visit(town, case_id, 83, seen, 7))
        needs = {
            "money": plans.add_need(social, case_id, NeedKind.MONEY, "每个月的药费我们快撑不住了"),
            "work": plans.add_need(social, case_id, NeedKind.WORK, "想找个离家近、能随时回家的活"),
            "food": plans.add_need(social, case_id, NeedKind.FOOD, "孩子要吃特殊的奶粉"),
        }
    return case_id, needs


def _family_plan(town: Town, social: Actor, case_id: int, needs: dict[str, int]) -> list[int]:
    due, service = ago(town, -30), {"kind": LineKind.SERVICE, "minutes": 360}
    subsidy = {"amount_fen": 124_000, "monthly": True}
    milk = {"kind": LineKind.IN_KIND, "quantity": 6, "unit": "罐"}
    with pretend(clock.at(ago(town, 80), 600)):
        lines = [
            _line(
                social,
                case_id,
                needs["money"],
                "困难残疾人生活补贴和重度残疾人护理补贴",
                "栖霞区民政局",
                due,
                **subsidy,
            ),
            _line(social, case_id, needs["food"], "特殊配方奶粉", "共建单位", due, **milk),
            _line(social, case_id, needs["work"], "时间银行志愿服务（就近）", "尧化街道时间银行", due, **service),
            _line(social, case_id, needs["money"], "春节慰问金", "街道共建单位", ago(town, 12), amount_fen=100_000),
        ]
        cases.propose_plan(social, case_id)
    with pretend(clock.at(ago(town, 79), 900)):
        cases.open_file(town.staff["street"], case_id, "supervise")
        cases.approve_plan(town.staff["street"], case_id)
    return lines


def _visit(
    town: Town, case_id: int, days: int, findings: str, next_in: int, kind: VisitKind = VisitKind.SCREENING
) -> NewHomeVisit:
    day = ago(town, days)
    return NewHomeVisit(
        case_id,
        kind,
        ("何洁", "郑强"),
        clock.at(day, 570),
        clock.at(day, 615),
        findings,
        "继续走访",
        day + timedelta(days=next_in),
        "本人",
    )


def _line(social: Actor, case_id: int, need: int | None, programme: str, provider: str, due: date, **facts: Any) -> int:
    kind = facts.pop("kind", LineKind.CASH)
    return plans.add_line(social, NewLine(case_id, kind, programme, provider, due, need, **facts))


def _masseur(town: Town) -> None:
    """A blind masseur and his wife in Wulaocun: help first, papers later (the article of Nanjing)."""
    social, street = town.staff["wulao-social"], town.staff["wulao-street"]
    who = _somebody(town, "320104006", {"worker", "parent", "helper"})
    if who is None:
        return
    with pretend(clock.at(ago(town, 21), 640)):
        summary = "12345 工单转来：盲人按摩师，妻子肢体残疾，店铺关停三个月，妻子的药几天后用完。"
        new = NewCase(who.id, CaseKind.SUDDEN, LegalBasis.EMERGENCY, Urgency.EMERGENCY, summary)
        case_id = cases.open_case(social, new)
        health.add_status(social, NewStatus(who.id, Category.DISABLED, ago(town, 2000), decision="视力一级"))
    with pretend(clock.at(ago(town, 21), 960)):
        day = ago(town, 21)
        visit = _visit(town, case_id, 21, "核对身份证、残疾证、诊断书，当场填写申请。", 14, VisitKind.VERIFICATION)
        plans.record_visit(social, visit)
        need = plans.add_need(social, case_id, NeedKind.MEDICINE, "药不能断")
        advance = _line(social, case_id, need, "临时救助备用金（先行救助）", "五老村街道", day, amount_fen=200_000)
        plans.deliver_line(social, advance, day, "当面点清，本人按手印")
        _line(social, case_id, need, "临时救助金（补差）", "秦淮区民政局", ago(town, -6), amount_fen=178_000)
        _line(social, case_id, None, "房租减半协商", "五老村社区", ago(town, -3), kind=LineKind.SERVICE, minutes=120)
        cases.propose_plan(social, case_id)
    with pretend(clock.at(ago(town, 20), 600)):
        cases.open_file(street, case_id, "supervise")
        cases.approve_plan(street, case_id)


def _somebody(town: Town, code: str, kinds: set[str]) -> Resident | None:
    """Somebody of the place without a case, of these kinds where possible."""
    free = [one for one in town.residents if one.code.startswith(code) and one.age >= 18 and one.id not in _taken(town)]
    chosen = [one for one in free if one.kind in kinds] or free
    if not chosen:
        return None
    who = town.rng.choice(chosen)
    town.clients.add(who.id)
    return who


def _taken(town: Town) -> set[int]:
    return town.clients | {one.id for one in town.cast.values()}


OTHER_CASES = (  # days ago, worker, where, kind, state to stop at, summary
    (58, "social", "320113001", CaseKind.ELDER_CARE, "closed", "独居老人，子女在外地，已安排助餐。"),
    (44, "social", "320113001", CaseKind.MEDICAL, "active", "尿毒症，居家腹膜透析，妻子收入下降。"),
    (33, "grid", "320113001007", CaseKind.LIVING, "planned", "退休金低，医药费高，申请低保边缘。"),
    (26, "social", "320113001", CaseKind.ELDER_CARE, "assessing", "特困老人分散供养，房屋漏水需维修。"),
    (15, "jinnan", "120112", CaseKind.MEDICAL, "planned", "女儿干细胞移植，母亲辞职照护，每月费用一万多元。"),
    (9, "social", "320113001", CaseKind.SUDDEN, "assessing", "失业三个月，无失业保险。"),
    (4, "grid", "320113001007", CaseKind.DISABILITY, "opened", "网格员摸排发现，残疾证待办。"),
    (2, "social", "320113001", CaseKind.LIVING, "opened", "社区转介，待入户。"),
)
CATEGORIES = (Category.DIBAO, Category.NEAR_DIBAO, Category.TEKUN, Category.RIGID_EXPENDITURE)


def _others(town: Town) -> None:
    for number, (days, worker, code, kind, state, summary) in enumerate(OTHER_CASES):
        who = _somebody(town, code, {"elder", "couple"})
        if who is None:
            continue
        _one(town, town.staff[worker], who, days, kind, state, summary)
        with pretend(clock.at(ago(town, days), 700)):
            category = CATEGORIES[number % len(CATEGORIES)]
            health.add_status(town.staff[worker], NewStatus(who.id, category, ago(town, 150 + 10 * number)))


def _one(town: Town, worker: Actor, who: Resident, days: int, kind: CaseKind, state: str, summary: str) -> None:
    with pretend(clock.at(ago(town, days), 560)):
        case_id = cases.open_case(worker, NewCase(who.id, kind, LegalBasis.STATUTORY_DUTY, summary=summary))
    if state == "opened":
        return
    with pretend(clock.at(ago(town, days - 1), 700)):
        plans.record_visit(
            worker, _visit(town, case_id, days - 1, "入户了解情况，老人希望有人定期看望。", max(5, days - 9))
        )
        need = plans.add_need(worker, case_id, NeedKind.CARE, "一个人在家，怕摔倒没人知道")
    if state == "assessing":
        return
    with pretend(clock.at(ago(town, days - 1), 800)):
        monthly = {"amount_fen": 56_000, "monthly": True}
        cash = _line(worker, case_id, need, "低保金补差", "区民政局", ago(town, -20), **monthly)
        card = {"kind": LineKind.IN_KIND, "quantity": 30, "unit": "餐"}
        meals = _line(worker, case_id, need, "助餐卡", "社区食堂", ago(town, 3), **card)
        cases.propose_plan(worker, case_id)
    if state == "planned":
        return
    with pretend(clock.at(ago(town, days - 2), 800)):
        cases.approve_plan(town.staff["street"], case_id)
        plans.deliver_line(worker, cash, ago(town, days - 2), "银行代发")
    if state == "closed":
        with pretend(clock.at(ago(town, 10), 800)):
            plans.deliver_line(worker, meals, ago(town, 10), "本人领取")
            plans.meet_need(worker, need)
            cases.close_case(worker, case_id, CloseReason.NEEDS_MET, "需求已解决，转社区日常关爱")


def _health_files(town: Town) -> None:
    """Health files of some elders of Yaohua; the level of self-care reaches the registry."""
    elders = [one for one in town.residents if one.kind == "elder" and one.code.startswith("320113001")]
    with pretend(clock.at(ago(town, 30), 600)):
        for elder in town.rng.sample(elders, min(len(elders), town.many(12, 2))):
            failed = tuple(town.rng.sample(list(CareItem), town.rng.choices((0, 1, 2, 4), (45, 25, 20, 10))[0]))
            illnesses = "\n".join(town.rng.sample(ILLNESSES, 2))
            update = HealthUpdate(elder.id, illnesses, "按医嘱服药", failed, ago(town, 30), town.rng.choice((3, 7, 14)))
            health.save_health(town.staff["social"], update)
