"""Places in the tree: levels, sums, what is compared and ranked, sections merged and people moved."""

from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from conftest import FRIDAY
from conftest import Office
from conftest import Person
from services.held import AFTER
from services.held import FULL_UNITS
from services.held import WEEK
from services.held import hold
from services.held import play
from services.held import public_id
from services.held import score
from services.held import transfer
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.errors import NotAllowed
from quizapp.core.reports import together
from quizapp.core.roles import SYSTEM
from quizapp.db import people as rows
from quizapp.db import reports as sums
from quizapp.db.attempts import AttemptRow
from quizapp.db.engine import writing
from quizapp.db.summaries import SectionSummaryRow
from quizapp.services import people
from quizapp.services import report_places
from quizapp.services import sections
from quizapp.services import summaries
from quizapp.services.people import PersonFacts
from quizapp.services.report_places import InPeriod
from quizapp.services.report_places import Line

set_id = stocked_set()
NOVEMBER = (FRIDAY - 2 * WEEK - timedelta(days=5), FRIDAY + WEEK)
OCTOBER = (NOVEMBER[0] - 4 * WEEK, NOVEMBER[0])


def period(
    session: Session,
    person: Person,
    at: str = "",
    during: tuple[datetime, datetime] = NOVEMBER,
    before: tuple[datetime, datetime] = OCTOBER,
) -> InPeriod:
    actor = rows.actor(session, person.id)
    return report_places.in_period(session, report_places.node(session, actor, at), during, before, now=AFTER)


def named(lines: Sequence[Line]) -> dict[str, Line]:
    return {f"{line.section.name}{'（本级）' if line.is_own else ''}": line for line in lines}


def below(parent: int, *names: str) -> list[int]:
    with writing() as write:
        return [people.add_section(write, SYSTEM, name, parent, now=FRIDAY - 9 * WEEK).id for name in names]


def hire(section: int, *numbers: str) -> list[int]:
    with writing() as write:
        facts = [PersonFacts(number, f"新人{number}", "", section) for number in numbers]
        return [people.add_person(write, SYSTEM, each, "x", now=FRIDAY - 9 * WEEK).id for each in facts]


# Levels


def test_a_director_reads_the_tree_level_by_level(session: Session, office: Office, set_id: int) -> None:
    first, _ = below(office.secretariat, "一组", "二组")
    hire(first, "9001", "9002")
    play(hold(office, set_id), Random(3))
    top = named(period(session, office.director).place.lines)
    assert set(top) == {"市政府办公室（本级）", "秘书科", "督查室", "财务科"}
    assert top["秘书科"].has_below
    assert top["秘书科"].figures.dealt == 6, "with the people of its groups"
    inside = period(session, office.director, public_id(session, office.secretariat)).place
    assert {name: line.figures.dealt for name, line in named(inside.lines).items()} == {
        "秘书科（本级）": 4, "一组": 2, "二组": 0,
    }  # fmt: skip
    assert inside.total.figures == top["秘书科"].figures
    assert [above.name for above in inside.node.above] == ["市政府办公室"]


def test_the_way_up_ends_where_oversight_ends(session: Session, office: Office) -> None:
    (group,) = below(office.secretariat, "一组")
    chief = rows.actor(session, office.chief.id)
    found = report_places.node(session, chief, public_id(session, group))
    assert [above.name for above in found.above] == ["秘书科"]
    assert found.is_leaf


def test_who_oversees_several_branches_begins_with_all_of_them(session: Session, office: Office) -> None:
    found = report_places.node(session, office.deputy.actor)
    assert found.section is None
    assert [section.name for section, _ in found.below] == ["秘书科", "督查室"]
    assert found.ids == office.deputy.actor.overseen


def test_what_is_not_overseen_has_no_place(session: Session, office: Office) -> None:
    for section in (office.root, office.finance):
        with pytest.raises(NotAllowed):
            report_places.node(session, office.deputy.actor, public_id(session, section))


def test_lines_add_up_to_the_whole(session: Session, office: Office, set_id: int) -> None:
    for weeks in range(3):
        play(hold(office, set_id, weeks_ago=weeks), Random(weeks))
    found = period(session, office.director)
    assert together(line.figures for line in found.place.lines) == found.place.total.figures
    assert together(line.figures for line in found.sittings) == found.place.total.figures
    assert found.place.total.figures.dealt == 3 * len(office.everybody())


# Periods


def test_a_period_holds_its_closed_sittings_and_no_other(session: Session, office: Office, set_id: int) -> None:
    held = [hold(office, set_id, weeks_ago=weeks) for weeks in (1, 2, 3)]
    hold(office, set_id, closes_at=AFTER + timedelta(hours=1))
    assert [line.sitting.public_id for line in period(session, office.director).sittings] == held[:2]
    early = period(session, office.director, during=OCTOBER, before=(OCTOBER[0] - WEEK, OCTOBER[0]))
    assert [line.sitting.public_id for line in early.sittings] == held[2:]


def test_an_empty_period_has_figures_of_nobody(session: Session, office: Office, set_id: int) -> None:
    found = period(session, office.director)
    assert (found.sittings, found.points, found.place.total.figures.dealt) == ((), (), 0)
    assert found.place.total.figures.mean is None


def test_the_change_is_since_the_period_before(session: Session, office: Office, set_id: int) -> None:
    earlier, later = hold(office, set_id, weeks_ago=4), hold(office, set_id, weeks_ago=1)
    for person in (office.staff, office.colleague, office.chief):
        score(earlier, person, FULL_UNITS // 2)
        score(later, person, FULL_UNITS * 3 // 4)
    line = named(period(session, office.director).place.lines)["秘书科"]
    assert line.change == Fraction(1, 4)
    assert line.figures.mean == Fraction(3, 4)


def test_the_newest_sitting_is_compared_with_the_closed_one_before_it(
    session: Session, office: Office, set_id: int
) -> None:
    for weeks, units in ((2, 0), (1, FULL_UNITS // 2), (0, FULL_UNITS)):
        sitting = hold(office, set_id, weeks_ago=weeks)
        for person in (office.staff, office.colleague, office.chief):
            score(sitting, person, units)
    found = report_places.overview(session, report_places.node(session, office.deputy.actor), now=AFTER)
    assert found is not None
    assert named(found.place.lines)["秘书科"].change == Fraction(1, 2)
    assert len(found.place.since) == 1


# Ranking


def test_places_are_given_to_three_people_and_more(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id, weeks_ago=1)
    for person in (office.staff, office.colleague, office.chief):
        score(sitting, person, FULL_UNITS // 2)
    for person in (office.finance_chief, office.stranger):
        score(sitting, person, FULL_UNITS)
    for person in (office.second_editor, office.admin, office.auditor):
        score(sitting, person, FULL_UNITS * 9 // 10)
    lines = named(period(session, office.director).place.lines)
    assert {name: line.place for name, line in lines.items()} == {
        "市政府办公室（本级）": None, "秘书科": 2, "督查室": 1, "财务科": None,
    }  # fmt: skip
    assert lines["财务科"].few


def test_one_person_over_many_sittings_is_still_one_person(session: Session, office: Office, set_id: int) -> None:
    for weeks in (1, 2):
        sitting = hold(office, set_id, weeks_ago=weeks)
        for person in (office.stranger, office.finance_chief):
            score(sitting, person, FULL_UNITS)
    line = named(period(session, office.director).place.lines)["财务科"]
    assert (line.figures.closed, line.people, line.few, line.place) == (4, 2, True, None)


def test_while_a_sitting_is_open_nobody_has_a_place(session: Session, office: Office, set_id: int) -> None:
    before, sitting = hold(office, set_id, weeks_ago=1), hold(office, set_id)
    for held in (before, sitting):
        for person in (office.staff, office.colleague, office.chief):
            score(held, person, FULL_UNITS)
    found = report_places.overview(session, report_places.node(session, office.director.actor), now=FRIDAY)
    assert found is not None
    assert found.sitting.public_id == sitting
    assert not found.place.ranked
    assert {(line.place, line.change) for line in found.place.lines} == {(None, None)}
    assert (found.distribution, found.missed) == ((), ())


def test_while_answers_wait_for_a_mark_nobody_has_a_place(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id, weeks_ago=1)
    for person in (office.staff, office.colleague, office.chief, office.stranger):
        score(sitting, person, FULL_UNITS)
    with writing() as write:
        write.execute(update(AttemptRow).where(AttemptRow.person_id == office.stranger.id).values(unmarked=1))
    place = period(session, office.director).place
    assert not place.ranked
    assert {line.place for line in place.lines} == {None}


# Sections that changed, people who moved


def test_a_merged_section_keeps_its_past_under_its_name(session: Session, office: Office, set_id: int) -> None:
    play(hold(office, set_id, weeks_ago=1), Random(5))
    before = named(period(session, office.director).place.lines)["财务科"].figures
    with writing() as write:
        merged, into = public_id(write, office.finance), public_id(write, office.secretariat)
        sections.merge(write, office.admin.actor, merged, into, today=AFTER.date(), now=AFTER)
    lines = named(period(session, office.director).place.lines)
    assert lines["财务科"].figures == before
    assert lines["财务科"].section.merged
    later = period(session, office.director, during=(AFTER, AFTER + WEEK))
    assert "财务科" not in named(later.place.lines), "where it did nothing any more it is not listed"


def test_who_moved_twice_counts_where_they_were(session: Session, office: Office, set_id: int) -> None:
    for weeks, section in ((2, office.finance), (1, office.inspection), (0, office.secretariat)):
        score(hold(office, set_id, weeks_ago=weeks), office.staff, FULL_UNITS)
        transfer(office, office.staff, section)
    lines = named(period(session, office.director).place.lines)
    closed = {name: line.figures.closed for name, line in lines.items()}
    assert closed == {"市政府办公室（本级）": 0, "秘书科": 1, "督查室": 1, "财务科": 1}


# Sums


def test_what_is_summed_up_reads_the_same(session: Session, office: Office, set_id: int) -> None:
    for weeks in (1, 2, 4):
        play(hold(office, set_id, weeks_ago=weeks), Random(weeks))
    with writing() as write:
        for row in sums.closed_sittings(write, list(office.director.actor.overseen), AFTER):
            row.ended_at = row.closes_at
        # The bell closes what is left open.
        write.execute(update(AttemptRow).where(AttemptRow.closed_at.is_(None)).values(started_at=None))
    counted = period(session, office.director)
    while (sitting_id := summaries.sitting_to_sum_up(session)) is not None:
        with writing() as write:
            summaries.sum_up(write, sitting_id, now=AFTER)
    assert session.scalars(select(SectionSummaryRow)).first() is not None
    assert period(session, office.director) == counted


@pytest.mark.parametrize("by", report_places.ORDERS)
def test_lines_are_sorted_with_the_unknown_last(session: Session, office: Office, set_id: int, by: str) -> None:
    play(hold(office, set_id, weeks_ago=1), Random(2))
    lines = period(session, office.director).place.lines
    for down in (False, True):
        values = [report_places.ORDERS[by](line) for line in report_places.in_order(lines, by, down=down)]
        known = [value for value in values if value is not None]
        assert known == sorted(known, reverse=down)
        assert values == known + [None] * (len(values) - len(known))
    assert report_places.in_order(lines, "nonsense", down=True) == lines
