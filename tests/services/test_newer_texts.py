"""A newer text of a speech: what it unsettles is known before, leaves the bank, and nothing of the old text is lost."""

from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from conftest import Clock
from conftest import Office
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.comparison import Change
from quizapp.core.comparison import Reason
from quizapp.core.corrections import Add
from quizapp.core.corrections import Delete
from quizapp.core.corrections import Rename
from quizapp.core.corrections import point_ref
from quizapp.core.desk import Choice
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.paper import PaperSpec
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import PointKind
from quizapp.core.speech import Quote
from quizapp.core.states import QuestionState
from quizapp.db import bank as bank_rows
from quizapp.db import sittings as sitting_rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.audit import AuditRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.db.speeches import SpeechTextRow
from quizapp.db.speeches import waiting_text
from quizapp.services import attempts
from quizapp.services import bank
from quizapp.services import desk
from quizapp.services import newer_texts
from quizapp.services import readings
from quizapp.services import results
from quizapp.services import sittings
from quizapp.services import speeches
from quizapp.services.newer_texts import AnotherWaits
from quizapp.services.newer_texts import NothingWaits
from quizapp.services.newer_texts import Outlook

DEMO = (Path(__file__).parents[2] / "quizapp" / "cli" / "demo_speech.txt").read_text(encoding="utf-8")
#: One item of a set is called otherwise.
CHANGED = DEMO.replace("“诚实型”干部", "“坦诚型”干部")
#: A paragraph that nothing was asked about is gone.
SHORTER = DEMO.replace(DEMO[DEMO.index("各科室之间还要") : DEMO.index("同志们，办公室的工作")], "")


def approve_all(session: Session, office: Office, now: datetime) -> None:
    for row, version in bank_rows.queue(session, [QuestionState.IN_REVIEW]):
        bank.approve(session, office.editor.actor, row.public_id, version.number, now=now)


@pytest.fixture
def speech(session: Session, office: Office, clock: Clock) -> str:
    """The demonstration speech, drafted and approved."""
    with writing() as write:
        file = speeches.understand("jianghua.txt", DEMO.encode())
        row, _ = speeches.load_speech(write, office.editor.actor, file, "", now=clock())
        drafting = speeches.draft(file.reading, row.title or "")
        speeches.store_drafts(write, office.editor.actor, row.public_id, file.reading, drafting, now=clock())
        approve_all(write, office, clock())
        return row.public_id


def propose(office: Office, speech: str, text: str, clock: Clock, name: str = "xin.txt") -> str:
    """Hand a newer text over; its hash."""
    file = speeches.understand(name, text.encode())
    with writing() as write:
        return newer_texts.propose(write, office.editor.actor, speech, file, now=clock()).sha256


def adopt(office: Office, speech: str, sha256: str, clock: Clock) -> int:
    with writing() as write:
        return newer_texts.adopt(write, office.editor.actor, speech, sha256, now=clock())


def outlook(office: Office, speech: str, clock: Clock) -> Outlook:
    db.session.rollback()
    return newer_texts.outlook(db.session(), office.editor.actor, speech, now=clock())


def row_of(speech: str) -> SpeechRow:
    db.session.rollback()
    return db.session.scalars(select(SpeechRow).where(SpeechRow.public_id == speech)).one()


def states() -> list[QuestionState]:
    db.session.rollback()
    return list(db.session.scalars(select(QuestionRow.state).order_by(QuestionRow.id)))


def in_state(state: QuestionState) -> list[tuple[QuestionRow, QuestionVersionRow]]:
    db.session.rollback()
    return list(bank_rows.queue(db.session(), [state]))


def set_id() -> int:
    return db.session.scalars(select(QuestionRow.set_id)).first() or 0


# Proposing


def test_a_text_that_waits_changes_nothing_yet(office: Office, speech: str, clock: Clock) -> None:
    text, before = row_of(speech).text, states()
    propose(office, speech, CHANGED, clock)
    assert row_of(speech).text == text
    assert states() == before


def test_an_earlier_proposal_goes_when_another_comes(office: Office, speech: str, clock: Clock) -> None:
    propose(office, speech, CHANGED, clock)
    newer = propose(office, speech, SHORTER, clock)
    texts = db.session.scalars(select(SpeechTextRow)).all()
    assert [row.sha256 for row in texts] == [newer]


def test_the_same_proposal_twice_is_one(office: Office, speech: str, clock: Clock) -> None:
    assert propose(office, speech, CHANGED, clock) == propose(office, speech, CHANGED, clock)
    assert len(db.session.scalars(select(SpeechTextRow)).all()) == 1


def test_the_text_in_force_is_no_newer_text_whatever_its_file(office: Office, speech: str, clock: Clock) -> None:
    with pytest.raises(BadInput, match="一字不差"):
        propose(office, speech, DEMO + "\n\n", clock)


def test_a_refused_proposal_leaves_the_one_that_waits(office: Office, speech: str, clock: Clock) -> None:
    waits = propose(office, speech, CHANGED, clock)
    with pytest.raises(BadInput):
        propose(office, speech, DEMO, clock)
    waiting = waiting_text(db.session(), row_of(speech).id)
    assert waiting is not None
    assert waiting.sha256 == waits


def test_a_file_of_another_speech_is_refused_by_that_speech_s_name(office: Office, speech: str, clock: Clock) -> None:
    with writing() as write:
        file = speeches.understand("bie.txt", CHANGED.encode())
        speeches.load_speech(write, office.editor.actor, file, "另一篇讲话", now=clock())
    with pytest.raises(BadInput, match="另一篇讲话"):
        propose(office, speech, CHANGED, clock)


def test_a_text_used_before_is_refused(office: Office, speech: str, clock: Clock) -> None:
    adopt(office, speech, propose(office, speech, CHANGED, clock), clock)
    with pytest.raises(BadInput, match="以前用过"):
        propose(office, speech, DEMO, clock)


def test_a_file_that_waits_is_not_loaded_as_a_speech_of_its_own(office: Office, speech: str, clock: Clock) -> None:
    propose(office, speech, CHANGED, clock)
    with writing() as write:
        file = speeches.understand("xin.txt", CHANGED.encode())
        row, is_new = speeches.load_speech(write, office.editor.actor, file, "", now=clock())
        assert (row.public_id, is_new) == (speech, False)


# The outlook


def test_the_outlook_tells_what_adopting_then_does(office: Office, speech: str, clock: Clock) -> None:
    sha256 = propose(office, speech, CHANGED, clock)
    told = outlook(office, speech, clock)
    leaving, unsettled = told.leaving, {each.question.id for each in told.unsettled}
    assert adopt(office, speech, sha256, clock) == leaving == len(unsettled)
    assert {row.id for row, _ in in_state(QuestionState.RECHECK)} == unsettled
    assert len(in_state(QuestionState.APPROVED)) == told.settled > 0


def test_a_question_names_why_it_has_to_be_looked_at(office: Office, speech: str, clock: Clock) -> None:
    propose(office, speech, CHANGED, clock)
    for each in outlook(office, speech, clock).unsettled:
        gone = each.version.source_quote not in CHANGED
        assert each.reason is (Reason.QUOTE_GONE if gone else Reason.POINT_CHANGED)
        point = db.session.get_one(KeyPointRow, each.question.key_point_id)
        assert point.name in ("四型", "四忌")


def test_every_question_about_a_changed_set_is_unsettled(office: Office, speech: str, clock: Clock) -> None:
    """Also those whose own sentence stands as it was: a cloze of the other three."""
    point = db.session.scalars(select(KeyPointRow).where(KeyPointRow.name == "四型")).one()
    asked = set(db.session.scalars(select(QuestionRow.id).where(QuestionRow.key_point_id == point.id)))
    propose(office, speech, CHANGED, clock)
    assert asked
    assert asked <= {each.question.id for each in outlook(office, speech, clock).unsettled}


def test_a_change_elsewhere_unsettles_nothing(office: Office, speech: str, clock: Clock) -> None:
    propose(office, speech, SHORTER, clock)
    told = outlook(office, speech, clock)
    assert told.unsettled == ()
    assert told.settled == len(states())
    assert {each.new for each in told.paragraphs if not each.is_same} == {None}


def test_text_put_in_before_everything_unsettles_nothing(office: Office, speech: str, clock: Clock) -> None:
    later = DEMO.replace("同志们：\n", "同志们：\n\n先把上周的情况说一说。\n", 1)
    sha256 = propose(office, speech, later, clock)
    assert adopt(office, speech, sha256, clock) == 0
    text = row_of(speech).text
    for row in db.session.scalars(select(KeyPointRow).where(KeyPointRow.gone_at.is_(None))):
        assert any(item[:2] in text[row.start : row.end] for item in row.items)


def test_the_comparison_is_of_both_texts_as_their_pages_number_them(office: Office, speech: str, clock: Clock) -> None:
    propose(office, speech, CHANGED, clock)
    (changed,) = [each for each in outlook(office, speech, clock).paragraphs if not each.is_same]
    assert changed.old == changed.new
    assert [(p.change, p.text) for p in changed.pieces if p.change is not Change.SAME] == [
        (Change.REMOVED, "诚实"),
        (Change.ADDED, "坦诚"),
    ]


def test_retired_questions_are_left_alone(office: Office, speech: str, clock: Clock) -> None:
    with writing() as write:
        for row in write.scalars(select(QuestionRow)):
            row.state = QuestionState.RETIRED
    propose(office, speech, CHANGED, clock)
    told = outlook(office, speech, clock)
    assert (told.unsettled, told.settled) == ((), 0)


def test_what_one_newer_text_took_the_next_does_not_take_again(office: Office, speech: str, clock: Clock) -> None:
    """A reviewer who let a question stand is not asked once more for a change elsewhere."""
    adopt(office, speech, propose(office, speech, CHANGED, clock), clock)
    with writing() as write:
        for row, version in bank_rows.queue(write, [QuestionState.RECHECK]):
            bank.approve(write, office.editor.actor, row.public_id, version.number, now=clock())
    again = CHANGED.replace("同志们：\n", "同志们：\n\n先把上周的情况说一说。\n", 1)
    assert adopt(office, speech, propose(office, speech, again, clock), clock) == 0


def test_a_question_on_an_open_paper_is_marked(office: Office, speech: str, clock: Clock) -> None:
    hold(office, clock)
    propose(office, speech, CHANGED, clock)
    out = sitting_rows.questions_out(db.session(), set_id(), clock())
    told = outlook(office, speech, clock)
    assert {each.question.id for each in told.unsettled if each.is_out} == out & {
        each.question.id for each in told.unsettled
    }
    assert any(each.is_out for each in told.unsettled)
    clock.advance(hours=3)
    assert not any(each.is_out for each in outlook(office, speech, clock).unsettled)


# Adopting and discarding


def test_nothing_can_be_adopted_that_does_not_wait(office: Office, speech: str, clock: Clock) -> None:
    with pytest.raises(NothingWaits):
        adopt(office, speech, "0" * 64, clock)
    with pytest.raises(NothingWaits):
        outlook(office, speech, clock)


def test_adopting_is_of_the_text_that_was_shown(office: Office, speech: str, clock: Clock) -> None:
    shown = propose(office, speech, CHANGED, clock)
    propose(office, speech, SHORTER, clock)
    text = row_of(speech).text
    with pytest.raises(AnotherWaits):
        adopt(office, speech, shown, clock)
    assert row_of(speech).text == text


def test_the_replaced_text_is_kept_with_its_file(office: Office, speech: str, clock: Clock) -> None:
    before = row_of(speech)
    old = (before.sha256, before.filename, before.file, before.raw_text, before.text)
    clock.advance(days=1)
    adopt(office, speech, propose(office, speech, CHANGED, clock), clock)
    (kept,) = db.session.scalars(select(SpeechTextRow)).all()
    assert (kept.sha256, kept.filename, kept.file, kept.raw_text, kept.text) == old
    assert kept.replaced_at is not None
    assert row_of(speech).file == CHANGED.encode()


def test_a_discarded_text_leaves_no_trace_but_in_the_trail(office: Office, speech: str, clock: Clock) -> None:
    propose(office, speech, CHANGED, clock)
    for _ in range(2):
        with writing() as write:
            newer_texts.discard(write, office.editor.actor, speech, now=clock())
    assert db.session.scalars(select(SpeechTextRow)).all() == []
    verbs = db.session.scalars(select(AuditRow.verb).where(AuditRow.verb.like("speech:text%"))).all()
    assert verbs == ["speech:text-proposed", "speech:text-discarded"]


def test_the_changed_set_is_the_same_key_point_and_keeps_its_questions(
    office: Office, speech: str, clock: Clock
) -> None:
    point = db.session.scalars(select(KeyPointRow).where(KeyPointRow.name == "四型")).one()
    number, asked = point.id, len(db.session.scalars(select(QuestionRow).filter_by(key_point_id=point.id)).all())
    adopt(office, speech, propose(office, speech, CHANGED, clock), clock)
    db.session.rollback()
    row = db.session.get_one(KeyPointRow, number)
    assert row.gone_at is None
    assert row.items[-1] == "坦诚型"
    assert len(db.session.scalars(select(QuestionRow).filter_by(key_point_id=number)).all()) == asked > 0


def test_a_set_that_is_gone_keeps_its_row_for_its_questions(office: Office, speech: str, clock: Clock) -> None:
    start = DEMO.index("三、狠抓落实")
    without = DEMO[:start] + DEMO[DEMO.index("各科室之间还要") :]
    adopt(office, speech, propose(office, speech, without, clock), clock)
    row = db.session.scalars(select(KeyPointRow).where(KeyPointRow.name == "三个到位")).one()
    assert row.gone_at is not None
    asked = db.session.scalars(select(QuestionRow).filter_by(key_point_id=row.id)).all()
    assert {question.state for question in asked} == {QuestionState.RECHECK}


def test_corrections_survive_the_newer_text(office: Office, speech: str, clock: Clock) -> None:
    reading = readings.understanding_of(db.session(), row_of(speech)).reading
    point = next(each for each in reading.points if each.name == "三个到位")
    made = [
        Rename(point_ref(point), "责任到位"),
        Add(PointKind.NAMED, "三道关口", Quote("自校、互校、审校", 0), ("自校", "互校", "审校")),
    ]
    for each in made:
        with writing() as write:
            readings.correct(write, office.editor.actor, speech, each, now=clock())
    later = CHANGED.replace("同志们：\n", "同志们：\n\n先把上周的情况说一说。\n", 1)
    sha256 = propose(office, speech, later, clock)
    assert outlook(office, speech, clock).lost == ()
    adopt(office, speech, sha256, clock)
    names = [each.name for each in readings.understanding_of(db.session(), row_of(speech)).reading.points]
    assert {"责任到位", "三道关口"} <= set(names)
    assert "三个到位" not in names


def test_a_correction_that_loses_its_place_is_told_before(office: Office, speech: str, clock: Clock) -> None:
    reading = readings.understanding_of(db.session(), row_of(speech)).reading
    point = next(each for each in reading.points if each.name == "四型")
    with writing() as write:
        row = readings.correct(write, office.editor.actor, speech, Delete(point_ref(point)), now=clock())
        number = row.id
    propose(office, speech, CHANGED, clock)
    told = outlook(office, speech, clock)
    assert [row.id for row in told.lost] == [number]
    assert told.points[1] == told.points[0] + 1


def test_only_editors_touch_the_texts_of_a_speech(office: Office, speech: str, clock: Clock) -> None:
    file = speeches.understand("xin.txt", CHANGED.encode())
    propose(office, speech, SHORTER, clock)
    for who in (office.staff, office.chief, office.director, office.admin, office.auditor):
        with pytest.raises(NotAllowed), writing() as write:
            newer_texts.propose(write, who.actor, speech, file, now=clock())
        with pytest.raises(NotAllowed), writing() as write:
            newer_texts.adopt(write, who.actor, speech, "", now=clock())
        with pytest.raises(NotAllowed), writing() as write:
            newer_texts.discard(write, who.actor, speech, now=clock())
        with pytest.raises(NotAllowed):
            newer_texts.outlook(db.session(), who.actor, speech, now=clock())
        with pytest.raises(NotAllowed):
            newer_texts.texts_of(db.session(), who.actor, speech)


def test_a_speech_that_is_not_there_has_no_texts(office: Office, session: Session, clock: Clock) -> None:
    with pytest.raises(NotFound):
        newer_texts.texts_of(session, office.editor.actor, "no-such-speech")


# A whole life


def paper_of_all(now: datetime) -> PaperSpec:
    """As many of each type as the bank has."""
    found = sitting_rows.candidates(db.session(), [set_id()])
    counts = {name: sum(each.type is name for each in found) for name in TypeName}
    used = {name: n for name, n in counts.items() if n}
    return PaperSpec(counts=used, marks=dict.fromkeys(used, 5))


def hold(office: Office, clock: Clock) -> str:
    """A sitting, open now, that asks everything in the bank."""
    facts = sitting_facts(set_id(), host=office.secretariat, leader=office.deputy.id, opens_at=clock())
    spec = paper_of_all(clock())
    with writing() as write:
        return published_sitting(write, office.editor.actor, facts, now=clock(), spec=spec).public_id


def plan(office: Office, clock: Clock) -> str:
    """A sitting of next week, its paper drawn from everything in the bank and not published."""
    facts = sitting_facts(
        set_id(), host=office.secretariat, leader=office.deputy.id, opens_at=clock() + timedelta(days=7)
    )
    spec = paper_of_all(clock())
    with writing() as write:
        row = sittings.plan_sitting(write, office.editor.actor, facts, now=clock())
        sittings.draw(write, office.editor.actor, row.public_id, spec, Random(1), now=clock())
        return row.public_id


def with_the_new_word(question: Question) -> Question:
    """The question as an editor corrects it: the word, wherever it stands, and the sentence of the text in force."""

    def said(text: str) -> str:
        return text.replace("诚实型", "坦诚型")

    quote = said(question.source.quote)
    text = row_text()
    start = text.index(quote)
    return replace(
        question,
        stem=said(question.stem),
        options=tuple(replace(o, text=said(o.text), proof=said(o.proof)) for o in question.options),
        blanks=tuple(tuple(map(said, blank)) for blank in question.blanks),
        pairs=tuple((said(left), option_id) for left, option_id in question.pairs),
        points=tuple(replace(p, text=said(p.text)) for p in question.points),
        explanation=said(question.explanation),
        source=question.source.__class__(
            question.source.speech, said(question.source.heading), quote, start, start + len(quote)
        ),
    )


def row_text() -> str:
    db.session.rollback()
    return db.session.scalars(select(SpeechRow.text)).one()


def test_a_question_leaves_the_draw_is_corrected_and_comes_back(office: Office, speech: str, clock: Clock) -> None:
    # The week asks everything; somebody answers.
    everything = len(states())
    sitting = hold(office, clock)
    with writing() as write:
        attempt = attempts.start(write, office.staff.actor, sitting, now=clock()).public_id
        attempts.submit(write, office.staff.actor, attempt, now=clock())
    # Next week's paper is drawn, then the newer text comes.
    planned = plan(office, clock)
    unsettled = adopt(office, speech, propose(office, speech, CHANGED, clock), clock)
    assert 0 < unsettled < everything
    # What it unsettled is first on the desk and in no draw.
    db.session.rollback()
    queue = desk.queue(db.session(), office.editor.actor, Choice())
    assert [line.state for line in queue.lines] == [QuestionState.RECHECK] * unsettled
    assert len(sitting_rows.candidates(db.session(), [set_id()])) == everything - unsettled
    # The paper that holds it cannot be published, and says which questions are the reason.
    with pytest.raises(BadInput) as refused, writing() as write:
        sittings.publish(write, office.deputy.actor, planned, now=clock())
    recheck = {row.id for row, _ in in_state(QuestionState.RECHECK)}
    row = db.session.scalars(select(sitting_rows.SittingRow).filter_by(public_id=planned)).one()
    held = [place for place in sitting_rows.paper(db.session(), row.id) if place.version.question_id in recheck]
    assert [problem.place for problem in refused.value.problems] == [f"第 {place.position} 题" for place in held]
    # A result of before still shows its sentence in the text of before.
    db.session.rollback()
    result = results.result(db.session(), office.staff.actor, attempt, now=clock())
    for marked in result.marked:
        assert marked.paragraph is not None
        assert marked.paragraph[1] == marked.question.source.quote
    assert any("诚实型" in "".join(marked.paragraph or ()) for marked in result.marked)
    # Each is corrected, approved by somebody else, and drawn again in its new words.
    for question, version in in_state(QuestionState.RECHECK):
        public_id, number, corrected = question.public_id, version.number, with_the_new_word(version.question())
        with writing() as write:
            bank.correct(write, office.editor.actor, public_id, number, corrected, now=clock())
        if corrected != version.question():
            number += 1
        with writing() as write:
            bank.approve(write, office.second_editor.actor, public_id, number, now=clock())
    db.session.rollback()
    assert len(sitting_rows.candidates(db.session(), [set_id()])) == everything
    spec = paper_of_all(clock())
    with writing() as write:
        sittings.draw(write, office.editor.actor, planned, spec, Random(2), now=clock())
        sittings.publish(write, office.deputy.actor, planned, now=clock())
    places = sitting_rows.paper(db.session(), row.id)
    assert len(places) == everything
    assert not any("诚实型" in place.version.stem + str(place.version.options) for place in places)
    assert any("坦诚型" in str(place.version.blanks) + str(place.version.options) for place in places)
    # The published paper of before is as it was.
    old = db.session.scalars(select(AttemptRow).filter_by(public_id=attempt)).one()
    assert any("诚实型" in str(p.version.options) for p in sitting_rows.paper(db.session(), old.sitting_id))


def test_an_answer_given_before_shows_its_sentence_even_two_texts_later(
    office: Office, speech: str, clock: Clock
) -> None:
    sitting = hold(office, clock)
    with writing() as write:
        attempt = attempts.start(write, office.staff.actor, sitting, now=clock()).public_id
        attempts.submit(write, office.staff.actor, attempt, now=clock())
    for text in (CHANGED, CHANGED.replace("“求实型”干部", "“务实型”干部")):
        clock.advance(days=1)
        adopt(office, speech, propose(office, speech, text, clock), clock)
    db.session.rollback()
    result = results.result(db.session(), office.staff.actor, attempt, now=clock())
    assert all(marked.paragraph is not None for marked in result.marked)
