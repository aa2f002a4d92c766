"""flask office …"""

from datetime import UTC
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.cli import demo
from quizapp.core.errors import BadInput
from quizapp.core.roles import SYSTEM
from quizapp.core.roles import Role
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.services import passwords
from quizapp.services import people
from quizapp.services.people import PersonFacts

office = AppGroup("office", help="单位。")


@office.command("init")
@click.option("--name", "office_name", prompt="单位名称", default="政府办公室", show_default=True)
@click.option("--admin-number", prompt="管理员工号", default="admin", show_default=True)
@click.option("--admin-name", prompt="管理员姓名", default="系统管理员", show_default=True)
def init(office_name: str, admin_number: str, admin_name: str) -> None:
    """建立单位和第一位管理员；一次性密码只显示这一次，72 小时内首次登录时必须更换。"""
    if not is_empty(db.session()):
        raise click.ClickException("数据库里已经有人员，没有做任何改动。忘记管理员密码请由另一位管理员重置。")
    password = passwords.one_time_password()
    hashed = passwords.hash_password(password)
    now = datetime.now(UTC)
    try:
        with writing() as session:
            root = people.add_section(session, SYSTEM, office_name, None, now=now)
            facts = PersonFacts(admin_number, admin_name, "", root.id, roles=frozenset({Role.ADMIN}))
            people.add_person(session, SYSTEM, facts, hashed, now=now)
    except BadInput as bad:
        raise click.ClickException(f"没有做任何改动：{bad}") from None
    click.echo(f"已建立“{office_name}”。\n管理员工号：{admin_number}\n一次性密码：{password}")
    click.echo("请在 72 小时内登录并更换密码。")


@office.command("demo")
def load_demo() -> None:
    """在空数据库里建立演示单位（虚构人员与成绩）。"""
    if not is_empty(db.session()):
        raise click.ClickException("数据库里已经有数据，没有做任何改动。演示单位只能建在空数据库里。")
    demo.load(current_app.config["INSTANCE"], ZoneInfo(current_app.config["OFFICE_ZONE"]), click.echo)


def is_empty(session: Session) -> bool:
    return session.scalar(select(PersonRow.id).limit(1)) is None
