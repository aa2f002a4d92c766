"""单选: what the speech fixes by a figure.

Asked of deadlines, hours, frequencies, ranks and shares that the speech demands; figures that only report
(完成128亿元) are not asked, for nobody need remember them. The clause must say what the figure is of, and whoever is
to do something, what with. The wrong options are numbers of the same unit near the right one, or other periods of the
calendar, some below and some above; none of them stands in the speech (a single one may, in another sentence), and no
deadline is over before the speech is held. The key is found again by looking for the words around the gap in the
speech.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from collections.abc import Sequence
from random import Random
from typing import Any

from quizapp.core.distractors import Origin
from quizapp.core.distractors import Wrong
from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.base import mixed_options
from quizapp.core.kinds.passages import begins_with_subject
from quizapp.core.kinds.passages import clause_end
from quizapp.core.kinds.passages import filled_by
from quizapp.core.kinds.passages import is_complete
from quizapp.core.kinds.passages import is_demanded
from quizapp.core.kinds.passages import is_own
from quizapp.core.kinds.passages import opening_of
from quizapp.core.kinds.passages import opens_sentence
from quizapp.core.kinds.passages import passage
from quizapp.core.kinds.passages import with_gap
from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.solvers import bigrams
from quizapp.core.speech import FactKind
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Span

GAP = "（　）"
CHOSEN = frozenset({FactKind.DEADLINE, FactKind.TIME, FactKind.FREQUENCY, FactKind.RANK, FactKind.PERCENT})
WRONG = 3
#: Shorter, a clause says nothing of what the figure is of.
LEAST_BESIDE = 6
DIGITS = "零一二三四五六七八九十"
NUMBER = re.compile(r"\d+(?:\.\d+)?|[一二两三四五六七八九十]+")
CALENDAR = re.compile(r"每(?:半个?月|半年|两周|个?工作日|个?季度|个?月|周|星期|天|日|年|旬)")
PERIODS = ("每天", "每周", "每半月", "每月", "每季度", "每半年", "每年")
SAME_PERIOD = {"每日": "每天", "每个月": "每月", "每半个月": "每半月", "每个季度": "每季度", "每星期": "每周"}
#: What a number may not pass: the months of a year, a full share.
MONTHS, WHOLE = 12, 100
DAYS_OF_MONTH = (5.0, 10.0, 15.0, 20.0, 25.0, 28.0)
RANKS, LAST_RANKS = (3, 5, 8, 10), (2, 3, 5, 10)
DAYS, HOURS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90), (1, 2, 4, 8, 12, 24, 36, 48, 72)
#: An hour is not called sixty minutes.
MINUTES, SHARES = (5, 10, 15, 20, 30, 40, 50), (5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 85, 90, 95, 98, 100)
SCALES = {"日": DAYS, "天": DAYS, "个工作日": DAYS, "小时": HOURS, "个小时": HOURS, "分钟": MINUTES, "%": SHARES}
HOUR = re.compile(r"(\d{1,2})([点时:：])(\d{1,2})?")
#: 十桌以上的要报备: what the ten are of was said before.
HEADLESS = re.compile(r"[^，]{2,16}的(?:要|必须|一律|应)")
BOUND = re.compile(r"至少|最多|不(?:得)?(?:少于|多于|超过|低于)")
REPORTED = re.compile(
    r"同比|环比|同期|增长了|下降了|完成了|达到了|完成(?:年度|全年|目标)|新增|已经?|去年|上年|上半年|近[一二三四五两几]年|截至|以来"
    r"|实现了|占比|累计|仍有|还有|只有|共有"
)
#: What we have set up or carried out is told, whatever it is told in.
OUR_DOING = re.compile(r"我[们办局市县区](?!要|必须|将)[^，。；]{0,8}(?:了|实行|建立|完成|开展|组织|推行|制定)")
#: A share or a rank is asked only where it is a goal or a limit.
FIRM = re.compile(r"要(?!求)|必须|务必|确保|力争|争取|控制在|压[减缩降]|不低于|不超过|不少于|以上|以内|排在")
SHARE_KINDS = frozenset({FactKind.RANK, FactKind.PERCENT})
#: 县区长每季度至少专题研究一次: studies what?
NO_OBJECT = re.compile(
    r"(?:长|书记|同志|负责人|领导|干部|委员|部门|单位|[局委办])[^，]*"
    r"(?:研究|检查|调度|督导|督查|过问|部署|会商|听取|走访|排查|巡查)(?:[一两三]|\d+)次$"
)
#: The first clause has a bound and no verb of its own: what it bounds was said before.
BOUND_FIRST = re.compile(r"[^，]*(?:不(?:得)?(?:少于|多于|超过|低于)|至少|最多)[^，]*，")
#: 周学习 says 每周 too.
PERIOD_SIGNS = {
    "每天": "天日",
    "每周": "周",
    "每半月": "半",
    "每月": "月",
    "每季度": "季",
    "每半年": "半",
    "每年": "年",
}
#: With so many other periods beside it the missing one is plain: 每日巡查、（　）检测、每月清点.
PERIODS_TOLD = 2
MONTH = re.compile(r"(\d{1,2})月")
#: So many pairs of characters any two sentences share.
FEW_SHARED = 4
SINGLE = re.compile(r"[1一](?!\d)")


class Num(DraftingKind):
    name = "NUM"
    label = "数字时限"
    type = TypeName.SINGLE_CHOICE
    bloom = Bloom.REMEMBER
    ease = 2
    prior = 1.0

    def places(self, material: Material) -> list[int]:
        return material.points_of([PointKind.FACT])

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        point = material.point(index)
        told = clause_of(material, point) if is_own(point) and point.fact in CHOSEN else None
        if told is not None and is_set(point, told.of(material.text), is_demanded(material, told)):
            yield from choice(material, index, told)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        said = filled_by(material, candidate.statement, GAP)
        return None if said is None else frozenset(o.id for o in candidate.question.options if o.text == said)


def is_set(point: KeyPoint, said: str, demanded: bool) -> bool:
    """Whether the figure is fixed for what is to come, and not only reported."""
    if point.fact in SHARE_KINDS:
        return FIRM.search(said) is not None
    return demanded or BOUND.search(said) is not None


def clause_of(material: Material, point: KeyPoint) -> Span | None:
    """The longest passage of the sentence that says what the figure is of."""
    text, answer = material.text, point.items[0].span
    told = unbracketed(material, passage(material, whole_of(material, point)), answer)
    if told is None or "\t" in told.of(text) or not is_complete(material, told):
        return None
    said, sentence = told.of(text), material.sentence_at(told.start) or told
    if len(bare(with_gap(material, told, answer, ""))) < LEAST_BESIDE:
        return None
    if REPORTED.search(said) or HEADLESS.match(said) or OUR_DOING.search(text, sentence.start, told.end):
        return None
    return None if has_lost(material, point, told) else told


def has_lost(material: Material, point: KeyPoint, told: Span) -> bool:
    """Whether the passage has lost who is to do something, or what with."""
    text, answer = material.text, point.items[0].span
    own = text[told.start : clause_end(text, answer.end, told)].rsplit("，", 1)[-1]
    if NO_OBJECT.search(own):
        return True
    if opens_sentence(material, told):
        return False
    said = told.of(text)
    found = BOUND_FIRST.match(said)
    is_lost = found is not None and told.start + found.end() <= answer.start
    return is_lost or (begins_with_period(said) and "部分" not in opening_of(material, told, point.heading))


def begins_with_period(said: str) -> bool:
    """Whether it begins with how often and goes on with its verb: 每周至少开展2次."""
    found = CALENDAR.match(said)
    return found is not None and not begins_with_subject(said[found.end() :])


def unbracketed(material: Material, told: Span | None, answer: Span) -> Span | None:
    """The passage without what its last brackets explain, which may say the figure again."""
    at = material.text.find("（", answer.end, told.end) if told and material.text[told.end - 1] == "）" else -1
    return Span(told.start, at) if told and at >= 0 else told


def whole_of(material: Material, point: KeyPoint) -> Span:
    """The answer; with the next clause where its own says no more than it: 10月底前，…."""
    text, answer = material.text, point.items[0].span
    sentence = material.sentence_at(answer.start) or answer
    end = clause_end(text, answer.end, sentence)
    if end == answer.end and text.startswith("，", end):
        return Span(answer.start, clause_end(text, end + 1, sentence))
    return answer


def choice(material: Material, index: int, told: Span) -> Iterator[Candidate]:
    point = material.point(index)
    gap = figure_of(point.items[0])
    rng = material.rng(Num.name, material.identity(index))
    if is_told(material, told, gap):
        return
    below, above = (
        [wrong for text in side if (wrong := proof_of(material, told, gap, text))]
        for side in others(gap.of(material.text))
    )
    statement = with_gap(material, told, gap, GAP)
    # 每月 among 每季度, 每半年, 每半月 is told by its length: then others of them are taken.
    for sides in ((below, above), (below[::-1], above[::-1])):
        chosen = around(*sides, rng)
        if len(chosen) >= WRONG - 1:
            options, key, origins = mixed_options([(gap.of(material.text), "讲话原文如此")], chosen, rng)
            yield asked(material, index, told, statement, options=options, key=key, origins=origins)


def around(below: Sequence[Wrong], above: Sequence[Wrong], rng: Random) -> list[Wrong]:
    """Some figures below and some above the right one; none where all would be on one side."""
    if not below or not above:
        return []
    fewest, most = max(1, WRONG - len(above)), min(len(below), WRONG - 1)
    count = rng.randint(fewest, most) if fewest <= most else len(below)
    return [*below[:count], *above[: WRONG - count]]


def proof_of(material: Material, told: Span, gap: Span, text: str) -> Wrong | None:
    """The wrong option; None where the speech says it, or it is over before the speech is held."""
    rest = with_gap(material, told, gap, "")
    if is_over(material, text) or any(sign in CALENDAR.sub("", rest) for sign in PERIOD_SIGNS.get(text, "")):
        return None
    if not any(bare(form) in material.bare_text for form in forms_of(text)):
        return Wrong(text, Origin.LEXICON, "讲话全文没有这一数字")
    if (SINGLE.match(text) or MONTH.match(text)) and is_of_other(material, told, rest, text):
        return Wrong(text, Origin.SIBLING, "讲话这一句说的不是这一数字")
    return None


def is_of_other(material: Material, told: Span, rest: str, text: str) -> bool:
    """Whether the speech says the figure only in other sentences, and of other things."""
    sentence = material.sentence_at(told.start) or told
    lines = [line for line in material.bare_lines.split("\n") if bare(text) in line]
    if bare(sentence.of(material.text)) in lines:
        return False
    return SINGLE.match(text) is not None or all(len(bigrams(line) & bigrams(rest)) <= FEW_SHARED for line in lines)


def forms_of(period: str) -> list[str]:
    """How else the calendar says it: 每日 for 每天."""
    return [period, *(other for other, own in SAME_PERIOD.items() if own == period)]


def is_over(material: Material, deadline: str) -> bool:
    """Whether a month of this year is over on the day of the speech."""
    day, found = material.reading.about.held_on, MONTH.match(deadline)
    return day is not None and found is not None and int(found[1]) < day.month


def figure_of(item: Item) -> Span:
    """Of a frequency that is said by the calendar alone only the period: 每月 of 每月通报一次."""
    found = CALENDAR.match(item.text)
    once = found and not NUMBER.search(item.text.removesuffix("一次"), found.end())
    return Span(item.span.start, item.span.start + found.end()) if found and once else item.span


def is_told(material: Material, told: Span, gap: Span) -> bool:
    """Whether the rest of the passage says the same figure again, or the other periods of a row."""
    figure, rest = gap.of(material.text), with_gap(material, told, gap, "")
    period = CALENDAR.match(figure)
    found = period or NUMBER.search(figure)
    is_row = period is not None and len(CALENDAR.findall(rest)) >= PERIODS_TOLD
    return found is None or found[0] in rest or is_row


def asked(
    material: Material, index: int, told: Span, statement: str, origins: Sequence[tuple[str, Origin]], **what: Any
) -> Candidate:
    """The question with its options."""
    point = material.point(index)
    sentence = material.sentence_at(told.start) or told
    said = told.of(material.text)
    is_bound = BOUND.search(said) is not None or (point.fact in SHARE_KINDS and FIRM.search(said) is not None)
    question = Question(
        TypeName.SINGLE_CHOICE,
        f"{opening_of(material, told, point.heading, is_bound)}{statement}。",
        explanation=f"讲话原文：{told.of(material.text)}。",
        source=material.source(point.heading, sentence),
        **what,
    )
    return Candidate(
        Num.name,
        index,
        question,
        (sentence,),
        told.of(material.text),
        tuple(origins),
        statement=statement,
        contest=sentence,
    )


def others(answer: str) -> tuple[list[str], list[str]]:
    """Wordings like the answer that say less, and more; the nearest first."""
    if period := CALENDAR.fullmatch(answer):
        return other_periods(SAME_PERIOD.get(period[0], period[0]))
    if HOUR.search(answer):
        return other_hours(answer)
    numbers = list(NUMBER.finditer(answer))
    if len(numbers) != 1 or CALENDAR.match(answer):
        return [], []
    (number,) = numbers
    before, after = answer[: number.start()], answer[number.end() :]
    below, above = near(value_of(number[0]), before, after)
    told = [[f"{before}{written(value, number[0])}{after}" for value in side] for side in (below, above)]
    return told[0], told[1]


def other_periods(own: str) -> tuple[list[str], list[str]]:
    """Other periods of the calendar, shorter and longer."""
    if own not in PERIODS:
        return [], []
    at = PERIODS.index(own)
    return list(PERIODS[max(0, at - 2) : at][::-1]), list(PERIODS[at + 1 : at + 3])


def other_hours(answer: str) -> tuple[list[str], list[str]]:
    """Ten or twenty minutes earlier or later; whole hours where no minutes are said."""
    found = HOUR.search(answer)
    if found is None or len(HOUR.findall(answer)) > 1:
        return [], []
    hour, mark, minute = int(found[1]), found[2], found[3]

    def said(steps: Sequence[int]) -> list[str]:
        times = [divmod(hour * 60 + int(minute or 0) + step, 60) for step in steps]
        told = [f"{h}{mark}{'' if minute is None else f'{m:02}'}" for h, m in times if 0 < h < 24]
        return [answer.replace(found[0], each) for each in told]

    return (said((-60, -120)), said((60, 120))) if minute is None else (said((-10, -20)), said((10, 20)))


def value_of(number: str) -> float:
    if number[0] in "0123456789":
        return float(number)
    if "十" not in number:
        return float(DIGITS.index(number.replace("两", "二"))) if len(number) == 1 else 0.0
    tens, _, ones = number.partition("十")
    return float((DIGITS.index(tens) if tens else 1) * 10 + (DIGITS.index(ones) if ones else 0))


def written(value: float, like: str) -> str:
    """The value in the same writing: 两 before a measure, decimals as many."""
    if like[0] in "0123456789":
        return f"{value:.{len(like.partition('.')[2])}f}"
    whole = int(value)
    if whole <= 10:
        return "两" if whole == 2 and like != "二" else DIGITS[whole]
    tens, ones = divmod(whole, 10)
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def near(value: float, before: str, after: str) -> tuple[list[float], list[float]]:
    """Values a step or two away, from those that people set: 10, 15, 30 minutes; the months one by one."""
    if value <= 0:
        return [], []
    scale = scale_of(value, before, after)
    at = bisect_left(scale, value)
    return list(scale[max(0, at - 2) : at][::-1]), [each for each in scale[at:] if each != value][:2]


def scale_of(value: float, before: str, after: str) -> Sequence[float]:
    if value != int(value):
        return [round(value + step / 2, 1) for step in range(-2, 3)]
    if before.endswith("前") and value in RANKS:
        return RANKS
    if before.endswith("后") and value in LAST_RANKS:
        return LAST_RANKS
    if after.startswith(("日前", "号前", "日之前")):
        return sorted({*DAYS_OF_MONTH, value})
    found = next((scale for unit, scale in SCALES.items() if after.startswith(unit)), None)
    if found is not None and value in found:
        return found
    most = MONTHS if after.startswith("月") else WHOLE if after.startswith(("%", "％")) else 10**9
    step = 1 if value <= 12 or most == MONTHS else 5 if value % 5 == 0 and value < 100 else 10 if value % 10 == 0 else 2
    return [each for turn in range(-2, 3) if 0 < (each := value + step * turn) <= most]


KIND = Num()
