"""The bulletin (通报) of a week, a month, a quarter or a year: its figures, and a first draft of its texts.

Numbers are rounded here and nowhere else: shares to a tenth of a percent, always down, so that nothing reads as reached
that was not; and what is called higher or lower is so as printed.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any
from unicodedata import east_asian_width

from quizapp.core.periods import NUMERALS
from quizapp.core.periods import Period
from quizapp.core.periods import PeriodKind
from quizapp.core.periods import day_words
from quizapp.core.reports import EXCELLENT_PERCENT
from quizapp.core.reports import FEW
from quizapp.core.reports import Figures
from quizapp.core.reports import Scores
from quizapp.core.reports import together

#: The parts that people write, by name, each with its words.
PARTS: Mapping[str, str] = {
    "title": "标题",
    "addressee": "主送",
    "overall": "总体情况",
    "problems": "存在问题",
    "demands": "下一步要求",
    "signer": "发文机关署名",
}
#: What stands in one line; the rest are paragraphs.
LINES = ("title", "addressee", "signer")
#: The headings, each with the part below it; the table stands where there is none.
OUTLINE: tuple[tuple[str, str], ...] = (
    ("一、总体情况", "overall"),
    ("二、各科室情况", ""),
    ("三、存在问题", "problems"),
    ("四、下一步要求", "demands"),
)
LEAD_IN = "各科室参加学习和测验情况见下表。"
COLUMNS = ("科室", "应参加", "参加", "参与率", "成绩", "平均得分率", "合格率", "优秀率", "请假", "补学")
TOTAL = "合计"
#: What is not told, because too few people stand behind it.
UNTOLD = "—"
#: So many sections are named below the others, and whoever ties with the last of them up to so many; so many points are
#: quoted, and so many topics told.
MOST_NAMED, MOST_TIED, MOST_POINTS, MOST_TOPICS = 3, 10, 3, 6
LONGEST_QUOTE = 150
#: Where a long title may be broken, so that no word is: before these.
TITLE_BREAKS = ("关于", "集中学习", "情况的通报")
NO_PROBLEMS = "本期没有需要通报的突出问题。"


#: The period before, as a text calls it.
LAST = {PeriodKind.WEEK: "上周", PeriodKind.MONTH: "上月", PeriodKind.QUARTER: "上季度", PeriodKind.YEAR: "上年"}


# Facts


@dataclass(frozen=True)
class Group:
    """People over the sittings of a period, everybody counting once for each sitting (人次).

    `members` were expected at the sitting at which most were, `people` have a score of the sitting of which most have:
    no fewer stand behind the figures, however often each of them was counted.
    """

    figures: Figures
    members: int
    people: int

    @property
    def tells_scores(self) -> bool:
        return self.people >= FEW

    @property
    def mean(self) -> Fraction | None:
        return self.figures.mean if self.tells_scores else None

    @property
    def pass_rate(self) -> Fraction | None:
        return self.figures.pass_rate if self.tells_scores else None

    @property
    def excellent_rate(self) -> Fraction | None:
        return self.figures.excellent_rate if self.tells_scores else None

    @property
    def compared_participation(self) -> Fraction | None:
        """The share of those who took part, of groups that are compared by it."""
        return self.figures.participation if self.members >= FEW else None


def group_of(by_sitting: Iterable[Figures]) -> Group:
    """One group, from its figures in each sitting."""
    each = list(by_sitting)
    return Group(
        together(each),
        max((figures.expected for figures in each), default=0),
        max((figures.closed for figures in each), default=0),
    )


def all_of(groups: Iterable[Group]) -> Group:
    """Groups that have nobody in common, as one."""
    each = list(groups)
    return Group(
        together(group.figures for group in each),
        sum(group.members for group in each),
        sum(group.people for group in each),
    )


@dataclass(frozen=True)
class SectionLine:
    """A section as it was called when the figures were read."""

    section_id: int
    name: str
    group: Group


@dataclass(frozen=True)
class Held:
    """A study that was held."""

    day: date
    topic: str


@dataclass(frozen=True)
class Point:
    """A key point that was missed, with the sentence of the speech; `facility` is the mean share of its marks."""

    name: str
    speech: str
    quote: str
    asked: int
    facility: Fraction

    @property
    def words(self) -> str:
        """“五型”干部（《讲话》）"""
        if not self.name:
            return f"《{self.speech}》"
        return f"{quoted_name(self.name)}（《{self.speech}》）" if self.speech else quoted_name(self.name)


@dataclass(frozen=True)
class BulletinFacts:
    """What a bulletin tells, without anybody's name."""

    #: Whom it speaks of.
    scope: str
    period: Period
    #: The day on which the figures were read.
    as_of: date
    held: tuple[Held, ...]
    sections: tuple[SectionLine, ...]
    #: The same people in the period before; None where nothing was held.
    last: Group | None
    #: The worst first.
    points: tuple[Point, ...]
    #: How often somebody was expected and did not take part; how often of these it was made up for since.
    missed: int = 0
    missed_made_up: int = 0
    #: The last day by which one of the others has to make up; None where nobody has been told to.
    due: date | None = None

    @property
    def total(self) -> Group:
        return all_of(line.group for line in self.sections)


# Numbers as they are printed


def tenths(share: Fraction) -> int:
    """A share in tenths of a percent, rounded down: the one rule of rounding."""
    return floor(share * 1000)


def percent(share: Fraction | None) -> str:
    """92.5%; a dash for what is not told."""
    if share is None:
        return UNTOLD
    whole, rest = divmod(tenths(share), 10)
    return f"{whole}.{rest}%"


def change(now: Fraction, was: Fraction) -> str:
    """提高1.2个百分点: the difference of the shares as they are printed."""
    by = tenths(now) - tenths(was)
    if by == 0:
        return "持平"
    whole, rest = divmod(abs(by), 10)
    return f"{'提高' if by > 0 else '下降'}{whole}.{rest}个百分点"


def rows(facts: BulletinFacts) -> list[tuple[str, ...]]:
    """The table's rows in the office's order, and the total behind them."""
    lines = [_row(line.name, line.group) for line in facts.sections]
    return [*lines, _row(TOTAL, facts.total)] if len(lines) > 1 else lines


def _row(name: str, group: Group) -> tuple[str, ...]:
    figures = group.figures
    return (
        name,
        str(figures.expected),
        str(figures.started),
        percent(figures.participation),
        str(figures.closed),
        percent(group.mean),
        percent(group.pass_rate),
        percent(group.excellent_rate),
        str(figures.excused),
        str(figures.made_up),
    )


def notes(facts: BulletinFacts) -> str:
    """What whoever reads the table has to know."""
    said = [
        "应参加、参加、请假、补学按人次计，成绩按份计",
        "请假不计入应参加，补学另用新卷，不计入成绩",
        f"得分率{EXCELLENT_PERCENT}%以上为优秀",
        "百分数保留一位小数，多余的舍去",
    ]
    if any(not line.group.tells_scores for line in facts.sections):
        said.append(f"每次有成绩的不足{FEW}人的科室，不列得分率、合格率和优秀率，也不参加比较")
    return f"注：{'；'.join(said)}。数据截至{day_words(facts.as_of)}。"


# The first draft


def draft(facts: BulletinFacts) -> dict[str, str]:
    """The text of each part, as it follows from the facts."""
    return {
        "title": f"{facts.scope}关于{facts.period.name}集中学习情况的通报",
        "addressee": f"{_everybody(facts)}：",
        "overall": "\n".join(_overall(facts)),
        "problems": _numbered(_problems(facts)) or NO_PROBLEMS,
        "demands": _numbered(_demands(facts)),
        "signer": facts.scope,
    }


def _everybody(facts: BulletinFacts) -> str:
    return "各科室" if len(facts.sections) > 1 else "全体同志"


def _overall(facts: BulletinFacts) -> Iterator[str]:
    total = facts.total
    figures = total.figures
    so_far = f"（截至{facts.as_of.month}月{facts.as_of.day}日）" if facts.as_of < facts.period.ends_on else ""
    topics = list(dict.fromkeys(quoted_name(held.topic) for held in facts.held))
    subjects = "、".join(topics[:MOST_TOPICS]) + ("等" if len(topics) > MOST_TOPICS else "")
    yield (
        f"{facts.period.name}{so_far}，{facts.scope}组织集中学习{len(facts.held)}次，主题为{subjects}。"
        f"应参加测验{figures.expected}人次，实际参加{figures.started}人次，参与率{percent(figures.participation)}。"
        f"{_scores(total)}"
    )
    if beside := _beside(figures):
        yield beside
    if compared := _compared(facts):
        yield compared


def _scores(total: Group) -> str:
    figures = total.figures
    if not total.tells_scores:
        return f"有成绩{figures.closed}份，人数较少，不列平均得分率、合格率和优秀率。"
    return (
        f"有成绩{figures.closed}份，平均得分率{percent(total.mean)}；合格{figures.passed}份，"
        f"合格率{percent(total.pass_rate)}；得分率{EXCELLENT_PERCENT}%以上的优秀{figures.excellent}份，"
        f"优秀率{percent(total.excellent_rate)}。"
    )


def _beside(figures: Figures) -> str:
    said = []
    if figures.excused:
        said.append(f"请假{figures.excused}人次，不计入应参加")
    if figures.made_up:
        said.append(f"补学{figures.made_up}人次，不计入成绩")
    if figures.waiting:
        said.append(f"另有{figures.waiting}份答卷待评阅，未计入成绩")
    return f"{'；'.join(said)}。" if said else ""


def _compared(facts: BulletinFacts) -> str:
    total, last = facts.total, facts.last
    if last is None:
        return ""
    shares = (
        ("参与率", total.compared_participation, last.compared_participation),
        ("平均得分率", total.mean, last.mean),
        ("合格率", total.pass_rate, last.pass_rate),
        ("优秀率", total.excellent_rate, last.excellent_rate),
    )
    said = [f"{name}{change(now, was)}" for name, now, was in shares if now is not None and was is not None]
    return f"与{LAST[facts.period.kind]}相比，{'，'.join(said)}。" if said else ""


def _numbered(paragraphs: Iterable[str]) -> str:
    return "\n".join(f"（{numeral(n)}）{text}" for n, text in enumerate(paragraphs, 1))


def numeral(n: int) -> str:
    """一, 十, 十一, 二十: for the few that a bulletin needs."""
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十") + (
        NUMERALS[ones - 1] if ones else ""
    )


def _problems(facts: BulletinFacts) -> Iterator[str]:
    total = facts.total
    if absent := _behind(facts.sections, lambda group: group.compared_participation, total.figures.participation):
        named = [
            f"{line.name}{percent(line.group.figures.participation)}"
            f"（应参加{line.group.figures.expected}人次，参加{line.group.figures.started}人次）"
            for line in absent.lowest
        ]
        yield f"参与情况不够均衡。{absent.words('参与率', total.figures.participation)}{_listed(named)}。"
    if low := _behind(facts.sections, lambda group: group.mean, total.mean):
        named = [f"{line.name}{percent(line.group.mean)}（成绩{line.group.figures.closed}份）" for line in low.lowest]
        yield f"测验成绩存在差距。{low.words('平均得分率', total.mean)}{_listed(named)}。"
    if facts.points:
        quoted = "\n".join(f"{n}.{_quoted(point)}" for n, point in enumerate(facts.points, 1))
        yield f"部分要点掌握不牢。失分较多的要点有：\n{quoted}"
    if pending := facts.missed - facts.missed_made_up:
        made_up = f"，其中已按期补学{facts.missed_made_up}人次" if facts.missed_made_up else ""
        yield f"补学尚未完成。未参加测验{facts.missed}人次{made_up}，尚有{pending}人次没有补学。"


def _listed(named: Sequence[str]) -> str:
    return "、".join(named[:MOST_TIED]) + ("等" if len(named) > MOST_TIED else "")


@dataclass(frozen=True)
class _Behind:
    """The sections below the whole: how many, and the lowest of them, the lowest first."""

    count: int
    lowest: tuple[SectionLine, ...]

    def words(self, name: str, bar: Fraction | None) -> str:
        below = f"{name}低于总体水平（{percent(bar)}）的有"
        return f"{below}：" if self.count == len(self.lowest) else f"{below}{self.count}个科室，较低的是："


def _behind(
    lines: Sequence[SectionLine], rate: Callable[[Group], Fraction | None], bar: Fraction | None
) -> _Behind | None:
    """The sections below a bar as printed; None where there are none, or fewer than two to compare."""
    rated = [(tenths(share), line) for line in lines if (share := rate(line.group)) is not None]
    if bar is None or len(rated) < 2:
        return None
    below = sorted((each for each in rated if each[0] < tenths(bar)), key=lambda each: each[0])
    if not below:
        return None
    last = below[min(MOST_NAMED, len(below)) - 1][0]
    return _Behind(len(below), tuple(line for share, line in below if share <= last))


def _quoted(point: Point) -> str:
    said = f"{point.words}，得分率{percent(point.facility)}"
    return f"{said}。讲话原句：{quotation(point.quote)}" if point.quote else f"{said}。"


def quotation(text: str) -> str:
    """A sentence in quotation marks, those within it one step down; a long one is cut, and shows that."""
    whole = " ".join(text.split())
    shown = whole if len(whole) <= LONGEST_QUOTE else f"{whole[:LONGEST_QUOTE]}……"
    return f"“{shown.translate(str.maketrans('“”', '‘’'))}”"


def quoted_name(name: str) -> str:
    """What a topic or a key point is called, in quotation marks where it has none of its own."""
    return name if "“" in name or "《" in name else f"“{name}”"


def _demands(facts: BulletinFacts) -> Iterator[str]:
    if facts.points:
        named = "、".join(quoted_name(point.name) if point.name else f"《{point.speech}》" for point in facts.points)
        yield f"抓好重学。{_everybody(facts)}要围绕{named}等失分较多的要点对照讲话重学，弄清错在哪里、原文怎么说。"
    if pending := facts.missed - facts.missed_made_up:
        by = f"于{facts.due.month}月{facts.due.day}日前" if facts.due and facts.due >= facts.as_of else "尽快"
        yield f"落实补学。未参加测验且没有补学的{pending}人次，由所在科室督促，{by}完成补学。"
    if _behind(facts.sections, lambda group: group.compared_participation, facts.total.figures.participation):
        yield "提高参与率。参与率低于总体水平的科室要查明原因，提前安排好值班和公出，确保应学尽学。"
    yield f"做好下期准备。主持科室要按轮值安排提前选题组卷，{_everybody(facts)}要按时参加、认真作答。"


# How it is set


def signs(text: str) -> float:
    """How wide a text is, in Chinese signs."""
    return sum(1.0 if east_asian_width(sign) in "WFA" else 0.5 for sign in text)


def title_lines(title: str, longest: int) -> list[str]:
    """A title in one line, else in two as even as its words let them be; else whole, for the page to break."""
    if signs(title) <= longest:
        return [title]
    places = [place for words in TITLE_BREAKS if (place := title.find(words)) > 0]
    fitting = [place for place in places if max(signs(title[:place]), signs(title[place:])) <= longest]
    if not fitting:
        return [title]
    evenest = min(fitting, key=lambda place: abs(signs(title[:place]) - signs(title[place:])))
    return [title[:evenest], title[evenest:]]


# What later data would change


@dataclass(frozen=True)
class Difference:
    """A figure of a bulletin, as it was told and as today's data give it; `place` is a section, or empty for all."""

    place: str
    what: str
    was: str
    now: str


def differences(told: BulletinFacts, today: BulletinFacts) -> list[Difference]:
    """Every figure, as printed, that today's data would change; rates that were not told are not told here either."""
    found = list(_of_the_whole(told, today))
    were = {line.section_id: line for line in told.sections}
    are = {line.section_id: line for line in today.sections}
    for section_id in dict.fromkeys([*were, *are]):
        was, now = were.get(section_id), are.get(section_id)
        if was is None or now is None:
            line = was or now
            assert line is not None
            found.append(Difference(line.name, "科室", "有" if was else "无", "有" if now else "无"))
        elif was.group.figures != now.group.figures:
            found += _changed(was.name, was.group, now.group)
    return found


def _of_the_whole(told: BulletinFacts, today: BulletinFacts) -> Iterator[Difference]:
    if told.held != today.held:
        yield Difference("", "集中学习", _held(told), _held(today))
    yield from _changed("", told.total, today.total)
    if (was := _missed(told)) != (now := _missed(today)):
        yield Difference("", "失分较多的要点", was, now)


def _held(facts: BulletinFacts) -> str:
    topics = "、".join(f"{held.day.month}月{held.day.day}日{quoted_name(held.topic)}" for held in facts.held)
    return f"{len(facts.held)}次：{topics}"


def _missed(facts: BulletinFacts) -> str:
    return "、".join(f"{point.words}{percent(point.facility)}" for point in facts.points) or "无"


def _changed(place: str, was: Group, now: Group) -> Iterator[Difference]:
    told = replace(now, members=was.members, people=was.people)
    for what, old, new in zip(COLUMNS[1:], _row("", was)[1:], _row("", told)[1:], strict=True):
        if old != new:
            yield Difference(place, what, old, new)


# As the database keeps them


def stored(facts: BulletinFacts) -> dict[str, Any]:
    """The facts as JSON holds them."""
    return {
        "scope": facts.scope,
        "kind": facts.period.kind.value,
        "days": [facts.period.starts_on.isoformat(), facts.period.ends_on.isoformat(), facts.as_of.isoformat()],
        "held": [[held.day.isoformat(), held.topic] for held in facts.held],
        "sections": [[line.section_id, line.name, *_group(line.group)] for line in facts.sections],
        "last": _group(facts.last) if facts.last else None,
        "points": [[p.name, p.speech, p.quote, p.asked, str(p.facility)] for p in facts.points],
        "missed": [facts.missed, facts.missed_made_up],
        "due": facts.due.isoformat() if facts.due else None,
    }


def restored(kept: Mapping[str, Any]) -> BulletinFacts:
    """The facts from what `stored` made of them."""
    starts_on, ends_on, as_of = map(date.fromisoformat, kept["days"])
    missed, made_up = kept["missed"]
    return BulletinFacts(
        scope=kept["scope"],
        period=Period(PeriodKind(kept["kind"]), starts_on, ends_on),
        as_of=as_of,
        held=tuple(Held(date.fromisoformat(day), topic) for day, topic in kept["held"]),
        sections=tuple(SectionLine(id_, name, _group_again(*group)) for id_, name, *group in kept["sections"]),
        last=_group_again(*kept["last"]) if kept["last"] else None,
        points=tuple(_point_again(*point) for point in kept["points"]),
        missed=missed,
        missed_made_up=made_up,
        due=date.fromisoformat(kept["due"]) if kept["due"] else None,
    )


def _point_again(name: str, speech: str, quote: str, asked: int, facility: str) -> Point:
    return Point(name, speech, quote, asked, Fraction(facility))


#: The plain numbers of figures, in the order in which they are kept.
COUNTS = ("dealt", "started", "passed", "excellent", "waiting", "excused", "made_up")


def _group(group: Group) -> list[Any]:
    figures = group.figures
    scores = [[full, s.people, s.units, s.squares] for full, s in sorted(figures.scores.items())]
    return [[getattr(figures, name) for name in COUNTS], scores, group.members, group.people]


def _group_again(counts: Sequence[int], scores: Sequence[Sequence[int]], members: int, people: int) -> Group:
    of = {full: Scores(*sums) for full, *sums in scores}
    return Group(Figures(**dict(zip(COUNTS, counts, strict=True)), scores=of), members, people)
