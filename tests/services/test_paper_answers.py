"""Results from paper: the whole sheet or nothing of it, nothing that was given here overwritten, reports as usual."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import ALL_TYPES
from services.on_paper import planned
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.attendance import Presence
from quizapp.core.attendance import Way
from quizapp.core.dealing import as_shown
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotNow
from quizapp.core.question import UNITS
from quizapp.core.states import AttemptState
from quizapp.core.states import Closer
from quizapp.core.types import TYPES
from quizapp.db import attempts as rows
from quizapp.db import attendance as attendance_rows
from quizapp.db import sittings as sitting_rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.audit import AuditRow
from quizapp.db.engine import writing
from quizapp.formats.answer_notation import write_answer
from quizapp.formats.answer_sheets import AnswerSheet
from quizapp.formats.answer_sheets import FilledRow
from quizapp.formats.answer_sheets import read_answer_sheet
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import paper_answers
from quizapp.services import report_places
from quizapp.services.answers import Sent
from quizapp.services.printing import NotOnPaper
from quizapp.services.printing import common_paper

set_id = stocked_set()
QUESTIONS = sum(ALL_TYPES.counts.values())


@pytest.fixture
def sitting_id(session: Session, office: Office, clock: Clock, set_id: int) -> str:
    """A sitting that is open now, with one question of each type."""
    with writing() as write:
        return planned(write, office, clock)


@pytest.fixture
def right(session: Session, sitting_id: str) -> tuple[str, ...]:
    """What whoever knows everything writes on the paper."""
    row = sitting_rows.sitting_by_public_id(session, sitting_id)
    places, dealt = common_paper(session, row)
    asked = [as_shown(place.question, dealt, position) for position, place in enumerate(places)]
    return tuple(write_answer(q, TYPES[q.type].right_response(q)) for q in asked)


def sheet_of(sitting: str, *lines: tuple[Person, tuple[str, ...]], questions: int = QUESTIONS) -> AnswerSheet:
    filled = (FilledRow(row, p.number, p.name, given) for row, (p, given) in enumerate(lines, start=2))
    return AnswerSheet(sitting, questions, tuple(filled))


def attempt(session: Session, sitting_id: str, person: Person) -> AttemptRow:
    session.rollback()
    row = sitting_rows.sitting_by_public_id(session, sitting_id)
    found = rows.attempt_of(session, row.id, person.id)
    assert found is not None
    return found


def enter(office: Office, sitting_id: str, sheet: AnswerSheet, clock: Clock) -> int:
    with writing() as session:
        return paper_answers.enter_sheet(session, office.chief.actor, sitting_id, sheet, now=clock())


def test_a_sheet_becomes_results_presence_and_a_line_in_the_audit_trail(
    session: Session, office: Office, clock: Clock, sitting_id: str, right: tuple[str, ...]
) -> None:
    clock.advance(days=1)
    wrong = ("D", *[""] * (QUESTIONS - 1))
    sheet = sheet_of(sitting_id, (office.staff, right), (office.stranger, wrong), (office.colleague, ("",) * QUESTIONS))
    assert enter(office, sitting_id, sheet, clock) == 2
    found = attempt(session, sitting_id, office.staff)
    assert (found.state, found.closer, found.on_paper) == (AttemptState.CLOSED, Closer.SERVER, True)
    sitting = sitting_rows.sitting_by_public_id(session, sitting_id)
    assert (found.started_at, found.closed_at) == (sitting.opens_at, sitting.closes_at)
    # The short answer waits for a person, like any other.
    assert (found.units, found.full_units, found.unmarked) == (30 * UNITS, 35 * UNITS, 1)
    known = attendance_rows.known_of(session, sitting.id)
    assert (known[office.staff.id].presence, known[office.staff.id].way) == (Presence.PRESENT, Way.PAPER)
    assert known[office.colleague.id].presence is Presence.ABSENT
    assert attempt(session, sitting_id, office.colleague).state is AttemptState.NOT_STARTED
    trail = session.scalars(select(AuditRow).where(AuditRow.verb == "attempt:entered")).all()
    assert [(line.person_id, line.subject) for line in trail] == [(office.chief.id, sitting_id)]
    assert trail[0].detail == {"people": [office.staff.id, office.stranger.id]}


def test_what_is_typed_in_counts_as_what_is_tapped(
    session: Session, office: Office, clock: Clock, sitting_id: str, right: tuple[str, ...]
) -> None:
    """The same answers, one person here and one on paper: the same rows of answers, the same score."""
    enter(office, sitting_id, sheet_of(sitting_id, (office.staff, right)), clock)
    with writing() as write:
        begun = attempts.start(write, office.colleague.actor, sitting_id, now=clock()).public_id
        started = rows.attempt_by_public_id(write, begun)
        places = sitting_rows.published_paper(write, started.sitting)
        for number, place in attempts.numbered_places(write, started):
            kind = TYPES[place.question.type]
            dealt = attempts.deal_of(started, places)
            shown = kind.relettered(kind.right_response(place.question), dealt.letters(number - 1))
            sent = Sent(kind.stored(shown), 1)
            answers.save(write, office.colleague.actor, started.public_id, number, sent, now=clock())
        attempts.submit(write, office.colleague.actor, started.public_id, now=clock())
    on_paper, here = (attempt(session, sitting_id, one) for one in (office.staff, office.colleague))
    values = [{p: (r.value, r.units) for p, r in rows.responses(session, a.id).items()} for a in (on_paper, here)]
    assert values[0] == values[1]
    assert (on_paper.units, on_paper.unmarked) == (here.units, here.unmarked)


def test_the_regular_reports_show_them_as_usual(
    session: Session, office: Office, clock: Clock, sitting_id: str, right: tuple[str, ...]
) -> None:
    enter(office, sitting_id, sheet_of(sitting_id, (office.staff, ("", *right[1:-1], ""))), clock)
    clock.advance(hours=3)
    overseen = report_places.node(session, office.chief.actor)
    report = report_places.at_sitting(session, overseen, sitting_id, now=clock())
    total = report.place.total.figures
    assert (total.started, total.closed, total.passed) == (1, 1, 1)
    assert report.missed[0].position == 1


def wrong_name(office: Office, right: tuple[str, ...]) -> list[tuple[Person, tuple[str, ...]]]:
    return [(replace(office.staff, name="陆千部"), right)]


Lines = Callable[[Office, tuple[str, ...]], list[tuple[Person, tuple[str, ...]]]]
REFUSED: dict[str, tuple[Lines, str]] = {
    "an unknown number": (
        lambda office, right: [(replace(office.staff, number="9999"), right)],
        "“答卷”第 2 行：应到人员里没有工号“9999”",
    ),
    "no number": (lambda office, right: [(replace(office.staff, number=""), right)], "填了答案，没有填工号"),
    "a name that does not fit": (wrong_name, "姓名“陆千部”与工号“1102”不符，应为“陆干部”"),
    "a person twice": (
        lambda office, right: [(office.staff, right), (office.staff, right)],
        "“答卷”第 3 行：工号“1102”与第 2 行重复",
    ),
    "a letter that no option has": (
        lambda office, right: [(office.staff, ("E", *right[1:]))],
        "“答卷”第 2 行第1题：没有选项“E”",
    ),
    "two letters in a single choice": (
        lambda office, right: [(office.staff, ("AB", *right[1:]))],
        "“答卷”第 2 行第1题：这道题最多填写或选择 1 项",
    ),
    "nothing at all": (lambda office, right: [(office.staff, ("",) * QUESTIONS)], "没有填任何答案"),
    "one's own paper": (lambda office, right: [(office.chief, right)], "本人的答卷请由他人录入"),
}


@pytest.mark.parametrize(("lines", "told"), REFUSED.values(), ids=REFUSED)
def test_one_wrong_row_keeps_the_whole_sheet_out(
    session: Session, office: Office, clock: Clock, sitting_id: str, right: tuple[str, ...], lines: Lines, told: str
) -> None:
    good = [] if told == "没有填任何答案" else [(office.stranger, right)]
    sheet = sheet_of(sitting_id, *lines(office, right), *good)
    with pytest.raises(BadInput) as refused:
        enter(office, sitting_id, sheet, clock)
    assert told in str(refused.value)
    checked = paper_answers.check_sheet(session, office.chief.actor, sitting_id, sheet, now=clock())
    assert list(checked.problems) == refused.value.problems
    assert session.scalar(select(func.count()).select_from(ResponseRow)) == 0
    assert attempt(session, sitting_id, office.stranger).state is AttemptState.NOT_STARTED


def test_every_problem_is_told_at_once(office: Office, clock: Clock, sitting_id: str, right: tuple[str, ...]) -> None:
    sheet = sheet_of(sitting_id, (replace(office.staff, number="9"), ("E", "Z", *right[2:])), (office.chief, right))
    with pytest.raises(BadInput) as refused:
        enter(office, sitting_id, sheet, clock)
    assert len(refused.value.problems) == 4


def test_a_sheet_that_does_not_match_the_paper_is_refused(
    office: Office, clock: Clock, sitting_id: str, right: tuple[str, ...]
) -> None:
    longer = sheet_of(sitting_id, (office.staff, (*right, "A", "A")), questions=QUESTIONS + 2)
    with pytest.raises(BadInput, match=f"答卷表有 {QUESTIONS + 2} 题，试卷有 {QUESTIONS} 题"):
        enter(office, sitting_id, longer, clock)
    with pytest.raises(BadInput, match="另一场学习的答卷表"):
        enter(office, sitting_id, sheet_of("another", (office.staff, right)), clock)


def test_more_people_than_one_transaction_may_hold_are_asked_to_come_in_parts(
    office: Office, clock: Clock, sitting_id: str, right: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper_answers, "MOST_PEOPLE", 1)
    two = sheet_of(sitting_id, (office.staff, right), (office.stranger, right))
    with pytest.raises(BadInput, match="一次最多录入 1 人，表里有 2 人：请按科室分成几个文件"):
        enter(office, sitting_id, two, clock)


def test_what_was_given_here_is_never_overwritten(
    session: Session, office: Office, clock: Clock, sitting_id: str, right: tuple[str, ...]
) -> None:
    with writing() as write:
        started = attempts.start(write, office.staff.actor, sitting_id, now=clock()).public_id
    with pytest.raises(BadInput, match="正在网上作答"):
        enter(office, sitting_id, sheet_of(sitting_id, (office.staff, right)), clock)
    with writing() as write:
        attempts.submit(write, office.staff.actor, started, now=clock())
    with pytest.raises(BadInput, match="已经交卷"):
        enter(office, sitting_id, sheet_of(sitting_id, (office.staff, right)), clock)
    empty = ("",) * QUESTIONS
    assert enter(office, sitting_id, sheet_of(sitting_id, (office.staff, empty), (office.stranger, right)), clock) == 1
    assert attempt(session, sitting_id, office.staff).on_paper is False
    with pytest.raises(BadInput, match="已经交卷"):
        enter(office, sitting_id, sheet_of(sitting_id, (office.stranger, right)), clock)


def test_the_sheet_that_goes_out_lists_who_is_expected_and_comes_back_in(
    session: Session, office: Office, clock: Clock, sitting_id: str
) -> None:
    topic, made = paper_answers.empty_sheet(session, office.chief.actor, sitting_id, now=clock())
    sheet = read_answer_sheet("答卷表.xlsx", made)
    assert topic == "“五型”干部学测"
    assert (sheet.sitting, sheet.questions) == (sitting_id, QUESTIONS)
    assert {row.staff_number for row in sheet.rows} == {person.number for person in office.everybody()}


def test_a_paper_is_typed_in_by_hand_in_the_same_notation(
    session: Session, office: Office, clock: Clock, sitting_id: str, right: tuple[str, ...]
) -> None:
    def typed(person: Person, written: dict[int, str]) -> None:
        with writing() as write:
            paper_answers.enter(write, office.chief.actor, sitting_id, person.public_id, written, now=clock())

    typed(office.staff, dict(enumerate(right, start=1)))
    assert attempt(session, sitting_id, office.staff).units == 30 * UNITS
    with pytest.raises(BadInput, match="第1题：没有选项“Q”"):
        typed(office.stranger, {1: "Q"})
    with pytest.raises(BadInput, match="一道题也没有填"):
        typed(office.stranger, {1: " "})
    with pytest.raises(BadInput, match="已经交卷"):
        typed(office.staff, {1: "A"})
    with pytest.raises(BadInput, match="本人的答卷请由他人录入"):
        typed(office.chief, {1: "A"})
    standing = paper_answers.standing(session, office.chief.actor, sitting_id, now=clock())
    assert (standing.here, standing.on_paper, len(standing.missing)) == (0, 1, len(office.everybody()) - 1)


def test_an_attempt_that_was_begun_here_is_not_closed_from_paper(office: Office, clock: Clock, sitting_id: str) -> None:
    with pytest.raises(NotNow), writing() as write:
        begun = attempts.start(write, office.staff.actor, sitting_id, now=clock())
        attempts.enter_on_paper(write, [(rows.attempt_by_public_id(write, begun.public_id), {})], now=clock())


def test_papers_are_typed_in_from_the_opening_until_thirty_days_after_the_closing(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    opens_at = clock() + timedelta(hours=1)
    with writing() as write:
        later = planned(write, office, clock, opens_at=opens_at, closes_at=opens_at + timedelta(hours=1))
    standing = paper_answers.standing
    with pytest.raises(NotOnPaper, match="还没有开始"):
        standing(session, office.chief.actor, later, now=clock())
    for moment in (opens_at, opens_at + timedelta(days=30, hours=1)):
        assert standing(session, office.chief.actor, later, now=moment).missing
    with pytest.raises(NotOnPaper, match="超过 30 天"):
        standing(session, office.chief.actor, later, now=opens_at + timedelta(days=30, hours=2))


def test_only_editors_and_overseers_of_the_host_type_in(
    session: Session, office: Office, clock: Clock, sitting_id: str
) -> None:
    for person in (office.editor, office.chief, office.deputy, office.director):
        assert paper_answers.standing(session, person.actor, sitting_id, now=clock()).missing
    for person in (office.staff, office.finance_chief, office.admin):
        with pytest.raises(NotAllowed):
            paper_answers.standing(session, person.actor, sitting_id, now=clock())
