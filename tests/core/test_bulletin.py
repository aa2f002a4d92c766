"""The bulletin's periods and arithmetic hold for any figures, and its words are those of an office."""

from dataclasses import replace
from datetime import date
from datetime import timedelta
from fractions import Fraction

import pytest
from bulletin_facts import FULL
from bulletin_facts import NOVEMBER
from bulletin_facts import SLOGAN
from bulletin_facts import USUAL
from bulletin_facts import group
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core import bulletin
from quizapp.core import periods
from quizapp.core.bulletin import BulletinFacts
from quizapp.core.bulletin import Difference
from quizapp.core.bulletin import Held
from quizapp.core.bulletin import Point
from quizapp.core.bulletin import SectionLine
from quizapp.core.bulletin import change
from quizapp.core.bulletin import differences
from quizapp.core.bulletin import draft
from quizapp.core.bulletin import group_of
from quizapp.core.bulletin import percent
from quizapp.core.bulletin import quotation
from quizapp.core.bulletin import restored
from quizapp.core.bulletin import rows
from quizapp.core.bulletin import stored
from quizapp.core.bulletin import tenths
from quizapp.core.periods import Period
from quizapp.core.periods import PeriodKind
from quizapp.core.periods import period_with
from quizapp.core.reports import Figures
from quizapp.core.reports import Scores

# Periods

DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))


@given(st.sampled_from(PeriodKind), DAYS)
def test_a_day_lies_in_its_period_and_periods_follow_each_other_without_a_gap(kind: PeriodKind, day: date) -> None:
    period = period_with(kind, day)
    assert period.starts_on <= day <= period.ends_on
    assert {period_with(kind, edge) for edge in (period.starts_on, period.ends_on)} == {period}
    assert periods.before(period).ends_on == period.starts_on - timedelta(days=1)


NAMES = {
    "a week": (PeriodKind.WEEK, date(2026, 11, 20), "2026年11月16日至22日"),
    "a week over two months": (PeriodKind.WEEK, date(2026, 12, 1), "2026年11月30日至12月6日"),
    "a week over two years": (PeriodKind.WEEK, date(2027, 1, 1), "2026年12月28日至2027年1月3日"),
    "a month": (PeriodKind.MONTH, date(2028, 2, 29), "2028年2月"),
    "the first quarter": (PeriodKind.QUARTER, date(2026, 3, 31), "2026年第一季度"),
    "the last quarter": (PeriodKind.QUARTER, date(2026, 10, 1), "2026年第四季度"),
    "a year": (PeriodKind.YEAR, date(2026, 7, 1), "2026年"),
}


@pytest.mark.parametrize(("kind", "day", "name"), NAMES.values(), ids=NAMES)
def test_a_period_is_called_as_an_office_calls_it(kind: PeriodKind, day: date, name: str) -> None:
    assert period_with(kind, day).name == name


@pytest.mark.parametrize("year", [1, 1999, 2100, 9999])
def test_a_year_that_nobody_means_is_refused(year: int) -> None:
    with pytest.raises(ValueError, match=f"{year:04}"):
        period_with(PeriodKind.YEAR, date(year, 6, 1))


# Arithmetic


@st.composite
def figures_at_a_sitting(draw: st.DrawFn) -> Figures:
    dealt = draw(st.integers(0, 40))
    excused = draw(st.integers(0, dealt))
    started = draw(st.integers(0, dealt - excused))
    people = draw(st.integers(0, started))
    shares = [draw(st.integers(0, FULL)) for _ in range(people)]
    scores = {FULL: Scores(people, sum(shares), sum(share * share for share in shares))} if people else {}
    return Figures(
        dealt=dealt,
        started=started,
        passed=sum(share >= 60 for share in shares),
        excellent=sum(share >= 90 for share in shares),
        waiting=started - people,
        excused=excused,
        made_up=draw(st.integers(0, dealt - started)),
        scores=scores,
    )


SHARES = st.fractions(0, 1)
GROUPS = st.lists(figures_at_a_sitting(), max_size=5).map(group_of)
TEXTS = st.text("五型干部“”，学习", min_size=1, max_size=8)


@st.composite
def any_facts(draw: st.DrawFn) -> BulletinFacts:
    groups = draw(st.lists(GROUPS, min_size=1, max_size=8))
    missed = draw(st.integers(0, 20))
    return BulletinFacts(
        scope="市政府办公室",
        period=NOVEMBER,
        as_of=draw(st.dates(date(2026, 11, 1), date(2026, 12, 31))),
        held=tuple(Held(date(2026, 11, 6), draw(TEXTS)) for _ in range(draw(st.integers(1, 8)))),
        sections=tuple(SectionLine(n, f"科室{n}号", group) for n, group in enumerate(groups)),
        last=draw(st.none() | GROUPS),
        points=tuple(Point(draw(TEXTS), "讲话", draw(TEXTS), 9, draw(SHARES)) for _ in range(draw(st.integers(0, 3)))),
        missed=missed,
        missed_made_up=draw(st.integers(0, missed)),
        due=draw(st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31))),
    )


@given(SHARES, SHARES)
def test_what_is_printed_never_says_more_than_is_true_and_changes_are_those_of_what_is_printed(
    now: Fraction, was: Fraction
) -> None:
    printed = Fraction(percent(now).removesuffix("%")) / 100
    assert printed <= now < printed + Fraction(1, 1000)
    told = change(now, was)
    by = Fraction(percent(now).removesuffix("%")) - Fraction(percent(was).removesuffix("%"))
    if by == 0:
        assert told == "持平"
    else:
        assert told.startswith("提高" if by > 0 else "下降")
        assert Fraction(told[2:].removesuffix("个百分点")) == abs(by)


@given(any_facts())
def test_facts_come_back_from_the_database_as_they_were(facts: BulletinFacts) -> None:
    assert restored(stored(facts)) == facts


@given(any_facts())
def test_the_total_is_the_sum_of_the_lines(facts: BulletinFacts) -> None:
    lines = rows(facts)
    if len(facts.sections) == 1:
        assert len(lines) == 1
        return
    *each, total = lines
    for column in (1, 2, 4, 8, 9):
        assert int(total[column]) == sum(int(line[column]) for line in each)


@given(any_facts())
def test_groups_of_fewer_than_three_people_tell_no_scores_and_are_never_compared(facts: BulletinFacts) -> None:
    text = draft(facts)["problems"]
    for line, row in zip(facts.sections, rows(facts), strict=False):
        if line.group.people < 3:
            assert row[5:8] == ("—", "—", "—")
            assert f"{line.name}{percent(line.group.figures.mean)}（成绩" not in text
        if line.group.members < 3:
            assert f"{line.name}{percent(line.group.figures.participation)}（应参加" not in text


@given(any_facts())
def test_the_same_data_differ_in_nothing(facts: BulletinFacts) -> None:
    assert differences(facts, replace(facts)) == []


@given(any_facts(), st.integers(0, 7))
def test_one_more_who_took_part_is_told_for_the_section_and_for_all(facts: BulletinFacts, which: int) -> None:
    place = which % len(facts.sections)
    line = facts.sections[place]
    figures = replace(line.group.figures, dealt=line.group.figures.dealt + 1, started=line.group.figures.started + 1)
    today = replace(
        facts,
        sections=tuple(
            replace(one, group=replace(one.group, figures=figures)) if one is line else one for one in facts.sections
        ),
    )
    found = differences(facts, today)
    was, now = str(line.group.figures.started), str(figures.started)
    assert Difference(line.name, "参加", was, now) in found
    assert "参加" in {one.what for one in found if not one.place}


@given(any_facts())
def test_a_draft_is_always_the_same_and_has_every_part(facts: BulletinFacts) -> None:
    texts = draft(facts)
    assert texts == draft(restored(stored(facts)))
    assert all(texts[name] for name in bulletin.PARTS)
    numbers = [line[1] for line in texts["demands"].splitlines() if line.startswith("（")]
    assert numbers == list("一二三四"[: len(numbers)])


@given(st.integers(1, 99))
def test_numerals_count_as_in_chinese(n: int) -> None:
    known = {1: "一", 10: "十", 11: "十一", 20: "二十", 45: "四十五", 99: "九十九"}
    assert bulletin.numeral(n) == known.get(n, bulletin.numeral(n))
    assert bulletin.numeral(n) not in {bulletin.numeral(m) for m in range(1, n)}


def test_a_section_of_one_is_few_however_many_sittings_there_were() -> None:
    one = Figures(dealt=1, started=1, passed=1, scores={FULL: Scores(1, 80, 6400)})
    group = group_of([one] * 13)
    assert group.figures.closed == 13
    assert (group.people, group.tells_scores, group.mean) == (1, False, None)
    assert (group.members, group.compared_participation) == (1, None)


# Words


def test_the_words_of_a_month() -> None:
    texts = draft(USUAL)
    assert texts["title"] == "市政府办公室关于2026年11月集中学习情况的通报"
    assert (texts["addressee"], texts["signer"]) == ("各科室：", "市政府办公室")
    assert texts["overall"].splitlines() == [
        "2026年11月，市政府办公室组织集中学习2次，主题为“五型”干部学测、“办文办会”。"
        "应参加测验34人次，实际参加29人次，参与率85.2%。有成绩28份，平均得分率78.5%；合格22份，合格率78.5%；"
        "得分率90%以上的优秀12份，优秀率42.8%。",
        "请假2人次，不计入应参加；补学1人次，不计入成绩；另有1份答卷待评阅，未计入成绩。",
        "与上月相比，参与率下降14.8个百分点，平均得分率下降1.0个百分点，合格率下降11.5个百分点，"
        "优秀率提高42.8个百分点。",
    ]
    assert texts["problems"].splitlines() == [
        "（一）测验成绩存在差距。平均得分率低于总体水平（78.5%）的有：督查室70.0%（成绩8份）。",
        "（二）部分要点掌握不牢。失分较多的要点有：",
        "1.“五型”干部（《全市办公室工作会议讲话》），得分率45.0%。讲话原句：“要争做‘五型’干部，做到勤奋、务实、创新。”",
        "2.“文不过夜，事不隔天”（《全市办公室工作会议讲话》），得分率66.6%。",
        "（三）补学尚未完成。未参加测验5人次，其中已按期补学1人次，尚有4人次没有补学。",
    ]
    assert texts["demands"].splitlines() == [
        "（一）抓好重学。各科室要围绕“五型”干部、“文不过夜，事不隔天”等失分较多的要点对照讲话重学，"
        "弄清错在哪里、原文怎么说。",
        "（二）落实补学。未参加测验且没有补学的4人次，由所在科室督促，于12月7日前完成补学。",
        "（三）做好下期准备。主持科室要按轮值安排提前选题组卷，各科室要按时参加、认真作答。",
    ]


def test_the_table_of_a_month() -> None:
    assert rows(USUAL) == [
        ("秘书科", "20", "18", "90.0%", "18", "86.6%", "100.0%", "44.4%", "2", "1"),
        ("督查室", "10", "9", "90.0%", "8", "70.0%", "50.0%", "50.0%", "0", "0"),
        ("财务科", "4", "2", "50.0%", "2", "—", "—", "—", "0", "0"),
        ("合计", "34", "29", "85.2%", "28", "78.5%", "78.5%", "42.8%", "2", "1"),
    ]
    assert "每次有成绩的不足3人的科室，不列得分率" in bulletin.notes(USUAL)
    assert bulletin.notes(USUAL).endswith("数据截至2026年12月1日。")


def test_sections_behind_in_taking_part_are_named_with_their_numbers_the_lowest_first() -> None:
    lines = [
        SectionLine(n, f"{n}科", group(10, {80: took})) for n, took in enumerate((10, 4, 8, 4, 3, 10, 10, 5), start=1)
    ]
    facts = replace(USUAL, sections=tuple(lines), points=(), missed=0, missed_made_up=0)
    assert draft(facts)["problems"].splitlines() == [
        "（一）参与情况不够均衡。参与率低于总体水平（67.5%）的有4个科室，较低的是：5科30.0%（应参加10人次，参加3人次）、"
        "2科40.0%（应参加10人次，参加4人次）、4科40.0%（应参加10人次，参加4人次）。"
    ]
    assert "（一）提高参与率。" in draft(facts)["demands"]


def test_of_very_many_who_tie_the_first_are_named() -> None:
    lines = [SectionLine(n, f"{n}科", group(10, {80: 5 if n < 20 else 10})) for n in range(40)]
    told = draft(replace(USUAL, sections=tuple(lines), points=(), missed=0, missed_made_up=0))["problems"]
    assert "的有20个科室，较低的是：0科50.0%" not in told
    assert "的有：0科50.0%" in told
    assert told.endswith("9科50.0%（应参加10人次，参加5人次）等。")


def test_a_period_without_trouble_says_so_and_asks_for_the_usual() -> None:
    lines = (SectionLine(1, "秘书科", group(5, {95: 5})), SectionLine(2, "督查室", group(5, {95: 5})))
    facts = replace(USUAL, sections=lines, points=(), missed=0, missed_made_up=0, last=None)
    texts = draft(facts)
    assert texts["problems"] == "本期没有需要通报的突出问题。"
    assert texts["demands"].startswith("（一）做好下期准备。")
    assert "相比" not in texts["overall"]


def test_a_small_scope_tells_no_scores() -> None:
    facts = replace(USUAL, scope="财务科", sections=USUAL.sections[2:], points=(), last=None)
    texts = draft(facts)
    assert "有成绩2份，人数较少，不列平均得分率、合格率和优秀率。" in texts["overall"]
    assert texts["addressee"] == "全体同志："
    assert "差距" not in texts["problems"]
    assert len(rows(facts)) == 1


def test_a_period_that_still_runs_says_until_when() -> None:
    assert draft(replace(USUAL, as_of=date(2026, 11, 21)))["overall"].startswith("2026年11月（截至11月21日），")


def test_a_deadline_that_has_passed_is_not_set_again() -> None:
    assert "由所在科室督促，尽快完成补学" in draft(replace(USUAL, due=date(2026, 11, 30)))["demands"]


QUOTES = {
    "marks within go one step down": ("争做“五型”干部", "“争做‘五型’干部”"),
    "lines become one": ("一是\n 二是", "“一是 二是”"),
    "a long one shows that it is cut": ("长" * 151, f"“{'长' * 150}……”"),
    "one that just fits is whole": ("长" * 150, f"“{'长' * 150}”"),
}


@pytest.mark.parametrize(("text", "shown"), QUOTES.values(), ids=QUOTES)
def test_a_sentence_is_quoted(text: str, shown: str) -> None:
    assert quotation(text) == shown


def test_later_data_are_told_as_printed_and_what_was_untold_stays_so() -> None:
    better = SectionLine(2, "督查室", group(10, {90: 9}, sittings=2))
    few = SectionLine(3, "财务科", group(4, {40: 4}, sittings=1))
    today = replace(USUAL, sections=(USUAL.sections[0], better, few), points=(SLOGAN,))
    found = differences(USUAL, today)
    assert Difference("督查室", "平均得分率", "70.0%", "90.0%") in found
    assert Difference("财务科", "参加", "2", "4") in found
    assert not [one for one in found if one.place == "财务科" and one.what.endswith("率") and one.what != "参与率"]
    assert found[-1].place != ""
    assert [one.what for one in found if not one.place][-1] == "失分较多的要点"


def test_a_section_that_came_or_went_is_told() -> None:
    today = replace(USUAL, sections=USUAL.sections[:2])
    assert Difference("财务科", "科室", "有", "无") in differences(USUAL, today)
    assert Difference("财务科", "科室", "无", "有") in differences(today, USUAL)


def test_a_share_is_rounded_down() -> None:
    assert (tenths(Fraction(9999, 10000)), percent(Fraction(9999, 10000)), percent(Fraction(1))) == (
        999,
        "99.9%",
        "100.0%",
    )
    assert percent(None) == "—"


def test_the_week_before_the_first_of_all_is_found() -> None:
    first = Period(PeriodKind.WEEK, date(2000, 1, 3), date(2000, 1, 9))
    assert periods.before(first).starts_on == date(1999, 12, 27)
