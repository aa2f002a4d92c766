"""Drafts as plain values: what `flask speech draft --json` prints and measurements compare.

All offsets are half-open, in the clean text. `key` holds what is right, by the type of the question: the ids of the
right options (choice; T or F for statements), the first wording of each blank, the option id of each line (matching),
the option ids in order (ordering), the scoring points (short answers).
"""

from typing import Any

from quizapp.core.drafts import Draft
from quizapp.core.drafts import Drafting
from quizapp.core.kinds.base import answer_of
from quizapp.core.question import Question
from quizapp.core.speech import Reading
from quizapp.core.stems import heading_path


def drafting_as_values(drafting: Drafting, reading: Reading) -> dict[str, Any]:
    """All drafts of one speech, ready for JSON, and how many candidates each gate refused."""
    return {
        "drafts": [_draft(draft, reading) for draft in drafting.drafts],
        "rejected": dict(drafting.histogram),
    }


def _draft(draft: Draft, reading: Reading) -> dict[str, Any]:
    question = draft.question
    return {
        "kind": draft.kind,
        "type": question.type,
        "stem": question.stem,
        "options": [_option(question, at) for at in range(len(question.options))],
        "key": _key(question),
        "accepted": [list(wordings) for wordings in question.blanks],
        "any_order": question.any_order,
        "pairs": _pairs(question),
        "points": [{"text": each.text, "keywords": [list(g) for g in each.keywords]} for each in question.points],
        "explanation": question.explanation,
        "quote": question.source.quote,
        "start": question.source.start,
        "end": question.source.end,
        "heading_path": _path(draft, reading),
        "key_point": _key_point(draft, reading),
        "difficulty": question.difficulty,
        "bloom": draft.bloom,
        "score": draft.worth,
        "reasons": list(draft.reasons),
    }


def _option(question: Question, at: int) -> dict[str, Any]:
    option = question.options[at]
    is_right = option.id in question.key if question.key else True
    return {"id": option.id, "text": option.text, "correct": is_right, "proof": option.proof}


def _key(question: Question) -> list[str]:
    if question.key:
        return sorted(question.key)
    if question.pairs:
        return [option_id for _, option_id in question.pairs]
    if question.blanks:
        return [wordings[0] for wordings in question.blanks]
    return [str(each) for each in answer_of(question)]


def _pairs(question: Question) -> list[list[str]]:
    """The lines of a matching, each with the text that belongs to it."""
    texts = {option.id: option.text for option in question.options}
    return [[left, texts[option_id]] for left, option_id in question.pairs]


def _path(draft: Draft, reading: Reading) -> list[str]:
    heading = draft.heading if draft.key_point is None else reading.points[draft.key_point].heading
    return heading_path(reading, heading)


def _key_point(draft: Draft, reading: Reading) -> dict[str, Any] | None:
    if draft.key_point is None:
        return None
    point = reading.points[draft.key_point]
    return {
        "kind": point.kind,
        "name": point.name,
        "items": [item.display for item in point.items],
        "start": point.span.start,
        "end": point.span.end,
    }
