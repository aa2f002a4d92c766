"""Of Bootstrap the site serves what its templates use, in Bootstrap's own words."""

import re
from functools import cache
from pathlib import Path

import pytest

from quizapp import web
from quizapp.web.bootstrap import CLASSES
from quizapp.web.bootstrap import WHOLE
from quizapp.web.bootstrap import part

WEB = Path(web.__file__).parent
TEMPLATES = sorted(path.relative_to(WEB / "templates").as_posix() for path in WEB.rglob("*.html"))
CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")
#: Words of ours that Bootstrap has too, for something else.
OURS = frozenset({"figure", "bar"})


@cache
def rules(style: str) -> frozenset[tuple[str, str]]:
    """(selector, declarations), each without spaces that mean nothing, read another way than the part is made."""
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    found = set()
    for selectors, body in re.findall(r"([^{};]+)\{((?:\"[^\"]*\"|[^{}\"])*)\}", style):
        found |= {(_plain(selector), _plain(body)) for selector in re.split(r",(?![^(]*\))", selectors)}
    return frozenset(found)


def _plain(words: str) -> str:
    return re.sub(r"\s+", "", words)


def whole() -> str:
    return WHOLE.read_text(encoding="utf-8")


def classes(style: str) -> frozenset[str]:
    return frozenset(name for selector, _ in rules(style) for name in CLASS.findall(selector))


def test_every_rule_is_bootstraps_own_and_none_for_what_is_used_is_missing() -> None:
    wanted = {
        (selector, body)
        for selector, body in rules(whole())
        if CLASSES.issuperset(CLASS.findall(selector))
        and "[data-bs-" not in selector
        and not re.fullmatch(r"[\d.]+%|from|to|@.*", selector)
    }
    assert len(wanted) > 100
    assert rules(part()) == wanted


def test_the_part_weighs_a_tenth_and_names_its_licence() -> None:
    assert len(part()) < len(whole()) / 10
    assert "MIT" in part()[:300]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_uses_no_class_of_bootstrap_that_is_not_there(name: str) -> None:
    markup = (WEB / "templates" / name).read_text(encoding="utf-8")
    named = {word for value in re.findall(r'\bclass="([^"]*)"', markup) for word in re.findall(r"[\w-]+", value)}
    site = (WEB / "static" / "site.css").read_text(encoding="utf-8")
    assert named & classes(whole()) <= CLASSES | classes(site) | OURS
