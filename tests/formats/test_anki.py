"""What Anki reads: the package opened as the zip and the database that it is, the text by the rules of CSV."""

import csv
import html
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from io import BytesIO
from io import StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.question import Question
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES
from quizapp.formats.anki import FIELDS
from quizapp.formats.anki import NOTE_TYPE
from quizapp.formats.anki import Card
from quizapp.formats.anki import Deck
from quizapp.formats.anki import pair_card
from quizapp.formats.anki import question_card
from quizapp.formats.anki import set_card
from quizapp.formats.anki import slogan_card
from quizapp.formats.anki import write_apkg
from quizapp.formats.anki import write_text

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PROOF = Source("办公室工作 讲话", "二、转变作风", "要争当“朴实型”干部。")
#: Anything that a question may hold, and more.
TEXT = st.text(st.characters(exclude_characters="\0"), max_size=40) | st.sampled_from(
    ["#deck:别处", "\t", '"', '"\t"\n#', "a\r\nb", "[sound:x.mp3]", "{{c1::x}}", "<script>", "&lt;", "\x1f", "\ud800"]
)


@dataclass(frozen=True)
class Note:
    guid: str
    front: str
    back: str
    tags: list[str]


def database(package: bytes) -> sqlite3.Connection:
    with ZipFile(BytesIO(package)) as files:
        assert sorted(files.namelist()) == ["collection.anki2", "media"]
        assert json.loads(files.read("media")) == {}
        content = files.read("collection.anki2")
    opened = sqlite3.connect(":memory:")
    opened.deserialize(content)
    return opened


def rows(package: bytes, statement: str) -> list[tuple[Any, ...]]:
    with closing(database(package)) as opened:
        return opened.execute(statement).fetchall()


def in_package(package: bytes) -> list[Note]:
    return [
        Note(guid, *fields.split("\x1f"), tags.split())
        for guid, fields, tags in rows(package, "select guid, flds, tags from notes order by id")
    ]


def in_text(content: bytes) -> tuple[list[str], list[Note]]:
    """The head lines, and the notes as any reader of CSV takes them."""
    lines = content.decode().split("\n")
    heads = [line for line in lines[:6] if line.startswith("#")]
    body = StringIO("\n".join(lines[len(heads) :]), newline="")
    return heads, [
        Note(guid, front, back, tags.split()) for guid, front, back, tags in csv.reader(body, delimiter="\t")
    ]


def as_read(field: str) -> str:
    """The text that a person sees of a field."""
    return html.unescape(re.sub(r"<[^>]+>", "", field.replace("<br>", "\n")))


def sound(name: TypeName) -> Question:
    return replace(TYPES[name].example(), source=PROOF)


def deck(*cards: Card, name: str = "五型五戒") -> Deck:
    return Deck("a-set", name, cards)


WHOLE = deck(*(question_card(f"guid-{name}", sound(name)) for name in TypeName))


@pytest.mark.parametrize("name", TypeName)
def test_every_type_asks_in_front_and_answers_behind_with_its_sentence(name: TypeName) -> None:
    question = sound(name)
    (note,) = in_package(write_apkg(deck(question_card("guid", question)), NOW))
    front, back = as_read(note.front), as_read(note.back)
    assert question.stem in front
    assert all(option.text in front for option in question.options if option.text not in ("正确", "错误"))
    assert all(left in front for left, _ in question.pairs)
    told = [back.index(line) for line in TYPES[name].key_lines(question)]
    assert max(told) < back.index(PROOF.quote) < back.index("《办公室工作 讲话》，二、转变作风")
    assert back.index(PROOF.heading) < back.index(question.explanation)


def test_the_front_tells_no_order_and_no_partner() -> None:
    for name in (TypeName.ORDERING, TypeName.MATCHING):
        question = sound(name)
        shuffled = replace(question, options=question.options[::-1])
        assert question_card("guid", question).front == question_card("guid", shuffled).front


def test_the_letters_behind_are_those_in_front() -> None:
    card = question_card("guid", sound(TypeName.MULTIPLE_CHOICE))
    assert card.answer == ("A. 通报", "C. 纪要", "D. 函")
    assert set(card.answer) < set(card.front)


def test_both_files_hold_the_same_notes() -> None:
    heads, notes = in_text(write_text(WHOLE))
    assert notes == in_package(write_apkg(WHOLE, NOW))
    assert heads == [
        "#separator:Tab",
        "#html:true",
        f"#notetype:{NOTE_TYPE}",
        "#deck:每周学测::五型五戒",
        "#guid column:1",
        "#tags column:4",
    ]


def test_the_package_names_its_deck_its_fields_and_the_order_to_learn_in() -> None:
    package = write_apkg(WHOLE, NOW)
    ((models, decks),) = rows(package, "select models, decks from col")
    (model,) = json.loads(models).values()
    assert (model["name"], [field["name"] for field in model["flds"]]) == (NOTE_TYPE, list(FIELDS))
    cards = rows(package, "select guid, due, did from cards join notes on notes.id = nid order by due")
    assert [(guid, due) for guid, due, _ in cards] == [(card.guid, n) for n, card in enumerate(WHOLE.cards)]
    assert {json.loads(decks)[str(number)]["name"] for _, _, number in cards} == {"每周学测::五型五戒"}


def test_the_same_deck_and_time_give_the_same_bytes() -> None:
    assert write_apkg(WHOLE, NOW) == write_apkg(WHOLE, NOW)
    assert write_text(WHOLE) == write_text(WHOLE)


def test_a_later_package_changes_the_notes_it_gave_before_and_doubles_none() -> None:
    """By guid, note type and deck Anki knows a note again; by a later time that it has changed."""
    corrected = replace(WHOLE, cards=tuple(replace(card, front=("改过的题干",)) for card in WHOLE.cards))
    before, after = write_apkg(WHOLE, NOW), write_apkg(corrected, NOW + timedelta(seconds=1))
    known = "select guid, mid, did from notes join cards on nid = notes.id order by guid"
    assert rows(before, known) == rows(after, known)
    ((first,),) = rows(before, "select max(mod) from notes")
    ((second,),) = rows(after, "select min(mod) from notes")
    assert first < second


def test_another_set_is_another_deck_of_the_same_note_type() -> None:
    packages = [write_apkg(replace(WHOLE, id=name), NOW) for name in ("one", "two")]
    kinds, decks = zip(
        *(rows(package, "select distinct mid, did from notes join cards on nid = notes.id")[0] for package in packages),
        strict=True,
    )
    assert kinds[0] == kinds[1]
    assert decks[0] != decks[1]


def test_key_points_ask_for_members_partners_and_second_halves() -> None:
    asked = (
        set_card("s", "打好“组合拳”", ["朴实型", "求实型"], PROOF),
        pair_card("p", "四型", "朴实型", ["奢"], PROOF),
        pair_card("q", "", "对上", ["及时请示"], PROOF, "对上，要______。"),
        slogan_card("h", "分工不分家", "补位不越位", PROOF),
    )
    notes = in_package(write_apkg(deck(*asked), NOW))
    assert [as_read(note.front) for note in notes] == [
        "【要点】“打好‘组合拳’”包括哪些内容？（共 2 项）",
        "【要点】“四型”中，与“朴实型”对应的是什么？",
        "【要点】与“对上”对应的是什么？\n对上，要______。",
        "【要点】请接下半句：分工不分家，______",
    ]
    answers = ["1. 朴实型\n2. 求实型", "奢", "及时请示", "补位不越位"]
    assert all(as_read(note.back).startswith(answer) for note, answer in zip(notes, answers, strict=True))
    assert all(PROOF.quote in note.back and "要点" in note.tags for note in notes)


def test_tags_hold_no_blanks_and_no_levels() -> None:
    card = Card("guid", ("题",), ("答",), Source(""), tags=("办公室 工作\u3000讲话", "一::二", "", "单选题", "单选题"))
    (note,) = in_package(write_apkg(deck(card), NOW))
    assert note.tags == ["办公室_工作_讲话", "一：：二", "单选题"]
    assert in_text(write_text(deck(card)))[1] == [note]


def test_nothing_in_a_text_plays_or_runs() -> None:
    card = Card("guid", ("<script>alert(1)</script>[sound:a.mp3]",), ("[latex]x[/latex]",), Source(""))
    (note,) = in_package(write_apkg(deck(card), NOW))
    assert "<script" not in note.front
    assert "[" not in note.front + note.back
    assert as_read(note.front) == card.front[0]


@given(TEXT, TEXT, TEXT, TEXT)
def test_whatever_stands_in_a_question_stays_in_its_field(stem: str, key: str, quote: str, name: str) -> None:
    cards = deck(
        Card("one", (stem,), (key,), Source(name, quote=quote), tags=(name,)),
        Card("two", ("题",), ("答",), PROOF),
        name=name,
    )
    heads, notes = in_text(write_text(cards))
    assert len(heads) == 6
    assert [note.guid for note in notes] == ["one", "two"]
    assert notes == in_package(write_apkg(cards, NOW))
    if stem.isprintable() and key.isprintable():
        assert as_read(notes[0].front) == stem
        assert as_read(notes[0].back).startswith(key)
