"""The minutes of one study (学习记录): their parts, and a first draft of them from the facts.

Numbers are rounded down here, as on pages: nothing reads as passed that did not.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import floor

from quizapp.core.reports import EXCELLENT_PERCENT
from quizapp.core.reports import FEW

WEEKDAYS = "一二三四五六日"
#: The parts by name, in their order, each with its words.
PARTS: Mapping[str, str] = {
    "title": "标题",
    "time": "时间",
    "place": "地点",
    "leader": "主持人（带学领导）",
    "host": "主持科室",
    "recorder": "记录人",
    "expected": "应到",
    "present": "实到",
    "leave": "请假",
    "absent": "缺席",
    "contents": "学习内容",
    "agenda": "议程",
    "quiz": "测验情况",
    "remarks": "发言要点",
    "demands": "会议要求",
}
#: What stands in one line of the head; the rest are paragraphs.
FACTS = ("time", "place", "leader", "host", "recorder", "expected", "present", "leave", "absent")
TEXTS = ("contents", "agenda", "quiz", "remarks", "demands")
#: What only people write: a new draft leaves it as it is.
WRITTEN = ("remarks", "demands")
#: So many names are told; the file has one page.
MOST_NAMES = 40


@dataclass(frozen=True)
class QuizFacts:
    """How the room did; make-up papers are not in it."""

    scores: int
    #: Handed in, but answers of theirs wait for a person's mark.
    waiting: int
    full_mark: int
    mean: Fraction | None
    passed: int
    excellent: int
    #: The key points that were missed most, the worst first.
    missed: tuple[str, ...]


@dataclass(frozen=True)
class StudyFacts:
    """What is known of one study; times are the office's."""

    #: Who studied: the office, or a part of it.
    who: str
    topic: str
    begins_at: datetime
    ends_at: datetime
    place: str
    leader: str
    host: str
    recorder: str
    expected: int
    present: int
    #: (name, kind of leave).
    on_leave: tuple[tuple[str, str], ...]
    absent: tuple[str, ...]
    speeches: tuple[str, ...]
    agenda: str
    #: None until the quiz has closed.
    quiz: QuizFacts | None


def draft(facts: StudyFacts) -> dict[str, str]:
    """The text of each part, as far as it follows from the facts."""
    return {
        "title": f"{facts.who}集中学习记录",
        "time": _time(facts.begins_at, facts.ends_at),
        "place": facts.place,
        "leader": facts.leader,
        "host": facts.host,
        "recorder": facts.recorder,
        "expected": f"{facts.expected} 人",
        "present": f"{facts.present} 人",
        "leave": _names([f"{name}（{kind}）" for name, kind in facts.on_leave]),
        "absent": _names(facts.absent),
        "contents": _contents(facts.topic, facts.speeches),
        "agenda": facts.agenda.strip(),
        "quiz": _quiz(facts.quiz),
        "remarks": "",
        "demands": "",
    }


def draft_again(facts: StudyFacts, before: Mapping[str, str]) -> dict[str, str]:
    """A new draft that keeps what only people write."""
    return draft(facts) | {name: before.get(name, "") for name in WRITTEN}


def _time(begins_at: datetime, ends_at: datetime) -> str:
    day = f"{begins_at.year}年{begins_at.month}月{begins_at.day}日（星期{WEEKDAYS[begins_at.weekday()]}）"
    same_day = begins_at.date() == ends_at.date()
    end = f"{ends_at:%H:%M}" if same_day else f"{ends_at.month}月{ends_at.day}日{ends_at:%H:%M}"
    return f"{day}{begins_at:%H:%M}—{end}"


def _names(names: Sequence[str]) -> str:
    if not names:
        return "无"
    told = "、".join(names[:MOST_NAMES]) + ("等" if len(names) > MOST_NAMES else "")
    return f"{len(names)} 人：{told}"


def _contents(topic: str, speeches: Sequence[str]) -> str:
    studied = "".join(f"《{speech}》" for speech in speeches)
    return f"主题：{topic}。" + (f"\n学习{studied}。" if studied else "")


def _quiz(quiz: QuizFacts | None) -> str:
    if quiz is None:
        return "测验尚未结束。"
    waiting = f"另有 {quiz.waiting} 人的答卷待评阅。" if quiz.waiting else ""
    if quiz.mean is None or quiz.scores < FEW:
        return f"参加测验 {quiz.scores} 人，人数较少，不列平均分。{waiting}"
    points = floor(quiz.mean * quiz.full_mark * 10)
    mean = str(points // 10) if points % 10 == 0 else f"{points // 10}.{points % 10}"
    figures = (
        f"参加测验 {quiz.scores} 人，平均分 {mean} 分（满分 {quiz.full_mark} 分），"
        f"合格 {quiz.passed} 人（合格率 {_percent(quiz.passed, quiz.scores)}），"
        f"得分率 {EXCELLENT_PERCENT}% 以上的优秀 {quiz.excellent} 人"
        f"（优秀率 {_percent(quiz.excellent, quiz.scores)}）。"
    )
    missed = f"失分较多的要点：{'；'.join(quiz.missed)}。" if quiz.missed else ""
    return figures + waiting + missed


def _percent(part: int, whole: int) -> str:
    return f"{floor(Fraction(part * 100, whole))}%"
