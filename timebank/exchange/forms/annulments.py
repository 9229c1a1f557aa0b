"""Forms of cases about untrue hours."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from timebank.core.forms import Form
from timebank.exchange.forms.volunteers import NEEDED, options
from timebank.exchange.queries.annulments import SuspectVisit
from timebank.exchange.rules.annulments import Source
from timebank.exchange.service.annulments import LONGEST, Decision, ReExamination, Suspicion
from timebank.exchange.words_annulments import SOURCES


class SuspicionForm(Form):
    """Which visits, and why."""

    visits = SelectMultipleField(_l("Which visits?"), coerce=int)
    source = SelectField(_l("Source of the suspicion"), choices=options(SOURCES))
    reason = TextAreaField(
        _l("What speaks against the hours?"),
        [InputRequired(_l("Give a reason.")), Length(max=300)],
        description=_l("The volunteer reads it, so that they can answer. Name nobody who complained."),
    )

    def fill(self, visits: Iterable[tuple[SuspectVisit, str]]) -> SuspicionForm:
        """Gives the visits that may be chosen, each with its words."""
        self.visits.choices = [SelectChoice(visit.visit_id, words) for visit, words in visits]
        return self

    def command(self, volunteer_id: int) -> Suspicion:
        chosen = tuple(int(one) for one in self.visits.data or ())
        return Suspicion(volunteer_id, chosen, Source(self.source.data), self.reason.data or "")


class WordsForm(Form):
    """The volunteer's answer."""

    text = TextAreaField(_l("What happened, in your words"), [InputRequired(NEEDED), Length(max=LONGEST)])


class AppealForm(Form):
    """Why somebody else should look again."""

    text = TextAreaField(_l("Why do you appeal?"), [InputRequired(NEEDED), Length(max=LONGEST)])


class DecisionForm(Form):
    """The decision and its reason."""

    upheld = RadioField(
        _l("Were the hours true?"),
        [InputRequired(NEEDED)],
        choices=options({"no": _l("They were true: free them"), "yes": _l("They were not true: annul them")}),
    )
    finding = TextAreaField(
        _l("Why?"),
        [InputRequired(_l("Give a reason.")), Length(max=300)],
        description=_l("The volunteer reads it."),
    )

    def command(self, case_id: int) -> Decision:
        return Decision(case_id, self.upheld.data == "yes", self.finding.data or "")


class ReExaminationForm(Form):
    """What came out of looking again."""

    confirmed = RadioField(
        _l("Does the annulment stay?"),
        [InputRequired(NEEDED)],
        choices=options({"no": _l("No: give the hours back and end the bar"), "yes": _l("Yes: it stays")}),
    )
    finding = TextAreaField(
        _l("Why?"),
        [InputRequired(_l("Give a reason.")), Length(max=300)],
        description=_l("The volunteer reads it."),
    )

    def command(self, case_id: int) -> ReExamination:
        return ReExamination(case_id, self.confirmed.data == "yes", self.finding.data or "")
