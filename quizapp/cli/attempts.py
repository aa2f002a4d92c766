"""flask attempts …"""

from collections.abc import Callable
from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from quizapp.db.engine import writing
from quizapp.services import attempts as taking
from quizapp.services import regrading
from quizapp.services import wordings

attempts = AppGroup("attempts", help="作答。")
AT_ONCE = 200


@attempts.command("close-overdue")
def close_overdue() -> None:
    """把到时未交的答卷按已保存的答案收卷（网站运行时会自动进行）。"""
    closed, newly = 0, AT_ONCE
    while newly == AT_ONCE:
        with writing() as session:
            newly = taking.close_overdue(session, now=_now(), at_once=AT_ONCE)
        closed += newly
    click.echo(f"已收卷 {closed} 份。")


@attempts.command("rescore")
def rescore() -> None:
    """认可填法、更正答案后，把还没有核对的答卷重新计分（网站运行时会自动进行，中断后可再次运行）。"""
    for next_few in (wordings.rescore, regrading.step):
        more = True
        while more:
            with writing() as session:
                more = next_few(session, now=_now())
    click.echo("已全部重新计分。")


def _now() -> datetime:
    """The site's own time, which a jump of the server's clock does not move while somebody answers."""
    told: Callable[[], datetime] | None = current_app.config.get("CLOCK")
    clock: Callable[[], datetime] = told or current_app.extensions["clock"].now
    return clock()
