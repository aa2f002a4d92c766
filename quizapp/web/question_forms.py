"""The forms an editor corrects a question with: one for each way of answering."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from string import ascii_uppercase
from typing import Any

from wtforms import BooleanField
from wtforms import Field
from wtforms import FieldList
from wtforms import SelectField
from wtforms import SelectMultipleField
from wtforms import StringField
from wtforms import TextAreaField
from wtforms.fields.choices import SelectChoice

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.question import MAX_PARTS
from quizapp.core.question import Interaction
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import ScoringPoint
from quizapp.core.types import TYPES
from quizapp.core.types.true_false import WORDS as FIXED_OPTIONS
from quizapp.web.forms import Form

LETTERS = "ABCDEFGHIJ"
#: Empty places a form offers for more options or blanks.
SPARE = 2
DIFFICULTIES = {1: "1（易）", 2: "2", 3: "3（中）", 4: "4", 5: "5（难）"}


class CorrectionForm(Form):
    """What can be corrected whatever the interaction; its children add how the question is answered."""

    stem = TextAreaField("题干", render_kw={"rows": 3})
    explanation = TextAreaField("解析", render_kw={"rows": 3})
    difficulty = SelectField("难度", choices=[SelectChoice(n, words) for n, words in DIFFICULTIES.items()], coerce=int)
    #: Where a problem with this part of the question is shown.
    places = {"stem": "stem", "explanation": "explanation", "difficulty": "difficulty"}

    def show(self, question: Question) -> None:
        """Fill the form with a question."""
        self.stem.data, self.explanation.data = question.stem, question.explanation
        self.difficulty.data = question.difficulty

    def corrected(self, shown: Question) -> Question:
        """The question as the form has it; what the form does not hold stays as it was shown."""
        return replace(
            shown,
            stem=_text(self.stem.data),
            explanation=_text(self.explanation.data),
            difficulty=self.difficulty.data,
        )

    def refuse(self, error: BadInput) -> None:
        """Show each problem at the field it speaks of."""
        for problem in error.problems:
            name = self.places.get(_part(problem))
            if name is None:
                self.form_errors = [*self.form_errors, problem.message]
            else:
                self[name].errors = [*self[name].errors, problem.message]


class ChoiceForm(CorrectionForm):
    """A question answered by choosing: its options in order, and which of them are right."""

    options = FieldList(StringField("选项"), max_entries=MAX_PARTS)
    key = SelectMultipleField("答案", choices=list(LETTERS))
    places = CorrectionForm.places | {"options": "options", "proofs": "options", "key": "key"}

    def show(self, question: Question) -> None:
        super().show(question)
        for option in question.options:
            self.options.append_entry(option.text)
        self.key.data = [LETTERS[i] for i, option in enumerate(question.options) if option.id in question.key]
        _offer_more(self.options)

    def corrected(self, shown: Question) -> Question:
        """Options are lettered anew, in their order; a proof stays with an option that says the same as before."""
        kept = self._fixed(shown) if has_fixed_options(shown) else self._filled()
        key = frozenset(letter for place, letter, _ in kept if place in (self.key.data or []))
        options = tuple(Option(letter, text, _proof(shown, text, letter in key)) for _, letter, text in kept)
        return replace(super().corrected(shown), options=options, key=key)

    def _filled(self) -> list[tuple[str, str, str]]:
        """Each option that says something: its place in the form, its new letter, its text."""
        given = [
            (place, text) for place, field in zip(LETTERS, self.options, strict=False) if (text := _text(field.data))
        ]
        return [(place, letter, text) for letter, (place, text) in zip(LETTERS, given, strict=False)]

    def _fixed(self, shown: Question) -> list[tuple[str, str, str]]:
        return [(place, option.id, option.text) for place, option in zip(LETTERS, shown.options, strict=False)]


class TextForm(CorrectionForm):
    """A question answered by writing: the accepted wordings of each blank, one a line."""

    blanks = FieldList(TextAreaField("答案", render_kw={"rows": 2}), max_entries=MAX_PARTS)
    any_order = BooleanField("各空顺序不限")
    places = CorrectionForm.places | {"blanks": "blanks"}

    def show(self, question: Question) -> None:
        super().show(question)
        for wordings in question.blanks:
            self.blanks.append_entry("\n".join(wordings))
        self.any_order.data = question.any_order
        _offer_more(self.blanks)

    def corrected(self, shown: Question) -> Question:
        blanks = tuple(wordings for field in self.blanks if (wordings := _lines(field.data)))
        return replace(super().corrected(shown), blanks=blanks, any_order=self.any_order.data)


class MatchForm(CorrectionForm):
    """A question answered by matching: each line with the option that belongs to it, and options of no line."""

    lefts = FieldList(StringField("左列"), max_entries=MAX_PARTS)
    rights = FieldList(StringField("右列"), max_entries=MAX_PARTS)
    extras = TextAreaField("多余的选项", description="一行一个，放在右列里作干扰；可以不填。", render_kw={"rows": 3})
    places = CorrectionForm.places | {"pairs": "lefts", "options": "lefts"}

    def show(self, question: Question) -> None:
        super().show(question)
        for left, option_id in question.pairs:
            self.lefts.append_entry(left)
            self.rights.append_entry(_text_of(question, option_id))
        used = {option_id for _, option_id in question.pairs}
        self.extras.data = "\n".join(option.text for option in question.options if option.id not in used)
        _offer_all(self.lefts, self.rights)

    def lines(self) -> list[tuple[Field, Field]]:
        """Both ends of each line that the form offers."""
        return list(zip(self.lefts, self.rights, strict=False))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also refuse a line of which only one end was filled in."""
        sound = super().validate(extra_validators)
        halves = [number for number, (left, right) in enumerate(self._given(), start=1) if bool(left) != bool(right)]
        self.lefts.errors = [*self.lefts.errors, *(f"第 {n} 行只填了一边，请补上另一边或都清空。" for n in halves)]
        return sound and not halves

    def corrected(self, shown: Question) -> Question:
        given = [(left, right) for left, right in self._given() if left or right]
        options = _options(shown, [*(right for _, right in given), *_lines(self.extras.data)])
        ids = {option.text: option.id for option in options}
        pairs = tuple((left, ids.get(right, "")) for left, right in given)
        return _still_proved(shown, replace(super().corrected(shown), options=options, pairs=pairs))

    def _given(self) -> Iterator[tuple[str, str]]:
        return ((_text(left.data), _text(right.data)) for left, right in self.lines())


class OrderForm(CorrectionForm):
    """A question answered by ordering: its items as they follow each other, one a line."""

    items = TextAreaField(
        "各项的正确顺序", description="一行一项，从第一位到最后一位；答题时会打乱。", render_kw={"rows": 6}
    )
    places = CorrectionForm.places | {"options": "items", "right_order": "items"}

    def show(self, question: Question) -> None:
        super().show(question)
        self.items.data = "\n".join(_text_of(question, option_id) for option_id in question.right_order)

    def corrected(self, shown: Question) -> Question:
        given = _lines(self.items.data)
        options = _options(shown, given)
        ids = {option.text: option.id for option in options}
        right_order = tuple(ids.get(text, "") for text in given)
        return _still_proved(shown, replace(super().corrected(shown), options=options, right_order=right_order))


class EssayForm(CorrectionForm):
    """A question answered in one's own words: each scoring point with its groups of keywords."""

    points = FieldList(StringField("采分点"), max_entries=MAX_PARTS)
    keywords = FieldList(TextAreaField("关键词", render_kw={"rows": 2}), max_entries=MAX_PARTS)
    places = CorrectionForm.places | {"points": "points"}

    def show(self, question: Question) -> None:
        super().show(question)
        for point in question.points:
            self.points.append_entry(point.text)
            self.keywords.append_entry("\n".join(" | ".join(wordings) for wordings in point.keywords))
        _offer_all(self.points, self.keywords)

    def lines(self) -> list[tuple[Field, Field]]:
        """The text and the keywords of each point that the form offers."""
        return list(zip(self.points, self.keywords, strict=False))

    def corrected(self, shown: Question) -> Question:
        given = [(_text(text.data), _groups(keywords.data)) for text, keywords in self.lines()]
        points = tuple(ScoringPoint(text, keywords) for text, keywords in given if text or keywords)
        return replace(super().corrected(shown), points=points)


FORMS: dict[Interaction, type[CorrectionForm]] = {
    Interaction.CHOICE: ChoiceForm,
    Interaction.TEXT: TextForm,
    Interaction.MATCH: MatchForm,
    Interaction.ORDER: OrderForm,
    Interaction.ESSAY: EssayForm,
}


def form_for(question: Question) -> CorrectionForm:
    """An empty form for a question of this type."""
    return FORMS[TYPES[question.type].interaction]()


def has_fixed_options(question: Question) -> bool:
    """Whether the type itself says what its options are."""
    return {option.id: option.text for option in question.options} == FIXED_OPTIONS


def _offer_more(fields: FieldList) -> None:
    for _ in range(min(SPARE, MAX_PARTS - len(fields))):
        fields.append_entry()


def _offer_all(*columns: FieldList) -> None:
    """Offer every place there may be: the page folds away those that few questions need."""
    for column in columns:
        while len(column) < MAX_PARTS:
            column.append_entry()


def _options(shown: Question, texts: Iterable[str]) -> tuple[Option, ...]:
    """Options of these texts: one that was there before keeps letter, place and proof; a new one gets a free letter."""
    wanted = [text for text in dict.fromkeys(texts) if text]
    kept = {option.text: option for option in shown.options if option.text in wanted}
    free = iter([letter for letter in ascii_uppercase if letter not in {option.id for option in kept.values()}])
    new = [Option(letter, text) for text, letter in zip([t for t in wanted if t not in kept], free, strict=False)]
    return (*kept.values(), *new)


def _still_proved(shown: Question, corrected: Question) -> Question:
    """The proof of an option goes once the option belongs to another line or place."""
    before, after = _places(shown), _places(corrected)
    options = (o if before.get(o.id) == after.get(o.id) else replace(o, proof="") for o in corrected.options)
    return replace(corrected, options=tuple(options))


def _places(question: Question) -> dict[str, str]:
    """Where each option belongs: its line of the left column, or its number in the order."""
    lines = {option_id: left for left, option_id in question.pairs}
    return lines | {option_id: str(number) for number, option_id in enumerate(question.right_order)}


def _text_of(question: Question, option_id: str) -> str:
    return next((option.text for option in question.options if option.id == option_id), "")


def _groups(given: str | None) -> tuple[tuple[str, ...], ...]:
    """Groups of keywords: one a line, its wordings separated by upright strokes."""
    return tuple(_filled(line.replace("｜", "|").split("|")) for line in _lines(given))


def _lines(given: str | None) -> tuple[str, ...]:
    return _filled(_text(given).split("\n"))


def _filled(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, given)))


def _proof(shown: Question, text: str, is_right: bool) -> str:
    """The proof of an option, as long as its text and its being right or wrong stay as they were proved."""
    same = (o for o in shown.options if o.text == text and (o.id in shown.key) == is_right)
    return next((option.proof for option in same), "")


def _text(given: str | None) -> str:
    return (given or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _part(problem: Problem) -> str:
    """The part of the question that a problem speaks of: `options` of `options.B`, `blanks` of `blanks[0][1]`."""
    return problem.place.partition(".")[0].partition("[")[0]
