"""The first draft of the minutes says what happened, and nothing that is not known."""

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest

from quizapp.core.minutes import FACTS
from quizapp.core.minutes import PARTS
from quizapp.core.minutes import TEXTS
from quizapp.core.minutes import QuizFacts
from quizapp.core.minutes import StudyFacts
from quizapp.core.minutes import draft
from quizapp.core.minutes import draft_again

QUIZ = QuizFacts(
    scores=12,
    waiting=0,
    full_mark=100,
    mean=Fraction(8257, 10_000),
    passed=11,
    excellent=5,
    missed=("“五型”干部", "“三服务”"),
)
FACTS_OF_FRIDAY = StudyFacts(
    who="市政府办公室",
    topic="“五型”干部",
    begins_at=datetime(2026, 11, 20, 14, 0),  # noqa: DTZ001 - the office's own time
    ends_at=datetime(2026, 11, 20, 16, 30),  # noqa: DTZ001
    place="三楼会议室",
    leader="沈副主任（副主任）",
    host="秘书科",
    recorder="顾科长",
    expected=15,
    present=12,
    on_leave=(("陆干部", "公出"),),
    absent=("孟干部", "冯审计"),
    speeches=("在办公室工作会议上的讲话",),
    agenda="一、领学\n二、测验\n",
    quiz=QUIZ,
)


def test_every_part_has_its_place_in_the_page() -> None:
    assert set(draft(FACTS_OF_FRIDAY)) == set(PARTS) == {"title", *FACTS, *TEXTS}


def test_the_head_reads_as_an_office_writes_it() -> None:
    parts = draft(FACTS_OF_FRIDAY)
    assert parts["title"] == "市政府办公室集中学习记录"
    assert parts["time"] == "2026年11月20日（星期五）14:00—16:30"
    assert (parts["expected"], parts["present"]) == ("15 人", "12 人")
    assert parts["leave"] == "1 人：陆干部（公出）"
    assert parts["absent"] == "2 人：孟干部、冯审计"
    assert parts["contents"] == "主题：“五型”干部。\n学习《在办公室工作会议上的讲话》。"
    assert parts["agenda"] == "一、领学\n二、测验"


def test_a_study_over_midnight_names_both_days() -> None:
    facts = replace(FACTS_OF_FRIDAY, ends_at=datetime(2026, 11, 27, 9, 0))  # noqa: DTZ001
    assert draft(facts)["time"] == "2026年11月20日（星期五）14:00—11月27日09:00"


def test_nobody_away_is_said_too() -> None:
    parts = draft(replace(FACTS_OF_FRIDAY, on_leave=(), absent=()))
    assert (parts["leave"], parts["absent"]) == ("无", "无")


def test_a_long_list_of_names_is_cut_and_counted_whole() -> None:
    told = draft(replace(FACTS_OF_FRIDAY, absent=tuple(f"某{n}" for n in range(60))))["absent"]
    assert told.startswith("60 人：某0、")
    assert told.endswith("某39等")


SAID = {
    "figures are rounded down": (
        QUIZ,
        "参加测验 12 人，平均分 82.5 分（满分 100 分），合格 11 人（合格率 91%），"
        "得分率 90% 以上的优秀 5 人（优秀率 41%）。失分较多的要点：“五型”干部；“三服务”。",
    ),
    "whole points have no tenths": (
        replace(QUIZ, mean=Fraction(4, 5), missed=()),
        "参加测验 12 人，平均分 80 分（满分 100 分），合格 11 人（合格率 91%），"
        "得分率 90% 以上的优秀 5 人（优秀率 41%）。",
    ),
    "what waits for a mark is said": (
        replace(QUIZ, mean=None, scores=0, waiting=4),
        "参加测验 0 人，人数较少，不列平均分。另有 4 人的答卷待评阅。",
    ),
    "a mean of two would tell of persons": (
        replace(QUIZ, scores=2, passed=1, excellent=0),
        "参加测验 2 人，人数较少，不列平均分。",
    ),
    "before it has closed there is none": (None, "测验尚未结束。"),
}


@pytest.mark.parametrize(("quiz", "told"), SAID.values(), ids=SAID)
def test_the_quiz_is_told_in_figures(quiz: QuizFacts | None, told: str) -> None:
    assert draft(replace(FACTS_OF_FRIDAY, quiz=quiz))["quiz"] == told


def test_a_new_draft_keeps_what_only_people_write() -> None:
    before = draft(FACTS_OF_FRIDAY) | {"remarks": "顾科长发言", "demands": "抓好落实", "place": "改过的地点"}
    again = draft_again(replace(FACTS_OF_FRIDAY, present=13), before)
    assert (again["remarks"], again["demands"]) == ("顾科长发言", "抓好落实")
    assert (again["present"], again["place"]) == ("13 人", "三楼会议室")
