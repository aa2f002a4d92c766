"""试题统计: what closed sittings say about papers and questions, for editors alone, and never while it is asked."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import numpy as np
import pytest
from conftest import Clock
from conftest import Office
from factories import published_sitting
from factories import sitting_facts
from scipy import stats
from services.judged import ESSAY
from services.judged import FULL_MARK
from services.judged import open_quiz
from services.summed import THREE
from services.summed import Told
from services.summed import closed
from services.test_summaries import sum_up as sum_up_closed
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.dealing import Drawing
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.question import UNITS
from quizapp.core.question import Interaction
from quizapp.core.question import MultipleRule
from quizapp.core.question import TypeName
from quizapp.core.sitting import SittingKind
from quizapp.core.statistics import Discrimination
from quizapp.core.statistics import Ease
from quizapp.core.statistics import Item
from quizapp.core.statistics import discrimination_index
from quizapp.core.statistics import item_sums
from quizapp.core.statistics import scatter
from quizapp.db.attempts import ResponseRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.sittings import SittingRow
from quizapp.db.summaries import ItemStatisticsRow
from quizapp.db.summaries import SummaryRow
from quizapp.services import bank
from quizapp.services import marking
from quizapp.services import statistics
from quizapp.services.statistics import QuestionStatistics
from quizapp.services.statistics import SittingStatistics

set_id = stocked_set(each=1)

#: Thirty people: the first question goes with the rest, the second against it, the third is half earned by many.
THIRTY = [(5, 0, 5), (5, 5, 5), (5, 0, 2), (0, 5, 2), (0, 5, 0)] * 6
CHOSEN = [(["A"], 18), (["B"], 10), (["C"], 1), ([], 1)]


def paper(told: Told, office: Office, clock: Clock) -> SittingStatistics:
    return statistics.of_sitting(db.session(), office.editor.actor, told.id, now=clock())


def question(told: Told, office: Office, clock: Clock, at: int = 0) -> QuestionStatistics:
    return statistics.of_question(db.session(), office.editor.actor, told.questions[at], now=clock())


# Papers


def test_a_paper_has_the_figures_of_its_scores_and_items(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    found = paper(closed(office, clock, set_id, THIRTY), office, clock)
    table = np.array(THIRTY, dtype=float)
    totals = table.sum(axis=1)
    assert found.figures is not None
    assert (found.n, found.figures.mean) == (30, Fraction(int(totals.sum()), 15 * 30))
    assert found.figures.deviation == pytest.approx(totals.std(ddof=1) / 15, abs=1e-9)
    assert found.figures.skewness == pytest.approx(stats.skew(totals, bias=False), abs=1e-9)
    alpha = 3 / 2 * (1 - table.var(axis=0, ddof=1).sum() / totals.var(ddof=1))
    assert found.consistency is not None
    assert float(found.consistency) == pytest.approx(alpha, abs=1e-9)
    assert found.error_ratio == pytest.approx(np.sqrt(1 - alpha), abs=1e-9)
    assert found.standard_error == pytest.approx(np.sqrt(1 - alpha) * totals.std(ddof=1) / 15, abs=1e-9)
    assert sum(found.tens) == 30


def test_each_item_has_its_figures(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    first, second, third = paper(closed(office, clock, set_id, THIRTY), office, clock).items
    table = np.array(THIRTY, dtype=float)
    for at, line in enumerate((first, second, third)):
        rest = table.sum(axis=1) - table[:, at]
        assert line.figures.index == pytest.approx(stats.pearsonr(table[:, at], rest).statistic, abs=1e-9)
    assert (first.figures.facility, first.figures.ease) == (Fraction(3, 5), Ease.MODERATE)
    assert second.figures.band is Discrimination.NEGATIVE
    assert first.figures.point_biserial == pytest.approx(
        stats.pearsonr(table[:, 0], table.sum(axis=1)).statistic, abs=1e-9
    )
    assert third.figures.point_biserial is None
    assert [line.figures.guessed for line in (first, second, third)] == [Fraction(1, 4), Fraction(1, 2), 0]
    assert [line.intended_weight for line in (first, second, third)] == [Fraction(1, 3)] * 3
    assert [line.seconds for line in (first, second, third)] == [21.0, 22.0, 23.0]


def test_the_list_names_the_closed_sittings_the_newest_first(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    older, newer = closed(office, clock, set_id, THIRTY), closed(office, clock, set_id, [])
    found = statistics.overview(session, office.editor.actor, skip=0, limit=10, now=clock())
    assert [line.sitting.id for line in found.lines] == [newer.id, older.id]
    assert [(line.is_made, line.n) for line in found.lines] == [(False, 0), (True, 30)]
    told = paper(older, office, clock)
    assert told.figures is not None
    assert (found.lines[1].mean, found.lines[1].consistency) == (told.figures.mean, told.consistency)
    rest = statistics.overview(session, office.editor.actor, skip=1, limit=10, now=clock())
    assert ([line.sitting.id for line in rest.lines], rest.total) == ([older.id], 2)


def test_what_is_not_summed_up_yet_says_so(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    found = paper(closed(office, clock, set_id, []), office, clock)
    assert (found.made_at, found.figures, found.items) == (None, None, ())


FEW = {
    "two people tell of themselves": (2, False, False),
    "three say how easy it is": (3, True, False),
    "nineteen do not say more": (19, True, False),
    "twenty do": (20, True, True),
}


@pytest.mark.parametrize(("n", "easy", "more"), FEW.values(), ids=FEW)
def test_so_many_people_say_so_much(
    session: Session, office: Office, clock: Clock, set_id: int, n: int, easy: bool, more: bool
) -> None:
    told = closed(office, clock, set_id, THIRTY[:n], {1: [(["A"], n)]})
    found = paper(told, office, clock)
    [line, *_] = statistics.overview(session, office.editor.actor, skip=0, limit=1, now=clock()).lines
    assert (found.items[0].figures.facility is not None) is easy
    assert (line.mean is not None) is easy
    assert (found.items[0].figures.index is not None) is more
    assert (found.items[0].figures.efficiency is not None) is more
    assert (found.consistency is not None) is more
    assert (line.consistency is not None) is more
    assert (found.items[0].idle is not None) is more
    version = question(told, office, clock).versions[0]
    assert bool(version.split) is easy
    assert (version.figures.index is not None) is more


def test_papers_of_ones_own_have_no_consistency_and_no_weights(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    told = closed(office, clock, set_id, THIRTY)
    with writing() as write:
        row = write.get_one(SittingRow, told.row_id)
        row.drawing = Drawing.PER_PERSON
        row.specification = {name: [2, 5, 1] for name in row.specification}
    db.session.rollback()
    found = paper(told, office, clock)
    assert found.sitting.own_papers
    assert (found.consistency, found.standard_error) == (None, None)
    assert {(line.intended_weight, line.effective_weight) for line in found.items} == {(None, None)}
    assert found.items[0].figures.index is not None


def test_statistics_say_when_marks_changed_since(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    told = closed(office, clock, set_id, THIRTY)
    with writing() as write:
        write.get_one(SummaryRow, told.row_id).items_outdated = True
    db.session.rollback()
    assert paper(told, office, clock).is_outdated


def test_what_was_granted_or_made_void_is_counted_and_not_judged(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    told = closed(office, clock, set_id, THIRTY)
    with writing() as write:
        write.delete(write.get_one(ItemStatisticsRow, (told.row_id, 2)))
    db.session.rollback()
    found = paper(told, office, clock)
    assert ([line.position for line in found.items], found.overruled) == ([1, 3], 1)


# Who may, and when


def test_nothing_is_told_while_a_sitting_runs(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
    with writing() as write:
        running = published_sitting(write, office.editor.actor, facts, now=clock(), spec=THREE).public_id
    with pytest.raises(NotFound):
        statistics.of_sitting(session, office.editor.actor, running, now=clock())
    assert statistics.overview(session, office.editor.actor, skip=0, limit=9, now=clock()).total == 0
    clock.advance(hours=2)
    assert statistics.of_sitting(session, office.editor.actor, running, now=clock()).made_at is None


def test_make_ups_are_never_mixed_in(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    told = closed(office, clock, set_id, THIRTY)
    with writing() as write:
        write.get_one(SittingRow, told.row_id).kind = SittingKind.MAKE_UP
    db.session.rollback()
    with pytest.raises(NotFound):
        paper(told, office, clock)
    assert question(told, office, clock).versions == ()


def test_a_question_that_is_asked_again_keeps_its_key_and_its_split(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    told = closed(office, clock, set_id, THIRTY, {1: CHOSEN})
    open_to = question(told, office, clock)
    assert not open_to.is_out
    assert open_to.versions[0].split
    facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
    with writing() as write:
        published_sitting(write, office.editor.actor, facts, now=clock(), spec=THREE)
    db.session.rollback()
    found = question(told, office, clock)
    assert found.is_out
    assert (found.versions[0].question, found.versions[0].split) == (None, ())
    assert found.versions[0].figures == open_to.versions[0].figures
    assert [line.is_out for line in paper(told, office, clock).items] == [True] * 3
    assert [line.idle for line in paper(told, office, clock).items] == [None] * 3
    clock.advance(hours=2)
    assert question(told, office, clock).versions[0].split


def test_statistics_are_for_editors(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    told = closed(office, clock, set_id, THIRTY)
    asks: list[Callable[..., object]] = [
        lambda actor: statistics.overview(session, actor, skip=0, limit=9, now=clock()),
        lambda actor: statistics.of_sitting(session, actor, told.id, now=clock()),
        lambda actor: statistics.of_question(session, actor, told.questions[0], now=clock()),
    ]
    others = [person for person in office.everybody() if person not in (office.editor, office.second_editor)]
    for person in others:
        for ask in asks:
            with pytest.raises(NotAllowed):
                ask(person.actor)
    for ask in asks:
        assert not any(person.name in repr(ask(office.editor.actor)) for person in office.everybody())


# Questions


def test_the_options_fall_apart_with_the_key_and_what_does_not_function(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    version = question(closed(office, clock, set_id, THIRTY, {1: CHOSEN}), office, clock).versions[0]
    assert version.question is not None
    [key] = version.question.key
    assert {line.mark: line.times for line in version.split} == {"A": 18, "B": 10, "C": 1, "D": 0}
    assert {line.mark for line in version.split if line.right} == {key}
    # One of thirty is below one in twenty, nobody is too; whether a key functions is not asked.
    judged = {"A": True, "B": True, "C": False, "D": False}
    expected = {mark: None if mark == key else functions for mark, functions in judged.items()}
    assert {line.mark: line.functions for line in version.split} == expected
    assert (version.blank, version.unlisted) == (1, 0)


def test_wordings_of_a_blank_are_counted_with_those_accepted(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    given = [(["随便写写"], 9), (["密钥金丝雀空0"], 12), ([], 4)]
    version = question(closed(office, clock, set_id, THIRTY, {3: given}), office, clock, 2).versions[0]
    assert [(line.text, line.times, line.right) for line in version.split] == [
        ("密钥金丝雀空0", 12, True),
        ("随便写写", 9, False),
    ]
    assert version.split[0].share == Fraction(12, 30)
    assert (version.blank, version.unlisted) == (4, 5)
    assert {line.functions for line in version.split} == {None}


def test_sittings_are_pooled_within_themselves_and_counted_together(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    weak = [(0, 0, 0)] * 6 + [(5, 0, 2)] * 3 + [(0, 0, 2)] * 3
    first = closed(office, clock, set_id, THIRTY, {1: [(["A"], 30)]})
    second = closed(office, clock, set_id, weak, {1: [(["A"], 2), (["B"], 10)]})
    assert first.questions == second.questions
    version = question(first, office, clock).versions[0]
    assert [line.sitting.id for line in version.asked] == [second.id, first.id]
    assert (version.figures.n, version.figures.facility) == (42, Fraction(18 + 3, 42))
    items = [
        Item(item_sums([(row[0] * UNITS, sum(row) * UNITS) for row in rows]), 5 * UNITS, 15 * UNITS)
        for rows in (THIRTY, weak)
    ]
    assert version.figures.index == discrimination_index(scatter(items))
    assert Counter({line.mark: line.times for line in version.split})["A"] == 32
    assert [line.figures.index is None for line in version.asked] == [True, False]
    assert version.seconds == (21.0, 21.0)


def test_what_two_people_did_cannot_be_told_from_all_the_others(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    many = closed(office, clock, set_id, THIRTY, {1: CHOSEN})
    before = question(many, office, clock).versions[0]
    closed(office, clock, set_id, [(5, 5, 5), (0, 0, 0)], {1: [(["A"], 1), (["D"], 1)]})
    after = question(many, office, clock).versions[0]
    assert len(after.asked) == 2
    assert (after.figures, after.split) == (before.figures, before.split)


def test_a_correction_begins_anew(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    told = closed(office, clock, set_id, THIRTY)
    corrected = question(told, office, clock).versions[0].question
    assert corrected is not None
    with writing() as write:
        new = replace(corrected, stem="改过的题干（　）。")
        bank.correct(write, office.editor.actor, told.questions[0], 1, new, now=clock())
        bank.approve(write, office.second_editor.actor, told.questions[0], 2, now=clock())
    db.session.rollback()
    again = closed(office, clock, set_id, THIRTY[:20])
    assert again.questions[0] == told.questions[0]
    found = question(told, office, clock)
    assert found.stem == "改过的题干（　）。"
    assert [(version.number, version.figures.n) for version in found.versions] == [(2, 20), (1, 30)]


def test_a_question_that_was_never_asked_has_no_figures(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    told = closed(office, clock, set_id, [])
    assert question(told, office, clock).versions == ()


def test_a_short_answer_has_figures_and_no_split(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    spec = replace(THREE, counts={TypeName.SHORT_ANSWER: 1}, marks={TypeName.SHORT_ANSWER: 10})
    facts = sitting_facts(
        set_id,
        host=office.secretariat,
        leader=office.deputy.id,
        opens_at=clock() + timedelta(hours=1),
        multiple_rule=MultipleRule.ALL_OR_NOTHING,
    )
    with writing() as write:
        row = published_sitting(write, office.editor.actor, facts, now=clock(), spec=spec)
        sums = vars(item_sums((mark * UNITS, 30 * UNITS) for mark in (2, 4, 6, 8)))
        write.add(SummaryRow(sitting_id=row.id, sections_made_at=clock(), scores=[[30, 60, 4]], items_made_at=clock()))
        write.flush()
        [place] = statistics.sittings.paper(write, row.id)
        write.add(
            ItemStatisticsRow(
                sitting_id=row.id,
                position=1,
                version_id=place.version_id,
                full_mark=10,
                people=sums.pop("n"),
                **sums,
                answers=[(["要点"], 4)],
                seconds=None,
            )
        )
        sitting = row.public_id
    clock.advance(hours=3)
    [line] = statistics.of_sitting(session, office.editor.actor, sitting, now=clock()).items
    assert (line.figures.facility, line.figures.guessed, line.seconds) == (Fraction(1, 2), None, None)
    found = statistics.of_question(session, office.editor.actor, line.question_id, now=clock()).versions[0]
    assert (found.split, found.seconds) == ((), None)


# From the answers themselves


def test_what_people_really_answered_arrives(session: Session, office: Office, clock: Clock) -> None:
    """Letters are shuffled for each person; statistics speak of the options as the bank has them."""
    quiz = open_quiz(office, clock)
    takers = (office.staff, office.colleague, office.stranger, office.chief)
    for person in takers[:3]:
        quiz.hand_in(person, {Interaction.CHOICE: ["A"], Interaction.TEXT: ["当天办结"], Interaction.ESSAY: ["无"]})
    quiz.hand_in(takers[3], {Interaction.ESSAY: ["无"]})
    quiz.close()
    for person in takers:
        with writing() as write:
            marking.mark(write, office.editor.actor, quiz.answer(person), [True] * 5, now=clock())
    sum_up_closed(clock)
    found = statistics.of_sitting(db.session(), office.editor.actor, quiz.sitting, now=clock())
    assert (found.n, len(found.items)) == (4, 7)
    line = found.items[0]
    given = [db.session().get_one(ResponseRow, (quiz.attempt(person).id, 1)) for person in takers[:3]]
    chosen = Counter(row.value[0] for row in given)
    told = statistics.of_question(db.session(), office.editor.actor, line.question_id, now=clock()).versions[0]
    assert {split.mark: split.times for split in told.split if split.times} == chosen
    earned = sum(row.units or 0 for row in given)
    assert line.figures.facility == Fraction(earned, FULL_MARK * UNITS * 4)
    assert told.blank == 1
    essay = found.items[ESSAY - 1]
    assert (essay.figures.facility, essay.idle) == (1, None)
