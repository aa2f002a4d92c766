"""Reports: who sees what, when it may be told, and that every figure equals a plain count."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from conftest import FRIDAY
from conftest import Office
from factories import CANARY
from factories import approved_set
from services.held import AFTER
from services.held import FULL_UNITS
from services.held import WEEK
from services.held import begin
from services.held import excuse
from services.held import hold
from services.held import make_up
from services.held import play
from services.held import public_id
from services.held import score
from services.held import transfer
from sqlalchemy import event
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveKind
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.question import UNITS
from quizapp.core.roles import SYSTEM
from quizapp.core.roles import Actor
from quizapp.core.sitting import SittingKind
from quizapp.core.speech import PointKind
from quizapp.core.states import AttemptState
from quizapp.core.states import SittingPhase
from quizapp.db import bank
from quizapp.db import people as rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import LeavingRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import SectionRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.services import people
from quizapp.services import report_places
from quizapp.services import report_runs
from quizapp.services import reports
from quizapp.services.people import PersonFacts
from quizapp.services.report_places import Overview
from quizapp.services.report_places import Place
from quizapp.services.reports import Circumstances

#: Some weeks up to now, and those before.
LONG, LONG_BEFORE = (FRIDAY - 8 * WEEK, FRIDAY + WEEK), (FRIDAY - 16 * WEEK, FRIDAY - 8 * WEEK)


@pytest.fixture
def set_id(session: Session, office: Office) -> int:
    with writing() as write:
        return approved_set(write, office.editor.actor, office.second_editor.actor, now=FRIDAY - 20 * WEEK).id


# Figures equal a plain count


@pytest.mark.parametrize("seed", range(4))
def test_figures_equal_a_plain_count(session: Session, office: Office, set_id: int, seed: int) -> None:
    sitting = hold(office, set_id)
    play(sitting, Random(seed))
    side = beside(session, office.director.actor, sitting)
    attempts = session.scalars(select(AttemptRow)).all()
    assert {line.section.id for line in side.lines} == {attempt.section_id for attempt in attempts}
    for line in side.lines:
        counted([a for a in attempts if a.section_id == line.section.id], line.figures)
    counted(list(attempts), side.total.figures)


def beside(session: Session, actor: Actor, sitting: str, now: datetime = AFTER) -> Place:
    """What the actor sees side by side at a sitting, of the topmost place."""
    return report_places.at_sitting(session, report_places.node(session, actor), sitting, now=now).place


def counted(attempts: list[AttemptRow], figures: reports.Figures) -> None:
    """Check figures against attempts counted one by one."""
    shares = [Fraction(a.units, a.full_units) for a in attempts if a.state is AttemptState.CLOSED]
    assert figures.expected == len(attempts)
    assert figures.started == sum(a.state is not AttemptState.NOT_STARTED for a in attempts)
    assert figures.closed == len(shares)
    assert figures.passed == sum(share >= Fraction(60, 100) for share in shares)
    assert figures.mean == (sum(shares) / len(shares) if shares else None)
    assert figures.participation == Fraction(figures.started, len(attempts))
    assert figures.pass_rate == (Fraction(figures.passed, len(shares)) if shares else None)


def test_scores_are_spread_over_ten_bars(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    for n, person in enumerate(office.everybody()):
        score(sitting, person, FULL_UNITS * n // 10)
    at = report_places.node(session, office.director.actor)
    found = report_places.at_sitting(session, at, sitting, now=AFTER)
    assert found.distribution == (1, 1, 1, 1, 1, 1, 1, 1, 1, 2)


@pytest.mark.parametrize("seed", range(4))
def test_missed_questions_equal_a_plain_count(session: Session, office: Office, set_id: int, seed: int) -> None:
    sitting = hold(office, set_id)
    play(sitting, Random(seed))
    report = reports.section_report(
        session, office.chief.actor, sitting, public_id(session, office.secretariat), now=AFTER
    )
    expected = plain_facilities(session, office.secretariat, sitting)
    told = {q.position: (q.facility, q.answered, q.asked) for q in report.missed}
    assert told == {position: facts for position, facts in expected.items() if facts[0] < 1}
    assert [q.facility for q in report.missed] == sorted(q.facility for q in report.missed)


def plain_facilities(session: Session, section_id: int, sitting: str) -> dict[int, tuple[Fraction, int, int]]:
    """(facility, answered, asked) by position, question by question and person by person."""
    row = session.scalars(select(SittingRow).where(SittingRow.public_id == sitting)).one()
    closed = [
        attempt
        for attempt in session.scalars(select(AttemptRow).where(AttemptRow.sitting_id == row.id))
        if attempt.section_id == section_id and attempt.closed_at is not None
    ]
    found = {}
    for place in session.scalars(select(PaperQuestionRow).where(PaperQuestionRow.sitting_id == row.id)):
        given = [session.get(ResponseRow, (attempt.id, place.position)) for attempt in closed]
        shares = [Fraction(r.units, place.full_mark * UNITS) if r else Fraction(0) for r in given]
        answered = sum(r is not None and r.value != [] for r in given)
        if closed:
            found[place.position] = (sum(shares, Fraction(0)) / len(closed), answered, len(closed))
    return found


def test_unanswered_counts_as_nothing_earned(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    score(sitting, office.staff, 0)
    report = reports.section_report(
        session, office.chief.actor, sitting, public_id(session, office.secretariat), now=AFTER
    )
    assert {(q.facility, q.answered, q.asked) for q in report.missed} == {(Fraction(0), 0, 1)}


EDGE = {"exactly the pass mark": (0, True), "one unit below it": (-1, False)}


@pytest.mark.parametrize(("more", "passed"), EDGE.values(), ids=EDGE)
def test_a_score_at_the_pass_mark_passes(
    session: Session, office: Office, set_id: int, more: int, passed: bool
) -> None:
    sitting = hold(office, set_id)
    score(sitting, office.staff, FULL_UNITS * 60 // 100 + more)
    report = reports.section_report(
        session, office.chief.actor, sitting, public_id(session, office.secretariat), now=AFTER
    )
    assert report.figures.passed == int(passed)
    assert [line.passed for line in report.present] == [passed]


def test_who_did_not_take_part_is_named_apart(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    score(sitting, office.staff, 0)
    report = reports.section_report(
        session, office.chief.actor, sitting, public_id(session, office.secretariat), now=AFTER
    )
    assert [line.person.name for line in report.absent] == ["顾科长", "丁干部", "唐编辑"]
    assert [(line.person.name, line.seconds) for line in report.present] == [("陆干部", 1200)]


def test_how_an_attempt_was_made_is_told_to_the_sections_own_overseers(
    session: Session, office: Office, set_id: int
) -> None:
    sitting = hold(office, set_id)
    score(sitting, office.staff, FULL_UNITS)
    score(sitting, office.colleague, FULL_UNITS)
    with writing() as write:
        attempt = write.scalars(select(AttemptRow).where(AttemptRow.person_id == office.staff.id)).one()
        kept = {"attempt_id": attempt.id, "value": ["A"], "sequence": 1, "saved_at": FRIDAY, "units": 0}
        write.add_all(ResponseRow(**kept, position=position, late=position < 3) for position in (1, 2, 3))
        left = {"attempt_id": attempt.id, "page": "phone", "left_at": FRIDAY, "seconds": 5}
        write.add_all(LeavingRow(**left, number=number) for number in (1, 2, 3))
    section = public_id(session, office.secretariat)
    for overseer in (office.chief, office.deputy, office.director):
        report = reports.section_report(session, overseer.actor, sitting, section, now=AFTER)
        told = {line.person.public_id: line.circumstances for line in report.present}
        assert told == {
            office.staff.public_id: Circumstances(late=2, left=3),
            office.colleague.public_id: Circumstances(),
        }
        assert report.has_circumstances
    for other in (office.finance_chief, office.editor, office.admin, office.auditor, office.colleague):
        with pytest.raises(NotAllowed):
            reports.section_report(session, other.actor, sitting, section, now=AFTER)


SECONDS = {
    "two seconds a question": (16, False),
    "a little less": (15.9, True),
    "nothing at all": (0, True),
}


@pytest.mark.parametrize(("seconds", "quick"), SECONDS.values(), ids=SECONDS)
def test_an_attempt_too_fast_to_have_been_read_is_called_short(
    session: Session, office: Office, set_id: int, seconds: float, quick: bool
) -> None:
    sitting = hold(office, set_id)
    score(sitting, office.staff, FULL_UNITS)
    with writing() as write:
        attempt = write.scalars(select(AttemptRow).where(AttemptRow.person_id == office.staff.id)).one()
        attempt.closed_at = FRIDAY + timedelta(seconds=seconds)
    report = reports.section_report(
        session, office.chief.actor, sitting, public_id(session, office.secretariat), now=AFTER
    )
    assert [line.circumstances.quick for line in report.present] == [quick]


def test_who_has_not_handed_in_was_not_fast(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    with writing() as write:
        row = write.scalars(select(SittingRow)).one()
        begin(write.scalars(select(AttemptRow).where(AttemptRow.person_id == office.staff.id)).one(), row)
    section = public_id(session, office.secretariat)
    report = reports.section_report(session, office.chief.actor, sitting, section, now=FRIDAY + timedelta(seconds=1))
    assert [line.circumstances for line in report.present] == [Circumstances()]
    assert not report.has_circumstances


@pytest.mark.parametrize(("scores", "few"), [(1, True), (2, True), (3, False)])
def test_fewer_than_three_scores_are_called_few(
    session: Session, office: Office, set_id: int, scores: int, few: bool
) -> None:
    sitting = hold(office, set_id)
    for person in (office.staff, office.colleague, office.chief)[:scores]:
        score(sitting, person, FULL_UNITS)
    report = reports.section_report(
        session, office.chief.actor, sitting, public_id(session, office.secretariat), now=AFTER
    )
    assert report.few is few
    assert len(report.present) == scores


# While a sitting is open


def test_an_open_sitting_tells_the_scores_handed_in_so_far_and_no_question(
    session: Session, office: Office, set_id: int
) -> None:
    sitting = hold(office, set_id)
    play(sitting, Random(1))
    inside = FRIDAY + timedelta(hours=1)
    section = public_id(session, office.secretariat)
    report = reports.section_report(session, office.chief.actor, sitting, section, now=inside)
    assert report.sitting.phase is SittingPhase.OPEN
    assert report.figures.expected == 4
    assert report.figures.mean is not None
    assert report.missed == ()
    assert {line.units is None for line in report.absent} <= {True}
    handed_in = [line for line in report.present if line.state is AttemptState.CLOSED]
    assert {line.units is None for line in handed_in} == {False}


def test_no_report_tells_a_key_before_the_closing_time(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    for person in office.everybody():
        score(sitting, person, 0)
    last_second = FRIDAY + timedelta(hours=2, seconds=-1)
    for report in every_report(session, office.director.actor, office, sitting, last_second):
        assert CANARY not in repr(report)
    told = every_report(session, office.director.actor, office, sitting, last_second + timedelta(seconds=1))
    assert any(CANARY in repr(report) for report in told)


def every_report(session: Session, actor: Actor, office: Office, sitting: str, now: object) -> list[object]:
    section = public_id(session, office.secretariat)
    return [
        report_places.overview(session, report_places.node(session, actor), now=now),
        report_places.at_sitting(session, report_places.node(session, actor), sitting, now=now),
        report_places.in_period(session, report_places.node(session, actor), LONG, LONG_BEFORE, now=now),
        reports.section_report(session, actor, sitting, section, now=now),
        report_runs.section_over_time(session, actor, section, now=now),
        report_runs.person_report(session, actor, office.staff.public_id, now=now),
    ]


def test_an_attempt_the_bell_has_not_closed_yet_has_no_score(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    with writing() as write:
        row = write.scalars(select(SittingRow)).one()
        begin(write.scalars(select(AttemptRow).where(AttemptRow.person_id == office.staff.id)).one(), row)
    report = reports.section_report(
        session, office.chief.actor, sitting, public_id(session, office.secretariat), now=AFTER
    )
    (line,) = report.present
    assert (line.state, line.share, line.passed, line.seconds) == (AttemptState.IN_PROGRESS, None, None, None)
    assert report.figures.mean is None


@pytest.mark.parametrize("published", [True, False], ids=["planned", "being composed"])
def test_a_sitting_that_has_not_opened_is_not_found(
    session: Session, office: Office, set_id: int, published: bool
) -> None:
    sitting = hold(office, set_id)
    if not published:
        with writing() as write:
            write.execute(update(SittingRow).values(published_at=None))
    now = FRIDAY - timedelta(seconds=1) if published else AFTER
    with pytest.raises(NotFound):
        beside(session, office.director.actor, sitting, now)
    assert report_places.overview(session, report_places.node(session, office.director.actor), now=now) is None


# Who sees what


def test_a_chief_sees_the_own_section_and_no_other(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    play(sitting, Random(2))
    chief = office.chief.actor
    assert [line.section.name for line in beside(session, chief, sitting).lines] == ["秘书科"]
    for report in every_report(session, chief, office, sitting, AFTER):
        assert not [n for n in ("孟干部", "钱科长", "许编辑", "财务科", "督查室") if n in repr(report)]


def test_what_a_chief_does_not_oversee_is_not_allowed(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    for section_id in (office.root, office.inspection, office.finance):
        other = public_id(session, section_id)
        with pytest.raises(NotAllowed):
            reports.section_report(session, office.chief.actor, sitting, other, now=AFTER)
        with pytest.raises(NotAllowed):
            report_runs.section_over_time(session, office.chief.actor, other, now=AFTER)
        with pytest.raises(NotAllowed):
            report_places.node(session, office.chief.actor, other)
    for stranger in (office.stranger, office.deputy, office.auditor):
        with pytest.raises(NotAllowed):
            report_runs.person_report(session, office.chief.actor, stranger.public_id, now=AFTER)


SEEN = {
    "director": {"市政府办公室", "秘书科", "督查室", "财务科"},
    "deputy": {"秘书科", "督查室"},
    "chief": {"秘书科"},
    "finance_chief": {"财务科"},
}


@pytest.mark.parametrize(("who", "names"), SEEN.items(), ids=SEEN)
def test_everybody_sees_exactly_what_they_oversee(
    session: Session, office: Office, set_id: int, who: str, names: set[str]
) -> None:
    sitting = hold(office, set_id)
    actor = getattr(office, who).actor
    side = beside(session, actor, sitting)
    assert {line.section.name for line in side.lines} == names
    assert side.total.figures.expected == sum(line.figures.expected for line in side.lines)


@pytest.mark.parametrize("who", ["staff", "editor", "admin", "auditor"])
def test_without_oversight_there_is_no_report(session: Session, office: Office, set_id: int, who: str) -> None:
    sitting = hold(office, set_id)
    actor = getattr(office, who).actor
    with pytest.raises(NotAllowed):
        reports.section_report(session, actor, sitting, public_id(session, office.secretariat), now=AFTER)
    with pytest.raises(NotAllowed):
        report_runs.person_report(session, actor, office.staff.public_id, now=AFTER)
    with pytest.raises(NotAllowed):
        report_places.node(session, actor, public_id(session, actor.section_id))
    assert report_places.node(session, actor).ids == frozenset()


def test_branches_of_one_name_are_told_apart(session: Session, office: Office) -> None:
    with writing() as write:
        for above in (office.secretariat, office.inspection):
            people.add_section(write, SYSTEM, "综合组", above, now=FRIDAY)
    twins = session.scalars(select(SectionRow.id).where(SectionRow.name == "综合组")).all()
    actor = replace(office.chief.actor, overseen=frozenset(twins))
    below = report_places.node(session, actor).below
    assert [(section.above, section.name) for section, _ in below] == [("秘书科", "综合组"), ("督查室", "综合组")]


# Transfers


def test_a_later_transfer_changes_no_past_report(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    play(sitting, Random(3))
    before = [repr(r) for r in every_report(session, office.director.actor, office, sitting, AFTER)]
    for person in (office.staff, office.colleague, office.chief):
        transfer(office, person, office.finance)
    assert [repr(r) for r in every_report(session, office.director.actor, office, sitting, AFTER)] == before


def test_who_moved_on_is_seen_by_each_chief_for_the_time_there(session: Session, office: Office, set_id: int) -> None:
    first = hold(office, set_id, weeks_ago=1)
    transfer(office, office.staff, office.finance)
    second = hold(office, set_id)
    here = report_runs.person_report(session, office.chief.actor, office.staff.public_id, now=AFTER)
    there = report_runs.person_report(session, office.finance_chief.actor, office.staff.public_id, now=AFTER)
    assert [line.sitting.public_id for line in here.lines] == [first]
    assert [line.sitting.public_id for line in there.lines] == [second]


def test_a_new_chief_sees_nothing_of_a_newcomers_past(session: Session, office: Office, set_id: int) -> None:
    hold(office, set_id)
    transfer(office, office.staff, office.finance)
    report = report_runs.person_report(session, office.finance_chief.actor, office.staff.public_id, now=AFTER)
    assert report.lines == ()


# Over time


def test_a_section_over_time_shows_each_sitting_once_newest_first(
    session: Session, office: Office, set_id: int
) -> None:
    held = [hold(office, set_id, weeks_ago=weeks) for weeks in range(8)]
    for number, sitting in enumerate(held):
        score(sitting, office.staff, FULL_UNITS * (8 - number) // 8)
    run = report_runs.section_over_time(session, office.chief.actor, public_id(session, office.secretariat), now=AFTER)
    assert [line.sitting.public_id for line in run.sittings] == held
    assert [line.figures.mean for line in run.sittings] == [Fraction(n, 8) for n in range(8, 0, -1)]
    assert [name.public_id for name in reversed(run.past)] == held
    staff = next(person for person in run.people if person.person.name == "陆干部")
    shares = [staff.lines[line.sitting.id].share for line in run.sittings]
    assert shares == [Fraction(n, 8) for n in range(8, 0, -1)]


def test_an_open_sitting_is_seen_at_one_glance_and_not_among_those_over_time(
    session: Session, office: Office, set_id: int
) -> None:
    past, open_one = hold(office, set_id, weeks_ago=1), hold(office, set_id)
    score(past, office.staff, FULL_UNITS)
    score(open_one, office.staff, 0)
    section = public_id(session, office.secretariat)
    run = report_runs.section_over_time(session, office.chief.actor, section, now=FRIDAY)
    assert run.newest is not None
    assert (run.newest.sitting.public_id, run.newest.figures.mean) == (open_one, 0)
    assert [line.sitting.public_id for line in run.sittings] == [past]
    assert [name.public_id for name in run.past] == [past]


def test_key_points_add_up_over_sittings_by_name_and_speech(session: Session, office: Office, set_id: int) -> None:
    held = [hold(office, set_id, weeks_ago=weeks) for weeks in range(2)]
    tie_to_key_points(office)
    for number, sitting in enumerate(held):
        play(sitting, Random(number))
    section = public_id(session, office.secretariat)
    run = report_runs.section_over_time(session, office.chief.actor, section, now=AFTER)
    expected = plain_points(session, office.secretariat)
    told = {(p.speech, p.name): (p.facility, p.answered, p.asked) for p in run.points}
    assert told == {name: facts for name, facts in expected.items() if facts[0] < 1}
    assert {name for _, name in told} >= {"五型干部"}
    assert [p.facility for p in run.points] == sorted(p.facility for p in run.points)


def tie_to_key_points(office: Office) -> None:
    """Tie every other question to one key point, and let half of all come from a second speech."""
    with writing() as write:
        speech = SpeechRow(
            title="甲讲话", filename="a.txt", sha256="0" * 64, file=b"", raw_text="", text="",
            loaded_by_id=office.editor.id, loaded_at=FRIDAY, drafting_summary={},
        )  # fmt: skip
        write.add(speech)
        write.flush()
        point = KeyPointRow(
            speech_id=speech.id, kind=PointKind.NAMED, name="五型干部", start=0, end=1, items=[], pairs=[]
        )
        write.add(point)
        write.flush()
        for question in write.scalars(select(QuestionRow).where(QuestionRow.id % 2 == 0)):
            question.key_point_id = point.id
        write.execute(update(QuestionVersionRow).where(QuestionVersionRow.id % 3 == 0).values(source_speech="乙讲话"))


def plain_points(session: Session, section_id: int) -> dict[tuple[str, str], tuple[Fraction, int, int]]:
    """(facility, answered, asked) by (speech, key point or heading), one response at a time."""
    sums: dict[tuple[str, str], list[int]] = {}
    for attempt in session.scalars(select(AttemptRow).where(AttemptRow.closed_at.is_not(None))):
        if attempt.section_id != section_id:
            continue
        for place in session.scalars(select(PaperQuestionRow).where(PaperQuestionRow.sitting_id == attempt.sitting_id)):
            version = bank.version(session, place.version_id)
            question = session.get_one(QuestionRow, version.question_id)
            name = "五型干部" if question.key_point_id else version.source_heading
            held = session.get(ResponseRow, (attempt.id, place.position))
            entry = sums.setdefault((version.source_speech, name), [0, 0, 0, 0])
            entry[0] += held.units if held else 0
            entry[1] += place.full_mark * UNITS
            entry[2] += bool(held and held.value)
            entry[3] += 1
    return {name: (Fraction(units, full), answered, asked) for name, (units, full, answered, asked) in sums.items()}


# Speed


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


PAGES: dict[str, Callable[[Session, Actor, Office, str, str], object]] = {
    "overview": lambda s, a, o, sitting, section: report_places.overview(s, report_places.node(s, a), now=AFTER),
    "period": lambda s, a, o, sitting, section: report_places.in_period(
        s, report_places.node(s, a), LONG, LONG_BEFORE, now=AFTER
    ),
    "sitting": lambda s, a, o, sitting, section: report_places.at_sitting(
        s, report_places.node(s, a), sitting, now=AFTER
    ),
    "section in a sitting": lambda s, a, o, sitting, section: reports.section_report(s, a, sitting, section, now=AFTER),
    "section over time": lambda s, a, o, sitting, section: report_runs.section_over_time(s, a, section, now=AFTER),
    "person": lambda s, a, o, sitting, section: report_runs.person_report(s, a, o.staff.public_id, now=AFTER),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_number_of_queries_does_not_grow(
    session: Session, office: Office, set_id: int, page: Callable[..., object]
) -> None:
    for weeks in (9, 7):
        play(hold(office, set_id, weeks_ago=weeks), Random(weeks))
    sitting = hold(office, set_id)
    play(sitting, Random(1))
    section = public_id(session, office.secretariat)
    few = queries_of(page, session, office, sitting, section)
    grow(office, set_id)
    many = queries_of(page, session, office, sitting, section)
    assert many == few <= 35


def queries_of(page: Callable[..., object], session: Session, office: Office, sitting: str, section: str) -> int:
    session.rollback()
    session.expunge_all()
    actor = rows.actor(session, office.director.id)
    with counted_queries() as seen:
        page(session, actor, office, sitting, section)
    return len(seen) - seen.count("BEGIN")


def grow(office: Office, set_id: int) -> None:
    """Five more sections, thirty more people, four more sittings."""
    with writing() as write:
        for number in range(5):
            section = people.add_section(write, SYSTEM, f"第{number}科", office.root, now=FRIDAY - 10 * WEEK)
            for place in range(6):
                home = section.id if place else office.secretariat
                facts = PersonFacts(f"9{number}{place}", f"新人{number}{place}", "", home)
                people.add_person(write, SYSTEM, facts, "x", now=FRIDAY - 10 * WEEK)
    for weeks in range(1, 5):
        play(hold(office, set_id, weeks_ago=weeks), Random(weeks))


# Leave and make-up


def test_who_is_on_leave_is_stated_apart_and_not_expected(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    for person in (office.staff, office.colleague):
        excuse(sitting, person)
    score(sitting, office.colleague, FULL_UNITS)
    section = public_id(session, office.secretariat)
    report = reports.section_report(session, office.chief.actor, sitting, section, now=AFTER)
    assert [(line.person.name, line.leave) for line in report.excused] == [(office.staff.name, LeaveKind.SICK)]
    assert office.staff.name not in [line.person.name for line in report.absent]
    dealt = len(report.absent) + len(report.excused) + len(report.present)
    assert (report.figures.expected, report.figures.excused) == (dealt - 1, 1)


def test_what_was_made_up_is_counted_apart_and_mixed_into_no_figure(
    session: Session, office: Office, set_id: int
) -> None:
    missed, again = hold(office, set_id, weeks_ago=1), hold(office, set_id, kind=SittingKind.MAKE_UP)
    excuse(missed, office.staff)
    score(again, office.staff, FULL_UNITS)
    make_up(missed, again, office.staff, due=AFTER)
    lines = newest(session, office).sittings
    assert [line.sitting.public_id for line in lines] == [missed]
    assert (lines[0].figures.made_up, lines[0].figures.started, lines[0].figures.mean) == (1, 0, None)
    told = report_runs.person_report(session, office.chief.actor, office.staff.public_id, now=AFTER)
    assert [line.sitting.public_id for line in told.lines] == [missed]


def test_what_was_made_up_too_late_is_not_made_up(session: Session, office: Office, set_id: int) -> None:
    missed, again = hold(office, set_id, weeks_ago=1), hold(office, set_id, kind=SittingKind.MAKE_UP)
    score(again, office.staff, FULL_UNITS)
    make_up(missed, again, office.staff, due=FRIDAY)
    assert newest(session, office).sittings[0].figures.made_up == 0


def newest(session: Session, office: Office) -> Overview:
    found = report_places.overview(session, report_places.node(session, office.director.actor), now=AFTER)
    assert found is not None
    return found
