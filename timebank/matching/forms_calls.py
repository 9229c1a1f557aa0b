"""The form of a call: everything on one screen, by keyboard."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from timebank.core.errors import TimebankError
from timebank.core.forms import ClockField
from timebank.exchange.forms.requests import StaffRequestForm, given
from timebank.matching.service.calls import Call, Contact
from timebank.people import labels
from timebank.people.rules.codes import AgentKind, PersonRole, Sex
from timebank.people.service import NewPerson

NOBODY = "0"
NEW_FIELDS = {"name": "new_name", "phone": "new_phone", "territory_code": "new_territory", "address": "new_address"}
NEW_FIELDS |= {"birth_date": "new_birth_date", "sex": "new_sex", "duplicate_reason": "new_reason"}


class CallForm(StaffRequestForm):
    """Who, for whom, what, when.  Choices of people, places, services and payers come from the view."""

    CALLED = {**NEW_FIELDS, "agent_person_id": "contact", "guardian_id": "contact"}

    latest_minute = ClockField(_l("Start at the latest"), [given])
    caller = StringField(
        _l("Who needs help?"),
        [Length(max=64)],
        description=_l("Name, pinyin, initials, phone, member number, or scan the card."),
        render_kw={"autocomplete": "off"},
    )
    person = RadioField(_l("Which of these?"), [Optional()], validate_choice=False)
    new_name = StringField(_l("Full name"), [Length(max=64)], render_kw={"autocomplete": "off"})
    new_phone = StringField(_l("Phone"), [Length(max=40)], render_kw={"inputmode": "tel", "autocomplete": "off"})
    new_territory = SelectField(_l("Community"), [Optional()])
    new_address = StringField(_l("Address"), [Length(max=200)], description=_l("Building, entrance, flat."))
    new_birth_date = DateField(_l("Birth date"), [Optional()])
    new_sex = RadioField(
        _l("Sex"),
        [Optional()],
        choices=[SelectChoice("", _l("Not known")), *(SelectChoice(code, word) for code, word in labels.SEX.items())],
        default="",
    )
    new_reason = StringField(_l("How do you know that this is somebody else?"), [Length(max=200)])
    contact = StringField(
        _l("Who speaks for them?"),
        [Length(max=64)],
        description=_l("A registered guardian, daughter, neighbour: name, phone or member number. Empty: nobody."),
        render_kw={"autocomplete": "off"},
    )
    contact_kind = RadioField(
        _l("As what?"),
        [Optional()],
        choices=[SelectChoice(code, word) for code, word in labels.AGENT_KIND.items()],
        default=AgentKind.AGENT.value,
    )
    relation = SelectField(
        _l("Relation to the person"),
        [Optional()],
        choices=[SelectChoice(code, word) for code, word in labels.RELATIONS[1:]],
        default="child",
    )
    copies = BooleanField(_l("The person agrees that this agent gets copies of sheets, receipts and messages"))
    approve = BooleanField(_l("Put the hours on hold and look for helpers at once"), default=True)

    @property
    def chosen(self) -> int | None:
        """The registered person who was chosen."""
        typed = self.person.data or ""
        return int(typed) if typed.isdecimal() and len(typed) < 10 and typed != NOBODY else None

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody must be meant, and only one."""
        fine = bool(super().validate(extra_validators))
        named = bool((self.new_name.data or "").strip())
        if named and self.chosen:
            self.new_name.errors = [
                _l("Somebody is chosen above already. Empty this name, or choose “Nobody of these”.")
            ]
            return False
        if not named and not self.chosen:
            self.caller.errors = [_l("Choose who needs help, or write down somebody new below.")]
            return False
        if named and not self.new_territory.data:
            self.new_territory.errors = [_l("Choose the community in which the person lives.")]
            return False
        return fine

    def newcomer(self) -> NewPerson | None:
        """Somebody to register; None where a registered person was chosen."""
        if self.chosen:
            return None
        return NewPerson(
            name=self.new_name.data or "",
            territory_code=self.new_territory.data or "",
            sex=Sex(self.new_sex.data) if self.new_sex.data else None,
            birth_date=self.new_birth_date.data,
            phone=self.new_phone.data or "",
            address=self.new_address.data or "",
            roles=frozenset({PersonRole.RECIPIENT}),
            duplicate_reason=self.new_reason.data or "",
        )

    def call(self, contact_id: int | None) -> Call:
        """The whole call."""
        contact = (
            Contact(contact_id, AgentKind(self.contact_kind.data), self.relation.data or "", bool(self.copies.data))
            if contact_id
            else None
        )
        return Call(self.command(self.chosen or 0), self.newcomer(), contact, bool(self.approve.data))

    def refuse(self, error: TimebankError) -> None:
        """The address of somebody new and of the task are two fields; "person" names who needs help."""
        if error.field == "recipient_id":
            error.field = "caller"
        super().refuse(error)
