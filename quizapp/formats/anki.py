"""Cards for Anki: a package (.apkg), which every Anki reads, and a text file for Anki 2.1.54 and newer.

Ids and guids come from the set and its questions, never from chance: what is imported again is updated and doubles
nothing. What a card cannot hold is in LOST.
"""

import csv
import hashlib
import html
import json
import sqlite3
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from io import BytesIO
from io import StringIO
from itertools import count
from zipfile import ZIP_DEFLATED
from zipfile import ZipFile
from zipfile import ZipInfo

import genanki

from quizapp.core.labels import label
from quizapp.core.question import BLANK
from quizapp.core.question import Interaction
from quizapp.core.question import Question
from quizapp.core.question import Source
from quizapp.core.stems import nested
from quizapp.core.types import TYPES
from quizapp.formats.tables import clean

#: Above every deck of ours; Anki writes decks within decks with two colons.
ABOVE = "每周学测"
NOTE_TYPE = "每周学测问答"
FIELDS = ("正面", "背面")
#: Fixed once: Anki knows a note type again by its number.
NOTE_TYPE_ID = 1_862_093_517
STYLE = """\
.card { font-size: 20px; line-height: 1.6; text-align: left; }
blockquote { margin: .8em 0; padding-left: .8em; border-left: 3px solid; }
"""
#: On the tag of every card that recites a key point.
POINT = "要点"
#: What the cards leave out of a question, as people read it.
LOST = (
    "分值和判分：记得怎么样由本人自己评定，Anki 不判对错、不计分，学习结果也不会回到本站。",
    "题型的作答方式：多选、匹配、排序、填空都变成“看正面、想答案、翻背面”的问答卡。",
    "填空的各种算对的写法、简答的关键词：写法列在背面供对照，不参与判断；关键词不导出。",
    "选项的打乱：正面的选项次序固定不变。",
    "试题的审核记录、历史版本、统计，以及讲话全文。",
)


@dataclass(frozen=True)
class Card:
    """One card as plain text. `guid` stays the same whatever its words become."""

    guid: str
    #: What is asked, line by line.
    front: tuple[str, ...]
    #: The answer, line by line; under it stand the sentence that says so and the explanation.
    answer: tuple[str, ...]
    source: Source
    explanation: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deck:
    """Cards in the order they are learnt. `id` is what its number follows from."""

    id: str
    name: str
    cards: tuple[Card, ...]


# Questions and key points as cards


def question_card(guid: str, question: Question) -> Card:
    kind = TYPES[question.type]
    return Card(
        guid=guid,
        front=(f"【{label(question.type)}】{question.stem}", *FRONTS[kind.interaction](question)),
        answer=_lettered(question, question.key) or kind.key_lines(question),
        source=question.source,
        explanation=question.explanation,
        tags=(label(question.type), f"难度{question.difficulty}", question.source.speech),
    )


def set_card(guid: str, name: str, items: Sequence[str], source: Source) -> Card:
    """Asks for the members of a named list."""
    front = f"【{POINT}】“{nested(name)}”包括哪些内容？（共 {len(items)} 项）"
    numbered = tuple(f"{number}. {item}" for number, item in enumerate(items, start=1))
    return Card(guid, (front,), numbered, source, tags=(POINT, source.speech))


def pair_card(guid: str, name: str, left: str, rights: Sequence[str], source: Source, context: str = "") -> Card:
    """Asks for what the speech ties to `left`.

    `name` is what all the ties are called, "" where they have no name; `context` is then what the speech says, with
    what is asked for left blank.
    """
    front = f"【{POINT}】{f'“{nested(name)}”中，' if name else ''}与“{nested(left)}”对应的是什么？"
    return Card(guid, (front, context) if context else (front,), tuple(rights), source, tags=(POINT, source.speech))


def slogan_card(guid: str, first: str, second: str, source: Source) -> Card:
    """Asks for the second half of a saying."""
    return Card(guid, (f"【{POINT}】请接下半句：{first}，{BLANK}",), (second,), source, tags=(POINT, source.speech))


def _lettered(question: Question, ids: frozenset[str]) -> tuple[str, ...]:
    """Options with their letters; none where they are words of their own (正确, 错误)."""
    if not question.options or question.options[0].id != "A":
        return ()
    return tuple(f"{option.id}. {option.text}" for option in question.options if option.id in ids)


def _choices(question: Question) -> tuple[str, ...]:
    return _lettered(question, frozenset(option.id for option in question.options))


def _columns(question: Question) -> tuple[str, ...]:
    """Both columns by themselves, the right one in an order that tells nothing."""
    left = (f"{number}. {text}" for number, (text, _) in enumerate(question.pairs, start=1))
    return ("左列：", *left, "右列：", *_in_no_order(question))


def _in_no_order(question: Question) -> tuple[str, ...]:
    return tuple(f"· {text}" for text in sorted(option.text for option in question.options))


def _nothing_more(question: Question) -> tuple[str, ...]:
    return ()


#: What stands under the stem, by how the question is answered.
FRONTS: Mapping[Interaction, Callable[[Question], tuple[str, ...]]] = {
    Interaction.CHOICE: _choices,
    Interaction.TEXT: _nothing_more,
    Interaction.MATCH: _columns,
    Interaction.ORDER: _in_no_order,
    Interaction.ESSAY: _nothing_more,
}


# .apkg


def write_apkg(deck: Deck, now: datetime) -> bytes:
    """The deck as a package: a zip of an SQLite database and an empty list of media.

    Anki takes a note that it has already only where the package says it changed later, so every note changed `now`.
    The same deck and time give the same bytes with the same SQLite and zlib; others may lay the rows out otherwise.
    """
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as package:
        for name, content in (("collection.anki2", _collection(deck, now)), ("media", json.dumps({}).encode())):
            package.writestr(ZipInfo(name, now.astimezone(UTC).timetuple()[:6]), content, ZIP_DEFLATED)
    return made.getvalue()


def _collection(deck: Deck, now: datetime) -> bytes:
    """genanki's own writing of the file would take the clock, and a file of its own."""
    notes = genanki.Deck(_number(deck.id), _deck_name(deck))
    kind = _note_type()
    for place, card in enumerate(deck.cards):
        notes.add_note(
            genanki.Note(kind, [_front(card), _back(card)], guid=card.guid, tags=_tags(card), due=place),
        )
    seconds = int(now.timestamp())
    with closing(sqlite3.connect(":memory:")) as database:
        genanki.Package(notes).write_to_db(database.cursor(), seconds, count(seconds * 1000))
        database.commit()
        return bytes(database.serialize())


def _note_type() -> genanki.Model:
    """A new one each time: genanki writes into what it is given."""
    front, back = FIELDS
    look = {"name": "卡片", "qfmt": f"{{{{{front}}}}}", "afmt": f"{{{{FrontSide}}}}<hr id=answer>{{{{{back}}}}}"}
    return genanki.Model(NOTE_TYPE_ID, NOTE_TYPE, [{"name": name} for name in FIELDS], [look], css=STYLE)


def _number(name: str) -> int:
    """The number of a deck, in the range that genanki advises."""
    return (1 << 30) + int(hashlib.sha256(name.encode()).hexdigest(), 16) % (1 << 30)


def _deck_name(deck: Deck) -> str:
    """In one line; two colons would make a deck within it."""
    return f"{ABOVE}::{' '.join(clean(deck.name).split()).replace('::', '：：')}"


# Text


def write_text(deck: Deck) -> bytes:
    """The deck as Anki reads text: head lines, then guid, front, back, tags, with a tab between and everything quoted.

    The columns have no names: where the note type of ours is missing, Anki takes another and fills its first fields.
    """
    made = StringIO()
    made.write("#separator:Tab\n#html:true\n")
    made.write(f"#notetype:{NOTE_TYPE}\n#deck:{_deck_name(deck)}\n#guid column:1\n#tags column:4\n")
    # In quotes no line begins with the sign of a head line.
    writer = csv.writer(made, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows((card.guid, _front(card), _back(card), " ".join(_tags(card))) for card in deck.cards)
    return made.getvalue().encode()


# Words


def _front(card: Card) -> str:
    return _lines(card.front)


def _back(card: Card) -> str:
    return "".join(_parts_of_back(card))


def _parts_of_back(card: Card) -> Iterator[str]:
    yield f"<div><b>{_lines(card.answer)}</b></div>"
    if card.source.quote:
        yield f"<blockquote>{_html(card.source.quote)}</blockquote>"
    if card.source.speech:
        heading = f"，{card.source.heading}" if card.source.heading else ""
        yield f"<div>出处：{_html(f'《{card.source.speech}》{heading}')}</div>"
    if card.explanation:
        yield f"<div>解析：{_html(card.explanation)}</div>"


def _lines(lines: Sequence[str]) -> str:
    return "<br>".join(_html(line) for line in lines)


def _html(text: str) -> str:
    """The text word for word. Anki plays and typesets what stands in square brackets ([sound:…], [latex])."""
    return html.escape(clean(text), quote=False).replace("[", "&#91;").replace("\n", "<br>")


def _tags(card: Card) -> list[str]:
    """Without blanks, which stand between tags, and without two colons, which put one tag under another."""
    joined = ("_".join(clean(tag).split()).replace("::", "：：") for tag in card.tags)
    return [tag for tag in dict.fromkeys(joined) if tag]
