"""Pages of the exchange.  One blueprint; each module adds its own pages to it."""

from __future__ import annotations

import importlib
import pkgutil

from flask import Blueprint

bp = Blueprint("exchange", __name__)

for _module in pkgutil.iter_modules(__path__):  # schemes, volunteers, requests, visits …
    importlib.import_module(f"{__name__}.{_module.name}")
