"""What goes over the wire packed, what does not, and that both say the same."""

import gzip
import re
from collections.abc import Callable

import brotli
import pytest
from conftest import Browser
from conftest import Office
from conftest import Person
from flask import Flask

from quizapp.web.compression import PackedFiles

Client = Callable[[Person], Browser]
FILE = "/static/site.css"
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}
#: As the browsers of the office send it.
CHROMIUM = "gzip, deflate, br, zstd"
FIREFOX_115 = "gzip, deflate, br"


@pytest.fixture
def plain(anonymous: Browser) -> bytes:
    return anonymous.get(FILE, buffered=True).data


def asking(encodings: str, **more: str) -> dict[str, str]:
    return {"Accept-Encoding": encodings, **more}


@pytest.mark.parametrize("encoding", UNPACK)
@pytest.mark.parametrize("path", [FILE, "/static/taking.js", "/sign-in"])
def test_what_was_packed_says_the_same(anonymous: Browser, path: str, encoding: str) -> None:
    changing = re.compile(rb'(?<=name="csrf_token" )[^>]*')
    plain = anonymous.get(path, buffered=True)
    packed = anonymous.get(path, headers=asking(encoding), buffered=True)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == encoding
    assert changing.sub(b"", UNPACK[encoding](packed.data)) == changing.sub(b"", plain.data)
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) * 2 / 3
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.vary, "a cache in between must not hand one to whoever asked for the other"


@pytest.mark.parametrize("encodings", [CHROMIUM, FIREFOX_115])
def test_every_browser_of_the_office_gets_brotli(anonymous: Browser, encodings: str) -> None:
    assert anonymous.get("/sign-in", headers=asking(encodings)).headers["Content-Encoding"] == "br"


def test_whoever_refuses_packed_answers_gets_none(anonymous: Browser) -> None:
    answer = anonymous.get("/sign-in", headers=asking("identity, br;q=0"))
    assert "Content-Encoding" not in answer.headers


def test_a_short_answer_goes_as_it_is(client_of: Client, office: Office) -> None:
    """Packing the reply to a tap would cost time and save no packet."""
    answer = client_of(office.staff).get("/no/such", headers=asking(CHROMIUM, Accept="application/json"))
    assert answer.is_json
    assert "Content-Encoding" not in answer.headers
    icon = client_of(office.staff).get("/static/icon.svg", headers=asking(CHROMIUM), buffered=True)
    assert (icon.status_code, icon.headers.get("Content-Encoding")) == (200, None)


# Files


def test_a_file_is_packed_once_for_everybody(app: Flask, anonymous: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    keep = PackedFiles.__setitem__

    def watch(files: PackedFiles, name: str, packed: bytes) -> None:
        if name not in files:
            kept.append(name)
        keep(files, name, packed)

    monkeypatch.setattr(PackedFiles, "__setitem__", watch)
    for query in ("", "?v=1", "?v=2"):
        assert anonymous.get(FILE + query, headers=asking("br"), buffered=True).status_code == 200
    assert kept == [f"br;{FILE}"], "one entry, whatever else the address says"


def test_pages_are_not_kept(anonymous: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PackedFiles, "__setitem__", lambda *_: pytest.fail("a page was kept"))
    first, second = (anonymous.get("/sign-in?next=/" + n, headers=asking("gzip")) for n in ("history", "password"))
    assert b"/history" in gzip.decompress(first.data)
    assert b"/history" not in gzip.decompress(second.data)


@pytest.mark.parametrize("encodings", ["", "br", "gzip"], ids=["as it is", "br", "gzip"])
def test_a_file_that_the_browser_has_is_not_sent_again(anonymous: Browser, encodings: str) -> None:
    first = anonymous.get(FILE, headers=asking(encodings), buffered=True)
    etag = first.headers["ETag"]
    again = anonymous.get(FILE, headers=asking(encodings, **{"If-None-Match": etag}), buffered=True)
    assert (again.status_code, again.data) == (304, b"")
    assert (again.headers["ETag"], again.cache_control.public) == (etag, True)
    assert "Accept-Encoding" in again.vary


def test_a_packed_file_has_a_tag_of_its_own(anonymous: Browser) -> None:
    tags = {anonymous.get(FILE, headers=asking(e), buffered=True).headers["ETag"] for e in ("", "br", "gzip")}
    assert len(tags) == 3


@pytest.mark.parametrize("path", [FILE, "/sign-in"])
def test_the_head_of_an_answer_is_the_same_without_its_body(anonymous: Browser, path: str) -> None:
    head = anonymous.head(path, headers=asking("br"), buffered=True)
    whole = anonymous.get(path, headers=asking("br"), buffered=True)
    assert head.data == b""
    for name in ("Content-Encoding", "Content-Type", "ETag", "Cache-Control", "Vary"):
        assert head.headers.get(name) == whole.headers.get(name), name
    if path == FILE:
        assert head.headers["Content-Length"] == whole.headers["Content-Length"]


def test_a_part_of_a_file_is_a_part_of_the_file_as_it_is(anonymous: Browser, plain: bytes) -> None:
    """A part of what was packed could not be unpacked, and a packed part would lie about where it belongs."""
    part = anonymous.get(FILE, headers=asking("br", Range="bytes=10-29"), buffered=True)
    assert (part.status_code, part.data) == (206, plain[10:30])
    assert "Content-Encoding" not in part.headers
    assert part.headers["Content-Range"] == f"bytes 10-29/{len(plain)}"
    assert "Accept-Encoding" in part.vary


def test_a_part_of_the_packed_file_is_refused_with_the_whole_file(anonymous: Browser, plain: bytes) -> None:
    etag = anonymous.get(FILE, headers=asking("br"), buffered=True).headers["ETag"]
    whole = anonymous.get(FILE, headers=asking("br", Range="bytes=10-29", **{"If-Range": etag}), buffered=True)
    assert (whole.status_code, brotli.decompress(whole.data)) == (200, plain)


# Nobody can measure how well a page packs whose address they chose


@pytest.mark.parametrize(
    ("site", "packed"), {"cross-site": False, "same-site": False, "same-origin": True, "none": True}.items()
)
def test_a_page_whose_address_another_site_chose_is_not_packed(anonymous: Browser, site: str, packed: bool) -> None:
    answer = anonymous.get("/sign-in", headers=asking(CHROMIUM, **{"Sec-Fetch-Site": site}))
    assert answer.status_code == 200
    assert ("Content-Encoding" in answer.headers) is packed


def test_a_file_is_packed_wherever_it_is_asked_for(anonymous: Browser) -> None:
    answer = anonymous.get(FILE, headers=asking(CHROMIUM, **{"Sec-Fetch-Site": "cross-site"}), buffered=True)
    assert answer.headers["Content-Encoding"] == "br"
