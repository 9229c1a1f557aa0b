"""Pages of schemes: their rules for operators and auditors, the rules in plain words for members, the catalogue."""

from __future__ import annotations

from decimal import Decimal

from flask import render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.access import queries as access
from timebank.core import clock
from timebank.core.errors import NotFound
from timebank.core.web import actor, permit, press, pressed_key, signed_in, submit
from timebank.exchange.forms.schemes import NewServiceForm, SchemeForm, ServiceForm, options, value_form
from timebank.exchange.queries import schemes as queries
from timebank.exchange.queries.schemes_parameters import member_infos, parameter_infos
from timebank.exchange.rules.parameters import Topic
from timebank.exchange.service import schemes as service
from timebank.exchange.views import bp
from timebank.exchange.words_parameters import NAMES, TOPICS, choice_text, source_text, value_text
from timebank.territory import queries as territory

WORDS = {"names": NAMES, "topics": TOPICS, "value_text": value_text, "choice_text": choice_text, "source": source_text}


@bp.route("/schemes")
@permit("schemes.read")
def schemes() -> str:
    found = queries.around(actor(), "schemes.read")
    places = territory.path_names(one.territory_code for one in found)
    names = {one.id: one.name for one in queries.schemes()}
    return render_template("exchange/schemes/index.html", schemes=found, places=places, names=names)


@bp.route("/schemes/new", methods=["GET", "POST"])
@permit("schemes.manage")
def new_scheme() -> Response:
    form = SchemeForm()
    above = {one.id: one.name for one in queries.schemes()}
    form.parent_id.choices = options({0: _("nothing: a city's time bank"), **above})
    return submit(
        form,
        lambda: service.create_scheme(actor(), form.command(), key=form.key.data),
        done=lambda scheme_id: url_for("exchange.scheme", scheme_id=scheme_id),
        said=_("The time bank was set up. It follows the rules of the one above until you change them."),
        template="exchange/schemes/new.html",
    )


@bp.route("/schemes/<int:scheme_id>")
@permit("schemes.read")
def scheme(scheme_id: int) -> str:
    one = queries.readable(actor(), scheme_id)
    infos = parameter_infos(scheme_id, clock.today())
    return render_template(
        "exchange/schemes/scheme.html",
        scheme=one,
        groups=[(TOPICS[topic], [info for info in infos if info.rule.topic is topic]) for topic in Topic],
        place=territory.path_name(one.territory_code),
        w=WORDS,
        manages=actor().may("schemes.manage", one.territory_code),
    )


@bp.route("/schemes/<int:scheme_id>/rules/<key>", methods=["GET", "POST"])
@permit("schemes.read")
def scheme_rule(scheme_id: int, key: str) -> Response:
    one = queries.readable(actor(), scheme_id)
    info = next(iter(parameter_infos(scheme_id, clock.today(), key)), None)
    if info is None:
        raise NotFound("no_such_value")
    form = value_form(info.rule, info.now.value if info.now else info.rule.definition.default)
    accounts = access.names_of_accounts(row.set_by for row in (*info.past, *info.coming))
    return submit(
        form,
        lambda: service.set_parameter(actor(), form.command(scheme_id, key), key=form.key.data),
        done=url_for("exchange.scheme_rule", scheme_id=scheme_id, key=key),
        said=_("The new value is kept."),
        template="exchange/schemes/rule.html",
        scheme=one,
        info=info,
        accounts=accounts,
        w=WORDS,
        manages=actor().may("schemes.manage", one.territory_code),
    )


@bp.route("/schemes/<int:scheme_id>/rules/<key>/withdraw/<int:value_id>", methods=["POST"])
@permit("schemes.manage")
def withdraw_value(scheme_id: int, key: str, value_id: int) -> Response:
    return press(
        lambda: service.withdraw_value(actor(), scheme_id, value_id, key=pressed_key()),
        done=url_for("exchange.scheme_rule", scheme_id=scheme_id, key=key),
        said=_("The coming value was taken back."),
    )


@bp.route("/rules")
@signed_in
def my_rules() -> str:
    """The rules of one's own time bank in plain words; of the widest one for an account without a person."""
    one = queries.own(actor())
    shown = member_infos(one.id, clock.today())
    groups = [(TOPICS[topic], [info for info in shown if info.rule.topic is topic]) for topic in Topic]
    return render_template("exchange/schemes/my_rules.html", scheme=one, groups=groups, w=WORDS)


# -- the catalogue -----------------------------------------------------------------------------------------------------


@bp.route("/services")
@permit("services.read")
def services() -> str:
    return render_template(
        "exchange/schemes/services.html",
        services=queries.service_types(active_only=False),
        w=WORDS,
        manages=actor().may("services.manage", queries.catalogue_territory()),
    )


@bp.route("/services/new", methods=["GET", "POST"])
@permit("services.manage")
def new_service() -> Response:
    form = NewServiceForm(
        data={
            "usual_minutes": 60,
            "max_minutes": 240,
            "weight": Decimal(1),
            "sort": 200,
            "active": True,
            "max_self_care_loss": "full_loss",
        }
    )
    return submit(
        form,
        lambda: service.add_service(actor(), form.command(form.code.data), key=form.key.data),
        done=url_for("exchange.services"),
        said=_("The service is in the catalogue."),
        template="exchange/schemes/service.html",
        title=_("Add a service"),
    )


@bp.route("/services/<code>", methods=["GET", "POST"])
@permit("services.manage")
def service_type(code: str) -> Response:
    one = queries.service_type(code)
    form = ServiceForm(obj=one, data={"weight": Decimal(one.weight_permille) / 1000})
    return submit(
        form,
        lambda: service.change_service(actor(), form.command(code), key=form.key.data),
        done=url_for("exchange.services"),
        said=_("The service was changed."),
        template="exchange/schemes/service.html",
        title=_("Change %(service)s", service=one.name),
    )
