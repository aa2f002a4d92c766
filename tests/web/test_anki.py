"""The page that leads to the two files, and what it says where there is nothing to give."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from urllib.parse import unquote
from zipfile import ZipFile

from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from flask import Flask
from sqlalchemy import update

from quizapp.core.states import QuestionState
from quizapp.db.bank import QuestionRow
from quizapp.db.base import db
from quizapp.db.engine import writing


def test_a_chief_takes_both_files_from_the_page_until_nothing_is_left_to_take(
    app: Flask, office: Office, client_of: Callable[[Person], Browser], clock: Clock
) -> None:
    with app.app_context(), writing() as session:
        made = approved_set(session, office.editor.actor, office.second_editor.actor, each=1, now=clock()).public_id
    chief = client_of(office.chief)
    address = f"/question-sets/{made}/anki"
    assert f'href="{address}"' in chief.get(f"/question-sets/{made}").get_data(as_text=True)
    page = chief.get(address).get_data(as_text=True)
    assert "共 7 张卡片" in page
    assert f'href="{address}/package"' in page
    assert f'href="{address}/text"' in page

    package = chief.get(f"{address}/package")
    assert unquote(package.headers["Content-Disposition"]).endswith("测试题集 ceshi Anki.apkg")
    with closing(sqlite3.connect(":memory:")) as notes:
        notes.deserialize(ZipFile(BytesIO(package.get_data())).read("collection.anki2"))
        assert notes.execute("select count(*) from notes").fetchone() == (7,)
    text = chief.get(f"{address}/text")
    assert text.mimetype == "text/plain"
    assert text.get_data(as_text=True).startswith("#separator:Tab\n")

    with app.app_context():
        with writing() as session:
            session.execute(update(QuestionRow).values(state=QuestionState.IN_REVIEW))
        db.session.remove()
    bare = client_of(office.editor).get(address).get_data(as_text=True)
    assert "没有可以导出的卡片" in bare
    assert f'href="/review?set={made}"' in bare
    assert "下载" not in bare
    for file in ("package", "text"):
        assert chief.get(f"{address}/{file}").headers["Location"] == address
