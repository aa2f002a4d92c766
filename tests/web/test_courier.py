"""The courier against a real mail server: what arrives, how often, and what a server that fails holds up."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from flask import Flask
from post_office import Mailbox
from post_office import free_port
from post_office import listening
from post_office import serving
from post_office import silent
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.reminders import ReminderState
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.reminders import ReminderRow
from quizapp.formats.channels import read_channels
from quizapp.services import reminders
from quizapp.web import bell
from quizapp.web import courier

SECRET = "geheim-9931"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def by_mail(app: Flask, office: Office, clock: Clock, port: int) -> Flask:
    """The application writes mail, and some of the office have an address and an unfinished quiz."""
    app.config["REMINDERS"] = read_channels(f"mailto://127.0.0.1:{port}?from=xuece@example.org&cto=2")
    with app.app_context():
        with writing() as session:
            made = approved_set(session, office.editor.actor, office.second_editor.actor, each=2, now=clock())
            facts = sitting_facts(
                made.id,
                host=office.secretariat,
                leader=office.deputy.id,
                opens_at=clock() - timedelta(days=1),
                closes_at=clock() + timedelta(days=1),
            )
            published_sitting(session, office.editor.actor, facts, now=clock())
            for person in (office.staff, office.colleague, office.stranger):
                reminders.remember_email(session, person.actor, address(person), now=clock())
        db.session.remove()
    return app


def address(person: Person) -> str:
    return f"p{person.number}@example.org"


def go_round(app: Flask) -> None:
    """What the courier's threads do in one round, one after another."""
    with app.app_context():
        courier.make_due()
        for channel in app.config["REMINDERS"]:
            courier.carry(channel)
        db.session.remove()


def states(session: Session) -> list[ReminderState]:
    session.rollback()
    return list(session.scalars(select(ReminderRow.state).order_by(ReminderRow.id)))


def errors(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(ReminderRow.error).where(ReminderRow.error != "").order_by(ReminderRow.id)))


def until(claim: Callable[[], bool]) -> None:
    """Wait for something that happens in another thread."""
    deadline = time.monotonic() + 20
    while not claim():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_everybody_who_has_not_begun_gets_one_letter_of_their_own(
    by_mail: Flask, office: Office, clock: Clock, mailbox: Mailbox, port: int, session: Session
) -> None:
    with serving(mailbox, port):
        go_round(by_mail)
        go_round(by_mail)
        clock.advance(hours=20)
        go_round(by_mail)
    people = (office.staff, office.colleague, office.stranger)
    assert sorted(mail.recipients for mail in mailbox.mails) == sorted((address(person),) for person in people)
    (mail,) = mailbox.to(address(office.staff))
    assert mail.sender == "xuece@example.org"
    assert str(mail.message["From"]) == "每周学测 <xuece@example.org>"
    assert mail.title == "学测未作答：“五型”干部学测"
    assert "11月21日（周六） 14:00 截止" in mail.text
    assert by_mail.config["SITE"] in mail.text
    assert [str(mail.message[name]) for name in ("Cc", "Bcc")] == ["None", "None"]
    assert "Apprise" not in str(mail.message)
    assert states(session) == [ReminderState.SENT] * 3


def test_mail_that_could_not_be_sent_arrives_once_when_the_server_is_back(
    by_mail: Flask, office: Office, clock: Clock, mailbox: Mailbox, port: int, session: Session
) -> None:
    go_round(by_mail)
    assert states(session) == [ReminderState.WAITING] * 3
    assert errors(session), "what went wrong is kept"
    with serving(mailbox, port):
        clock.advance(seconds=59)
        go_round(by_mail)
        assert len(mailbox.mails) == 1, "only what was not tried yet"
        clock.advance(seconds=1)
        go_round(by_mail)
        go_round(by_mail)
    assert len(mailbox.mails) == 3
    assert len({mail.recipients for mail in mailbox.mails}) == 3
    assert states(session) == [ReminderState.SENT] * 3
    assert errors(session) == []


def test_an_address_that_the_server_refuses_keeps_nobody_else_from_their_mail(
    by_mail: Flask, office: Office, mailbox: Mailbox, port: int, session: Session
) -> None:
    mailbox.refused.add(address(office.staff))
    with serving(mailbox, port):
        go_round(by_mail)
    assert {mail.recipients[0] for mail in mailbox.mails} == {address(office.colleague), address(office.stranger)}
    assert sorted(states(session)) == sorted([ReminderState.WAITING, ReminderState.SENT, ReminderState.SENT])


def test_two_workers_at_once_send_everything_once(
    by_mail: Flask, office: Office, clock: Clock, mailbox: Mailbox, port: int, session: Session
) -> None:
    with writing() as writer:
        for person in office.everybody():
            reminders.remember_email(writer, person.actor, address(person), now=clock())
    with serving(mailbox, port), ThreadPoolExecutor(4) as workers:
        for done in [workers.submit(go_round, by_mail) for _ in range(4)]:
            done.result()
    everybody = sorted((address(person),) for person in office.everybody())
    assert sorted(mail.recipients for mail in mailbox.mails) == everybody


def test_a_server_that_never_answers_holds_up_neither_pages_nor_the_bell_nor_other_channels(
    by_mail: Flask,
    office: Office,
    mailbox: Mailbox,
    port: int,
    session: Session,
    client_of: Callable[[Person], Browser],
) -> None:
    browser = client_of(office.staff)
    with silent() as deaf, serving(mailbox, port), open_courier(by_mail, deaf, port) as stop:
        until(lambda: len(mailbox.mails) == 3)
        assert browser.get("/").status_code == 200
        assert browser.submit("/display", {"theme": "dark"}).status_code == 302
        bell.note_ends()
        bell.ring(10)
        until(lambda: errors(session) != [])
        stop.set()
    group = [row for row in session.scalars(select(ReminderRow)) if row.person_id is None]
    assert [row.state for row in group] == [ReminderState.WAITING]
    assert SECRET not in "".join(errors(session))


class open_courier:  # noqa: N801 - reads as what it is: a context
    """The courier's own threads, with a deaf group beside the mail server."""

    def __init__(self, app: Flask, deaf: int, port: int):
        addresses = f"json://127.0.0.1:{deaf}/{SECRET}?cto=1&rto=1, mailto://127.0.0.1:{port}?from=xuece@example.org"
        app.config["REMINDERS"] = read_channels(addresses)
        self.app = app

    def __enter__(self) -> threading.Event:
        self.before = set(threading.enumerate())
        self.stop = courier.start_courier(self.app, seconds=0.05)
        return self.stop

    def __exit__(self, *failure: object) -> None:
        self.stop.set()
        for thread in set(threading.enumerate()) - self.before:
            if thread.name == "reminders" or thread.name.startswith("channel"):
                thread.join(20)


def test_a_group_gets_one_message_over_its_channel(
    by_mail: Flask, office: Office, clock: Clock, session: Session
) -> None:
    with listening() as (port, heard):
        by_mail.config["REMINDERS"] = read_channels(f"json://127.0.0.1:{port}/{SECRET}")
        go_round(by_mail)
        go_round(by_mail)
    assert [message["title"] for message in heard] == ["学测即将截止：“五型”干部学测"]
    assert by_mail.config["SITE"] in heard[0]["message"]
    assert states(session) == [ReminderState.SENT]


def test_a_channel_that_does_not_answer_is_left_alone_after_two_letters(
    by_mail: Flask, office: Office, clock: Clock, session: Session
) -> None:
    """Else an office of thousands would wait for a time-out each."""
    with writing() as writer:
        for person in office.everybody():
            reminders.remember_email(writer, person.actor, address(person), now=clock())
    go_round(by_mail)
    session.rollback()
    tries = list(session.scalars(select(ReminderRow.tries).order_by(ReminderRow.tries.desc())))
    assert sum(tries) == courier.FAILURES_IN_A_ROW
    assert len(tries) == len(office.everybody())


def test_nothing_is_sent_while_a_transaction_is_open(
    by_mail: Flask, mailbox: Mailbox, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = courier.send
    open_then: list[bool] = []

    def send(*args: object) -> str | None:
        open_then.append(db.session().in_transaction())
        return sent(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(courier, "send", send)
    with serving(mailbox, port):
        go_round(by_mail)
    assert open_then == [False] * 3


def test_without_channels_nothing_is_made_and_no_thread_starts(
    app: Flask, office: Office, sitting: str, session: Session
) -> None:
    before = threading.active_count()
    courier.start_courier(app, seconds=0.01).set()
    assert threading.active_count() == before
    go_round(app)
    assert states(session) == []
