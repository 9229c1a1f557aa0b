"""Pages of matching.  One blueprint; each module adds its own pages to it."""

from __future__ import annotations

import importlib
import pkgutil

from flask import Blueprint

bp = Blueprint("matching", __name__)

for _module in pkgutil.iter_modules(__path__):  # suggestions, plans …
    importlib.import_module(f"{__name__}.{_module.name}")
