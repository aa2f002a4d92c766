"""The roster's pages."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import PASSWORD
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from flask import Flask
from sqlalchemy import select

from quizapp.core.roles import Role
from quizapp.db import people as rows
from quizapp.db.base import db
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.services import passwords

SignIn = Callable[[Person], Browser]
ONE_TIME = re.compile(r'class="one-time">([^<]+)<')
NEW = {"staff_number": "9001", "name": "新同志", "post": "科员", "active": "y"}


def text_of(browser: Browser, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def stored(app: Flask, number: str) -> PersonRow:
    with app.app_context():
        row = db.session.scalars(select(PersonRow).where(PersonRow.staff_number == number)).one()
        db.session.expunge(row)
        db.session.remove()
    return row


def section_of(app: Flask, name: str) -> SectionRow:
    with app.app_context():
        row = db.session.scalars(select(SectionRow).where(SectionRow.name == name)).one()
        db.session.expunge(row)
        db.session.remove()
    return row


def as_sent(office: Office, **changes: object) -> dict[str, object]:
    """陆干部's form as the page shows it, with changes."""
    return {"name": "陆干部", "post": "科员", "section": office.secretariat, "active": "y"} | changes


# Who may


@pytest.mark.parametrize("who", ["director", "chief", "staff", "editor", "auditor"])
def test_the_roster_is_a_missing_page_for_all_but_administrators(
    app: Flask, office: Office, client_of: SignIn, who: str
) -> None:
    browser = client_of(getattr(office, who))
    person, section = office.colleague.public_id, section_of(app, "财务科").public_id
    for path in ("/people", "/people/new", f"/people/{person}", "/people/sections/new", f"/people/sections/{section}"):
        assert office.colleague.name not in text_of(browser, path, 404)
    for path in ("/people/new", f"/people/{person}", f"/people/{person}/password-reset", f"/people/sections/{section}"):
        assert browser.submit(path, {"name": "改名"}).status_code == 404
    assert stored(app, office.colleague.number).name == office.colleague.name
    assert section_of(app, "财务科")


# Reading


def test_the_index_shows_the_tree_with_its_people(office: Office, client_of: SignIn) -> None:
    page = text_of(client_of(office.admin), "/people")
    places = [page.index(f"<h2>{name}") for name in ("市政府办公室", "秘书科", "督查室", "财务科")]
    assert places == sorted(places)
    assert places[1] < page.index("陆干部") < places[2]
    assert places[3] < page.index("孟干部")


def test_a_search_shows_only_who_fits_and_keeps_the_words(office: Office, client_of: SignIn) -> None:
    page = text_of(client_of(office.admin), "/people?q=孟")
    assert "孟干部" in page
    assert "陆干部" not in page
    assert 'value="孟"' in page


@pytest.mark.parametrize("words", ["%", "_", "'", "<b>", "\\"])
def test_strange_words_in_a_search_find_nobody(office: Office, client_of: SignIn, words: str) -> None:
    browser = client_of(office.admin)
    page = browser.get("/people", query_string={"q": words}).get_data(as_text=True)
    assert "没有找到符合的人员" in page
    assert "<b>" not in page


# New people


def test_a_new_persons_password_is_shown_once_and_works_until_it_expires(
    app: Flask, office: Office, client_of: SignIn, anonymous: Browser, clock: Clock
) -> None:
    browser = client_of(office.admin)
    answer = browser.submit("/people/new", NEW | {"section": office.finance, "oversees": [office.finance]})
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    password = ONE_TIME.search(page)[1]
    assert "72 小时内有效" in page
    assert "只显示这一次" in page
    assert password not in str(answer.headers)
    row = stored(app, "9001")
    assert passwords.password_matches(row.password_hash, password)
    assert password not in text_of(browser, f"/people/{row.public_id}")
    assert password not in text_of(browser, "/people")
    with app.app_context():
        assert rows.actor(db.session(), row.id).overseen == {office.finance}
    anonymous.csrf = sign_in_token(anonymous)
    clock.advance(hours=72)
    assert sign_in(anonymous, "9001", password).status_code == 422
    clock.advance(minutes=-1)
    answer = sign_in(anonymous, "9001", password)
    assert answer.status_code == 302
    assert anonymous.get("/").headers["Location"] == "/password", "a password of others is changed first"


def sign_in_token(browser: Browser) -> str:
    page = browser.get("/sign-in").get_data(as_text=True)
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def sign_in(browser: Browser, number: str, password: str):  # type: ignore[no-untyped-def]
    return browser.submit("/sign-in", {"staff_number": number, "password": password})


MISTAKES = {
    "no name": ({"name": " "}, "请填写姓名"),
    "no number": ({"staff_number": ""}, "请填写工号"),
    "a number with spaces": ({"staff_number": "90 01"}, "工号只用字母"),
    "a number in use": ({"staff_number": "1102"}, "已有人使用"),
    "two roles that exclude each other": ({"roles": ["admin", "auditor"]}, "不能由同一人担任"),
    "a role that is not given": ({"roles": ["staff"]}, "没有保存"),
    "a section that is not there": ({"section": 999}, "没有保存"),
    "oversight of nothing": ({"oversees": [999]}, "没有保存"),
    "a very long name": ({"name": "长" * 51}, "不超过 50 个字"),
}


@pytest.mark.parametrize(("changes", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_and_nothing_is_stored(
    app: Flask, office: Office, client_of: SignIn, changes: dict[str, object], sentence: str
) -> None:
    answer = client_of(office.admin).submit("/people/new", NEW | {"section": office.finance} | changes)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    with app.app_context():
        assert rows.person_by_number(db.session(), "9001") is None


# Changing people


def test_a_change_is_saved_and_shown(app: Flask, office: Office, client_of: SignIn) -> None:
    browser = client_of(office.admin)
    sent = as_sent(office, post="副科长", roles=["editor"], oversees=[office.secretariat])
    answer = browser.submit(f"/people/{office.staff.public_id}", sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/people")
    page = text_of(browser, f"/people/{office.staff.public_id}")
    assert 'value="副科长"' in page
    assert re.search(r'<input checked [^>]*value="editor"', page)
    with app.app_context():
        actor = rows.actor(db.session(), office.staff.id)
    assert (actor.roles, actor.overseen) == ({Role.STAFF, Role.EDITOR}, {office.secretariat})


def test_an_unticked_box_disables_and_signs_out(app: Flask, office: Office, client_of: SignIn) -> None:
    theirs = client_of(office.staff)
    sent = as_sent(office)
    del sent["active"]
    client_of(office.admin).submit(f"/people/{office.staff.public_id}", sent)
    assert not stored(app, office.staff.number).active
    assert theirs.get("/").headers["Location"].startswith("/sign-in")


def test_a_staff_number_cannot_be_changed(app: Flask, office: Office, client_of: SignIn) -> None:
    client_of(office.admin).submit(f"/people/{office.staff.public_id}", as_sent(office, staff_number="6666"))
    assert stored(app, office.staff.number).id == office.staff.id


def test_an_administrator_cannot_widen_their_own_rights(app: Flask, office: Office, client_of: SignIn) -> None:
    sent = as_sent(office, name="白管理", section=office.inspection, roles=["admin"], oversees=[office.root])
    answer = client_of(office.admin).submit(f"/people/{office.admin.public_id}", sent)
    assert answer.status_code == 422
    assert "不能修改本人的角色和分管" in answer.get_data(as_text=True)
    with app.app_context():
        assert rows.actor(db.session(), office.admin.id).overseen == frozenset()


def test_a_refused_change_shows_what_was_typed(office: Office, client_of: SignIn) -> None:
    sent = as_sent(office, name="陆改名", roles=["admin", "auditor"])
    answer = client_of(office.admin).submit(f"/people/{office.staff.public_id}", sent)
    assert answer.status_code == 422
    assert 'value="陆改名"' in answer.get_data(as_text=True)


def test_an_unknown_person_is_a_missing_page(office: Office, client_of: SignIn) -> None:
    browser = client_of(office.admin)
    text_of(browser, "/people/nobody", 404)
    assert browser.submit("/people/nobody/password-reset").status_code == 404


# Passwords


def test_a_reset_password_is_shown_once_and_opens_the_door(
    app: Flask, office: Office, client_of: SignIn, anonymous: Browser
) -> None:
    theirs, browser = client_of(office.staff), client_of(office.admin)
    answer = browser.submit(f"/people/{office.staff.public_id}/password-reset")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    password = ONE_TIME.search(page)[1]
    assert "72 小时内有效" in page
    assert password not in str(answer.headers)
    assert "no-store" in answer.headers["Cache-Control"]
    assert password not in text_of(browser, f"/people/{office.staff.public_id}")
    assert theirs.get("/").headers["Location"].startswith("/sign-in"), "every device is signed out"
    anonymous.csrf = sign_in_token(anonymous)
    assert sign_in(anonymous, office.staff.number, PASSWORD).status_code == 422
    assert sign_in(anonymous, office.staff.number, password).status_code == 302


def test_two_resets_give_two_passwords(office: Office, client_of: SignIn) -> None:
    browser = client_of(office.admin)
    path = f"/people/{office.staff.public_id}/password-reset"
    given = {ONE_TIME.search(browser.submit(path).get_data(as_text=True))[1] for _ in range(2)}
    assert len(given) == 2


def test_ones_own_password_is_not_reset_here(app: Flask, office: Office, client_of: SignIn) -> None:
    browser = client_of(office.admin)
    answer = browser.submit(f"/people/{office.admin.public_id}/password-reset")
    assert answer.status_code == 422
    assert "“账号”页面" in answer.get_data(as_text=True)
    assert passwords.password_matches(stored(app, office.admin.number).password_hash, PASSWORD)


def test_a_reset_needs_a_post(office: Office, client_of: SignIn) -> None:
    text_of(client_of(office.admin), f"/people/{office.staff.public_id}/password-reset", 405)


# Sections


def test_a_section_is_added_below_another(app: Flask, office: Office, client_of: SignIn) -> None:
    answer = client_of(office.admin).submit("/people/sections/new", {"name": "文书组", "parent": office.secretariat})
    assert answer.status_code == 302
    assert section_of(app, "文书组").parent_id == office.secretariat


def test_a_section_is_renamed(app: Flask, office: Office, client_of: SignIn) -> None:
    path = f"/people/sections/{section_of(app, '财务科').public_id}"
    browser = client_of(office.admin)
    assert 'value="财务科"' in text_of(browser, path)
    assert browser.submit(path, {"name": "财务与资产科"}).status_code == 302
    assert section_of(app, "财务与资产科").id == office.finance


@pytest.mark.parametrize("name", ["", "督查室", "长" * 51], ids=["empty", "taken", "too long"])
def test_a_bad_section_name_is_refused(app: Flask, office: Office, client_of: SignIn, name: str) -> None:
    browser = client_of(office.admin)
    path = f"/people/sections/{section_of(app, '财务科').public_id}"
    assert browser.submit(path, {"name": name}).status_code == 422
    assert browser.submit("/people/sections/new", {"name": name, "parent": office.root}).status_code == 422
    assert section_of(app, "财务科").id == office.finance


def test_every_page_has_one_heading_labels_and_no_inline_style(
    app: Flask, office: Office, client_of: SignIn, clock: Clock
) -> None:
    browser = client_of(office.admin)
    section = section_of(app, "财务科").public_id
    clock.advance(seconds=timedelta(minutes=1).total_seconds())
    for path in (
        "/people",
        "/people/new",
        f"/people/{office.staff.public_id}",
        "/people/sections/new",
        f"/people/sections/{section}",
    ):
        page = text_of(browser, path)
        assert page.count("<h1") == 1, path
        assert not re.search(r"<[^>]*\s(style|on\w+)=", page), path
        own = page[page.index("<main") : page.index("</main>")]
        for found in re.findall(r"<(?:input|select)[^>]*>", own):
            if 'type="hidden"' not in found:
                name = re.search(r'\sid="([^"]+)"', found)[1]
                assert f'for="{name}"' in page, (path, found)
