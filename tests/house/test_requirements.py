"""What is installed is written down: exactly, with hashes, and with a reason for each package we ask for."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[a-z0-9,_-]+\])?==(?P<version>[^ ;]+)(?P<marker> ; .+)?$")
ASKED = re.compile(r'^    "(?P<name>[A-Za-z0-9._-]+)(\[[a-z]+\])?==(?P<version>[^"]+)",(?P<rest>.*)$')
FILES = ("requirements.txt", "tests/requirements.txt")


def entries(file: str) -> list[str]:
    """The entries of a requirements file, each on one line; comments left out."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if line.strip() and not line.lstrip().startswith("#"))
    return text.replace("\\\n", " ").splitlines()


def pins(file: str) -> dict[str, str]:
    found = [PIN.match(entry.split(" --hash=")[0].strip()) for entry in entries(file)]
    return {canonical(match["name"]): match["version"] for match in found if match}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("file", FILES)
def test_every_package_is_pinned_exactly(file: str) -> None:
    loose = [entry for entry in entries(file) if not PIN.match(entry.split(" --hash=")[0].strip())]
    assert loose == []
    assert len(entries(file)) > 20


@pytest.mark.parametrize("file", FILES)
def test_every_package_has_hashes(file: str) -> None:
    without = [entry for entry in entries(file) if not re.search(r"--hash=sha256:[0-9a-f]{64}( |$)", entry)]
    assert without == []


@pytest.mark.parametrize("file", FILES)
def test_no_package_comes_from_an_address(file: str) -> None:
    assert not re.search(r"https?://|git\+|file:|--index-url|--extra-index-url", (ROOT / file).read_text("utf-8"))


@pytest.mark.parametrize(
    ("group", "file"), [("dependencies", FILES[0]), ("dependencies", FILES[1]), ("test", FILES[1])]
)
def test_what_we_ask_for_is_what_is_installed(group: str, file: str) -> None:
    asked = asked_for(group)
    assert asked
    assert {name: pins(file).get(name) for name in asked} == asked


def test_tests_run_on_the_packages_of_the_site() -> None:
    site, tests = pins(FILES[0]), pins(FILES[1])
    assert {name: tests.get(name) for name in site} == site


def test_the_site_installs_no_test_tools() -> None:
    assert not set(asked_for("test")) & set(pins(FILES[0]))


def test_each_package_we_ask_for_has_a_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    asked = [match for line in lines if (match := ASKED.match(line))]
    assert len(asked) == len(asked_for("dependencies")) + len(asked_for("test"))
    assert [match["name"] for match in asked if not re.search(r"#\s*\S", match["rest"])] == []


def asked_for(group: str) -> dict[str, str]:
    """The packages named in pyproject.toml, by canonical name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = project["dependencies"] if group == "dependencies" else project["optional-dependencies"][group]
    matches = [PIN.match(entry) for entry in listed]
    assert all(matches), listed
    return {canonical(match["name"]): match["version"] for match in matches if match}
