"""create_app(): joins extensions, domains, error pages and headers.  Nothing else happens here."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import js_lib_htmx
import js_lib_leaflet
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import (
    Blueprint,
    Flask,
    current_app,
    has_request_context,
    make_response,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import Babel, get_locale
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

import config
from timebank.core import audit, cli, clock, command, parameters, tables, texts, units, web  # noqa: F401 - tables
from timebank.core import db as database
from timebank.core.db import db
from timebank.core.errors import TimebankError

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("zh", "en")
DOMAINS = (
    "territory",
    "people",
    "access",
    "notices",
    "ledger",
    "exchange",
    "assistance",
    "matching",
    "redemption",
    "reports",
    "jobs",
    "demo",
    "api",
)


def create_app(settings: dict[str, Any] | None = None) -> Flask:
    """The application; `settings` override those of the environment (tests)."""
    app = Flask("timebank", root_path=str(ROOT))
    app.config.update(config.settings())
    app.config.update(settings or {})
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(_catalogues())
    app.url_map.converters["int"] = web.IdConverter
    database.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    Babel(app, locale_selector=language)
    Bootstrap5(app)
    app.register_blueprint(_library("htmx", js_lib_htmx, "htmx"))
    app.register_blueprint(_library("leaflet", js_lib_leaflet, "js_lib_leaflet"))
    app.extensions["csrf"] = CSRFProtect(app)
    _join_domains(app)
    _join_pages(app)
    return app


def refuse_unsound(app: Flask) -> None:
    """Raises `SystemExit` with what to do when the database is behind, or holds a ledger that cannot be trusted."""
    from timebank.ledger import roles, selfcheck

    with app.app_context(), db.engine.connect() as connection:
        newest = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
        current = MigrationContext.configure(connection).get_current_revision()
        if current != newest:
            raise SystemExit(f"The database is at migration {current}, {newest} is needed: flask --app wsgi db upgrade")
        problems = [*selfcheck.problems(connection), *roles.missing(connection)]
        if app.config["TIMEBANK_REQUIRE_APP_ROLE"]:
            problems += roles.warnings(connection)
        if app.config["TIMEBANK_REQUIRE_DURABLE"]:
            problems += database.careless(connection)
    if problems:
        raise SystemExit("The ledger cannot be trusted, so nothing is served:\n" + "\n".join(problems))


def modules(name: str) -> Iterator[ModuleType]:
    """The module `name` ("models", "views", "clockwork" …) of each domain that has one, in the order of the house."""
    for domain in DOMAINS:
        full = f"timebank.{domain}.{name}"
        found = importlib.util.find_spec(f"timebank.{domain}") and importlib.util.find_spec(full)
        if found and found.origin:  # an empty folder is no module yet
            yield importlib.import_module(full)


def language() -> str:
    """The reader's language: chosen in this session, else the browser's."""
    chosen = session.get("language") if has_request_context() else None
    return chosen or (has_request_context() and request.accept_languages.best_match(LANGUAGES)) or "zh"


def _catalogues() -> list[str]:
    return sorted(str(path) for path in (ROOT / "timebank" / "translations").glob("*") if path.is_dir())


def _join_domains(app: Flask) -> None:
    list(modules("models"))
    for module in modules("texts"):
        texts.join(module.REFUSALS)
    for module in modules("action_texts"):
        texts.join_actions(module.ACTIONS, getattr(module, "VALUES", {}))
    app.extensions["timebank_menu"] = [item for module in modules("menu") for item in module.MENU]
    app.extensions["timebank_today"] = [module.tasks for module in modules("today")]
    app.extensions["timebank_jobs"] = [job for module in modules("clockwork") for job in module.JOBS]
    app.extensions["timebank_notice_texts"] = {
        kind: text for module in modules("notice_texts") for kind, text in module.TEXTS.items()
    }
    for module in modules("views"):
        for blueprint in getattr(module, "blueprints", None) or [module.bp]:
            app.register_blueprint(blueprint)
    for module in modules("cli"):
        for group in module.commands:
            app.cli.add_command(cli.speak_plainly(group))
    for name in ("access.session", "access.resume"):
        if importlib.util.find_spec(f"timebank.{name}"):
            importlib.import_module(f"timebank.{name}").init_app(app)
    if importlib.util.find_spec("timebank.api.setup"):
        importlib.import_module("timebank.api.setup").init_app(app)


def _join_pages(app: Flask) -> None:
    app.before_request(web.refuse_nul)
    app.before_request(web.check_permission)
    app.after_request(web.add_headers)
    app.register_error_handler(TimebankError, web.error_page)
    app.register_error_handler(HTTPException, _http_error)
    for kind in web.UNSTORABLE:
        app.register_error_handler(kind, web.unstorable_page)
    app.jinja_env.filters.update(
        minutes=units.minutes_text,
        difference=units.difference_text,
        money=units.money_text,
        day=units.day_text,
        moment=units.moment_text,
        meeting=units.meeting_text,
        clock=units.clock_text,
        weekday=units.weekday_text,
        number_columns=tables.number_columns,
    )
    app.jinja_env.globals.update(
        get_locale=get_locale,
        actor=web.actor,
        menu=web.menu,
        partial=web.partial,
        today=clock.today,
        new_key=web.new_key,
        page_url=web.page_url,
        asset=_asset,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _library(name: str, package: ModuleType, folder: str) -> Blueprint:
    """The scripts and styles that a package ships; nothing comes from other servers."""
    return Blueprint(
        name,
        f"timebank.{name}",
        static_folder=str(Path(str(package.__file__)).parent / "static" / folder),
        static_url_path=f"/lib/{name}",
    )


def _asset(name: str) -> str:
    """The address of a static file with its age, so that browsers keep it for good."""
    path = ROOT / "static" / name
    return url_for("static", filename=name, v=int(path.stat().st_mtime) if path.exists() else 0)


def _http_error(error: HTTPException) -> Response:
    if error.code in (301, 302, 303, 307, 308):
        return error.get_response()
    if request.path.startswith("/api/"):
        answer: Response = current_app.extensions["timebank_api_error"](error)
        return answer
    words = web.http_words(error.code or 500)
    return make_response(render_template("error.html", words=words, status=error.code), error.code or 500)
