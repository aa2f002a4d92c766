"""What people read, and what their browsers are given: words for everything, templates without decisions or danger."""

import inspect
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from flask import Flask
from jinja2 import nodes

import quizapp
from quizapp import core
from quizapp import create_app
from quizapp.core.distractors import Origin
from quizapp.core.keypoints.binding import Rule
from quizapp.core.labels import LABELS
from quizapp.core.labels import label
from quizapp.core.markers import Family
from quizapp.core.paper import LockFault
from quizapp.core.roles import Role

WEB = Path(quizapp.__file__).parent / "web"
TEMPLATES = sorted(path.relative_to(WEB / "templates").as_posix() for path in WEB.glob("templates/**/*.html"))
SCRIPTS = sorted(path.relative_to(WEB / "static").as_posix() for path in WEB.glob("static/**/*.js"))
STYLES = sorted(path.relative_to(WEB / "static").as_posix() for path in WEB.glob("static/**/*.css"))
#: Enums whose members nobody reads as such.
WITHOUT_WORDS = {
    Origin: "how a wrong option was made; the reviewer reads its proof",
    Family: "how a list is numbered",
    Rule: "how a key point was bound; the page of the speech says it in a sentence of its own",
    LockFault: "the page of the paper says it in a sentence of its own",
}
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application without a database: nothing here asks it anything."""
    return create_app({"QUIZAPP_INSTANCE": str(tmp_path_factory.mktemp("words"))}, TESTING=True)


@cache
def enums() -> frozenset[type[StrEnum]]:
    """Every StrEnum that a module of the core defines."""
    found = set()
    for module in walk_packages(core.__path__, f"{core.__name__}."):
        for _, member in inspect.getmembers(import_module(module.name), inspect.isclass):
            if issubclass(member, StrEnum) and member.__module__ == module.name:
                found.add(member)
    return frozenset(found)


def test_every_enum_has_words_or_a_reason_for_having_none() -> None:
    assert {enum.__qualname__ for enum in enums()} == {e.__qualname__ for e in {*LABELS, *WITHOUT_WORDS}}


@pytest.mark.parametrize("enum", LABELS, ids=lambda enum: enum.__name__)
def test_every_member_has_a_chinese_word_of_its_own(enum: type[StrEnum]) -> None:
    words = [label(member) for member in enum]
    assert all(HAN.search(word) for word in words), words
    assert len(set(words)) == len(words), words


# Templates


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(app: Flask, name: str) -> None:
    """Unknown filters and tests are found here, not by whoever opens the page."""
    assert app.jinja_env.get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_names_no_role(app: Flask, name: str) -> None:
    """Templates ask may(…): who that is stands in one table."""
    constants = {node.value for node in tree(app, name).find_all(nodes.Const)}
    assert not constants & {role.value for role in Role}
    assert not any(node.name == "Role" for node in tree(app, name).find_all(nodes.Name))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_escapes_everything(app: Flask, name: str) -> None:
    assert not [node.lineno for node in tree(app, name).find_all(nodes.Filter) if node.name in {"safe", "forceescape"}]
    assert not list(tree(app, name).find_all(nodes.EvalContextModifier))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_imports_nothing_unused(app: Flask, name: str) -> None:
    used = {node.name for node in tree(app, name).find_all(nodes.Name) if node.ctx == "load"}
    imported = {
        alias[1] if isinstance(alias, tuple) else alias
        for node in tree(app, name).find_all(nodes.FromImport)
        for alias in node.names
    }
    assert imported <= used


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_link_of_a_template_leads_to_a_page_with_these_parameters(app: Flask, name: str) -> None:
    for call in calls(app, name, "url_for"):
        if not isinstance(call.args[0], nodes.Const):
            continue
        endpoint = whole_name(call.args[0].value, name)
        rules = list(app.url_map.iter_rules(endpoint)) if endpoint in app.view_functions else []
        assert rules, f"line {call.lineno}: no page is called {endpoint}"
        given = {keyword.key for keyword in call.kwargs}
        assert any(rule.arguments <= given for rule in rules) or call.dyn_kwargs, f"line {call.lineno}: {endpoint}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_file_a_template_names_is_there(app: Flask, name: str) -> None:
    for call in calls(app, name, "asset"):
        assert isinstance(call.args[0], nodes.Const)
        assert Path(str(app.static_folder), call.args[0].value).is_file(), call.args[0].value


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_no_inline_script_style_or_handler(name: str) -> None:
    markup = html_of(name)
    assert not re.search(r"<style\b", markup)
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", markup)
    for tag in re.findall(r"<[a-zA-Z][^>]*>", markup):
        assert not re.search(r"\s(style|on[a-z]+|srcdoc)\s*=", tag), tag
        assert "javascript:" not in tag.lower(), tag


def test_no_form_brings_inline_style_or_handlers() -> None:
    for path in sorted(WEB.rglob("*.py")):
        found = re.search(r"[\"'](style|on[a-z]{3,})[\"']\s*:", path.read_text(encoding="utf-8"))
        assert found is None, f"{path.name}: {found and found[0]}"


# Nothing from outside


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_loads_nothing_from_outside(name: str) -> None:
    source = (WEB / "templates" / name).read_text(encoding="utf-8")
    assert not re.search(r"(src|href|action|srcset|poster|data)\s*=\s*[\"']?\s*(https?:)?//", source)


@pytest.mark.parametrize("name", STYLES)
def test_a_style_sheet_loads_nothing_from_outside(name: str) -> None:
    source = (WEB / "static" / name).read_text(encoding="utf-8")
    assert not re.search(r"url\(\s*[\"']?\s*(https?:)?//", source)
    assert "@import" not in source


#: Ways to make HTML or code from text, and to let a page run what it was given. A page of our own site may be read
#: (DOMParser) to take a part of it over, as it came: the server has escaped it, and no script in it runs.
DANGEROUS = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|setHTMLUnsafe|eval|srcdoc)\b"
    r"|document\.write|new\s+Function|set(Timeout|Interval)\(\s*[\"'`]|cssText"
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_makes_no_html_from_text_and_loads_nothing_from_outside(name: str) -> None:
    source = (WEB / "static" / name).read_text(encoding="utf-8")
    found = DANGEROUS.search(source)
    assert found is None, found
    assert not re.search(r"https?://", source)


def test_there_is_something_to_look_at() -> None:
    assert len(TEMPLATES) > 20
    assert "taking.js" in SCRIPTS
    assert "site.css" in STYLES


# The pages themselves


def test_what_the_site_sends_names_no_other_site(app: Flask) -> None:
    page = app.test_client().get("/sign-in").get_data(as_text=True)
    assert not re.search(r"https?://", page)


def tree(app: Flask, name: str) -> nodes.Template:
    return app.jinja_env.parse((WEB / "templates" / name).read_text(encoding="utf-8"), name)


def calls(app: Flask, name: str, function: str) -> Iterator[nodes.Call]:
    return (
        call
        for call in tree(app, name).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == function
    )


def whole_name(endpoint: str, template: str) -> str:
    """A page of the same subject is named from its dot on; templates lie in a folder named for their subject."""
    return template.partition("/")[0] + endpoint if endpoint.startswith(".") else endpoint


def html_of(name: str) -> str:
    """The template with Jinja's own parts blanked out."""
    source = (WEB / "templates" / name).read_text(encoding="utf-8")
    return re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.DOTALL)
