"""What a correction changed is told part by part, in the words that were taken out and put in."""

from dataclasses import replace

import pytest

from quizapp.core.comparison import Change
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES
from quizapp.core.versions import Part
from quizapp.core.versions import PartCompared
from quizapp.core.versions import differences


def changed(old: Question, new: Question) -> dict[Part, PartCompared]:
    return {each.part: each for each in differences(old, new) if not each.is_same}


def sides(compared: PartCompared) -> tuple[list[str], list[str]]:
    """The lines of the part before and after, put together from the pieces."""

    def side(change: Change) -> list[str]:
        lines = [
            "".join(piece.text for piece in line.pieces if piece.change in (Change.SAME, change))
            for line in compared.lines
        ]
        return [line for line in lines if line]

    return side(Change.REMOVED), side(Change.ADDED)


@pytest.mark.parametrize("name", TypeName)
def test_nothing_changed_is_nothing_told(name: TypeName) -> None:
    example = TYPES[name].example()
    assert changed(example, example) == {}
    assert Part.STEM in {each.part for each in differences(example, example)}


@pytest.mark.parametrize("name", TypeName)
def test_a_change_of_the_stem_is_told_at_the_stem_only(name: TypeName) -> None:
    example = TYPES[name].example()
    new = replace(example, stem="另加一句。" + example.stem)
    found = changed(example, new)
    assert set(found) == {Part.STEM}
    assert sides(found[Part.STEM]) == ([example.stem], [new.stem])


def test_only_the_words_that_differ_are_marked() -> None:
    old = Question(TypeName.FILL_IN, "值班电话铃响三声以内必须接听，做到______。", blanks=(("不脱岗",),))
    new = replace(old, stem="值班电话铃响两声以内必须接听，做到______。")
    (line,) = changed(old, new)[Part.STEM].lines
    assert [(p.change, p.text) for p in line.pieces if p.change is not Change.SAME] == [
        (Change.REMOVED, "三"),
        (Change.ADDED, "两"),
    ]


def test_an_option_that_is_gone_stands_alone() -> None:
    options = (Option("A", "登记"), Option("B", "编号"), Option("C", "呈批"))
    old = Question(TypeName.SINGLE_CHOICE, "第一步是（　）。", options, frozenset("A"))
    found = changed(old, replace(old, options=options[:2], key=frozenset("B")))
    assert sides(found[Part.OPTIONS]) == (["A 登记", "B 编号", "C 呈批"], ["A 登记", "B 编号"])
    assert sides(found[Part.KEY]) == (["A 登记"], ["B 编号"])


def test_one_sentence_said_anew_stands_beside_the_old_one() -> None:
    old = Question(TypeName.FILL_IN, "做到______。", blanks=(("不脱岗",),), explanation="见讲话第二部分。")
    (line,) = changed(old, replace(old, explanation="值班纪律之一"))[Part.EXPLANATION].lines
    assert (line.old, line.new) == (1, 1)


PARTS = {
    TypeName.MATCHING: ({"pairs": ()}, Part.PAIRS),
    TypeName.ORDERING: ({"right_order": ()}, Part.ORDER),
    TypeName.SHORT_ANSWER: ({"points": ()}, Part.POINTS),
    TypeName.FILL_IN: ({"blanks": (("另一个答案",),)}, Part.BLANKS),
}


@pytest.mark.parametrize("name", PARTS)
def test_what_each_type_is_answered_by_is_compared(name: TypeName) -> None:
    changes, part = PARTS[name]
    example = TYPES[name].example()
    assert part in changed(example, replace(example, **changes))  # type: ignore[arg-type]
