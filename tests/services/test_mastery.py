"""How well key points are remembered: the own map, what sections are told, and what the next paper asks again."""

from datetime import date
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from conftest import FRIDAY
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from flask import Flask
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.mastery import Standing
from quizapp.core.memory import Grade
from quizapp.core.memory import recall_after
from quizapp.core.paper import PaperSpec
from quizapp.core.paper import Wishes
from quizapp.core.practice import Matter
from quizapp.core.question import UNITS
from quizapp.core.question import TypeName
from quizapp.core.speech import PointKind
from quizapp.db import sittings as sitting_rows
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.practice import CardRow
from quizapp.db.practice import PointMasteryRow
from quizapp.db.sittings import SittingRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.db.summaries import ItemStatisticsRow
from quizapp.services import mastery
from quizapp.services import memory
from quizapp.services import sittings

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 20)
stocked = stocked_set()


@pytest.fixture
def set_id(request: pytest.FixtureRequest, app: Flask, office: Office, on_postgres: bool) -> int:
    """A set with three approved questions of every type."""
    if not on_postgres:
        return int(request.getfixturevalue("stocked"))
    with app.app_context(), writing() as session:
        return approved_set(session, office.editor.actor, office.second_editor.actor, now=FRIDAY).id


@pytest.fixture
def points(set_id: int, session: Session, office: Office) -> list[int]:
    """Three key points of a speech, under two headings, with a question each; a fourth that nothing asks about."""
    with writing() as write:
        text = {"filename": "讲话.txt", "raw_text": "甲乙丙丁", "text": "甲乙丙丁", "file": b"", "sha256": "0" * 64}
        speech = SpeechRow(loaded_by_id=office.editor.id, loaded_at=FRIDAY, drafting_summary={}, **text)
        write.add(speech)
        write.flush()
        rows = [
            KeyPointRow(
                speech_id=speech.id, kind=PointKind.NAMED, name=name, start=n, end=n + 1, items=[name], pairs=[]
            )
            for n, name in enumerate("甲乙丙丁")
        ]
        write.add_all(rows)
        write.flush()
        for row, number, heading in zip(rows, range(3), ("一、学习", "一、学习 › （一）", "二、落实"), strict=False):
            ask_about(write, row.id, number, heading)
        return [row.id for row in rows]


def ask_about(session: Session, point: int, number: int, heading: str) -> None:
    """Let the single choice question of this number be about a key point."""
    question = session.scalars(select(QuestionRow).where(QuestionRow.fingerprint == f"single_choice-{number}")).one()
    question.key_point_id = point
    session.execute(
        update(QuestionVersionRow).where(QuestionVersionRow.question_id == question.id).values(source_heading=heading)
    )


def remember(people: list[Person], point: int, grade: Grade = Grade.GOOD, days_ago: int = 0) -> None:
    at = FRIDAY - timedelta(days=days_ago)
    with writing() as session:
        for person in people:
            memory.rate(session, person.id, Matter(point, None), grade, at=at, day=at.date())


def sum_up(clock: Clock) -> int:
    """What the bell does; how many sections."""
    today, summed = clock().astimezone(ZONE).date(), 0
    while (section_id := mastery.section_to_sum_up(db.session(), today)) is not None:
        sums = mastery.read_section(db.session(), section_id, now=clock())
        with writing() as session:
            mastery.keep_section(session, section_id, sums, today)
        summed += 1
    db.session.rollback()
    return summed


# One's own map


def own(person: Person, clock: Clock) -> mastery.OwnMap:
    db.session.rollback()
    return mastery.own_map(db.session(), person.actor, now=clock())


def test_the_own_map_shows_what_may_be_practised_under_its_headings(
    points: list[int], office: Office, clock: Clock
) -> None:
    remember([office.staff], points[0])
    (speech,) = own(office.staff, clock).speeches
    shown = [(heading, [cell.topic.name for cell in cells]) for heading, cells in speech.headings]
    assert shown == [("一、学习", ["甲", "乙"]), ("二、落实", ["丙"])]
    assert [cell.figure.standing for cell in speech.cells] == [Standing.STRONG, Standing.UNSEEN, Standing.UNSEEN]


def test_what_is_not_practised_fades_and_falls_due(points: list[int], office: Office, clock: Clock) -> None:
    remember([office.staff], points[0])
    seen = []
    for _ in range(40):
        figure = own(office.staff, clock).speeches[0].cells[0].figure
        seen.append(figure.standing)
        assert figure.is_due(clock()) == (own(office.staff, clock).due == 1)
        clock.advance(days=2)
    assert list(dict.fromkeys(seen)) == [Standing.STRONG, Standing.FADING, Standing.WEAK]
    assert figure.is_due(clock())


def test_a_card_of_a_changed_point_says_that_it_started_anew(points: list[int], office: Office, clock: Clock) -> None:
    remember([office.staff], points[0])
    with writing() as session:
        memory.start_anew(session, [points[0]], now=clock())
    cell = own(office.staff, clock).speeches[0].cells[0]
    assert (cell.figure.standing, cell.figure.anew_at) == (Standing.ANEW, clock())
    assert own(office.colleague, clock).speeches[0].cells[0].figure.standing is Standing.UNSEEN


def test_a_point_keeps_its_sentence_while_its_only_question_is_on_a_coming_paper(
    set_id: int, points: list[int], office: Office, clock: Clock
) -> None:
    remember([office.staff], points[0])
    public_id = db.session.scalars(select(SpeechRow.public_id)).one()
    before = mastery.own_point(db.session(), office.staff.actor, public_id, 1, now=clock())
    assert (before.sentence, before.may_practise) == ("甲", True)
    with writing() as session:
        facts = sitting_facts(
            set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock() + timedelta(days=1)
        )
        everything = PaperSpec({TypeName.SINGLE_CHOICE: 3}, {TypeName.SINGLE_CHOICE: 5})
        published_sitting(session, office.editor.actor, facts, now=clock(), spec=everything)
    kept = mastery.own_point(db.session(), office.staff.actor, public_id, 1, now=clock())
    assert (kept.sentence, kept.items, kept.may_practise) == ("", (), False)
    with pytest.raises(NotFound):
        mastery.own_point(db.session(), office.colleague.actor, public_id, 1, now=clock())


def test_a_point_that_nothing_asks_about_and_nobody_has_a_card_of_is_on_no_map(
    points: list[int], office: Office, clock: Clock
) -> None:
    public_id = db.session.scalars(select(SpeechRow.public_id)).one()
    for number in (0, 4, 5):
        with pytest.raises(NotFound):
            mastery.own_point(db.session(), office.staff.actor, public_id, number, now=clock())


def test_a_question_that_belongs_to_no_key_point_stands_for_itself_once_it_was_answered(
    set_id: int, session: Session, office: Office, clock: Clock
) -> None:
    assert own(office.staff, clock).speeches == []
    asked = db.session.scalars(select(QuestionRow).where(QuestionRow.fingerprint == "fill_in-0")).one()
    at, matter = FRIDAY - timedelta(days=90), Matter(None, asked.id)
    with writing() as write:
        for person in (office.staff, office.colleague, office.chief):
            memory.rate(write, person.id, matter, Grade.AGAIN, at=at, day=at.date())
    ((heading, (cell,)),) = own(office.staff, clock).speeches[0].headings
    assert (heading, cell.topic.matter, cell.figure.standing) == ("密钥金丝雀标题0", matter, Standing.WEAK)
    found = mastery.own_question(db.session(), office.staff.actor, asked.public_id, now=clock())
    assert (found.sentence, found.may_practise) == ("密钥金丝雀原句0", True)
    with pytest.raises(NotFound):
        mastery.own_question(db.session(), office.stranger.actor, asked.public_id, now=clock())
    sum_up(clock)
    assert [each.topic.matter for each in section(office.chief, office.secretariat).weakest] == [matter]
    (forgotten,) = mastery.office(db.session(), office.editor.actor).forgotten
    assert [id_ for id_, _ in forgotten.questions] == [asked.public_id]


# Sections


def test_sums_are_those_of_the_cards_once_a_day(points: list[int], office: Office, clock: Clock) -> None:
    people = [office.staff, office.colleague, office.chief]
    remember(people[:2], points[0], days_ago=9)
    remember(people[2:], points[0], Grade.AGAIN, days_ago=4)
    assert sum_up(clock) == 4
    row = db.session.scalars(select(PointMasteryRow).where(PointMasteryRow.key_point_id == points[0])).one()
    cards = db.session.scalars(select(CardRow).where(CardRow.key_point_id == points[0])).all()
    expected = [recall_after((FRIDAY - card.rated_at).days, card.stability) for card in cards]  # type: ignore[operator, arg-type]
    assert row.recall == pytest.approx(sum(expected), abs=1e-9)
    assert (row.section_id, row.people, row.made_on) == (office.secretariat, 3, TODAY)
    assert row.strong == sum(each >= 0.85 for each in expected)
    assert sum_up(clock) == 0
    clock.advance(days=1)
    assert sum_up(clock) == 4


def test_whoever_left_or_moved_counts_where_they_are_now(points: list[int], office: Office, clock: Clock) -> None:
    remember([office.staff, office.colleague, office.chief], points[0])
    with writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == office.staff.id).values(active=False))
        session.execute(update(PersonRow).where(PersonRow.id == office.chief.id).values(section_id=office.finance))
    sum_up(clock)
    found = db.session.scalars(select(PointMasteryRow).where(PointMasteryRow.key_point_id == points[0]))
    assert {row.section_id: row.people for row in found} == {office.secretariat: 1, office.finance: 1}


def section(person: Person, section_id: int) -> mastery.SectionMap:
    public_id = db.session.get_one(SectionRow, section_id).public_id
    return mastery.section_map(db.session(), person.actor, public_id, now=FRIDAY)


def test_a_section_is_told_its_weakest_first_and_nothing_of_two_people(
    points: list[int], office: Office, clock: Clock
) -> None:
    people = [office.staff, office.colleague, office.chief]
    remember(people, points[0])
    remember(people, points[1], Grade.AGAIN, days_ago=60)
    remember(people[:2], points[2])
    sum_up(clock)
    found = section(office.chief, office.secretariat)
    assert [cell.topic.matter.key_point_id for cell in found.weakest] == [points[1], points[0]]
    assert [cell.figure.people for cell in found.weakest] == [3, 3]
    assert (found.hidden, found.made_on) == (1, TODAY)
    assert found.quotes[Matter(points[1], None)] == "乙"


def test_a_section_with_others_below_puts_together_what_is_too_few_to_tell(
    points: list[int], office: Office, clock: Clock
) -> None:
    remember([office.staff, office.colleague, office.chief, office.stranger, office.admin], points[0])
    remember([office.staff, office.stranger, office.admin], points[1])
    sum_up(clock)
    told = {
        cell.topic.matter.key_point_id: cell.figure.people for cell in section(office.director, office.root).weakest
    }
    assert told == {points[0]: 3, points[1]: 3}, "the two beside three would be told by a difference"


def test_whoever_does_not_oversee_a_section_is_told_nothing_of_it(
    points: list[int], office: Office, clock: Clock
) -> None:
    for person in (office.finance_chief, office.staff, office.editor, office.admin):
        with pytest.raises(NotAllowed):
            section(person, office.secretariat)


def test_a_sitting_taken_in_has_all_sections_summed_up_anew(
    set_id: int, points: list[int], office: Office, clock: Clock
) -> None:
    sum_up(clock)
    with writing() as session:
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
        sitting = published_sitting(session, office.editor.actor, facts, now=clock())
        sitting.ended_at = clock()
    assert mastery.section_to_sum_up(db.session(), TODAY) is None, "what changes the sums comes first"
    with writing() as session:
        memory.take_in_sitting(session, sitting.id, ZONE, now=clock())
    assert sum_up(clock) == 4


# The office, and the next paper


def test_editors_see_what_the_office_has_forgotten_with_its_questions(
    points: list[int], office: Office, clock: Clock
) -> None:
    remember([office.staff, office.colleague, office.stranger], points[0], Grade.AGAIN, days_ago=90)
    remember([office.staff, office.colleague, office.stranger], points[1])
    remember([office.staff, office.colleague], points[2], Grade.AGAIN, days_ago=90)
    sum_up(clock)
    found = mastery.office(db.session(), office.editor.actor)
    assert [each.cell.topic.matter.key_point_id for each in found.forgotten] == [points[0]]
    assert [stem for _, stem in found.forgotten[0].questions] == ["第0题：讲话提出的要求是（　）。"]
    assert found.points == 2
    with pytest.raises(NotAllowed):
        mastery.office(db.session(), office.director.actor)


def test_questions_that_everybody_knows_are_told_from_ten_answers(
    set_id: int, points: list[int], office: Office, clock: Clock
) -> None:
    with writing() as session:
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
        sitting = published_sitting(session, office.editor.actor, facts, now=clock())
    places = sitting_rows.paper(db.session(), sitting.id)
    told = {1: (10, 9), 2: (9, 9), 3: (10, 8)}
    with writing() as session:
        for position, (people, right) in told.items():
            version = places[position - 1].version_id
            session.add(item(sitting.id, position, version, people, right))
    found = mastery.office(db.session(), office.editor.actor).known
    known = db.session.scalars(
        select(QuestionRow.public_id).where(QuestionRow.version_id == places[0].version_id)
    ).one()
    assert [(each.question.public_id, float(each.facility)) for each in found] == [(known, 0.9)]


def item(sitting_id: int, position: int, version: int, people: int, right: int) -> ItemStatisticsRow:
    sums = dict.fromkeys(("squares", "totals", "total_squares", "products", "best"), 0)
    return ItemStatisticsRow(
        sitting_id=sitting_id,
        position=position,
        version_id=version,
        full_mark=5,
        people=people,
        marks=right * 5 * UNITS,
        answers=[],
        **sums,
    )


def test_a_paper_asks_for_what_was_forgotten_where_that_is_wished(
    set_id: int, points: list[int], office: Office, clock: Clock
) -> None:
    remember([office.staff, office.colleague, office.stranger], points[1], Grade.AGAIN, days_ago=90)
    sum_up(clock)
    with writing() as session:
        facts = sitting_facts(
            set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock() + timedelta(days=1)
        )
        row = sittings.plan_sitting(session, office.editor.actor, facts, now=clock())
    planned = sitting_rows.sitting_by_public_id(db.session(), row.public_id)
    assert sittings.forgotten_points(db.session(), planned) == 1
    drawn = {wished: asked(row, office, clock, forgotten=wished) for wished in (True, False)}
    assert all("single_choice-1" in paper for paper in drawn[True])
    assert not all("single_choice-1" in paper for paper in drawn[False])


def asked(row: SittingRow, office: Office, clock: Clock, *, forgotten: bool) -> list[list[str]]:
    """What some draws of a single question ask, where all of it may be about what was missed."""
    wishes = Wishes(missed_percent=100, forgotten=forgotten)
    spec = PaperSpec({TypeName.SINGLE_CHOICE: 1}, {TypeName.SINGLE_CHOICE: 5}, wishes=wishes)
    papers = []
    for seed in range(8):
        with writing() as session:
            sittings.draw(session, office.editor.actor, row.public_id, spec, Random(seed), now=clock())
        versions = [place.version_id for place in sitting_rows.paper(db.session(), row.id)]
        found = select(QuestionRow.fingerprint).where(QuestionRow.version_id.in_(versions))
        papers.append(list(db.session.scalars(found)))
    return papers


def test_what_a_section_forgot_is_asked_of_that_section_alone(
    set_id: int, points: list[int], office: Office, clock: Clock
) -> None:
    remember([office.staff, office.colleague, office.chief], points[1], Grade.AGAIN, days_ago=90)
    sum_up(clock)
    counts = {}
    for scope in (office.secretariat, office.finance, None):
        with writing() as session:
            facts = sitting_facts(
                set_id,
                host=office.secretariat,
                leader=office.deputy.id,
                opens_at=clock() + timedelta(days=1),
                scope_section_id=scope,
            )
            row = sittings.plan_sitting(session, office.editor.actor, facts, now=clock())
            counts[scope] = sittings.forgotten_points(session, row)
    assert counts == {office.secretariat: 1, office.finance: 0, None: 1}
