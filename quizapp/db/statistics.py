"""The statistics of papers and questions, from the sums of closed sittings; and what editors found of doubtful keys."""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import Float
from sqlalchemy import ForeignKey
from sqlalchemy import String
from sqlalchemy import and_
from sqlalchemy import cast
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from quizapp.core.dealing import Drawing
from quizapp.core.question import UNITS
from quizapp.core.sitting import SittingKind
from quizapp.core.splits import FEW
from quizapp.core.states import QuestionState
from quizapp.core.statistics import Distribution
from quizapp.core.statistics import Item
from quizapp.core.statistics import ItemSums
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import Base
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import is_no_mock
from quizapp.db.summaries import ItemStatisticsRow
from quizapp.db.summaries import SummaryRow

#: What two sums may differ by before floats tell them apart wrongly; exact arithmetic decides after that.
SLACK = 1 - 1e-9


class KeyCheckRow(Base):
    """That an editor has looked at a version whose key one sitting's answers speak against, and what was found."""

    __tablename__ = "key_check"

    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), primary_key=True, autoincrement=False)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    checked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(500))


@dataclass(frozen=True)
class Asked:
    """A version as one closed sitting asked it. `answers` are (value as stored, people), the most common ones."""

    sitting: SittingRow
    position: int
    version_id: int
    item: Item
    answers: Sequence[tuple[list[str], int]]
    seconds: float | None


def distribution(row: SummaryRow) -> Distribution:
    return {(units, full): people for units, full, people in row.scores}


def paper_units(sitting: SittingRow, full_marks: Iterable[int]) -> int:
    """The full score of one person's paper in units, from the full marks of all its places."""
    if sitting.drawing is Drawing.PER_PERSON:
        own = sum(asked[1] * asked[2] for asked in sitting.specification.values() if len(asked) > 2)
        return own * UNITS
    return sum(full_marks) * UNITS


# Sittings


def closed_sittings(
    session: Session, now: datetime, *, skip: int, limit: int
) -> Sequence[tuple[SittingRow, SummaryRow | None]]:
    """The weeks' sittings that nobody can take any more, newest first, with their summaries as far as they are made."""
    found = session.execute(
        select(SittingRow, SummaryRow)
        .outerjoin(SummaryRow, SummaryRow.sitting_id == SittingRow.id)
        .where(_closed(now))
        .order_by(SittingRow.opens_at.desc(), SittingRow.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return [(sitting, summary) for sitting, summary in found]


def count_closed(session: Session, now: datetime) -> int:
    return session.scalar(select(func.count(SittingRow.id)).where(_closed(now))) or 0


def _closed(now: datetime) -> ColumnElement[bool]:
    """As SittingRow.phase has it."""
    ended = or_(SittingRow.ended_at.is_not(None), SittingRow.closes_at <= now)
    return and_(SittingRow.published_at.is_not(None), SittingRow.kind == SittingKind.WEEKLY, ended)


def sums_of(session: Session, sitting_ids: Collection[int]) -> Mapping[int, Sequence[tuple[ItemSums, int]]]:
    """(sums, full mark in units) of every place of these papers, by sitting; columns, for there are many."""
    row = ItemStatisticsRow
    columns = (row.people, row.marks, row.squares, row.totals, row.total_squares, row.products, row.best)
    found: dict[int, list[tuple[ItemSums, int]]] = defaultdict(list)
    for sitting_id, full_mark, *sums in session.execute(
        select(row.sitting_id, row.full_mark, *columns).where(row.sitting_id.in_(sitting_ids)).order_by(row.position)
    ):
        found[sitting_id].append((ItemSums(*sums), full_mark * UNITS))
    return found


def summary(session: Session, sitting_id: int) -> SummaryRow | None:
    return session.get(SummaryRow, sitting_id)


def count_places(session: Session, sitting_id: int) -> int:
    """How many questions a paper has."""
    return session.scalar(select(func.count()).where(PaperQuestionRow.sitting_id == sitting_id)) or 0


# Questions


def versions(session: Session, version_ids: Collection[int]) -> Mapping[int, tuple[QuestionVersionRow, QuestionRow]]:
    """These versions by their ids, each with its question."""
    found = session.execute(
        select(QuestionVersionRow, QuestionRow)
        .join(QuestionRow, QuestionRow.id == QuestionVersionRow.question_id)
        .where(QuestionVersionRow.id.in_(version_ids))
    )
    return {version.id: (version, question) for version, question in found}


def asked(session: Session, question_id: int, now: datetime) -> Sequence[Asked]:
    """Where closed sittings asked a question in any version, the newest sitting first."""
    of_question = select(QuestionVersionRow.id).where(QuestionVersionRow.question_id == question_id)
    return _asked(session, ItemStatisticsRow.version_id.in_(of_question), _closed(now))


def _asked(session: Session, *where: ColumnElement[bool]) -> Sequence[Asked]:
    found = session.scalars(
        select(ItemStatisticsRow)
        .join(SittingRow, SittingRow.id == ItemStatisticsRow.sitting_id)
        .where(*where)
        .order_by(SittingRow.opens_at.desc(), SittingRow.id.desc())
    ).all()
    papers = _papers(session, {row.sitting_id for row in found})
    return [
        Asked(
            sitting=papers[row.sitting_id][0],
            position=row.position,
            version_id=row.version_id,
            item=Item(row.sums, row.full_mark * UNITS, papers[row.sitting_id][1]),
            answers=row.answers,
            seconds=row.seconds,
        )
        for row in found
    ]


def _papers(session: Session, sitting_ids: Collection[int]) -> Mapping[int, tuple[SittingRow, int]]:
    """These sittings by their ids, each with the full score of a paper in units."""
    row = ItemStatisticsRow
    marks: dict[int, list[int]] = defaultdict(list)
    for sitting_id, full_mark in session.execute(
        select(row.sitting_id, row.full_mark).where(row.sitting_id.in_(sitting_ids))
    ):
        marks[sitting_id].append(full_mark)
    found = session.scalars(select(SittingRow).where(SittingRow.id.in_(sitting_ids)))
    return {sitting.id: (sitting, paper_units(sitting, marks[sitting.id])) for sitting in found}


def out(session: Session, question_ids: Collection[int], now: datetime) -> frozenset[int]:
    """Which of these questions stand on a published paper that somebody may still answer, in any version; a mock is
    nobody's concern."""
    found = (
        select(QuestionVersionRow.question_id)
        .join(PaperQuestionRow, PaperQuestionRow.version_id == QuestionVersionRow.id)
        .join(SittingRow, SittingRow.id == PaperQuestionRow.sitting_id)
        .where(
            QuestionVersionRow.question_id.in_(question_ids),
            SittingRow.published_at.is_not(None),
            SittingRow.ended_at.is_(None),
            SittingRow.closes_at > now,
            is_no_mock(),
        )
    )
    return frozenset(session.scalars(found.distinct()))


# Doubtful keys


def spoken_against(session: Session, question_id: int | None = None) -> Mapping[int, Sequence[Asked]]:
    """By question, where its newest version was asked and no editor has looked at it since.

    Only questions in use that some sitting speaks against, however little; `question_id` asks for one of them. Sittings
    of fewer than FEW people are left out: what is told of others with them and without would tell of these few.
    """
    row = ItemStatisticsRow
    speaking = (_unchecked(), row.people >= FEW)
    against = select(row.version_id).where(_negative(), *speaking)
    if question_id is not None:
        of_question = select(QuestionVersionRow.id).where(QuestionVersionRow.question_id == question_id)
        against = against.where(row.version_id.in_(of_question))
    questions = _in_use(session, session.scalars(against.distinct()).all())
    found: dict[int, list[Asked]] = defaultdict(list)
    for each in _asked(session, row.version_id.in_(questions), *speaking) if questions else ():
        found[questions[each.version_id]].append(each)
    return found


def _in_use(session: Session, version_ids: Collection[int]) -> dict[int, int]:
    """The questions in use whose newest version is one of these, by that version's id."""
    if not version_ids:
        return {}
    # By the question's own id too: nothing leads from a version to its question by `version_id`.
    newest = and_(QuestionVersionRow.question_id == QuestionRow.id, QuestionRow.version_id == QuestionVersionRow.id)
    found = (
        select(QuestionVersionRow.id, QuestionRow.id)
        .join(QuestionRow, newest)
        .where(QuestionVersionRow.id.in_(version_ids), QuestionRow.state != QuestionState.RETIRED)
    )
    return dict(session.execute(found).all())


def _negative() -> ColumnElement[bool]:
    """cov(m, r) is below nought, or so near that floats cannot tell."""
    row = ItemStatisticsRow
    together = cast(row.people, Float) * (row.products - row.squares) * SLACK
    return together < cast(row.marks, Float) * (row.totals - row.marks)


def _unchecked() -> ColumnElement[bool]:
    row = ItemStatisticsRow
    checked = select(KeyCheckRow.version_id).where(
        KeyCheckRow.version_id == row.version_id, KeyCheckRow.sitting_id == row.sitting_id
    )
    return ~checked.exists()


def key_checks(session: Session, question_id: int) -> Sequence[tuple[KeyCheckRow, QuestionVersionRow]]:
    """What was found of a question's versions, the newest first."""
    found = session.execute(
        select(KeyCheckRow, QuestionVersionRow)
        .join(QuestionVersionRow, QuestionVersionRow.id == KeyCheckRow.version_id)
        .where(QuestionVersionRow.question_id == question_id)
        .order_by(KeyCheckRow.checked_at.desc(), KeyCheckRow.sitting_id)
    )
    return [(check, version) for check, version in found]
