"""Registering and changing a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FloatField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from timebank.core.forms import Form
from timebank.people import labels
from timebank.people.rules.codes import LegalBasis, PersonRole, SelfCare, Sex
from timebank.people.service import NewPerson, PersonChange

NEEDED = InputRequired(_l("Please fill this in."))
DATE = _l("Year-month-day, for example 1948-05-17.")
UNKNOWN = SelectChoice("", _l("Not known"))
READS = [SelectChoice("zh", "中文"), SelectChoice("en", "English")]


def options(table: Mapping[str, Any] | Iterable[tuple[str, Any]], *, unknown: bool = False) -> list[SelectChoice]:
    """The choices of a field from a table of words."""
    pairs = table.items() if isinstance(table, Mapping) else table
    return [*([UNKNOWN] if unknown else []), *(SelectChoice(code, words) for code, words in pairs)]


def _known(text: str | None) -> str | None:
    return text or None


def _flag(text: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(text or "")


class ContactFields(Form):
    """What registering and changing have in common."""

    name = StringField(_l("Full name"), [NEEDED, Length(max=64)], render_kw={"autocomplete": "off"})
    sex = RadioField(
        _l("Sex"),
        [Optional()],
        choices=options(labels.SEX),
        description=_l("Leave empty when the ID number is given."),
    )
    birth_date = DateField(_l("Birth date"), [Optional()], description=DATE)
    phone = StringField(
        _l("Phone"),
        [Length(max=40)],
        description=_l("A mobile number, or a landline with its area code."),
        render_kw={"inputmode": "tel", "autocomplete": "off"},
    )
    territory_code = SelectField(_l("Community"), [NEEDED], validate_choice=False)
    address = StringField(_l("Address"), [Length(max=200)], description=_l("Building, entrance, flat."))
    lat = FloatField(_l("Latitude"), [Optional()], description=_l("Leave both empty to use the community's place."))
    lon = FloatField(_l("Longitude"), [Optional()])
    languages = SelectMultipleField(_l("Languages spoken"), choices=options(labels.LANGUAGE), default=["zh"])
    reads = RadioField(_l("Language of messages"), choices=READS, default="zh")
    lives_alone = RadioField(
        _l("Lives alone?"), [Optional()], choices=options({"yes": _l("Yes"), "no": _l("No")}, unknown=True), default=""
    )
    door_note = StringField(
        _l("Note for the door"), [Length(max=200)], description=_l("A helper sees it: bell, floor, hearing.")
    )
    safety_note = StringField(
        _l("Safety note"), [Length(max=200)], description=_l("A helper sees it: allergies and the like. No diagnoses.")
    )
    email = StringField(_l("E-mail"), [Length(max=120)], render_kw={"autocomplete": "off", "inputmode": "email"})
    note = TextAreaField(_l("Note for the staff"), [Length(max=2000)])

    def offer(self, communities: list[tuple[str, str]]) -> None:
        """Communities (code, name) to choose from."""
        self.territory_code.choices = options([("", _l("Choose")), *communities])

    @property
    def point(self) -> tuple[float | None, float | None]:
        return self.lat.data, self.lon.data


class PersonForm(ContactFields):
    """A new person."""

    id_number = StringField(
        _l("ID number"),
        [Length(max=40)],
        description=_l("18 characters (or 15 digits) as on the card. Sex and birth date follow from it."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    roles = SelectMultipleField(_l("Roles"), choices=options(labels.ROLE))
    self_care = RadioField(_l("Self-care"), [Optional()], choices=options(labels.SELF_CARE, unknown=True), default="")
    member_no = StringField(_l("Member number"), [Length(max=32)], description=_l("Leave empty: one will be given."))
    guardian = StringField(
        _l("Guardian"),
        [Length(max=64)],
        description=_l("For a child under 14: member number, phone or name of the registered guardian."),
    )
    legal_basis = RadioField(
        _l("Why may we keep these data?"),
        choices=options(labels.BASIS),
        default=LegalBasis.CONSENT.value,
        description=_l("Consent must be given by the person, for a child under 14 by the guardian."),
    )
    duplicate_reason = StringField(_l("How do you know that this is somebody else?"), [Length(max=200)])

    def command(self, guardian_id: int | None = None) -> NewPerson:
        """The person to register."""
        sex, care = _known(self.sex.data), _known(self.self_care.data)
        return NewPerson(
            name=self.name.data,
            territory_code=self.territory_code.data,
            id_number=self.id_number.data or "",
            sex=Sex(sex) if sex else None,
            birth_date=self.birth_date.data,
            phone=self.phone.data or "",
            address=self.address.data or "",
            lat=self.lat.data,
            lon=self.lon.data,
            languages=tuple(self.languages.data or ("zh",)),
            reads=self.reads.data or "zh",
            self_care=SelfCare(care) if care else None,
            lives_alone=_flag(self.lives_alone.data),
            roles=frozenset(PersonRole(role) for role in self.roles.data or ()),
            door_note=self.door_note.data or "",
            safety_note=self.safety_note.data or "",
            email=self.email.data or "",
            note=self.note.data or "",
            member_no=self.member_no.data or "",
            guardian_id=guardian_id,
            legal_basis=LegalBasis(self.legal_basis.data),
            duplicate_reason=self.duplicate_reason.data or "",
        )


class EditForm(ContactFields):
    """Changes of a person; the number and the phone are never shown, an empty field keeps them."""

    version = HiddenField()
    id_number = StringField(
        _l("New ID number"), [Length(max=40)], description=_l("Only to correct it. Empty keeps the present one.")
    )
    phone = StringField(
        _l("New phone"), [Length(max=40)], description=_l("Empty keeps the present one; a dash (-) removes it.")
    )
    email = StringField(
        _l("New e-mail"), [Length(max=120)], description=_l("Empty keeps the present one; a dash (-) removes it.")
    )

    def command(self) -> PersonChange:
        """The change; None keeps what is there."""
        sex = _known(self.sex.data)
        return PersonChange(
            version=_version(self.version.data),
            name=self.name.data,
            territory_code=self.territory_code.data,
            id_number=self.id_number.data or None,
            sex=Sex(sex) if sex else None,
            birth_date=self.birth_date.data,
            phone=_replaced(self.phone.data),
            email=_replaced(self.email.data),
            address=self.address.data or "",
            point=self.point,
            languages=tuple(self.languages.data or ()),
            reads=self.reads.data,
            lives_alone=_flag(self.lives_alone.data),
            door_note=self.door_note.data or "",
            safety_note=self.safety_note.data or "",
            note=self.note.data or "",
        )


def _version(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _replaced(text: str | None) -> str | None:
    """None keeps, "" removes."""
    typed = (text or "").strip()
    return "" if typed in {"-", "–", "—"} else typed or None


class OwnDetailsForm(Form):
    """A member corrects their own contact data."""

    version = HiddenField()
    phone = StringField(_l("Phone"), [Length(max=40)], render_kw={"inputmode": "tel", "autocomplete": "tel"})
    address = StringField(_l("Address"), [Length(max=200)], render_kw={"autocomplete": "street-address"})
    email = StringField(_l("E-mail"), [Length(max=120)], render_kw={"inputmode": "email", "autocomplete": "email"})
    reads = RadioField(_l("Language of messages"), choices=READS)

    def command(self) -> PersonChange:
        """The change of contact data."""
        return PersonChange(
            version=_version(self.version.data),
            phone=self.phone.data or "",
            address=self.address.data or "",
            email=self.email.data or "",
            reads=self.reads.data,
        )


class DeathForm(Form):
    """The day a person died."""

    died_on = DateField(_l("Day of death"), [NEEDED], description=DATE)


class RevealForm(Form):
    """Why somebody needs to see a sensitive field."""

    purpose = StringField(
        _l("What do you need it for?"),
        [
            InputRequired(_l("Write what you need to see this for. It is kept, and the person can read it.")),
            Length(max=200),
        ],
        description=_l("For example: “calls back about Tuesday's visit”. It is kept, and the person can read it."),
    )
