"""Forms about other people's accounts."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from timebank.access.forms.own import NEEDED
from timebank.access.rules.roles import Role
from timebank.access.service import NewAccount
from timebank.core import clock
from timebank.core.forms import Form

ROLE_NAMES = {
    Role.BROKER: _l("Coordinator"),
    Role.DESK_CLERK: _l("Service desk clerk"),
    Role.PLATFORM_OPERATOR: _l("Platform operator"),
    Role.GRID_WORKER: _l("Grid worker"),
    Role.CIVIL_AFFAIRS_SPECIALIST: _l("Civil-affairs specialist"),
    Role.SOCIAL_WORKER: _l("Community social worker"),
    Role.STREET_HEAD: _l("Street livelihood head"),
    Role.DISTRICT_CLERK: _l("District duty clerk"),
    Role.DISTRICT_APPROVER: _l("District approver"),
    Role.CITY_MONITOR: _l("City monitor"),
    Role.HOSPITAL: _l("Hospital user"),
    Role.CHARITY: _l("Charity user"),
    Role.STATION_STAFF: _l("Station staff"),
    Role.AUDITOR: _l("Auditor"),
    Role.DATA_PROTECTION_OFFICER: _l("Data-protection officer"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.MEMBER: _l("Member"),
}
GIVEN = [role for role in ROLE_NAMES if role is not Role.MEMBER]
LANGUAGES = [SelectChoice("zh", "中文"), SelectChoice("en", "English")]


class AccountForm(Form):
    """An account for somebody who works here, or for a registered person."""

    display_name = StringField(_l("Name"), [NEEDED, Length(max=80)])
    sign_in_name = StringField(
        _l("Sign-in name"),
        [NEEDED, Length(max=64)],
        description=_l("Letters and digits, for example wang.lili"),
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )
    member_no = StringField(
        _l("Member number"),
        [Optional(), Length(max=32)],
        description=_l("If this is somebody in the registry. A person has one account."),
    )
    territory_code = StringField(
        _l("Code of the territory"),
        [Optional(), Length(max=15)],
        description=_l("Whose administrators look after the account; not needed with a member number."),
        render_kw={"inputmode": "numeric"},
    )
    language = SelectField(_l("Language of the pages"), choices=LANGUAGES, default="zh")

    def command(self) -> NewAccount:
        """The account."""
        return NewAccount(
            sign_in_name=self.sign_in_name.data,
            display_name=self.display_name.data,
            language=self.language.data,
            territory_code=(self.territory_code.data or "").strip(),
        )


class RoleForm(Form):
    """A role for a territory, from a day, until a day, for a reason."""

    role = SelectField(_l("Role"), choices=[SelectChoice(role.value, ROLE_NAMES[role]) for role in GIVEN])
    territory_code = StringField(
        _l("Code of the territory"),
        [Optional(), Length(max=15)],
        description=_l(
            "City 4 digits, district 6, street 9, community 12. The role holds for everything inside it; "
            "left empty, it holds everywhere."
        ),
        render_kw={"inputmode": "numeric"},
    )
    starts_on = DateField(_l("First day"), [NEEDED], default=clock.today)
    ends_on = DateField(_l("Last day"), [Optional()])
    reason = StringField(_l("Reason"), [NEEDED, Length(max=200)])

    def dates(self) -> tuple[date, date | None]:
        """First and last day."""
        return self.starts_on.data, self.ends_on.data


class ReasonForm(Form):
    """Why something is done."""

    reason = StringField(_l("Reason"), [NEEDED, Length(max=200)])


class LogForm(Form):
    """What to look for in the log (sent by GET, without a token)."""

    class Meta:
        csrf = False

    day_from = DateField(_l("From"), [Optional()])
    day_to = DateField(_l("Until"), [Optional()])
    who = StringField(_l("Who"), [Length(max=80)])
    action = StringField(_l("What was done, in words or as a code"), [Length(max=64)])
    subject = StringField(_l("About, for example visit:12"), [Length(max=64)])
    member_no = StringField(_l("Member number"), [Length(max=32)])
