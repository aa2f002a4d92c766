"""What is printed for a room: one paper for all, a key for those who may have it, a list to sign."""

import pytest
from conftest import Clock
from conftest import Office
from factories import CANARY
from factories import published_sitting
from factories import sitting_facts
from services.on_paper import planned
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.attendance import LeaveDecision
from quizapp.core.attendance import LeaveKind
from quizapp.core.dealing import Drawing
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.paper import PaperSpec
from quizapp.core.question import TypeName
from quizapp.core.sitting import SittingKind
from quizapp.db import sittings as rows
from quizapp.db.attendance import LeaveRow
from quizapp.db.engine import writing
from quizapp.services import printing
from quizapp.services import sittings
from quizapp.services.printing import NotOnPaper

set_id = stocked_set()


@pytest.fixture
def everything(session: Session, office: Office, clock: Clock, set_id: int) -> str:
    """A sitting that is open now, with one question of each type."""
    with writing() as write:
        return planned(write, office, clock)


def test_the_paper_runs_by_type_with_marks_and_numbers(session: Session, office: Office, everything: str) -> None:
    paper = printing.paper(session, office.chief.actor, everything)
    assert [run.type_label for run in paper.runs][:2] == ["单选题", "多选题"]
    assert [run.numeral for run in paper.runs] == list("一二三四五六七")
    assert [(run.each, run.total) for run in paper.runs] == [(5, 5)] * 7
    assert [q.number for run in paper.runs for q in run.questions] == [1, 2, 3, 4, 5, 6, 7]
    assert (paper.full_mark, paper.count) == (35, 7)


def test_nothing_of_the_key_stands_on_the_paper(session: Session, office: Office, everything: str) -> None:
    assert CANARY not in repr(printing.paper(session, office.chief.actor, everything).runs)


def test_the_order_that_is_asked_for_is_not_the_one_that_is_printed(
    session: Session, office: Office, everything: str
) -> None:
    runs = printing.paper(session, office.chief.actor, everything).runs
    ordering = next(q for run in runs for q in run.questions if q.type is TypeName.ORDERING)
    assert [text[2] for _, text in ordering.options] != list("CABD")


def test_the_key_speaks_in_the_letters_of_the_printed_paper(
    session: Session, office: Office, everything: str, clock: Clock
) -> None:
    paper = printing.paper(session, office.deputy.actor, everything)
    key = printing.key_sheet(session, office.deputy.actor, everything, now=clock())
    matching = next(q for run in paper.runs for q in run.questions if q.type is TypeName.MATCHING)
    texts = dict(matching.options)
    told = dict(key.short)[matching.number].split()
    assert [texts[pair[1]][2] for pair in told] == list("BADC")
    assert all(f"{CANARY}原句" in line.source.quote for line in key.lines)


def test_before_closing_the_key_is_for_those_who_lead_and_then_for_all_who_print(
    session: Session, office: Office, everything: str, clock: Clock
) -> None:
    for leads in (office.deputy, office.chief, office.director):
        assert printing.key_sheet(session, leads.actor, everything, now=clock()).lines
    with pytest.raises(NotOnPaper, match="只有带学领导和主持科室"):
        printing.key_sheet(session, office.editor.actor, everything, now=clock())
    clock.advance(hours=3)
    assert printing.key_sheet(session, office.editor.actor, everything, now=clock()).lines


def test_who_neither_hosts_leads_nor_edits_prints_nothing(session: Session, office: Office, everything: str) -> None:
    for other in (office.staff, office.finance_chief, office.admin, office.auditor):
        with pytest.raises(NotAllowed):
            printing.paper(session, other.actor, everything)


def test_a_leader_from_elsewhere_prints_but_does_not_type_in(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    with writing() as write:
        facts = sitting_facts(set_id, host=office.finance, leader=office.deputy.id, opens_at=clock())
        public_id = published_sitting(write, office.editor.actor, facts, now=clock()).public_id
    hub = printing.hub(session, office.deputy.actor, public_id, now=clock())
    assert (hub.no_paper, hub.no_key, hub.may_enter) == ("", "", False)


def test_papers_of_ones_own_cannot_be_printed_as_one_but_the_list_can(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    with writing() as write:
        facts = sitting_facts(
            set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock(), drawing=Drawing.PER_PERSON
        )
        one = {TypeName.SINGLE_CHOICE: 1}
        spec = PaperSpec(counts={TypeName.SINGLE_CHOICE: 3}, marks={TypeName.SINGLE_CHOICE: 5}, each=one)
        public_id = published_sitting(write, office.editor.actor, facts, now=clock(), spec=spec).public_id
    with pytest.raises(NotOnPaper, match="一人一卷"):
        printing.paper(session, office.chief.actor, public_id)
    assert printing.signing_sheet(session, office.chief.actor, public_id).expected == len(office.everybody())


def test_nothing_is_printed_before_the_paper_stands(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    with writing() as write:
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
        public_id = sittings.plan_sitting(write, office.editor.actor, facts, now=clock()).public_id
    for put_on_paper in (printing.paper, printing.signing_sheet):
        with pytest.raises(NotOnPaper, match="还没有定稿"):
            put_on_paper(session, office.chief.actor, public_id)


def test_a_make_up_paper_is_not_for_a_room(session: Session, office: Office, everything: str) -> None:
    with writing() as write:
        rows.sitting_by_public_id(write, everything).kind = SittingKind.MAKE_UP
    with pytest.raises(NotFound):
        printing.sitting_to_print(session, office.chief.actor, everything)


def test_the_list_goes_by_section_and_number_and_tells_of_leave(
    session: Session, office: Office, everything: str, clock: Clock
) -> None:
    with writing() as write:
        leave = LeaveRow(
            sitting_id=rows.sitting_by_public_id(write, everything).id,
            person_id=office.staff.id,
            kind=LeaveKind.DUTY,
            decision=LeaveDecision.APPROVED,
            asked_at=clock(),
            asked_by_id=office.staff.id,
        )
        write.add(leave)
    sheet = printing.signing_sheet(session, office.chief.actor, everything)
    assert [section.name for section in sheet.sections] == ["市政府办公室", "秘书科", "督查室", "财务科"]
    secretariat = sheet.sections[1].people
    assert [one.person.staff_number for one in secretariat] == ["1101", "1102", "1103", "1104"]
    assert [one.known.leave for one in secretariat] == [None, LeaveKind.DUTY, None, None]
    assert (sheet.expected, sheet.on_leave) == (len(office.everybody()), 1)
