"""Which days a report is asked for: it stands in the address, so that it can be kept, sent and printed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import current_app
from flask import request

from quizapp.core.periods import PeriodKind
from quizapp.core.periods import Span
from quizapp.core.periods import span_between
from quizapp.core.periods import span_of
from quizapp.services.report_places import Moments
from quizapp.web.access import now
from quizapp.web.filters import office_time

#: What the address calls the days between two that are named.
RANGE = "custom"
#: What people choose from, in the order shown; the empty one is the newest sitting.
CHOICES: Mapping[str, str] = {
    "": "最近一次",
    PeriodKind.MONTH: "本月",
    PeriodKind.QUARTER: "本季度",
    PeriodKind.YEAR: "本年",
}
#: What the calendar's period is called from inside it, and the one before.
STEPS = {PeriodKind.WEEK: "周", PeriodKind.MONTH: "月", PeriodKind.QUARTER: "季度", PeriodKind.YEAR: "年"}


@dataclass(frozen=True)
class Chosen:
    """What the address says, as it was typed; `span` is None for the newest sitting, and where there is a problem."""

    period: str
    since: str
    until: str
    span: Span | None
    today: date
    problem: str = ""

    @property
    def moments(self) -> Moments | None:
        return self.span.moments(_zone()) if self.span else None

    @property
    def moments_before(self) -> Moments | None:
        return self.span.before.moments(_zone()) if self.span else None

    @property
    def query(self) -> dict[str, str]:
        """The part of an address that says it."""
        if self.span is None:
            return {}
        if self.span.kind is None:
            return {"period": RANGE, "from": self.span.first.isoformat(), "to": self.span.last.isoformat()}
        return {"period": self.span.kind.value, "day": self.span.first.isoformat()}

    @property
    def is_current(self) -> bool:
        return self.span is not None and self.span.kind is not None and self.span.first <= self.today <= self.span.last

    @property
    def before(self) -> dict[str, str] | None:
        """The address of the calendar's period before."""
        return Chosen("", "", "", self.span.before, self.today).query if self.span and self.span.kind else None

    @property
    def after(self) -> dict[str, str] | None:
        """The address of the calendar's period after, unless that lies ahead."""
        if self.span is None or self.span.kind is None or self.span.last >= self.today:
            return None
        return {"period": self.span.kind.value, "day": date.fromordinal(self.span.last.toordinal() + 1).isoformat()}


def read() -> Chosen:
    """What the address asks for."""
    args, today = request.args, office_time(now()).date()
    period, since, until = args.get("period", ""), args.get("from", ""), args.get("to", "")
    if not period:
        return Chosen(period, since, until, None, today)
    span, problem = _between(since, until) if period == RANGE else _of(period, args.get("day", ""), today)
    return Chosen(period, since, until, span, today, problem)


def _of(period: str, day: str, today: date) -> tuple[Span | None, str]:
    if period not in set(PeriodKind):
        return None, "没有这种时段，请从列出的时段中选择"
    try:
        return span_of(PeriodKind(period), date.fromisoformat(day) if day else today), ""
    except ValueError:
        return None, f"无法识别日期“{day}”，请从列出的时段中选择"


def _between(since: str, until: str) -> tuple[Span | None, str]:
    if not since or not until:
        return None, "请把开始日期和结束日期都填上"
    try:
        first, last = date.fromisoformat(since), date.fromisoformat(until)
    except ValueError:
        return None, "日期请写成“2026-11-20”这样"
    if last < first:
        return None, f"结束日期（{until}）早于开始日期（{since}），请改正其中一个"
    try:
        return span_between(first, last), ""
    except ValueError:
        return None, "日期请填 2000 年到 2099 年之间的"


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["OFFICE_ZONE"])
