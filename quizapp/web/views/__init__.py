"""The pages, one file a subject. Every module here with a `bp` is found by itself."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint


def blueprints() -> Iterator[Blueprint]:
    """Every page module's blueprint, by name."""
    for module in iter_modules(__path__):
        yield import_module(f"{__name__}.{module.name}").bp
