"""Firefox, which Playwright drives only in a build of its own: here it is Debian's, spoken to in WebDriver BiDi."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection
from websockets.sync.client import connect

PATIENCE_SECONDS = 60


class Refused(Exception):
    """The browser does not do what it was told; during a change of pages that is how it is."""


class Firefox:
    """One tab of Firefox."""

    def __init__(self, wire: ClientConnection):
        self.wire = wire
        self.numbers = count(1)
        self.errors: list[str] = []
        self.name = self.tell("session.new", capabilities={})["capabilities"]["browserVersion"]
        self.tell("session.subscribe", events=["log.entryAdded"])
        self.tab = self.tell("browsingContext.create", type="tab")["context"]
        self.tell("browsingContext.setViewport", context=self.tab, viewport={"width": 360, "height": 740})

    def tell(self, command: str, **parameters: Any) -> Any:
        number = next(self.numbers)
        self.wire.send(json.dumps({"id": number, "method": command, "params": parameters}))
        while (answer := json.loads(self.wire.recv(PATIENCE_SECONDS))).get("id") != number:
            self._hear(answer)
        if answer["type"] == "error":
            raise Refused(f"{command}: {answer['message']}")
        return answer["result"]

    def _hear(self, event: dict[str, Any]) -> None:
        said = event["params"]
        if event["method"] == "log.entryAdded" and said["type"] == "javascript" and said["level"] == "error":
            self.errors.append(said["text"])

    def go(self, address: str) -> None:
        self.tell("browsingContext.navigate", context=self.tab, url=address, wait="complete")

    def ask(self, expression: str) -> Any:
        """What the expression is worth in the page; None while one page gives way to the next."""
        told = f"JSON.stringify({expression})"
        try:
            answer = self.tell("script.evaluate", expression=told, target={"context": self.tab}, awaitPromise=False)
        except Refused:
            return None
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"].get("value", "null"))

    def tap(self, x: float, y: float) -> None:
        finger = [
            {"type": "pointerMove", "x": round(x), "y": round(y)},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"}, "actions": finger})

    def type(self, words: str) -> None:
        keys = [{"type": kind, "value": letter} for letter in words for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keys", "actions": keys})

    def _act(self, source: dict[str, Any]) -> None:
        self.tell("input.performActions", context=self.tab, actions=[source])

    def set_offline(self, offline: bool) -> None:
        conditions = {"type": "offline"} if offline else None
        self.tell("emulation.setNetworkConditions", networkConditions=conditions, contexts=[self.tab])


@contextmanager
def firefox(path: str, profile: Path) -> Iterator[Firefox]:
    """Start Firefox with a new profile of its own and end it again."""
    profile.mkdir()
    (profile / "user.js").write_text('user_pref("ui.prefersReducedMotion", 1);')
    command = [path, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", str(profile)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with connect(_address(process, profile), max_size=None, compression=None) as wire:
            yield Firefox(wire)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _address(process: "subprocess.Popen[bytes]", profile: Path) -> str:
    """Where Firefox listens, as it notes itself once it does."""
    note = profile / "WebDriverBiDiServer.json"
    until = time.monotonic() + PATIENCE_SECONDS
    while not note.exists() or not note.read_bytes().endswith(b"}"):
        assert process.poll() is None, "Firefox ended before it listened"
        assert time.monotonic() < until, "Firefox did not listen in time"
        time.sleep(0.05)
    told = json.loads(note.read_bytes())
    return f"ws://{told['ws_host']}:{told['ws_port']}/session"
