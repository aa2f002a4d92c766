"""flask serve and the settings: what is wrong is said in a line, before anything is touched."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from conftest import Office
from flask import Flask
from flask_migrate import stamp
from sqlalchemy import inspect
from sqlalchemy import text

from quizapp import create_app
from quizapp.cli import demo
from quizapp.config import BadSettings
from quizapp.config import kept_secret
from quizapp.config import settings
from quizapp.db.base import db

ROOT = Path(__file__).resolve().parents[2]
SECRET = "0123456789abcdef" * 4


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@pytest.fixture
def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where servers would have been started, instead of becoming one."""
    found: list[tuple[str, int]] = []
    # The package holds the command under the module's name.
    serve = import_module("quizapp.cli.serve")
    monkeypatch.setattr(serve, "_become_server", lambda host, port: found.append((host, port)))
    return found


def run(app: Flask) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["serve"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def command(folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command as `make run` gives it."""
    told = {**os.environ, "QUIZAPP_INSTANCE": str(folder), **environ}
    arguments = [sys.executable, "-m", "flask", "--app", "quizapp", "serve"]
    return subprocess.run(arguments, cwd=ROOT, env=told, capture_output=True, text=True, timeout=60, check=False)


# Starting


def test_a_taken_port_is_said_in_one_line(tmp_path: Path, taken: int) -> None:
    answer = command(tmp_path, QUIZAPP_PORT=str(taken))
    assert answer.returncode == 1
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr
    assert f"127.0.0.1:{taken}" in answer.stderr
    assert f"QUIZAPP_PORT={taken + 1}" in answer.stderr
    assert not (tmp_path / "quizapp.sqlite3").exists()


def test_bad_settings_are_all_named_at_once_in_one_line(tmp_path: Path) -> None:
    answer = command(tmp_path, QUIZAPP_PORT="eighty", QUIZAPP_HTTPS="yes", SECRET_KEY="short")
    assert answer.returncode == 1
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr
    for name in ("QUIZAPP_PORT", "QUIZAPP_HTTPS", "SECRET_KEY"):
        assert name in answer.stderr
    assert "short" not in answer.stderr


def test_an_empty_folder_becomes_a_site_without_demonstration(
    tmp_path: Path, free: int, started: list[tuple[str, int]]
) -> None:
    environ = {"QUIZAPP_INSTANCE": str(tmp_path), "QUIZAPP_PORT": str(free), "QUIZAPP_DEMO": "0"}
    made = create_app(environ, TESTING=True)
    status, said = run(made)
    assert (status, started) == (0, [("127.0.0.1", free)])
    assert f"http://127.0.0.1:{free}" in said
    assert "flask office init" in said
    with made.app_context():
        assert "person" in inspect(db.engine).get_table_names()
        assert db.session.execute(text("SELECT count(*) FROM person")).scalar_one() == 0
        db.session.remove()
        db.engine.dispose()


def test_a_start_on_data_leaves_it_alone(app: Flask, office: Office, free: int, started: list[tuple[str, int]]) -> None:
    """An office of its own is neither added to nor told the demonstration's accounts."""
    with app.app_context():
        stamp()
        before = contents()
    app.config["PORT"] = free
    status, said = run(app)
    assert (status, len(started)) == (0, 1)
    assert "演示账号" not in said
    with app.app_context():
        assert contents() == before
        db.session.remove()


def contents() -> dict[str, str]:
    names = inspect(db.engine).get_table_names()
    found = {name: repr(db.session.execute(text(f'SELECT * FROM "{name}"')).all()) for name in names}  # noqa: S608
    db.session.rollback()
    return found


def test_an_empty_database_gets_the_demonstration_once(
    tmp_path: Path, free: int, started: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it holds, and that a second start leaves it alone, is test_office.py's to say: loading takes a while."""
    loaded: list[Path] = []
    monkeypatch.setattr(demo, "load", lambda instance, zone, say: loaded.append(instance))
    made = create_app({"QUIZAPP_INSTANCE": str(tmp_path), "QUIZAPP_PORT": str(free)}, TESTING=True)
    assert run(made)[0] == 0
    assert loaded == [tmp_path]
    with made.app_context():
        db.engine.dispose()


# Settings

WRONG = {
    "a port that is no number": {"QUIZAPP_PORT": "eighty"},
    "a port that is none": {"QUIZAPP_PORT": "70000"},
    "port nought": {"QUIZAPP_PORT": "0"},
    "a negative port": {"QUIZAPP_PORT": "-1"},
    "full-width digits": {"QUIZAPP_PORT": "８０００"},
    "no workers": {"QUIZAPP_WORKERS": "0"},
    "too many threads": {"QUIZAPP_THREADS": "1000"},
    "half a proxy": {"QUIZAPP_PROXIES": "0.5"},
    "a flag that is a word": {"QUIZAPP_HTTPS": "true"},
    "a demonstration that is a word": {"QUIZAPP_DEMO": "no"},
    "a short secret": {"SECRET_KEY": "x" * 31},
    "an hour that is none": {"QUIZAPP_REMIND_AT": "24"},
    "a channel nobody knows": {"QUIZAPP_REMINDERS": "nosuch://geheim-9931"},
    "mail without a sender": {"QUIZAPP_REMINDERS": "mailto://smtp.example.gov.cn"},
    "a site without a scheme": {"QUIZAPP_SITE": "xuece.example.gov.cn"},
    "a site that is a file": {"QUIZAPP_SITE": "file:///etc/hosts"},
}


@pytest.mark.parametrize("environ", WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(BadSettings) as refused:
        settings(environ)
    assert len(refused.value.faults) == 1
    assert next(iter(environ)) in refused.value.faults[0]


def test_a_channel_that_cannot_be_used_is_named_without_its_secret(tmp_path: Path) -> None:
    answer = command(tmp_path, QUIZAPP_REMINDERS="feishu://abcdefg nosuch://geheim-9931")
    assert answer.returncode == 1
    assert "第 2 个地址" in answer.stderr
    assert "geheim" not in answer.stdout + answer.stderr


def test_reminders_go_where_the_settings_say() -> None:
    values = settings({"QUIZAPP_REMINDERS": "mailto://smtp.example.org?from=a@example.org", "QUIZAPP_REMIND_AT": "8"})
    assert ([channel.scheme for channel in values["REMINDERS"]], values["REMIND_AT"]) == (["mailto"], 8)
    assert (settings({})["REMINDERS"], settings({})["REMIND_AT"]) == ((), 9)


SITES = {
    "as it is told": ({"QUIZAPP_SITE": "https://xuece.example.gov.cn/"}, "https://xuece.example.gov.cn"),
    "behind TLS by its name": (
        {"QUIZAPP_HTTPS": "1", "QUIZAPP_TRUSTED_HOSTS": "xuece.example.gov.cn"},
        "https://xuece.example.gov.cn",
    ),
    "where it listens": ({"QUIZAPP_HOST": "10.0.0.5", "QUIZAPP_PORT": "8080"}, "http://10.0.0.5:8080"),
    "by its name where it listens everywhere": (
        {"QUIZAPP_HOST": "0.0.0.0", "QUIZAPP_TRUSTED_HOSTS": "xuece.example.gov.cn"},
        "http://xuece.example.gov.cn:8000",
    ),
}


@pytest.mark.parametrize(("environ", "site"), SITES.values(), ids=SITES)
def test_links_lead_to_the_site(environ: dict[str, str], site: str) -> None:
    assert settings(environ)["SITE"] == site


def test_all_wrong_settings_are_named_together() -> None:
    environ = {"QUIZAPP_PORT": "x", "QUIZAPP_THREADS": "x", "QUIZAPP_HTTPS": "x", "SECRET_KEY": "x"}
    with pytest.raises(BadSettings) as refused:
        settings(environ)
    assert len(refused.value.faults) == 4


def test_nothing_needs_to_be_set() -> None:
    values = settings({})
    assert (values["HOST"], values["PORT"], values["HTTPS"]) == ("127.0.0.1", 8000, False)
    assert values["SQLALCHEMY_DATABASE_URI"].startswith("sqlite:///")


def test_an_empty_setting_is_an_unset_one() -> None:
    assert settings({"QUIZAPP_PORT": "", "SECRET_KEY": "", "DATABASE_URL": "", "QUIZAPP_DEMO": ""}) == settings({})


def test_every_setting_is_documented() -> None:
    """The table at the head of the module is what the office reads."""
    source = (ROOT / "quizapp" / "config.py").read_text(encoding="utf-8")
    head, body = source.split('"""', 2)[1:]
    used = {
        word.strip('"') for word in body.replace(",", " ").replace(")", " ").replace("(", " ").split() if '"' in word
    }
    names = {name for name in used if name.startswith("QUIZAPP_")} | {"DATABASE_URL", "SECRET_KEY"}
    assert len(names) > 8
    assert [name for name in sorted(names) if name not in head] == []


def test_the_site_answers_to_the_names_it_is_given() -> None:
    assert settings({"QUIZAPP_TRUSTED_HOSTS": "a.example, b.example,"})["TRUSTED_HOSTS"] == ["a.example", "b.example"]
    assert "10.0.0.5" in settings({"QUIZAPP_HOST": "10.0.0.5"})["TRUSTED_HOSTS"]


# The secret


def test_the_secret_is_made_once_and_is_for_the_account_of_the_site_alone(tmp_path: Path) -> None:
    first = kept_secret(tmp_path)
    assert kept_secret(tmp_path) == first
    assert len(first) == 64
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_two_sites_have_two_secrets(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    assert kept_secret(folders[0]) != kept_secret(folders[1])


def test_the_folder_of_the_data_is_for_the_account_of_the_site_alone(tmp_path: Path) -> None:
    create_app({"QUIZAPP_INSTANCE": str(tmp_path / "new")})
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_secret_that_was_half_written_is_refused(tmp_path: Path) -> None:
    """An empty secret would sign everybody's cookies alike."""
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(BadSettings, match="不完整"):
        create_app({"QUIZAPP_INSTANCE": str(tmp_path)})


def test_a_secret_that_is_given_is_the_one_that_is_used(tmp_path: Path) -> None:
    made = create_app({"QUIZAPP_INSTANCE": str(tmp_path), "SECRET_KEY": SECRET})
    assert made.config["SECRET_KEY"] == SECRET
    assert not (tmp_path / "secret_key").exists()


def test_listening_everywhere_asks_for_the_names_of_the_site() -> None:
    with pytest.raises(BadSettings, match="QUIZAPP_TRUSTED_HOSTS"):
        settings({"QUIZAPP_HOST": "0.0.0.0"})
    named = settings({"QUIZAPP_HOST": "0.0.0.0", "QUIZAPP_TRUSTED_HOSTS": "xuece.example.gov.cn"})
    assert named["TRUSTED_HOSTS"] == ["xuece.example.gov.cn"]
