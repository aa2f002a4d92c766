"""试题统计: the statistics of closed sittings' papers and of questions, for editors."""

from collections.abc import Mapping
from collections.abc import Sequence
from fractions import Fraction
from math import floor

from flask import Blueprint
from flask import render_template
from flask import request
from flask.typing import ResponseReturnValue

from quizapp.core.question import Interaction
from quizapp.core.roles import Action
from quizapp.core.statistics import ENOUGH
from quizapp.core.types import TYPES
from quizapp.db.base import db
from quizapp.services import statistics
from quizapp.services import suspicions
from quizapp.services.statistics import SplitLine
from quizapp.services.statistics import VersionStatistics
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.charts import Bar
from quizapp.web.charts import Chart
from quizapp.web.charts import Option
from quizapp.web.charts import bars
from quizapp.web.charts import distribution
from quizapp.web.charts import split

bp = Blueprint("statistics", __name__, url_prefix="/statistics")
A_PAGE = 25
#: What a distractor is marked with that does not function.
IDLE = "△ 少有人选"


@bp.get("")
@needs(Action.STATISTICS_READ)
def index() -> ResponseReturnValue:
    number = max(request.args.get("page", 1, type=int), 1)
    found = statistics.overview(db.session(), actor(), skip=(number - 1) * A_PAGE, limit=A_PAGE, now=now())
    return render_template(
        "statistics/index.html",
        overview=found,
        number=number,
        pages=-(-found.total // A_PAGE),
        suspected=len(suspicions.suspected(db.session())),
        enough=ENOUGH,
    )


@bp.get("/sittings/<string:sitting_id>")
@needs(Action.STATISTICS_READ)
def sitting(sitting_id: str) -> ResponseReturnValue:
    found = statistics.of_sitting(db.session(), actor(), sitting_id, now=now())
    drawn = distribution("scores", "得分率分布", found.tens, found.sitting.pass_percent)
    return render_template("statistics/sitting.html", paper=found, drawn=drawn, enough=ENOUGH)


@bp.get("/questions/<string:question_id>")
@needs(Action.STATISTICS_READ)
def question(question_id: str) -> ResponseReturnValue:
    found = statistics.of_question(db.session(), actor(), question_id, now=now())
    charts = {version.number: _chart(version) for version in found.versions}
    return render_template("statistics/question.html", question=found, charts=charts, enough=ENOUGH)


def _chart(version: VersionStatistics) -> Chart | None:
    """How the answers to a version fall apart; None where that is not told, or people mark."""
    if not version.split:
        return None
    name, n = f"split-{version.number}", version.figures.n
    if TYPES[version.type].interaction is Interaction.CHOICE:
        return split(name, f"选项分布（{n} 人次）", [_option(line) for line in version.split], n)
    lines = [Bar(_named(line), line.share, line.times, "✓ 正确" if line.right else "") for line in version.split]
    title, heading, figure = SPLIT_WORDS[TYPES[version.type].interaction]
    return bars(name, f"{title}（{n} 人次）", lines, of=heading, figure=figure, counted="人次")


#: What the split of a question that is not answered by choosing is called, and what heads its lines and its shares.
SPLIT_WORDS: Mapping[Interaction, tuple[str, str, str]] = {
    Interaction.TEXT: ("填写情况", "填法", "占比"),
    Interaction.MATCH: ("各项对应正确率", "左列与右列", "正确率"),
    Interaction.ORDER: ("各位置排列正确率", "位置", "正确率"),
}


def _option(line: SplitLine) -> Option:
    text = f"{line.text}（{IDLE}）" if line.functions is False else line.text
    return Option(line.mark, text, line.times, bool(line.right))


def _named(line: SplitLine) -> str:
    return f"{line.mark} {line.text}".strip()


@bp.app_template_filter("hundredths")
def hundredths(value: float | Fraction | None) -> str:
    """A coefficient with two decimals, rounded down, so that it reads as its band does; a dash for none."""
    if value is None:
        return "—"
    whole = floor(value * 100)
    return f"{'−' if whole < 0 else ''}{abs(whole) // 100}.{abs(whole) % 100:02}"


@bp.app_template_filter("tenth_percent")
def tenth_percent(share: float | Fraction | None) -> str:
    """A share in percent with one decimal, rounded down; a dash for none."""
    if share is None:
        return "—"
    tenths = floor(share * 1000)
    return f"{'−' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}%"


@bp.app_template_filter("idle_options")
def idle_options(lines: Sequence[SplitLine]) -> list[SplitLine]:
    """The distractors that hardly anybody chose."""
    return [line for line in lines if line.functions is False]
