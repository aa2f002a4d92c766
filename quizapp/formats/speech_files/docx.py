"""The text of a .docx as a reader sees it in Word: numbers of lists, tables, text boxes and notes where they belong."""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quizapp.formats.speech_files.numbering import Markers
from quizapp.formats.speech_files.package import main_part
from quizapp.formats.speech_files.package import read_parts
from quizapp.formats.speech_files.package import related_parts
from quizapp.formats.speech_files.package import tree
from quizapp.formats.speech_files.wordml import is_on
from quizapp.formats.speech_files.wordml import name
from quizapp.formats.speech_files.wordml import value

#: Deleted and moved-away text, the second copy of a drawing, the reading aid above a character.
NOT_READ = {name(tag) for tag in ("w:del", "w:moveFrom", "w:rt", "w:pPr", "w:rPr", "mc:Fallback")}
BREAKS = {name("w:tab"): "\t", name("w:br"): "\n", name("w:cr"): "\n", name("w:noBreakHyphen"): "-"}
TEXT, RUN, PARAGRAPH, TEXT_BOX = {name("w:t"), name("m:t")}, name("w:r"), name("w:p"), name("w:txbxContent")
TABLE, ROW, CELL = name("w:tbl"), name("w:tr"), name("w:tc")
#: What refers to a note; the kind of part that holds the notes, and the element of a note.
NOTES = {
    name("w:footnoteReference"): ("footnotes", name("w:footnote")),
    name("w:endnoteReference"): ("endnotes", name("w:endnote")),
}


def text_of(content: bytes) -> str:
    parts = read_parts(content)
    main = main_part(parts)
    related = related_parts(parts, main)
    body = tree(parts[main])
    reading = _Reading(_markers(parts, related), _notes(parts, related))
    return "\n".join(reading.lines(body))


def _markers(parts: Mapping[str, bytes], related: Mapping[str, str]) -> Markers | None:
    numbering, styles = (parts.get(related.get(kind, "")) for kind in ("numbering", "styles"))
    if numbering is None:
        return None
    return Markers(tree(numbering), None if styles is None else tree(styles))


def _notes(parts: Mapping[str, bytes], related: Mapping[str, str]) -> dict[tuple[str, str], Any]:
    """The notes by what refers to them: the element and its number."""
    found: dict[tuple[str, str], Any] = {}
    for reference, (kind, tag) in NOTES.items():
        part = parts.get(related.get(kind, ""))
        if part is not None:
            found |= {(reference, value(note, "w:id")): note for note in tree(part).iterchildren(tag)}
    return found


@dataclass(frozen=True)
class _Reading:
    """One way through a document: its paragraphs must be asked for in their order, for they are counted."""

    markers: Markers | None
    notes: Mapping[tuple[str, str], Any]

    def lines(self, element: Any) -> Iterator[str]:
        """The paragraphs under an element, tables and text boxes where they stand, notes after their paragraph."""
        for child in element:
            if child.tag == PARAGRAPH:
                yield from self._paragraph(child)
                yield from self._notes_under(child)
            elif child.tag == TABLE:
                yield from self._table(child)
            elif child.tag not in NOT_READ:
                yield from self.lines(child)

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        yield (self.markers.marker(paragraph) if self.markers else "") + "".join(_words(paragraph))
        for box in _nearest(paragraph, TEXT_BOX):
            yield from self.lines(box)

    def _table(self, table: Any) -> Iterator[str]:
        """A row is a line, its cells apart by tabs; a row with one filled cell only frames that cell's paragraphs."""
        without_notes = _Reading(self.markers, {})
        for row in _nearest(table, ROW):
            cells = [[line for line in without_notes.lines(cell) if line.strip()] for cell in _nearest(row, CELL)]
            filled = [lines for lines in cells if lines]
            yield from filled[0] if len(filled) == 1 else ["\t".join(" ".join(lines) for lines in filled)]
            yield from self._notes_under(row)

    def _notes_under(self, element: Any) -> Iterator[str]:
        for reference in _nearest(element, *NOTES) if self.notes else ():
            note = self.notes.get((reference.tag, value(reference, "w:id")))
            if note is not None:
                # A note has no notes: what refers to itself would never end.
                yield from (line.strip() for line in _Reading(self.markers, {}).lines(note) if line.strip())


def _words(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag in TEXT:
            yield child.text or ""
        elif child.tag in BREAKS:
            yield BREAKS[child.tag]
        elif child.tag not in NOT_READ and child.tag != TEXT_BOX and not _is_hidden(child):
            yield from _words(child)


def _is_hidden(element: Any) -> bool:
    properties = element.find(name("w:rPr")) if element.tag == RUN else None
    return properties is not None and is_on(properties, "w:vanish")


def _nearest(element: Any, *tags: str) -> Iterator[Any]:
    """The elements of these tags under an element, not those inside one of them."""
    for child in element:
        if child.tag in tags:
            yield child
        elif child.tag not in NOT_READ:
            yield from _nearest(child, *tags)
