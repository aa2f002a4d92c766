"""flask serve: what `make run` calls once everything is installed."""

import os
import socket
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from quizapp.cli import demo
from quizapp.cli.office import is_empty
from quizapp.config import PROJECT
from quizapp.db.base import db


@click.command("serve")
@with_appcontext
def serve() -> None:
    """升级数据库，（空库时）建立演示单位，然后启动网站。"""
    host, port = current_app.config["HOST"], current_app.config["PORT"]
    _check_port(host, port)
    click.echo("正在准备数据库……")
    upgrade()
    _prepare_data()
    db.session.remove()
    db.engine.dispose()
    click.echo(f"\n每周学测已启动：{current_app.config['SITE']}　（按 Ctrl+C 停止）\n")
    sys.stdout.flush()
    _become_server(host, port)


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise click.ClickException(
                f"不能使用 {host}:{port}（{fault.strerror}），端口可能已被占用。"
                f"可换一个：QUIZAPP_PORT={port + 1} make run"
            ) from None


def _prepare_data() -> None:
    instance: Path = current_app.config["INSTANCE"]
    if is_empty(db.session()):
        db.session.rollback()
        if not current_app.config["DEMO"]:
            click.echo("数据库是空的。请先运行：flask office init")
            return
        click.echo("数据库是空的，正在建立演示单位（虚构人员）：")
        demo.load(instance, ZoneInfo(current_app.config["OFFICE_ZONE"]), click.echo)
    if current_app.config["DEMO"] and demo.is_here(db.session(), instance):
        click.echo(f"\n演示账号（密码都是 {demo.demo_password(instance)}）：")
        for words, number, name in demo.accounts():
            click.echo(f"  {number}　{name}　{words}")


def _become_server(host: str, port: int) -> None:
    """Replace this process by the server, so that signals and exit status are its own.

    gunicorn with threads: as fast as its rivals on this work (bench/servers.py), and it replaces a worker that dies.
    """
    config = current_app.config
    os.environ.pop("FLASK_RUN_FROM_CLI", None)
    os.chdir(PROJECT)
    arguments = [
        sys.executable, "-m", "gunicorn", "wsgi:app",
        "--bind", f"{host}:{port}",
        "--worker-class", "gthread", "--workers", str(config["WORKERS"]), "--threads", str(config["THREADS"]),
        "--timeout", "60", "--graceful-timeout", "30", "--max-requests", "5000", "--max-requests-jitter", "500",
        "--log-level", "warning",
    ]  # fmt: skip
    os.execv(sys.executable, arguments)  # noqa: S606 - our own interpreter, no shell
