"""Of Bootstrap's stylesheet what this site uses: all of it weighs 230 KB, and networks here are weak.

The rules come from the installed package each time the site starts, in Bootstrap's own words and order.
"""

import hashlib
import re
from collections.abc import Iterable
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import flask_bootstrap
import tinycss2
from flask import Flask
from flask import Response
from flask import current_app
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

WHOLE = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "css" / "bootstrap.min.css"
#: Bootstrap's classes that our templates name, and one that its rules for them speak of; bare elements come besides.
CLASSES = frozenset({"btn", "btn-primary", "form-control", "form-select", "visually-hidden", "btn-check"})
CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")
#: Rules for these are nobody's here: themes and behaviour by attribute.
ATTRIBUTE = "[data-bs-"


def init_app(app: Flask) -> None:
    app.add_url_rule("/bootstrap.css", "bootstrap", serve)
    app.add_template_global(bootstrap_stylesheet)


def bootstrap_stylesheet() -> str:
    """The address of the part that is used; it changes when the part does."""
    return url_for("bootstrap", v=_digest())


def serve() -> ResponseReturnValue:
    response = Response(part(), mimetype="text/css")
    response.set_etag(_digest())
    response.cache_control.public = True
    response.cache_control.max_age = current_app.config["SEND_FILE_MAX_AGE_DEFAULT"]
    return response.make_conditional(request)


@cache
def part() -> str:
    """Rules that name bare elements and CLASSES only."""
    style = WHOLE.read_text(encoding="utf-8")
    licence = style[: style.index("*/") + 2]
    return licence + "\n" + _joined(tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True))


@cache
def _digest() -> str:
    return hashlib.sha256(part().encode()).hexdigest()[:12]


def _joined(rules: Iterable[tinycss2.ast.Node]) -> str:
    return "\n".join(text for rule in rules if (text := _kept(rule)))


def _kept(rule: tinycss2.ast.Node) -> str:
    """A rule with those of its selectors that the site uses; empty where there are none."""
    if rule.type == "qualified-rule":
        selectors = [selector for selector in _selectors(rule.prelude) if _is_used(selector)]
        return f"{','.join(selectors)}{{{tinycss2.serialize(rule.content)}}}" if selectors else ""
    if rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content:
        inner = _joined(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))
        return f"@media{tinycss2.serialize(rule.prelude)}{{{inner}}}" if inner else ""
    return ""


def _selectors(prelude: Iterable[tinycss2.ast.Node]) -> Iterator[str]:
    one: list[tinycss2.ast.Node] = []
    for node in prelude:
        if node == ",":
            yield tinycss2.serialize(one)
            one = []
        else:
            one.append(node)
    yield tinycss2.serialize(one)


def _is_used(selector: str) -> bool:
    return ATTRIBUTE not in selector and CLASSES.issuperset(CLASS.findall(selector))
