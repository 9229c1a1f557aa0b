"""The blueprint that the pages join."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("redemption", __name__)
