"""Addresses of static files that change when the file does, so that browsers may keep them for long."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask
from flask import current_app
from flask import url_for

KEPT_SECONDS = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = KEPT_SECONDS
    app.static_folder = str(Path(__file__).parent / "static")
    app.template_folder = str(Path(__file__).parent / "templates")
    app.add_template_global(asset)


def asset(filename: str) -> str:
    """The address of one of our own files."""
    return url_for("static", filename=filename, v=_digest(Path(current_app.static_folder or "", filename)))


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
