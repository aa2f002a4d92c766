"""What a paper of twenty questions costs on a weak network: bytes on the wire, and the wait until it can be used."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from conftest import Clock
from conftest import Office
from factories import published_sitting
from factories import sitting_facts
from flask import Flask
from playwright.sync_api import Browser
from playwright.sync_api import CDPSession
from playwright.sync_api import Page
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler
from werkzeug.serving import make_server

from quizapp.config import PROJECT
from quizapp.core.paper import PaperSpec
from quizapp.core.question import TypeName
from quizapp.db.bank import set_by_slug
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.formats.question_sets import read_question_set
from quizapp.services import attempts
from quizapp.services import sign_in
from quizapp.services.bank import load_question_set

pytestmark = pytest.mark.browser
FIRST_VISIT_BYTES = 150 * 1024
NEXT_VISIT_BYTES = 30 * 1024
LATENCY_MS = 300
BYTES_PER_SECOND = 400_000 // 8
#: Two seconds, counted in round trips of this network: the least that any page can cost on it.
ROUND_TRIPS = 2000 / LATENCY_MS
COUNTS = {
    TypeName.SINGLE_CHOICE: 7,
    TypeName.MULTIPLE_CHOICE: 4,
    TypeName.TRUE_FALSE: 3,
    TypeName.FILL_IN: 3,
    TypeName.MATCHING: 1,
    TypeName.ORDERING: 1,
    TypeName.SHORT_ANSWER: 1,
}
#: The first words of the page are the taking script's once it has run.
IS_RUNNING = "document.querySelector('#saving-words').textContent.startsWith('每答一题自动保存')"
READY_MS = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


class KeepingConnections(WSGIRequestHandler):
    """As gunicorn behind a proxy does; a new connection for every file would be another network."""

    protocol_version = "HTTP/1.1"


@dataclass
class Phone:
    """A signed-in phone with nothing in its cache, and every byte that comes to it."""

    page: Page
    wire: CDPSession
    paper: str
    received: int = 0

    def __post_init__(self) -> None:
        self.wire.send("Network.enable")
        self.wire.on("Network.loadingFinished", self._weigh)

    def _weigh(self, event: dict[str, float]) -> None:
        self.received += int(event["encodedDataLength"])

    def open(self, address: str) -> float:
        """How long the page takes until its scripts have run, in milliseconds of its own clock."""
        self.received = 0
        self.page.goto(address, wait_until="load")
        self.page.wait_for_function(f"{READY_MS} > 0")
        ready: float = self.page.evaluate(READY_MS)
        return ready

    def open_paper(self) -> float:
        ready = self.open(self.paper)
        assert self.page.evaluate(IS_RUNNING)
        assert self.page.locator("fieldset[data-number]").count() == sum(COUNTS.values()) == 20
        return ready


def begun(session: Session, office: Office, clock: Clock) -> str:
    """Somebody's attempt at twenty questions of the sets that ship."""
    set_ids = []
    for file in sorted((PROJECT / "questions").glob("*.yaml")):
        shipped = read_question_set(file.name, file.read_bytes())
        approver = office.second_editor.actor
        load_question_set(session, office.editor.actor, shipped, approved_by=approver, now=clock())
        row = set_by_slug(session, shipped.slug)
        assert row is not None
        set_ids.append(row.id)
    facts = sitting_facts(
        set_ids[0], host=office.secretariat, leader=office.deputy.id, opens_at=clock(), set_ids=tuple(set_ids)
    )
    spec = PaperSpec(counts=COUNTS, marks=dict.fromkeys(TypeName, 5))
    sitting = published_sitting(session, office.editor.actor, facts, now=clock(), spec=spec)
    return attempts.start(session, office.staff.actor, sitting.public_id, now=clock()).public_id


@pytest.fixture
def phone(app: Flask, office: Office, clock: Clock, chromium: Browser) -> Iterator[Phone]:
    with app.app_context():
        with writing() as session:
            attempt = begun(session, office, clock)
            token = sign_in.open_session(session, office.staff.id, "127.0.0.1", clock())
        db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=KeepingConnections)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    context = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    context.add_cookies([{"name": app.config["SIGN_IN_COOKIE_NAME"], "value": token, "url": address}])
    page = context.new_page()
    yield Phone(page, context.new_cdp_session(page), f"{address}/attempts/{attempt}")
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_paper_weighs_little_and_the_second_time_less(phone: Phone) -> None:
    phone.open_paper()
    first = phone.received
    phone.open(f"{phone.paper}/nowhere")
    phone.open_paper()
    print(f"\nfirst visit {first / 1024:.1f} KB, next visit {phone.received / 1024:.1f} KB")
    assert 0 < phone.received <= NEXT_VISIT_BYTES
    assert phone.received < first <= FIRST_VISIT_BYTES


def test_a_paper_can_be_answered_within_two_seconds_of_a_weak_network(phone: Phone) -> None:
    """At 400 kbit/s and 300 ms, counted in the wait for the least page of the same server in the same run.

    That page, an error, is hardly more than the one round trip nobody can save; a machine that is busy slows both.
    """
    conditions = {"offline": False, "latency": LATENCY_MS}
    speeds = dict.fromkeys(("downloadThroughput", "uploadThroughput"), BYTES_PER_SECOND)
    phone.wire.send("Network.emulateNetworkConditions", conditions | speeds)
    phone.wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    least = min(phone.open(f"{phone.paper}/nowhere") for _ in range(3))
    paper = min(phone.open_paper() for _ in range(3))
    print(f"\nthe least page {least:.0f} ms, the paper {paper:.0f} ms: {paper / least:.1f} of it")
    assert least >= LATENCY_MS, "the network is not slowed"
    assert paper <= ROUND_TRIPS * least
