"""A wrong key is found after the sitting: what is offered, what it would change, what it does, and what survives."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from services.judged import Quiz
from services.judged import open_quiz
from services.judged import verbs
from services.regraded import AT
from services.regraded import BLANKS
from services.regraded import ESSAY
from services.regraded import SINGLE
from services.regraded import WHOLE
from services.regraded import correct
from services.regraded import decide
from services.regraded import dry_run
from services.regraded import hand_in
from services.regraded import run_all
from services.regraded import scores_from_scratch
from services.regraded import start
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.marking import NoticeKind
from quizapp.core.question import BLANK
from quizapp.core.question import Option
from quizapp.core.question import TypeName
from quizapp.core.regrading import Method
from quizapp.core.regrading import NoNewKey
from quizapp.core.room import Step
from quizapp.db import sittings
from quizapp.db.attempts import AttemptRow
from quizapp.db.audit import AuditRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.marking import MarkRow
from quizapp.db.regrades import RegradeRow
from quizapp.db.sittings import SittingRow
from quizapp.services import attempts
from quizapp.services import marking
from quizapp.services import notices
from quizapp.services import printing
from quizapp.services import regrading
from quizapp.services import reports
from quizapp.services import results
from quizapp.services import review
from quizapp.services import summaries
from quizapp.services import wordings

PAPER = len(TypeName) * WHOLE


@pytest.fixture
def quiz(session: Session, office: Office, clock: Clock) -> Quiz:
    return open_quiz(office, clock)


@pytest.fixture
def taken(quiz: Quiz, office: Office) -> Quiz:
    """Closed: staff chose what the key says (A), colleague and stranger B, the chief left it blank."""
    for person, letter in ((office.staff, "A"), (office.colleague, "B"), (office.stranger, "B")):
        hand_in(quiz, person, {SINGLE: [letter]})
    hand_in(quiz, office.chief, {})
    quiz.close()
    return quiz


def scores(quiz: Quiz, *people: Person) -> list[int | None]:
    return [quiz.attempt(person).units for person in people]


def told(quiz: Quiz, person: Person) -> list[notices.Notice]:
    db.session.rollback()
    return list(notices.waiting(db.session(), person.actor, now=quiz.clock()))


def asked(quiz: Quiz, position: int = SINGLE) -> regrading.Asked:
    db.session.rollback()
    return regrading.asked(db.session(), quiz.office.editor.actor, quiz.sitting, position, now=quiz.clock())


def confirm(quiz: Quiz, shown: regrading.DryRun, reason: str = "答案有误", position: int = SINGLE) -> None:
    with writing() as session:
        actor = quiz.office.second_editor.actor
        regrading.confirm(session, actor, quiz.sitting, position, shown.method, reason, shown.stamp, now=quiz.clock())


# What is offered


def test_a_newer_key_counts_only_once_a_second_editor_approved_it(taken: Quiz) -> None:
    assert asked(taken).no_new_key is NoNewKey.NO_NEWER
    correct(taken, TypeName.SINGLE_CHOICE, key=frozenset("B"), approved=False)
    assert asked(taken).no_new_key is NoNewKey.NOT_APPROVED
    assert Method.NEW_KEY not in asked(taken).methods
    with pytest.raises(BadInput, match="审核通过"):
        dry_run(taken, SINGLE, Method.NEW_KEY)


def test_a_version_that_asks_something_else_gives_no_key(taken: Quiz) -> None:
    options = tuple(Option(letter, f"别的{letter}") for letter in "ABCD")
    correct(taken, TypeName.SINGLE_CHOICE, options=options, key=frozenset("B"))
    assert asked(taken).no_new_key is NoNewKey.ASKS_OTHER
    assert asked(taken).methods == (Method.GRANT, Method.VOID)


def test_a_version_with_the_same_key_changes_nothing_and_is_not_offered(taken: Quiz) -> None:
    correct(taken, TypeName.SINGLE_CHOICE, explanation="换一句解析")
    assert asked(taken).no_new_key is NoNewKey.SAME_KEY


def test_what_people_mark_is_granted_or_void_and_has_no_new_key(taken: Quiz) -> None:
    assert (asked(taken, ESSAY).no_new_key, asked(taken, ESSAY).methods) == (
        NoNewKey.BY_PEOPLE,
        (Method.GRANT, Method.VOID),
    )


def test_nothing_is_regraded_before_the_sitting_has_closed(quiz: Quiz, office: Office) -> None:
    hand_in(quiz, office.staff, {SINGLE: ["A"]})
    with pytest.raises(NotNow):
        asked(quiz)
    with pytest.raises(NotNow), writing() as session:
        regrading.confirm(
            session, office.editor.actor, quiz.sitting, SINGLE, Method.GRANT, "原因", "", now=quiz.clock()
        )


def test_only_editors_regrade(taken: Quiz, office: Office) -> None:
    for person in (office.staff, office.chief, office.deputy, office.director, office.admin, office.auditor):
        with pytest.raises(NotFound):
            regrading.asked(db.session(), person.actor, taken.sitting, SINGLE, now=taken.clock())
        with pytest.raises(NotFound):
            regrading.of_sitting(db.session(), person.actor, taken.sitting, now=taken.clock())
        with pytest.raises(NotFound), writing() as session:
            regrading.confirm(session, person.actor, taken.sitting, SINGLE, Method.GRANT, "原因", "", now=taken.clock())


# The dry run


def test_the_dry_run_says_how_many_gain_and_lose_how_much(taken: Quiz) -> None:
    correct(taken, TypeName.SINGLE_CHOICE, key=frozenset("B"))
    effect = dry_run(taken, SINGLE, Method.NEW_KEY).effect
    assert effect.changes == ((WHOLE, 2), (-WHOLE, 1))
    assert (effect.people, effect.changed) == (4, 3)
    assert (effect.before.mean, effect.after.mean) == (Fraction(1, 28), Fraction(2, 28))


def test_the_dry_run_says_who_passes_then_and_who_no_longer_does(taken: Quiz, office: Office) -> None:
    with writing() as session:
        session.scalars(select(SittingRow).where(SittingRow.public_id == taken.sitting)).one().pass_percent = 14
    correct(taken, TypeName.SINGLE_CHOICE, key=frozenset("B"))
    effect = dry_run(taken, SINGLE, Method.NEW_KEY).effect
    assert (effect.now_pass, effect.no_longer_pass) == (2, 1)
    assert (effect.before.passed, effect.after.passed) == (1, 2)
    assert not any(person.name in repr(effect) for person in office.everybody())


def test_the_dry_run_of_void_lowers_the_full_score(taken: Quiz) -> None:
    effect = dry_run(taken, SINGLE, Method.VOID).effect
    assert (effect.full_before, effect.full_after) == ((PAPER,), (PAPER - WHOLE,))
    assert effect.changes == ((-WHOLE, 1),)


@pytest.mark.parametrize("method", list(Method))
def test_what_the_dry_run_says_is_what_happens(taken: Quiz, office: Office, method: Method) -> None:
    correct(taken, TypeName.SINGLE_CHOICE, key=frozenset("B"))
    people = (office.staff, office.colleague, office.stranger, office.chief)
    before, effect = scores(taken, *people), dry_run(taken, SINGLE, method).effect
    decide(taken, SINGLE, method)
    moved = [(after or 0) - (was or 0) for was, after in zip(before, scores(taken, *people), strict=True)]
    assert dict(effect.changes) == {units: moved.count(units) for units in set(moved) - {0}}
    full = {taken.attempt(person).full_units for person in people}
    assert tuple(full) == effect.full_after


def test_an_answer_that_comes_in_meanwhile_shows_a_new_dry_run(taken: Quiz, office: Office) -> None:
    shown = dry_run(taken, SINGLE, Method.GRANT)
    paper(taken, office.deputy, {SINGLE: ["C"]})
    with pytest.raises(regrading.ChangedSinceShown) as changed:
        confirm(taken, shown)
    assert changed.value.found.effect.people == shown.effect.people + 1
    assert db.session().scalar(select(func.count()).select_from(RegradeRow)) == 0


def test_a_double_tap_regrades_once(taken: Quiz) -> None:
    shown = dry_run(taken, SINGLE, Method.GRANT)
    for _ in range(2):
        confirm(taken, shown)
    run_all(taken)
    confirm(taken, shown)
    assert db.session().scalar(select(func.count()).select_from(RegradeRow)) == 1
    assert verbs(db.session()).count("regrade:decided") == 1


def test_two_editors_with_two_ideas_do_not_overwrite_each_other(taken: Quiz) -> None:
    grant, void = dry_run(taken, SINGLE, Method.GRANT), dry_run(taken, SINGLE, Method.VOID)
    confirm(taken, grant)
    run_all(taken)
    with pytest.raises(regrading.ChangedSinceShown):
        confirm(taken, void)
    assert asked(taken).counting.method is Method.GRANT


def test_while_one_run_goes_on_no_other_begins(taken: Quiz) -> None:
    other = dry_run(taken, BLANKS, Method.GRANT)
    decide(taken, SINGLE, Method.GRANT, run=False)
    with pytest.raises(regrading.StillRunning):
        confirm(taken, other, position=BLANKS)
    run_all(taken)


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201, "控\x07制"], ids=["none", "blank", "too long", "control"])
def test_a_reason_is_needed(taken: Quiz, reason: str) -> None:
    shown = dry_run(taken, SINGLE, Method.GRANT)
    with pytest.raises(BadInput):
        confirm(taken, shown, reason)
    assert asked(taken).counting.standing is None


def test_the_last_question_that_counts_is_not_made_void(taken: Quiz) -> None:
    for position in range(2, len(TypeName) + 1):
        decide(taken, position, Method.VOID)
    shown = dry_run(taken, SINGLE, Method.VOID)
    assert shown.effect.leaves_nothing
    with pytest.raises(BadInput, match="没有一题计分"):
        confirm(taken, shown)


# What it does


def test_the_new_key_is_found_by_what_options_say_not_by_their_letters(taken: Quiz, office: Office) -> None:
    """In the newer version the options stand in another order: its B is what people knew as A."""
    turned = {"A": "B", "B": "A", "C": "D", "D": "C"}
    options = tuple(Option(turned[o.id], o.text, o.proof) for o in asked(taken).place.question.options)
    correct(taken, TypeName.SINGLE_CHOICE, options=tuple(sorted(options, key=lambda o: o.id)), key=frozenset("A"))
    decide(taken, SINGLE, Method.NEW_KEY)
    assert scores(taken, office.staff, office.colleague) == [0, WHOLE]


NEW_KEYS = [
    (TypeName.MULTIPLE_CHOICE, ["B", "D"], {"key": frozenset("BD")}),
    (TypeName.TRUE_FALSE, ["T"], {"key": frozenset("T")}),
    (TypeName.FILL_IN, ["日事日毕"], {"blanks": (("日事日毕",),)}),
    (TypeName.MATCHING, list("ABCD"), {"pairs": tuple((f"左项{m}", x) for m, x in enumerate("ABCD"))}),
    (TypeName.ORDERING, list("ABCD"), {"right_order": tuple("ABCD")}),
]


@pytest.mark.parametrize(("type_", "given", "changes"), NEW_KEYS, ids=[type_.value for type_, _, _ in NEW_KEYS])
def test_every_type_that_the_site_marks_takes_a_new_key(
    quiz: Quiz, office: Office, type_: TypeName, given: list[str], changes: Mapping[str, object]
) -> None:
    hand_in(quiz, office.staff, {AT[type_]: given})
    quiz.close()
    before = scores(quiz, office.staff)[0] or 0
    correct(quiz, type_, **changes)
    decide(quiz, AT[type_], Method.NEW_KEY)
    assert scores(quiz, office.staff) == [WHOLE]
    assert before < WHOLE


def test_granting_gives_the_whole_mark_also_to_who_left_it_blank(taken: Quiz, office: Office) -> None:
    decide(taken, SINGLE, Method.GRANT)
    assert scores(taken, office.staff, office.colleague, office.stranger, office.chief) == [WHOLE] * 4


def test_void_counts_for_nobody_and_lowers_what_can_be_earned(taken: Quiz, office: Office) -> None:
    decide(taken, SINGLE, Method.VOID)
    assert scores(taken, office.staff, office.chief) == [0, 0]
    assert taken.attempt(office.staff).full_units == PAPER - WHOLE


@pytest.mark.parametrize("method", list(Method))
def test_withdrawing_gives_everybody_the_score_from_before(taken: Quiz, office: Office, method: Method) -> None:
    correct(taken, TypeName.SINGLE_CHOICE, key=frozenset("B"))
    people = (office.staff, office.colleague, office.stranger, office.chief)
    before = [(taken.attempt(person).units, taken.attempt(person).full_units) for person in people]
    decide(taken, SINGLE, method)
    decide(taken, SINGLE, None, reason="更正有误")
    assert [(taken.attempt(person).units, taken.attempt(person).full_units) for person in people] == before
    gave, took = (told(taken, office.colleague)[index].kind for index in (-1, 0))
    assert took is NoticeKind.REGRADE_WITHDRAWN
    assert gave is regrading.TOLD_AS[method]


def test_one_decision_takes_the_place_of_another_in_one_go(taken: Quiz, office: Office) -> None:
    decide(taken, SINGLE, Method.VOID)
    decide(taken, SINGLE, Method.GRANT, reason="改为送分")
    assert scores(taken, office.chief) == [WHOLE]
    assert taken.attempt(office.chief).full_units == PAPER
    newest, first = asked(taken).decided
    assert (newest.method, newest.withdrawn_at) == (Method.GRANT, None)
    assert (first.method, first.withdrawn_reason) == (Method.VOID, "改用“送分”")


def test_a_run_that_is_killed_goes_on_where_it_was(taken: Quiz, office: Office) -> None:
    decide(taken, SINGLE, Method.GRANT, run=False)
    with writing() as session:
        regrading.step(session, now=taken.clock(), at_once=2)
    assert asked(taken).running == regrading.Progress(4, 2, 1, False)
    assert run_all(taken, at_once=1) == 3
    assert asked(taken).decided[0].progress == regrading.Progress(4, 4, 3, True)
    assert scores(taken, office.staff, office.chief) == [WHOLE, WHOLE]
    assert len(told(taken, office.chief)) == 1


def test_who_hands_in_late_and_papers_typed_in_later_count_by_what_was_decided(quiz: Quiz, office: Office) -> None:
    start(quiz, office.staff, {SINGLE: ["B"]})
    start(quiz, office.stranger, {})
    hand_in(quiz, office.colleague, {SINGLE: ["A"]})
    quiz.close()
    correct(quiz, TypeName.SINGLE_CHOICE, key=frozenset("B"))
    decide(quiz, SINGLE, Method.NEW_KEY)
    decide(quiz, BLANKS, Method.GRANT)
    decide(quiz, ESSAY, Method.VOID)
    with writing() as session:
        attempts.close_overdue(session, now=quiz.clock(), at_once=10)
    paper(quiz, office.deputy, {SINGLE: ["A"]})
    found = {person.name: quiz.attempt(person) for person in (office.staff, office.stranger, office.colleague)}
    found["typed in"] = db.session().scalars(select(AttemptRow).where(AttemptRow.person_id == office.deputy.id)).one()
    assert [row.units for row in found.values()] == [2 * WHOLE, WHOLE, WHOLE, WHOLE]
    assert {row.full_units for row in found.values()} == {PAPER - WHOLE}
    as_stored(db.session())


def paper(quiz: Quiz, person: Person, given: Mapping[int, list[str]]) -> None:
    """Type a paper in that somebody took in a room without network."""
    with writing() as session:
        sitting = session.scalars(select(SittingRow).where(SittingRow.public_id == quiz.sitting)).one()
        row = session.scalars(
            select(AttemptRow).where(AttemptRow.sitting_id == sitting.id, AttemptRow.person_id == person.id)
        ).one()
        session.refresh(row, ["sitting"])
        attempts.enter_on_paper(session, [(row, given)], now=quiz.clock())


def as_stored(session: Session) -> None:
    """The scores that stand in the rows are those computed from scratch."""
    session.rollback()
    expected = scores_from_scratch(session)
    rows = session.scalars(select(AttemptRow).where(AttemptRow.closed_at.is_not(None))).all()
    assert {row.id: (row.units, row.full_units, row.unmarked) for row in rows} == expected


# What survives


def essay(quiz: Quiz, person: Person) -> str:
    return str(quiz.answer(person))


def mark(quiz: Quiz, person: Person, said: list[bool]) -> None:
    with writing() as session:
        marking.mark(session, quiz.office.editor.actor, essay(quiz, person), said, now=quiz.clock())


@pytest.fixture
def written(quiz: Quiz, office: Office) -> Quiz:
    """Closed: staff's short answer has a mark (2 of 5 points), colleague's waits."""
    for person in (office.staff, office.colleague):
        hand_in(quiz, person, {ESSAY: ["关键词1，关键词2"]})
    quiz.close()
    mark(quiz, office.staff, [True, True, False, False, False])
    return quiz


@pytest.mark.parametrize(("method", "units"), [(Method.GRANT, WHOLE), (Method.VOID, 0)])
def test_marks_given_by_hand_survive(written: Quiz, office: Office, method: Method, units: int) -> None:
    decide(written, ESSAY, method)
    assert scores(written, office.staff, office.colleague) == [units, units]
    assert [written.attempt(person).unmarked for person in (office.staff, office.colleague)] == [0, 0]
    decide(written, ESSAY, None)
    assert scores(written, office.staff, office.colleague) == [WHOLE * 2 // 5, 0]
    assert [written.attempt(person).unmarked for person in (office.staff, office.colleague)] == [0, 1]


def test_a_mark_given_while_the_question_is_void_counts_once_that_is_withdrawn(written: Quiz, office: Office) -> None:
    decide(written, ESSAY, Method.VOID)
    mark(written, office.colleague, [True] * 5)
    assert scores(written, office.colleague) == [0]
    assert not [notice for notice in told(written, office.colleague) if notice.kind is NoticeKind.MARKED]
    decide(written, ESSAY, None)
    assert scores(written, office.colleague) == [WHOLE]


def test_a_mark_elsewhere_stays_when_a_key_is_corrected(written: Quiz, office: Office) -> None:
    decide(written, SINGLE, Method.GRANT)
    kept = db.session().scalars(select(MarkRow.said).order_by(MarkRow.attempt_id)).all()
    assert kept == [[True, True, False, False, False], None]
    assert scores(written, office.staff) == [WHOLE + WHOLE * 2 // 5]


def test_granted_answers_wait_for_no_marker(written: Quiz, office: Office) -> None:
    assert marking.waiting_for(db.session(), office.editor.actor) == 1
    decide(written, ESSAY, Method.GRANT)
    assert marking.waiting_for(db.session(), office.editor.actor) == 0


def test_wordings_accepted_for_either_version_count_beside_the_new_key(quiz: Quiz, office: Office) -> None:
    for person, text in ((office.staff, "日事日毕"), (office.colleague, "今日事今日毕"), (office.stranger, "当日清")):
        hand_in(quiz, person, {BLANKS: [text]})
    quiz.close()
    accept(quiz, 1, "今日事今日毕")
    correct(quiz, TypeName.FILL_IN, blanks=(("日事日毕",),))
    decide(quiz, BLANKS, Method.NEW_KEY)
    assert scores(quiz, office.staff, office.colleague, office.stranger) == [WHOLE, WHOLE, 0]
    accept(quiz, 2, "当日清")
    assert scores(quiz, office.stranger) == [WHOLE]


def accept(quiz: Quiz, number: int, wording: str) -> None:
    with writing() as session:
        question = asked(quiz, BLANKS).question_id
        editor = quiz.office.editor.actor
        wordings.accept(session, editor, question, number, 0, wording, now=quiz.clock())
    more = True
    while more:
        with writing() as session:
            more = wordings.rescore(session, now=quiz.clock())


def test_a_wording_accepted_later_takes_nothing_from_what_was_granted(quiz: Quiz, office: Office) -> None:
    hand_in(quiz, office.staff, {BLANKS: ["当日清"]})
    quiz.close()
    decide(quiz, BLANKS, Method.GRANT)
    accept(quiz, 1, "日事日毕")
    assert scores(quiz, office.staff) == [WHOLE]
    as_stored(db.session())


# What is told


def test_who_gains_or_loses_is_told_with_the_reason_and_nobody_else(taken: Quiz, office: Office) -> None:
    correct(taken, TypeName.SINGLE_CHOICE, key=frozenset("B"))
    decide(taken, SINGLE, Method.NEW_KEY, reason="原答案与讲话不符")
    [notice] = told(taken, office.colleague)
    assert (notice.kind, notice.number, notice.words) == (NoticeKind.KEY_CORRECTED, SINGLE, "原答案与讲话不符")
    assert (notice.before_units, notice.after_units) == (0, WHOLE)
    assert told(taken, office.chief) == []


def test_the_result_page_shows_the_corrected_key_in_the_persons_letters(taken: Quiz, office: Office) -> None:
    correct(taken, TypeName.SINGLE_CHOICE, key=frozenset("B"), explanation="更正后的解析")
    decide(taken, SINGLE, Method.NEW_KEY, reason="原答案与讲话不符")
    found = results.result(db.session(), office.colleague.actor, taken.attempts[office.colleague.id], now=taken.clock())
    assert isinstance(found, results.Result)
    shown = next(each for each in found.marked if each.question.type is TypeName.SINGLE_CHOICE)
    assert shown.response == shown.question.key
    assert shown.question.explanation == "更正后的解析"
    assert shown.standing is not None and shown.standing.reason == "原答案与讲话不符"


def test_a_new_order_changes_nobodys_letters(quiz: Quiz, office: Office) -> None:
    """The letters follow from what was published: a corrected order must not shuffle the options again."""
    hand_in(quiz, office.staff, {AT[TypeName.ORDERING]: list("ABCD")})
    quiz.close()
    before = _ordering(quiz, office.staff)
    for order in ("ABCD", "DCBA", "BADC"):
        correct(quiz, TypeName.ORDERING, right_order=tuple(order))
        decide(quiz, AT[TypeName.ORDERING], Method.NEW_KEY)
        assert _ordering(quiz, office.staff) == before


def _ordering(quiz: Quiz, person: Person) -> tuple[object, object]:
    """The options with their letters, and the answer, as the person sees them."""
    found = results.result(db.session(), person.actor, quiz.attempts[person.id], now=quiz.clock())
    assert isinstance(found, results.Result)
    shown = next(each for each in found.marked if each.question.type is TypeName.ORDERING)
    return tuple((option.id, option.text) for option in shown.question.options), shown.response


def test_the_printed_key_and_the_big_screen_show_the_corrected_key(taken: Quiz, office: Office) -> None:
    correct(taken, TypeName.SINGLE_CHOICE, key=frozenset("B"))
    decide(taken, SINGLE, Method.NEW_KEY)
    sheet = printing.key_sheet(db.session(), office.editor.actor, taken.sitting, now=taken.clock())
    assert dict(sheet.short)[SINGLE] == "B"
    sitting = db.session().scalars(select(SittingRow).where(SittingRow.public_id == taken.sitting)).one()
    screen = review.shown(db.session(), sitting, SINGLE, Step.EXPLAIN, now=taken.clock())
    assert screen.explained is not None and screen.explained.key == ("选项B0",)


def _missed(quiz: Quiz) -> dict[int, tuple[str, ...]]:
    """What the director's list of missed questions names as the key, by position."""
    db.session.rollback()
    sections = quiz.office.director.actor.overseen
    name = reports.opened(db.session(), quiz.sitting, quiz.clock())
    return {each.position: each.key for each in reports.most_missed(db.session(), sections, name)}


def test_missed_lists_show_the_corrected_key_and_leave_out_what_is_void(taken: Quiz) -> None:
    assert _missed(taken)[SINGLE] == ("选项A0",)
    correct(taken, TypeName.SINGLE_CHOICE, key=frozenset("B"))
    decide(taken, SINGLE, Method.NEW_KEY)
    assert _missed(taken)[SINGLE] == ("选项B0",)
    decide(taken, SINGLE, Method.VOID)
    assert SINGLE not in _missed(taken)
    decide(taken, SINGLE, None)
    assert _missed(taken)[SINGLE] == ("选项A0",)


def test_statistics_speak_of_the_version_whose_key_counts_and_not_of_what_was_granted(taken: Quiz) -> None:
    turned = {"A": "B", "B": "A", "C": "C", "D": "D"}
    options = tuple(Option(turned[o.id], o.text) for o in asked(taken).place.question.options)
    correct(taken, TypeName.SINGLE_CHOICE, options=tuple(sorted(options, key=lambda o: o.id)), key=frozenset("A"))
    decide(taken, SINGLE, Method.NEW_KEY)
    decide(taken, BLANKS, Method.GRANT)
    sitting = sittings.sitting_by_public_id(db.session(), taken.sitting)
    items = {row["position"]: row for row in summaries.read_items(db.session(), sitting.id).rows}
    assert BLANKS not in items
    version = db.session().get_one(QuestionVersionRow, items[SINGLE]["version_id"])
    assert version.number == 2
    assert sorted(items[SINGLE]["answers"]) == [([], 1), (["A"], 2), (["B"], 1)]


def test_the_audit_trail_says_who_decided_what_and_that_they_took_it_themselves(taken: Quiz, office: Office) -> None:
    decide(taken, SINGLE, Method.GRANT, reason="题意不清")
    row = db.session().scalars(select(AuditRow).where(AuditRow.verb == "regrade:decided")).one()
    assert row.person_name == office.second_editor.name
    assert (row.detail["method"], row.detail["reason"], row.detail["own"]) == ("grant", "题意不清", True)
    assert verbs(db.session())[-1] == "regrade:finished"


def test_other_sittings_that_asked_it_are_named(taken: Quiz) -> None:
    assert asked(taken).elsewhere == ()


def test_blank_stays_blank(taken: Quiz) -> None:
    """A corrected stem with another number of blanks asks something else."""
    question = asked(taken, BLANKS).place.question
    two = replace(question, stem=f"{question.stem}{BLANK}", blanks=(*question.blanks, ("第二空",)))
    correct(taken, TypeName.FILL_IN, stem=two.stem, blanks=two.blanks)
    assert asked(taken, BLANKS).no_new_key is NoNewKey.ASKS_OTHER


def test_several_decisions_about_one_paper_add_up(taken: Quiz) -> None:
    correct(taken, TypeName.SINGLE_CHOICE, key=frozenset("B"))
    decide(taken, SINGLE, Method.NEW_KEY)
    decide(taken, BLANKS, Method.VOID)
    decide(taken, ESSAY, Method.GRANT)
    as_stored(db.session())
