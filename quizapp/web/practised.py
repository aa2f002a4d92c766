"""Answers in practice as pages send them: by a form (practice/_question.html), or by a script as JSON."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from quizapp.core.practice import PracticeMode
from quizapp.core.types import BadResponse
from quizapp.services.practising import Explained
from quizapp.services.practising import Given
from quizapp.services.practising import Outcome

#: What an open page calls itself, and what gave it its letters.
PAGE = re.compile(r"[A-Za-z0-9_-]{1,22}")
SEED = re.compile(r"[A-Za-z0-9_:.-]{1,64}")
MAX_NUMBER = 9_999
INCOMPLETE = "提交的内容不完整，这次作答没有保存。请刷新页面后重新作答。"


def given_by_form(form: MultiDict[str, str], mode: PracticeMode) -> Given:
    """The one question of a form that was sent.

    :raise BadResponse: where something is missing that every form of ours has
    """
    number = _count(form.get("number"))
    # A plain form ends its lines by two characters, and counts both.
    raw = [text.replace("\r\n", "\n") for text in form.getlist(f"q{number}")]
    said = form.get("said")
    return Given(
        id=_matching(PAGE, form.get("id")),
        version=_count(form.get("version")),
        seed=_matching(SEED, form.get("seed")),
        mode=mode,
        raw=raw if any(raw) else [],
        is_unsure=form.get("unsure") == "1",
        page=_matching(PAGE, form.get("page")),
        sequence=number,
        said_right=None if said is None else said == "1",
    )


def given_by_script(body: Any, mode: PracticeMode) -> Given:
    """One answer that a script sent: `id`, `version`, `seed`, `value`, `unsure`, `page`, `sequence`, `age` (seconds).

    :raise BadResponse: where something is missing or is of another kind
    """
    sent: Mapping[str, Any] = body if isinstance(body, dict) else {}
    value = sent.get("value")
    # What is a list, but not of texts, the question's type refuses.
    if not isinstance(value, list):
        raise BadResponse(INCOMPLETE)
    return Given(
        id=_matching(PAGE, sent.get("id")),
        version=_count(sent.get("version")),
        seed=_matching(SEED, sent.get("seed")),
        mode=mode,
        raw=value,
        is_unsure=sent.get("unsure") is True,
        page=_matching(PAGE, sent.get("page")),
        sequence=_count(sent.get("sequence")),
        age=_age(sent.get("age")),
    )


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise BadResponse(INCOMPLETE)
    return value


def _count(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 6:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MAX_NUMBER:
        raise BadResponse(INCOMPLETE)
    return value


def _age(seconds: object) -> timedelta:
    """How long ago it was given; a device that says nothing that can be is taken to say: now."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds < 10**8:
        return timedelta(0)
    return timedelta(seconds=seconds)


def judging(explained: Explained) -> Mapping[str, Any]:
    """What a script needs to judge an answer as the server will: for a page whose questions are not reserved."""
    question, kind = explained.question, explained.kind
    return {
        "right": kind.stored(kind.right_response(question)),
        "blanks": question.blanks,
        "anyOrder": question.any_order,
    }


def verdict(outcome: Outcome) -> str:
    """An answer in a word, as pages and scripts name it: right, none, part, wrong."""
    if outcome.is_right:
        return "right"
    if not outcome.response:
        return "none"
    return "part" if outcome.fraction > 0 and not outcome.explained.kind.is_marked_by_person else "wrong"
