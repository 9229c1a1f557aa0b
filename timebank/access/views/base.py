"""The blueprint of access."""

from flask import Blueprint

from timebank.access.words import done_by

bp = Blueprint("access", __name__)
bp.add_app_template_filter(done_by)
