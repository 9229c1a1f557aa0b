"""Households, guardians and agents, consent; spreadsheets."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import BooleanField, DateField, RadioField, SelectField
from wtforms.validators import Optional

from timebank.core.forms import Form
from timebank.people import labels
from timebank.people.forms.person import DATE, NEEDED, options
from timebank.people.rules.codes import AgentKind, LegalBasis
from timebank.people.service import Joining, NewAgent, NewConsent


class HouseholdForm(Form):
    """A person moves in with another."""

    relation = SelectField(
        _l("Relation to the head of the household"), choices=options(labels.RELATIONS), default="other"
    )
    is_dependant = BooleanField(_l("Needs care at home"))
    joined_on = DateField(_l("Lives there since"), [Optional()], description=DATE)

    def command(self, with_person_id: int | None) -> Joining:
        """The move."""
        return Joining(with_person_id, self.relation.data, self.is_dependant.data, self.joined_on.data)


class AgentForm(Form):
    """Somebody may act for a person."""

    kind = RadioField(
        _l("In which capacity?"),
        choices=options(
            [
                ("guardian", _l("Guardian (of a minor, or of an adult without capacity)")),
                ("agent", _l("Agent (chosen by the person)")),
            ]
        ),
        default="agent",
    )
    relation = SelectField(_l("Relation to the person"), choices=options(labels.RELATIONS[1:]), default="child")
    valid_from = DateField(_l("From"), [Optional()], description=DATE)
    valid_to = DateField(_l("Until"), [Optional()], description=_l("Leave empty when it has no end."))

    def command(self, person_id: int, agent_person_id: int) -> NewAgent:
        """The relation."""
        return NewAgent(
            person_id,
            agent_person_id,
            AgentKind(self.kind.data),
            self.relation.data,
            self.valid_from.data,
            self.valid_to.data,
        )


class ConsentForm(Form):
    """Consent, or the law in its place."""

    purpose = SelectField(
        _l("For what?"),
        choices=options(labels.PURPOSE),
    )
    legal_basis = RadioField(_l("On which ground?"), choices=options(labels.BASIS), default="consent")
    given_by = SelectField(_l("Given by"), [NEEDED])

    def command(self, person_id: int) -> NewConsent:
        """The consent."""
        return NewConsent(person_id, self.purpose.data, LegalBasis(self.legal_basis.data), int(self.given_by.data))


class ImportForm(Form):
    """A spreadsheet of people."""

    file = FileField(
        _l("Spreadsheet"),
        [
            FileRequired(_l("Choose a file.")),
            FileAllowed(["csv", "txt", "xlsx"], _l("Choose a CSV file or an Excel workbook (.xlsx).")),
        ],
        description=_l("CSV (UTF-8 or GB18030) or Excel (.xlsx), headings in the first row, at most 16 MB."),
    )
    dry_run = BooleanField(
        _l("Only check the file"),
        description=_l("Says what would become of each row; nobody is registered or changed."),
    )
