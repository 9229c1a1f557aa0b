"""The functions of the API, one module for each part of the product.  Importing a module declares its addresses."""

import importlib
import pkgutil

from timebank.api.routing import bp

for _module in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["bp"]
