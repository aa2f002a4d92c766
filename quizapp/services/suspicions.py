"""疑似答案错误: keys that the answers of closed sittings speak against, until an editor has looked at them.

Nothing is stored of a suspicion: it follows from the sums of the sittings. What an editor found is stored for each
sitting that spoke then, so that a later one raises it again. A correction ends it too: a new version has no answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.statistics import ENOUGH
from quizapp.core.statistics import discrimination_index
from quizapp.core.statistics import facility
from quizapp.core.statistics import is_suspect
from quizapp.core.statistics import people
from quizapp.core.statistics import scatter
from quizapp.core.types.base import text_fault
from quizapp.db import bank
from quizapp.db import statistics as rows
from quizapp.db.statistics import Asked
from quizapp.db.statistics import KeyCheckRow
from quizapp.services import audit

MAX_WORDS = 500


@dataclass(frozen=True)
class Speaking:
    """One sitting whose answers are behind a suspicion; `id` is its public id."""

    id: str
    topic: str
    opens_at: datetime
    #: Where its paper asked the question.
    position: int
    n: int
    #: None below ENOUGH people.
    index: float | None


@dataclass(frozen=True)
class Suspicion:
    """What speaks against the key of a question's newest version, over sittings that no editor has judged yet."""

    n: int
    #: Pooled within the sittings.
    index: float | None
    facility: Fraction | None
    sittings: tuple[Speaking, ...]


@dataclass(frozen=True)
class Checked:
    """What an editor found when answers spoke against a key."""

    version: int
    words: str
    at: datetime


def suspected(session: Session) -> frozenset[int]:
    """The ids of the questions in use whose newest version has a key that answers speak against."""
    return frozenset(
        question_id
        for question_id, asked in rows.spoken_against(session).items()
        if is_suspect([each.item for each in asked])
    )


def suspicion(session: Session, actor: Actor, question_id: str) -> Suspicion | None:
    """What speaks against a question (by its public id); None where nothing does."""
    require(actor, Action.QUESTION_CORRECT, Subject("question", question_id))
    asked = _against(session, bank.question_by_public_id(session, question_id).id)
    if not asked:
        return None
    items = [each.item for each in asked]
    return Suspicion(
        n=people(items),
        index=discrimination_index(scatter(items)),
        facility=facility(items),
        sittings=tuple(_speaking(each) for each in asked),
    )


def _against(session: Session, question_id: int) -> Sequence[Asked]:
    asked = rows.spoken_against(session, question_id).get(question_id, ())
    return asked if is_suspect([each.item for each in asked]) else ()


def _speaking(asked: Asked) -> Speaking:
    n, sitting = asked.item.sums.n, asked.sitting
    index = discrimination_index(scatter([asked.item])) if n >= ENOUGH else None
    return Speaking(sitting.public_id, sitting.topic, sitting.opens_at, asked.position, n, index)


def checks(session: Session, actor: Actor, question_id: str) -> Sequence[Checked]:
    """What editors found before, the newest first; one for each time somebody looked."""
    require(actor, Action.QUESTION_CORRECT, Subject("question", question_id))
    found = rows.key_checks(session, bank.question_by_public_id(session, question_id).id)
    # One look leaves a row for each sitting.
    return list(dict.fromkeys(Checked(version.number, check.words, check.checked_at) for check, version in found))


def settle(session: Session, actor: Actor, question_id: str, seen: int, words: str, *, now: datetime) -> bool:
    """Keep what an editor found of a key that answers speak against; False where somebody already has.

    `seen` is the n of the suspicion that the editor saw.

    :raise BadInput: if nothing is said, or more people have spoken since
    """
    require(actor, Action.QUESTION_CORRECT, Subject("question", question_id))
    words = _checked(words)
    row = bank.question_by_public_id(session, question_id, lock=True)
    asked = _against(session, row.id)
    if not asked:
        return False
    if (n := people([each.item for each in asked])) != seen:
        told = f"统计数据刚刚更新（现为 {n} 人次），请看过新的数字再作结论；您写的内容还在。"
        raise BadInput("", [Problem("", told)])
    for each in asked:
        session.add(
            KeyCheckRow(
                version_id=each.version_id,
                sitting_id=each.sitting.id,
                checked_by_id=actor.person_id,
                checked_at=now,
                words=words,
            )
        )
    audit.record(session, actor, "question:key-checked", question_id, now, conclusion=words, takers=n)
    session.flush()
    return True


def _checked(words: str) -> str:
    words = words.replace("\r\n", "\n").strip()
    if not words:
        raise BadInput("", [Problem("", "请填写核对结论，例如：已核对原文，答案无误。")])
    if len(words) > MAX_WORDS:
        raise BadInput("", [Problem("", f"核对结论最多 {MAX_WORDS} 个字，现有 {len(words)} 个。")])
    if fault := text_fault(words):
        raise BadInput("", [Problem("", fault)])
    return words
