"""Summing up closed sittings: a few sections in one transaction, the items of a paper outside of any.

Nothing has to run on time: what is not summed up is counted from the rows.
"""

import json
from collections import Counter
from collections import defaultdict
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from statistics import median
from typing import Any

from sqlalchemy import Select
from sqlalchemy import String
from sqlalchemy import cast
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.dealing import Drawing
from quizapp.core.regrading import OVERRULING
from quizapp.core.regrading import in_letters_of_newer
from quizapp.core.statistics import item_sums
from quizapp.db import regrades
from quizapp.db import reports
from quizapp.db import sittings
from quizapp.db import summaries
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ReceiptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.summaries import ItemStatisticsRow
from quizapp.db.summaries import QuestionSummaryRow
from quizapp.db.summaries import SectionSummaryRow
from quizapp.db.summaries import SummaryRow

#: Sections summed up in one transaction: a few hundred people.
SECTIONS_AT_ONCE = 10
#: As many different answers to one question are kept; the rest are rare wordings of a blank.
ANSWERS_KEPT = 50


# Sections


def sitting_to_sum_up(session: Session) -> int | None:
    """A sitting with sections to sum up."""
    return summaries.sitting_to_sum_up(session)


def sum_up(session: Session, sitting_id: int, *, now: datetime) -> bool:
    """Sum up the next few sections of a sitting; False when none is left."""
    row = summaries.hold(session, sitting_id)
    if row is None:
        row = SummaryRow(sitting_id=sitting_id, scores=[])
        session.add(row)
        session.flush()
    due = summaries.sections_to_sum_up(session, sitting_id, SECTIONS_AT_ONCE)
    _sum_up_sections(session, sitting_id, due)
    if len(due) < SECTIONS_AT_ONCE and row.sections_made_at is None:
        row.sections_made_at = now
    session.flush()
    return len(due) == SECTIONS_AT_ONCE


def _sum_up_sections(session: Session, sitting_id: int, section_ids: Collection[int]) -> None:
    for table in (SectionSummaryRow, QuestionSummaryRow):
        session.execute(delete(table).where(table.sitting_id == sitting_id, table.section_id.in_(section_ids)))
    here = (AttemptRow.sitting_id == sitting_id, AttemptRow.section_id.in_(section_ids))
    figures = ["sitting_id", "section_id", "full_units", *reports.SUMS, "outdated"]
    counted = reports.figures_from_rows().add_columns(literal(False)).where(*here)
    session.execute(insert(SectionSummaryRow).from_select(figures, counted, include_defaults=False))
    asked = ["sitting_id", "section_id", "position", "asked", "answered", "units", "full"]
    session.execute(
        insert(QuestionSummaryRow).from_select(asked, reports.asked_from_rows().where(*here), include_defaults=False)
    )


# Items


@dataclass(frozen=True)
class Items:
    """What the statistics of a paper need, read from the rows."""

    scores: Sequence[tuple[int, int, int]]
    seconds: float | None
    rows: Sequence[Mapping[str, Any]]


def sitting_with_items_to_make(session: Session, *, now: datetime) -> int | None:
    return summaries.sitting_with_items_to_make(session, now)


def begin_items(session: Session, sitting_id: int, *, now: datetime) -> bool:
    """Promise to make the statistics of a sitting's items; False where somebody else has.

    What changes from here on outdates what is made.
    """
    row = summaries.hold(session, sitting_id)
    if row is None or sitting_id != summaries.sitting_with_items_to_make(session, now):
        return False
    row.items_begun_at, row.items_outdated = now, False
    session.flush()
    return True


def read_items(session: Session, sitting_id: int) -> Items:
    """Everybody's answers and scores in one sitting, turned into sums; seconds of work for 20,000 people."""
    totals = _final_scores(session, sitting_id)
    drawing = session.scalars(select(SittingRow.drawing).where(SittingRow.id == sitting_id)).one()
    given = _given(session, sitting_id, totals)
    times = _seconds_to_first_answers(session, sitting_id)
    rows = []
    standing = regrades.standing(session, sitting_id)
    for place in sittings.paper(session, sitting_id):
        decided = standing.get(place.position)
        if decided is not None and decided.method in OVERRULING:
            # Whoever answered got the same: the marks say nothing of the question.
            continue
        marks, answers = given.get(place.position, ({}, Counter()))
        who = totals if drawing is Drawing.SAME else marks
        if blank := len(who) - len(marks):
            answers["[]"] += blank
        sums = item_sums((marks.get(attempt_id, 0), totals[attempt_id][0]) for attempt_id in who)
        newer = decided.version if decided else None
        rows.append(_item(sitting_id, place, newer, vars(sums), answers, times.get(place.position, ())))
    counted = Counter(totals.values())
    return Items(
        sorted((units, full, times) for (units, full), times in counted.items()),
        _paper_seconds(session, sitting_id),
        rows,
    )


def keep_items(session: Session, sitting_id: int, items: Items, *, now: datetime) -> None:
    """Put these statistics in the place of those from before."""
    row = summaries.hold(session, sitting_id)
    if row is None:
        return
    session.execute(delete(ItemStatisticsRow).where(ItemStatisticsRow.sitting_id == sitting_id))
    if items.rows:
        session.execute(insert(ItemStatisticsRow), list(items.rows))
    row.scores, row.seconds = [list(score) for score in items.scores], items.seconds
    row.items_made_at, row.items_begun_at = now, None
    session.flush()


def _final_scores(session: Session, sitting_id: int) -> dict[int, tuple[int, int]]:
    """(units, full units) of every final score, by attempt."""
    final = select(AttemptRow.id, AttemptRow.units, AttemptRow.full_units).where(
        AttemptRow.sitting_id == sitting_id, AttemptRow.closed_at.is_not(None), AttemptRow.unmarked == 0
    )
    return {attempt_id: (units or 0, full or 0) for attempt_id, units, full in session.execute(final)}


def _given(
    session: Session, sitting_id: int, totals: Mapping[int, object]
) -> dict[int, tuple[dict[int, int], Counter[str]]]:
    """By position: the mark of everybody with a final score, and how often each answer was given."""
    found: dict[int, tuple[dict[int, int], Counter[str]]] = defaultdict(lambda: ({}, Counter()))
    answers = (
        select(ResponseRow.attempt_id, ResponseRow.position, ResponseRow.units, cast(ResponseRow.value, String))
        .join(AttemptRow, AttemptRow.id == ResponseRow.attempt_id)
        .where(AttemptRow.sitting_id == sitting_id, AttemptRow.closed_at.is_not(None), AttemptRow.unmarked == 0)
    )
    for attempt_id, position, units, value in session.execute(answers):
        if attempt_id in totals:
            marks, times = found[position]
            marks[attempt_id] = units or 0
            times[value] += 1
    return found


def _item(
    sitting_id: int,
    place: PaperQuestionRow,
    newer: QuestionVersionRow | None,
    sums: Mapping[str, int],
    answers: Counter[str],
    times: Sequence[float],
) -> dict[str, Any]:
    """What is kept of one place; where a newer version's key counts, it is told of that version and in its letters."""
    common = [(json.loads(value), times) for value, times in answers.most_common(ANSWERS_KEPT)]
    if newer is not None:
        asked, question = place.version.question(), newer.question()
        common = [(in_letters_of_newer(asked, question, value), times) for value, times in common]
    return {
        "sitting_id": sitting_id,
        "position": place.position,
        "version_id": place.version_id if newer is None else newer.id,
        "full_mark": place.full_mark,
        "people": sums["n"],
        **{name: sums[name] for name in ("marks", "squares", "totals", "total_squares", "products", "best")},
        "answers": common,
        "seconds": median(times) if times else None,
    }


def _paper_seconds(session: Session, sitting_id: int) -> float | None:
    taken = select(AttemptRow.started_at, AttemptRow.closed_at).where(
        AttemptRow.sitting_id == sitting_id, AttemptRow.closed_at.is_not(None), ~AttemptRow.on_paper
    )
    times = [(closed - started).total_seconds() for started, closed in session.execute(taken) if started and closed]
    return median(times) if times else None


def _seconds_to_first_answers(session: Session, sitting_id: int) -> dict[int, list[float]]:
    """By position, of everybody who answered on a page with scripts: the seconds from what they sent before."""
    found: dict[int, list[float]] = defaultdict(list)
    sent = session.execute(_sent(sitting_id))
    for (_, started_at), receipts in groupby(sent, key=lambda row: (row.attempt_id, row.started_at)):
        last, seen = started_at, set()
        for receipt in receipts:
            if receipt.position not in seen and last is not None:
                found[receipt.position].append((receipt.received_at - last).total_seconds())
            seen.add(receipt.position)
            last = receipt.received_at
    return found


def _sent(sitting_id: int) -> Select[int, datetime | None, int, datetime]:
    """What each paper sent, in its order; a page without scripts sends all answers at once, which tells no times."""
    return (
        select(ReceiptRow.attempt_id, AttemptRow.started_at, ReceiptRow.position, ReceiptRow.received_at)
        .join(AttemptRow, AttemptRow.id == ReceiptRow.attempt_id)
        .where(AttemptRow.sitting_id == sitting_id, ReceiptRow.page != "")
        .order_by(ReceiptRow.attempt_id, ReceiptRow.id)
    )
