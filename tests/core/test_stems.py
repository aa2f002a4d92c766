"""Stems among the stems of other speeches."""

import pytest

from quizapp.core.question import Question
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.stems import among_speeches


def asked(stem: str, speech: str) -> Question:
    return Question(TypeName.SHORT_ANSWER, stem, source=Source(speech))


@pytest.mark.parametrize(
    ("stem", "told"),
    [
        ("讲话提出的“四型”干部包括（　）。", "《甲》提出的“四型”干部包括（　）。"),
        ("下列选项中，属于讲话提出的“四型”干部的有（　）。", "下列选项中，属于《甲》提出的“四型”干部的有（　）。"),
        ("请简述讲话提出的“三通”的主要内容。", "请简述《甲》提出的“三通”的主要内容。"),
        ("请根据讲话“严细”部分的内容连线。", "请根据《甲》“严细”部分的内容连线。"),
        (
            "某科室推诿扯皮。对照讲话指出的问题，这主要反映了（　）。",
            "某科室推诿扯皮。对照《甲》指出的问题，这主要反映了（　）。",
        ),
        ("讲话要求，起草讲话要（　）。", "《甲》要求，起草讲话要（　）。"),
        ("领导讲话属于下列哪类文稿？", "领导讲话属于下列哪类文稿？"),
    ],
)
def test_where_speeches_meet_a_stem_says_which_it_asks_about(stem: str, told: str) -> None:
    assert among_speeches([asked(stem, "甲"), asked("讲话要求什么？", "乙")])[0].stem == told


def test_of_one_speech_every_stem_stays_as_it_is() -> None:
    questions = [
        asked("讲话提出的“三通”是什么？", "甲"),
        asked("讲话要求什么？", "甲"),
        asked("请示应当怎样行文？", ""),
    ]

    assert list(among_speeches(questions)) == questions


def test_a_title_that_has_its_own_marks_gets_no_second_ones() -> None:
    assert (
        among_speeches([asked("讲话要求什么？", "《甲》"), asked("讲话要求什么？", "乙")])[0].stem == "《甲》要求什么？"
    )
