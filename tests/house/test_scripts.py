"""Our scripts and styles keep to what the oldest browsers of an office know: ES2020, Chromium 92, Firefox 115.

No parser that Python has tells one year's syntax from the next. So Chromium 92 itself reads every script, in
tests/browser/test_old_browsers.py; here, without a browser, is looked for the syntax of later years, and for what a
script could call or a style sheet rest on that these browsers lack. Array.at() they have.
"""

import re
from pathlib import Path

import pytest

from quizapp import web

STATIC = Path(web.__file__).parent / "static"
SCRIPTS = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.js"))
STYLES = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.css"))

#: Words in quotes and comments are no code; what stands in a template's ${} is.
UNSAID = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    r"|(?<=[(,=:\[!&|?{};\n])\s*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n\[])+/[a-z]*",
    re.DOTALL,
)
#: What came into the language after ES2020, or into browsers after July 2021.
TOO_NEW_IN_SCRIPTS = {
    "an assignment of ES2021": r"(\?\?|\|\||&&)=",
    "a number with underscores": r"\b\d+_\d",
    "a private member": r"(?<![\w$&])#[A-Za-z_]\w*",
    "a static block": r"\bstatic\s*\{",
    "a field of a class": r"^\s+(static\s+)?[A-Za-z_$][\w$]*(\s*=[^=>].*)?;\s*$(?=[^}]*\n\s+constructor\()",
    "await outside a function": r"^(?:(?:const|let|var)\s+[^=\n]+=\s*)?await\b",
    "import assertions": r"\bimport\b[^;\n]*\b(with|assert)\s*\{",
    "a regular expression of the set kind": r"/[dgimsuy]*v[dgimsuy]*\b\s*[.,;)]",
    "a method of ES2021 and later": (
        r"\.(replaceAll|findLast|findLastIndex|toSorted|toReversed|toSpliced|with|groupBy|isWellFormed"
        r"|toWellFormed|union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\("
    ),
    "a function of ES2021 and later": (
        r"\b(Object\.(hasOwn|groupBy)|Map\.groupBy|Array\.fromAsync|Promise\.(any|withResolvers|try)|structuredClone"
        r"|WeakRef|FinalizationRegistry|AggregateError|Iterator\.from)\b"
    ),
    "a part of the page that came later": (
        r"\.(checkVisibility|showPopover|hidePopover|togglePopover|startViewTransition|setHTML"
        r"|moveBefore)\b|\b(CloseWatcher|EyeDropper|URLPattern|AbortSignal\.(timeout|any)"
        r"|URL\.canParse|CSS\.highlights|CSSStyleSheet\(\)|requestIdleCallback|scheduler\.)"
    ),
}
#: What a style sheet may not rest on; inside @supports it may say it.
TOO_NEW_IN_STYLES = {
    "a container query": r"@container\b|container-type\s*:",
    "a cascade layer": r"@layer\b",
    "a nested rule": r"[;{]\s*&",
    "a later unit": r"\b\d[\d.]*(dvh|svh|lvh|dvw|svw|lvw|cqw|cqh|cqi|cqb)\b",
    "a later colour": r"\b(color-mix|oklch|oklab|lab|lch|light-dark)\(",
    "a later property": r"\b(text-wrap|field-sizing|anchor-name|view-transition-name|position-area)\s*:",
    "a range in a media query": r"@media[^{]*[<>]",
    "subgrid": r"\bsubgrid\b",
}


def code_of(script: str) -> str:
    return UNSAID.sub(" '' ", script)


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("fault", TOO_NEW_IN_SCRIPTS)
def test_a_script_keeps_to_what_old_browsers_know(name: str, fault: str) -> None:
    code = code_of((STATIC / name).read_text(encoding="utf-8"))
    found = re.search(TOO_NEW_IN_SCRIPTS[fault], code, re.MULTILINE)
    assert found is None, f"{name}: {fault}: {found and found[0]}"


def without_supports(style: str) -> str:
    """The sheet without comments and without what stands in an @supports block, which old browsers pass over."""
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    return re.sub(r"@supports[^{]*\{(?:[^{}]|\{[^{}]*\})*\}", "", style)


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("fault", TOO_NEW_IN_STYLES)
def test_a_style_sheet_keeps_to_what_old_browsers_know(name: str, fault: str) -> None:
    found = re.search(TOO_NEW_IN_STYLES[fault], without_supports((STATIC / name).read_text(encoding="utf-8")))
    assert found is None, f"{name}: {fault}: {found and found[0]}"


@pytest.mark.parametrize("name", STYLES)
def test_a_selector_that_old_browsers_lack_takes_no_other_with_it(name: str) -> None:
    """A browser without :has() drops the whole rule that names it, the selectors beside it too."""
    style = re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    for selectors in re.findall(r"([^{};]*:has\([^{]*)\{", without_supports(style)):
        parts = re.split(r",(?![^(]*\))", selectors)
        assert all(":has(" in part for part in parts), f"{name}: {selectors.strip()}"


NEW = {
    "an assignment of ES2021": "kept ??= 1;",
    "a number with underscores": "const year = 31_536_000;",
    "a private member": "class A { constructor() { this.#n = 1; } }",
    "a static block": "class A { static { made = 1; } }",
    "a field of a class": "class A {\n  count = 0;\n  constructor() {}\n}",
    "await outside a function": "const told = await fetch(url);",
    "import assertions": "import words from './words.json' with { type: 'json' };",
    "a regular expression of the set kind": "const letters = /x/v.test(y), z = a /b/v;",
    "a method of ES2021 and later": "const last = words.replaceAll('a', 'b');",
    "a function of ES2021 and later": "if (Object.hasOwn(held, key)) return;",
    "a part of the page that came later": "const stop = AbortSignal.timeout(5);",
}


@pytest.mark.parametrize("fault", TOO_NEW_IN_SCRIPTS)
def test_what_is_too_new_is_found(fault: str) -> None:
    assert re.search(TOO_NEW_IN_SCRIPTS[fault], code_of(NEW[fault]), re.MULTILINE)


SPOKEN = """// a ??= b in words
const words = 'items.replaceAll(a)'; /* Object.hasOwn */
const id = "#paper";
const a = b ?? c;
"""


def test_what_is_only_spoken_of_is_no_fault() -> None:
    assert not [fault for fault, sign in TOO_NEW_IN_SCRIPTS.items() if re.search(sign, code_of(SPOKEN), re.MULTILINE)]
