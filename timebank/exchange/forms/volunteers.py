"""Forms of volunteers: what somebody offers, when they are free, reviews and trainings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from timebank.core.forms import ClockField, Form, MinutesField
from timebank.core.units import clock_text, minutes_text, weekday_text
from timebank.exchange.rules.availability import Slot, tidy
from timebank.exchange.rules.volunteers import VolunteerKind
from timebank.exchange.service.grants import Donation
from timebank.exchange.service.volunteers import Days, Offer, Training
from timebank.exchange.words_volunteers import LANGUAGES, distance_text
from timebank.people.rules.availability import parse
from timebank.people.rules.codes import Wrong

if TYPE_CHECKING:
    from timebank.exchange.queries.schemes import ServiceInfo
    from timebank.exchange.queries.volunteers import VolunteerDetail

NEEDED = _l("Please fill this in.")
DISTANCES = (300, 500, 800, 1000, 1500, 2000, 3000, 5000)
WEEKS = (60, 120, 240, 360, 480, 600, 900, 1200)
BLOCKS = tuple((start, start + 120) for start in range(8 * 60, 20 * 60, 120))  # 8-10, 10-12 … 18-20
WEEK = range(7)


def options(words: Mapping[Any, Any]) -> list[SelectChoice]:
    """Choices of a field from code → words."""
    return [SelectChoice(code, text) for code, text in words.items()]


def _block(weekday: int, start: int, end: int) -> str:
    return f"{weekday}-{start}-{end}"


class HoursForm(Form):
    """The weekly free hours: boxes of two hours to tick, and a line for everything else."""

    blocks = SelectMultipleField(_l("Free hours in a usual week"))
    exact = StringField(
        _l("Other hours"),
        [Optional(), Length(max=500)],
        description=_l("Only if the boxes do not fit. For example: TUE 08:30-09:45; THU 14:15-16:00"),
    )
    helps_on_holidays = BooleanField(_l("I also help on public holidays"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blocks.choices = [
            SelectChoice(_block(day, start, end), f"{start // 60}–{end // 60}") for day in WEEK for start, end in BLOCKS
        ]

    def validate_exact(self, field: StringField) -> None:
        try:
            self._typed = parse(field.data or "")
        except Wrong:
            raise ValidationError(_l("This could not be read. Write for example: TUE 08:30-09:45")) from None

    def slots(self) -> tuple[tuple[int, int, int], ...]:
        """All ticked and typed stretches."""
        ticked = [tuple(int(part) for part in block.split("-")) for block in self.blocks.data or ()]
        typed = [(slot.weekday, slot.from_minute, slot.to_minute) for slot in getattr(self, "_typed", ())]
        return tuple(sorted({(a, b, c) for a, b, c in [*ticked, *typed]}))

    def days(self) -> list[tuple[str, list[Any]]]:
        """(weekday, its boxes) for the page."""
        boxes = list(self.blocks)
        per_day = len(BLOCKS)
        return [(weekday_text(day), boxes[day * per_day : (day + 1) * per_day]) for day in WEEK]


def hours_shown(slots: Iterable[Slot], helps_on_holidays: bool) -> dict[str, Any]:
    """Field values that show a pattern: whole boxes ticked, the rest in words."""
    ticked, rest = [], []
    for slot in tidy(slots):
        boxes = [(a, b) for a, b in BLOCKS if slot.from_minute <= a and b <= slot.to_minute]
        if boxes and (boxes[0][0], boxes[-1][1]) == (slot.from_minute, slot.to_minute):
            ticked += [_block(slot.weekday, a, b) for a, b in boxes]
        else:
            rest.append(f"{weekday_text(slot.weekday)} {clock_text(slot.from_minute)}-{clock_text(slot.to_minute)}")
    return {"blocks": ticked, "exact": "; ".join(rest), "helps_on_holidays": helps_on_holidays}


class OfferForm(HoursForm):
    """What somebody offers: skills, way, time, languages, a dependant at home, free hours."""

    skills = SelectMultipleField(_l("What would you like to help with?"))
    max_distance_m = SelectField(_l("How far will you walk?"), coerce=int)
    max_minutes_per_week = SelectField(_l("How much time a week at most?"), coerce=int)
    caregiver_at_home = BooleanField(
        _l("Somebody at home needs me"),
        description=_l("Then we look for people close by, so that you can go home at any time."),
    )
    languages = SelectMultipleField(_l("Languages you speak"), choices=options(LANGUAGES))

    def fill(self, services: Sequence[ServiceInfo], now: VolunteerDetail | None = None) -> OfferForm:
        """Gives the choices of this time bank; values that are not on the list stay possible."""
        distances = sorted({*DISTANCES, *([now.helper.max_distance_m] if now else [])})
        weeks = sorted({*WEEKS, *([now.helper.max_minutes_per_week] if now else [])})
        self.skills.choices = [SelectChoice(one.code, one.name) for one in services]
        self.max_distance_m.choices = [SelectChoice(metres, distance_text(metres)) for metres in distances]
        self.max_minutes_per_week.choices = [SelectChoice(minutes, minutes_text(minutes)) for minutes in weeks]
        return self

    def command(self, person_id: int) -> Offer:
        guardian = getattr(self, "guardian_agreed", None)
        group = getattr(self, "is_group", None)
        return Offer(
            person_id=person_id,
            skills=tuple(self.skills.data or ()),
            slots=self.slots(),
            max_distance_m=self.max_distance_m.data,
            max_minutes_per_week=self.max_minutes_per_week.data,
            caregiver_at_home=self.caregiver_at_home.data,
            helps_on_holidays=self.helps_on_holidays.data,
            languages=tuple(self.languages.data or ()) or None,
            guardian_agreed=bool(guardian and guardian.data),
            kind=VolunteerKind.GROUP if group and group.data else VolunteerKind.INDIVIDUAL,
        )


class JoinForm(OfferForm):
    """A member asks to become a volunteer; their own consent."""

    agreed = BooleanField(
        _l("I agree that the service point uses these details to arrange visits"),
        [InputRequired(_l("Please agree, or ask at the service point."))],
    )


class RegisterForm(OfferForm):
    """A coordinator registers somebody."""

    is_group = BooleanField(_l("This is a group"), description=_l("Hours of groups can only be donated."))
    guardian_agreed = BooleanField(_l("A minor: the guardian has signed the form"))
    agreed = BooleanField(
        _l("The person agreed that these details are used to arrange visits"),
        [InputRequired(_l("Ask the person first."))],
    )


def offer_shown(now: VolunteerDetail) -> dict[str, Any]:
    """Field values that show what somebody offers now."""
    helper = now.helper
    return {
        "skills": list(helper.skills),
        "max_distance_m": helper.max_distance_m,
        "max_minutes_per_week": helper.max_minutes_per_week,
        "caregiver_at_home": helper.caregiver_at_home,
        "languages": list(helper.languages),
        **hours_shown(helper.slots, helper.helps_on_holidays),
    }


def offer_usual(languages: Sequence[str], caregiver: bool) -> dict[str, Any]:
    """Field values of a new offer."""
    return {
        "max_distance_m": 1000,
        "max_minutes_per_week": 240,
        "languages": list(languages),
        "caregiver_at_home": caregiver,
    }


class DaysForm(Form):
    """Days away, or hours besides the pattern."""

    available = RadioField(
        _l("On these days"),
        choices=options({"away": _l("I am away"), "free": _l("I am free besides my usual hours")}),
        default="away",
    )
    first_day = DateField(_l("First day"), [InputRequired(NEEDED)])
    last_day = DateField(_l("Last day"), [Optional()], description=_l("Empty: the same day."))
    from_minute = ClockField(
        _l("From what time"), [Optional()], description=_l("Empty: the whole day. For example 08:30")
    )
    to_minute = ClockField(_l("Until what time"), [Optional()])
    reason = StringField(_l("A word about it"), [Optional(), Length(max=100)])

    def command(self, person_id: int) -> Days:
        return Days(
            person_id=person_id,
            first_day=self.first_day.data,
            last_day=self.last_day.data or self.first_day.data,
            available=self.available.data == "free",
            from_minute=self.from_minute.data or 0,
            to_minute=1440 if self.to_minute.data is None else self.to_minute.data,
            reason=self.reason.data or "",
        )


class ReasonForm(Form):
    """A step that needs a reason."""

    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Give a reason.")), Length(max=200)])


class LeaveForm(Form):
    """Stopping; a word is welcome."""

    reason = TextAreaField(_l("Would you tell us why?"), [Optional(), Length(max=200)])


class BarForm(ReasonForm):
    """Barring after fraud."""

    until = DateField(_l("Until"), [Optional()], description=_l("Empty: as long as the rules of the time bank say."))


class TrainingForm(Form):
    """Which trainings were passed."""

    skills = SelectMultipleField(_l("Training passed for"))
    passed_on = DateField(_l("Passed on"), [InputRequired(NEEDED)])
    start = BooleanField(_l("The introduction was passed; the volunteer may begin"))

    def command(self, person_id: int) -> Training:
        return Training(person_id, tuple(self.skills.data or ()), self.passed_on.data, bool(self.start.data))


class InsuranceForm(Form):
    """Accident insurance."""

    until = DateField(_l("Accident insurance until"), [Optional()], description=_l("Empty: no insurance."))


class KeyElderForm(Form):
    """Somebody for the list of key elders."""

    person = StringField(_l("Person"), [InputRequired(NEEDED)], description=_l("Name, pinyin, phone or member number."))
    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Give a reason.")), Length(max=200)])


class DonationForm(Form):
    """Hours for the community pot."""

    minutes = MinutesField(
        _l("How much would you like to give?"),
        [InputRequired(NEEDED)],
        description=_l("As minutes (90) or as hours and minutes (1:30)."),
    )
    note = StringField(_l("A word with it"), [Optional(), Length(max=200)])
    agreed = BooleanField(
        _l("I know that a gift cannot be taken back"), [InputRequired(_l("Please confirm that you know this."))]
    )

    def command(self, person_id: int) -> Donation:
        return Donation(person_id, self.minutes.data or 0, self.note.data or "")
