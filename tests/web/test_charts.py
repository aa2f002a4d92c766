"""Charts: nothing inline or foreign in what is drawn, the same figures in the table, gaps, bounds, empty data."""

import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from flask import Flask
from flask import render_template_string
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from quizapp.web.charts import MOST_BARS
from quizapp.web.charts import Bar
from quizapp.web.charts import Cell
from quizapp.web.charts import Chart
from quizapp.web.charts import Head
from quizapp.web.charts import HeatGrid
from quizapp.web.charts import Line
from quizapp.web.charts import Option
from quizapp.web.charts import bars
from quizapp.web.charts import distribution
from quizapp.web.charts import in_tens
from quizapp.web.charts import split
from quizapp.web.charts import trend
from quizapp.web.drawing import Drawing
from quizapp.web.drawing import apart
from quizapp.web.drawing import em
from quizapp.web.drawing import fitted

HOSTILE = '</text><script src="//evil.example/x.js">alert(1)</script>"onload="x'
HALF = Fraction(1, 2)


def of_bars(label: str) -> Chart:
    return bars("x", label, [Bar(label, HALF, 4, mark=label), Bar("空", None, 2, note=label)], of=label)


def of_trend(label: str) -> Chart:
    return trend("x", label, [label, label], [Line(label, (HALF, None))])


def of_split(label: str) -> Chart:
    return split("x", label, [Option("A", label, 3, is_key=True), Option("B", "乙", 1, is_key=False)], 4)


def of_distribution(label: str) -> Chart:
    return distribution("x", label, [0, 0, 0, 0, 0, 0, 1, 2, 3, 4], 60)


KINDS: dict[str, Callable[[str], Chart]] = {
    "bars": of_bars,
    "trend": of_trend,
    "split": of_split,
    "distribution": of_distribution,
}


def shown(app: Flask, chart: Chart) -> str:
    with app.test_request_context():
        return render_template_string('{% from "parts/chart.html" import chart %}{{ chart(drawn) }}', drawn=chart)


def words_in(drawing: Drawing | None) -> list[str]:
    assert drawing is not None
    return [words.text for words in drawing.words]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_drawing_brings_no_script_style_or_foreign_address_whatever_its_words(
    app: Flask, kind: Callable[[str], Chart]
) -> None:
    drawings = re.findall(r"<svg.*?</svg>", shown(app, kind(HOSTILE)), re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        tree = etree.fromstring(drawing)
        assert {node.tag for node in tree.iter()} <= {"svg", "g", "rect", "circle", "path", "text"}
        attributes = {name for node in tree.iter() for name in node.attrib}
        assert not [name for name in attributes if name in ("style", "href", "id") or name.startswith(("on", "{"))]
        assert "http" not in drawing
        assert "xlink" not in drawing
        assert tree.get("viewBox") == f"0 0 {tree.get('width')} {tree.get('height')}", "its place is known before"
        assert not re.search(r"\d\.\d\d", drawing), "a tenth of a unit is fine enough"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_page_shows_a_chart_with_its_table_and_no_word_unescaped(app: Flask, kind: Callable[[str], Chart]) -> None:
    chart = kind(HOSTILE)
    page = shown(app, chart)
    assert "<script" not in page
    assert page.count("<tr>") == 1 + len(chart.rows)


def test_a_bar_tells_share_and_n_at_its_end_and_in_the_table() -> None:
    chart = bars("x", "t", [Bar("综合科", Fraction(7, 9), 9), Bar("机要科", None, 2, note="不足 3 人")], of="科室")
    assert [" ".join(word.split()) for word in words_in(chart.wide)] == [
        "综合科",
        "77% 9 人",
        "机要科",
        "不足 3 人 2 人",
    ]
    assert chart.rows == (("综合科", "77%", "9"), ("机要科", "不足 3 人", "2"))


def test_the_length_of_a_bar_is_its_share_and_no_share_has_no_bar() -> None:
    chart = bars("x", "t", [Bar("一", Fraction(1, 4)), Bar("二", None), Bar("三", Fraction(1))], of="科室")
    assert chart.wide is not None
    grounds = [box.width for box in chart.wide.boxes if box.kind == "chart-ground"]
    values = sorted(box.width for box in chart.wide.boxes if box.kind == "chart-bar")
    assert len(grounds) == 2
    assert values == pytest.approx([grounds[0] / 4, grounds[0]], abs=0.2)


def test_of_many_bars_the_first_are_drawn_and_the_table_has_them_all() -> None:
    chart = bars("x", "t", [Bar(f"第{n}科", Fraction(300 - n, 300), n) for n in range(300)], of="科室")
    assert chart.narrow is not None
    assert sum(box.kind == "chart-bar" for box in chart.narrow.boxes) == MOST_BARS
    assert chart.rest == "其余 270 项（0% 至 90%）见数据表。"
    assert len(chart.rows) == 300


def test_a_line_parts_at_a_gap_and_is_named_at_its_end() -> None:
    shares = (HALF, Fraction(3, 5), None, Fraction(4, 5), Fraction(9, 10))
    other = Line("本科室", (None, None, HALF, HALF, None), (0, 0, 3, 3, 1))
    chart = trend("x", "t", ["1月", "2月", "3月", "4月", "5月"], [Line("本人", shares), other])
    assert chart.wide is not None
    assert sum(path.kind == "chart-line chart-0" for path in chart.wide.paths) == 2
    assert {"本人 90%", "本科室 —"} <= set(words_in(chart.wide))
    assert chart.head == ("场次", "本人", "本科室", "本科室人数")
    assert chart.rows[2] == ("3月", "—", "50%", "3")


def test_one_moment_is_a_dot() -> None:
    chart = trend("x", "t", ["1月"], [Line("本人", (HALF,))])
    assert chart.narrow is not None
    assert [dot.kind for dot in chart.narrow.dots] == ["chart-dot chart-0"]
    assert "1月" in words_in(chart.narrow)


def test_the_axis_of_a_year_names_its_ends_and_some_between() -> None:
    moments = [f"第{week}周" for week in range(1, 53)]
    chart = trend("x", "t", moments, [Line("本人", (HALF,) * 52)])
    wide = [word for word in words_in(chart.wide) if word.endswith("周")]
    assert (wide[0], wide[-1], len(wide)) == ("第1周", "第52周", 6)
    assert [word for word in words_in(chart.narrow) if word.endswith("周")] == ["第1周", "第52周"]


def test_no_more_lines_than_can_be_told_apart() -> None:
    with pytest.raises(ValueError, match="4 lines"):
        trend("x", "t", ["1月"], [Line(str(n), (HALF,)) for n in range(4)])


def test_the_key_of_an_option_split_is_told_by_a_word() -> None:
    chart = of_split("为人民服务")
    assert words_in(chart.wide)[0].startswith("✓ 正确答案")
    assert chart.rows == (("A. 为人民服务", "✓ 是", "3", "75%"), ("B. 乙", "", "1", "25%"))


def test_every_share_is_in_one_bar_and_a_full_score_in_the_last() -> None:
    assert in_tens([Fraction(0), Fraction(1, 10), Fraction(99, 100), Fraction(1)]) == (1, 1, 0, 0, 0, 0, 0, 0, 0, 2)


def test_a_distribution_shows_counts_and_the_pass_mark() -> None:
    chart = of_distribution("t")
    assert {"1", "2", "3", "4", "合格线 60%"} <= set(words_in(chart.narrow))
    assert chart.rows[6] == ("60%—69%", "1")
    assert chart.rows[9] == ("90%—100%", "4")


NOTHING = {
    "no bars": bars("x", "t", [], of="科室"),
    "bars without a share": bars("x", "t", [Bar("一", None)], of="科室"),
    "no moments": trend("x", "t", [], [Line("本人", ())]),
    "a line of gaps": trend("x", "t", ["1月"], [Line("本人", (None,))]),
    "nobody answered": split("x", "t", [Option("A", "甲", 0, is_key=True)], 0),
    "no score": distribution("x", "t", [0] * 10, 60),
}


@pytest.mark.parametrize("chart", NOTHING.values(), ids=NOTHING)
def test_nothing_to_draw_is_said(app: Flask, chart: Chart) -> None:
    page = shown(app, chart)
    assert "还没有可以画出的数据。" in page
    assert "<svg" not in page


LEVELS = {Fraction(59, 100): 0, Fraction(60, 100): 1, Fraction(79, 100): 2, Fraction(89, 100): 3, Fraction(1): 4}


@pytest.mark.parametrize(("share", "level"), LEVELS.items())
def test_a_cell_is_stronger_the_weaker_it_is(share: Fraction, level: int) -> None:
    assert Cell(share).level == level


def test_a_heat_grid_tells_each_share_by_its_figure_too(app: Flask) -> None:
    cells = (Cell(HALF), Cell(None, "请假"))
    grid = HeatGrid("x", "每人各场", "姓名", (Head("9月1日"), Head("9月8日", "/s")), ((Head(HOSTILE), cells),))
    with app.test_request_context():
        page = render_template_string('{% from "parts/chart.html" import heat_grid %}{{ heat_grid(g) }}', g=grid)
    assert '<td class="heat-0">50%</td>' in page
    assert "请假" in page
    assert '<a href="/s">9月8日</a>' in page
    assert "<script" not in page


@given(st.text(), st.floats(30, 700), st.integers(1, 3))
def test_fitted_words_keep_to_their_room(text: str, width: float, lines: int) -> None:
    found = fitted(text, width, lines)
    assert 1 <= len(found) <= lines
    assert all(em(line) * 14 <= width + 1e-6 for line in found)
    whole = " ".join(text.split())
    assert "".join(found) == whole or found[-1].endswith("…")


@given(st.lists(st.floats(10, 200), min_size=1, max_size=3))
def test_names_at_the_ends_of_lines_do_not_lie_on_each_other(places: list[float]) -> None:
    moved = apart(places, 20, 10, 200)
    order = sorted(moved)
    assert all(second - first >= 20 - 1e-6 for first, second in zip(order, order[1:], strict=False))
    assert order[0] >= 10 - 1e-6
    assert order[-1] <= 200 + 1e-6
