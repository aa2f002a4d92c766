"""A page's table as a file: at the page's own address, with its permission, its filters and its rows."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from io import BytesIO
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
import yaml
from conftest import Browser
from conftest import Office
from conftest import Person
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from quizapp.core.attendance import Way
from quizapp.db import sittings as rows
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.services import attendance
from tests.world import PRINCIPALS
from tests.world import World
from tests.world import shared_world

ClientOf = Callable[[Person], Browser]
PAGES: dict[str, list[dict[str, Any]]] = yaml.safe_load((Path(__file__).parents[1] / "authz.yml").read_text("utf-8"))[
    "pages"
]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table(answer: TestResponse) -> list[list[str]]:
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.reader(StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def cells(answer: TestResponse) -> list[list[object]]:
    assert (answer.status_code, answer.mimetype) == (200, XLSX)
    page = openpyxl.load_workbook(BytesIO(answer.get_data())).active
    return [[cell.value for cell in row] for row in page.iter_rows()]


def links(answer: TestResponse) -> list[str]:
    if answer.mimetype != "text/html":
        return []
    hrefs = re.findall(r'<a\b[^>]*\bhref="([^"]*)"', answer.get_data(as_text=True))
    return [href for href in map(unescape, hrefs) if re.search(r"[?&]as=", href)]


@pytest.fixture
def people_page(client_of: ClientOf, office: Office) -> Browser:
    return client_of(office.admin)


# What comes


def test_a_file_is_kept_under_the_title_of_its_table_and_its_day(people_page: Browser) -> None:
    for ending, media_type in (("xlsx", XLSX), ("csv", "text/csv; charset=utf-8")):
        answer = people_page.get(f"/people?as={ending}")
        disposition = answer.headers["Content-Disposition"]
        assert answer.content_type == media_type
        assert disposition.startswith(f'attachment; filename="export.{ending}"; ')
        assert unquote(disposition.partition("filename*=UTF-8''")[2]) == f"人员名单 2026-11-20.{ending}"
        assert disposition.isascii()


def test_a_file_that_a_browser_shows_after_all_can_do_nothing(people_page: Browser) -> None:
    headers = people_page.get("/people?as=csv").headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_both_files_hold_what_the_page_says(people_page: Browser, office: Office) -> None:
    heads, *listed = table(people_page.get("/people?as=csv"))
    assert heads == ["科室", "姓名", "工号", "职务", "角色", "分管科室", "状态"]
    assert ["秘书科", "顾科长", "1101", "科员", "干部", "秘书科", "在用"] in listed
    assert cells(people_page.get("/people?as=xlsx")) == [heads, *([cell or None for cell in row] for row in listed)]


def test_the_filters_of_a_page_are_those_of_its_file(people_page: Browser) -> None:
    narrowed = people_page.get("/people?q=顾")
    assert links(narrowed) == ["/people?q=%E9%A1%BE&as=xlsx", "/people?q=%E9%A1%BE&as=csv"]
    assert [row[1] for row in table(people_page.get(links(narrowed)[1]))[1:]] == ["顾科长"]


NO_FILES = ("as=pdf", "as=", "as=XLSX", "as=xlsx&as=csv", "as=csv%00", "as=../x")


@pytest.mark.parametrize("asked", NO_FILES)
def test_a_file_of_another_kind_is_not_there(people_page: Browser, asked: str) -> None:
    assert people_page.get(f"/people?{asked}").status_code == 404


def test_a_table_that_a_page_has_not_is_not_there(client_of: ClientOf, office: Office, sitting: str) -> None:
    path = f"/sittings/{sitting}/attendance?as=csv&of="
    for which, status in (("people", 200), ("sections", 200), ("keys", 404), ("", 404)):
        assert client_of(office.deputy).get(f"{path}{which}").status_code == status


@pytest.mark.parametrize("name", ["_scheme", "_external", "_anchor", "_method", "endpoint", "values", "as", "of"])
def test_a_parameter_of_an_address_stays_one(people_page: Browser, name: str) -> None:
    """Names that mean something where addresses are made must not lead anywhere else."""
    answer = people_page.get("/people", query_string={name: "javascript:alert(1)//"} if name not in ("as",) else {})
    assert answer.status_code == 200
    assert all(link.startswith("/people?") for link in links(answer))


def test_a_topic_that_is_a_formula_is_a_text(app: Flask, client_of: ClientOf, office: Office, sitting: str) -> None:
    with app.app_context():
        with writing() as session:
            rows.sitting_by_public_id(session, sitting).topic = '=HYPERLINK("http://evil.example")/..\\<x>'
            session.get_one(PersonRow, office.staff.id).name = "@SUM(A1)"
        db.session.remove()
    browser = client_of(office.chief)
    answer = browser.get(f"/sittings/{sitting}/attendance?as=csv&of=people")
    assert "'@SUM(A1)" in {row[1] for row in table(answer)}
    assert "/" not in unquote(answer.headers["Content-Disposition"].partition("UTF-8''")[2])
    book = openpyxl.load_workbook(BytesIO(browser.get(f"/sittings/{sitting}/attendance?as=xlsx&of=people").get_data()))
    assert not [cell for row in book.active.iter_rows() for cell in row if cell.data_type == "f"]


# Who is named


@pytest.fixture(scope="module")
def world(empty_database: Path, password_hash: str) -> World:
    return shared_world(empty_database, password_hash)


def rules(world: World) -> dict[str, Rule]:
    return {f"GET {rule.rule}": rule for rule in world.app.url_map.iter_rules() if "GET" in (rule.methods or ())}


def test_no_file_tells_more_names_than_its_page_and_none_is_for_whom_the_page_is_not(world: World) -> None:
    names = {getattr(world.office, who).name for who in PRINCIPALS[1:]}
    offered = Counter[str]()
    for page, (case, *_) in PAGES.items():
        if not page.startswith("GET ") or not case["allow"]:
            continue
        address = world.address(rules(world)[page], case.get("of", {}))
        # Whoever comes first and last in the file sees least and most, as a rule.
        for who in {case["allow"][0], case["allow"][-1]}:
            seen = world.browser(who).get(address)
            for link in links(seen):
                offered[page] += 1
                told = world.browser(who).get(link)
                assert told.status_code == 200, (who, link)
                if told.mimetype == "text/csv":
                    text, shown = told.get_data(as_text=True), seen.get_data(as_text=True)
                    assert {name for name in names if name in text} <= {name for name in names if name in shown}, link
        stranger = next((who for who in PRINCIPALS[1:] if who not in case["allow"]), "anonymous")
        if offered[page]:
            assert world.browser(stranger).get(f"{address}?as=csv").status_code in (302, 404)
    assert len(offered) >= 14
    assert world.checksum() == world.at_rest


def test_whoever_oversees_one_section_gets_its_people_and_the_host_gets_all(
    app: Flask, client_of: ClientOf, office: Office, sitting: str, clock: Any
) -> None:
    with app.app_context():
        with writing() as session:
            row = rows.sitting_by_public_id(session, sitting)
            attendance.sign(session, row, office.staff.id, Way.CODE, device="d", by_id=office.staff.id, now=clock())
        db.session.remove()
    address = f"/sittings/{sitting}/attendance?as=csv&of=people"
    mine = table(client_of(office.finance_chief).get(address))
    assert {row[0] for row in mine[1:]} == {"财务科"}
    everybody = table(client_of(office.chief).get(address))
    assert {"秘书科", "财务科"} <= {row[0] for row in everybody}
    signed = next(row for row in everybody if row[1] == "陆干部")
    assert signed[2:5] == ["1102", "已到", "签到码"]
    assert signed[-1] == "2026-11-20 14:00"
    assert client_of(office.staff).get(address).status_code == 404


def test_the_trail_is_exported_as_the_auditor_reads_it_and_for_nobody_else(
    client_of: ClientOf, office: Office, sitting: str
) -> None:
    lines = table(client_of(office.auditor).get("/audit?as=csv"))
    assert lines[0] == ["编号", "时间", "人员", "做了什么", "对象", "详情", "地址"]
    assert "发布学习场次" in {line[3] for line in lines}
    narrowed = table(client_of(office.auditor).get("/audit?as=csv&before=3"))
    assert [line[0] for line in narrowed[1:]] == ["2", "1"]
    assert client_of(office.admin).get("/audit?as=csv").status_code == 404


def test_ones_own_scores_are_numbers(client_of: ClientOf, office: Office, sitting: str) -> None:
    heads, line = cells(client_of(office.staff).get("/history?as=xlsx"))
    assert heads == ["主题", "开始时间", "状态", "得分", "满分", "得分率", "备注"]
    assert (line[0], line[3:]) == ("“五型”干部学测", [None, None, None, None])
