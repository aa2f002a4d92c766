"""Settings from the environment, every fault named at once.

| variable | meaning | default |
| --- | --- | --- |
| QUIZAPP_HOST, QUIZAPP_PORT | where the site listens | 127.0.0.1, 8000 |
| DATABASE_URL | `sqlite:///…` or `postgresql+psycopg://…` | SQLite in the instance folder |
| QUIZAPP_INSTANCE | the folder for database and secret | `instance/` beside the project |
| SECRET_KEY | at least 32 characters | made once, kept in the instance folder with mode 600 |
| QUIZAPP_HTTPS | 1: the site is reached over TLS (secure cookies, HSTS); 0: plain HTTP | 0 |
| QUIZAPP_TRUSTED_HOSTS | names the site answers to, separated by commas | localhost, 127.0.0.1 and QUIZAPP_HOST |
| QUIZAPP_PROXIES | how many reverse proxies stand in front | 0 |
| QUIZAPP_WORKERS, QUIZAPP_THREADS | server processes and threads in each | one a core, 4 |
| QUIZAPP_GRACE | seconds that answers given before the bell may take to arrive | 60 |
| QUIZAPP_SITE | the site's public address, for links in reminders | from HTTPS, TRUSTED_HOSTS, HOST and PORT |
| QUIZAPP_REMINDERS | where reminders go, as Apprise addresses separated by blanks or commas | nowhere |
| QUIZAPP_REMIND_AT | the hour of the office's day from which reminders are sent | 9 |
| QUIZAPP_DEMO | 0: `make run` loads no demonstration office | 1 |

QUIZAPP_REMINDERS may name one mail server (`mailtos://name:password@smtp.example.gov.cn?from=…`), which writes to every
person who gave an address, and any number of groups (`wecombot://…`, `dingtalk://…`, `feishu://…`), which get one
message a day and subject. Reminders know their channel by its place in the list.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from click import ClickException

from quizapp.core.errors import BadInput
from quizapp.core.reminders import Channel
from quizapp.formats.channels import read_channels

PROJECT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 32
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - asked about, not bound
#: Every thread may hold a connection, and so may the bell.
THREADS_AT_MOST = 32


class BadSettings(ClickException):
    """Some settings cannot be used; `faults` has one sentence for each. A command says them and ends with status 1."""

    def __init__(self, faults: list[str]):
        super().__init__("；".join(faults))
        self.faults = faults


def settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Flask's configuration from the environment.

    :raise BadSettings: naming every setting that is wrong
    """
    faults: list[str] = []
    instance = Path(environ.get("QUIZAPP_INSTANCE") or PROJECT / "instance").resolve()
    host = environ.get("QUIZAPP_HOST") or "127.0.0.1"
    https = _flag(environ, "QUIZAPP_HTTPS", False, faults)
    values: dict[str, Any] = {
        "INSTANCE": instance,
        "HOST": host,
        "PORT": _number(environ, "QUIZAPP_PORT", 8000, range(1, 65536), faults),
        "WORKERS": _number(environ, "QUIZAPP_WORKERS", os.cpu_count() or 2, range(1, 65), faults),
        "THREADS": _number(environ, "QUIZAPP_THREADS", 4, range(1, THREADS_AT_MOST + 1), faults),
        "PROXIES": _number(environ, "QUIZAPP_PROXIES", 0, range(6), faults),
        "GRACE": _number(environ, "QUIZAPP_GRACE", 60, range(601), faults),
        "DEMO": _flag(environ, "QUIZAPP_DEMO", True, faults),
        "HTTPS": https,
        "REMINDERS": _channels(environ, faults),
        "REMIND_AT": _number(environ, "QUIZAPP_REMIND_AT", 9, range(24), faults),
        "SQLALCHEMY_DATABASE_URI": environ.get("DATABASE_URL") or f"sqlite:///{instance / 'quizapp.sqlite3'}",
        "SECRET_KEY": environ.get("SECRET_KEY") or None,
        "TRUSTED_HOSTS": _hosts(environ, host),
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": THREADS_AT_MOST + 2, "pool_pre_ping": True},
        "OFFICE_ZONE": "Asia/Shanghai",
        # The request as a whole; each reader has its own, smaller limits.
        "MAX_CONTENT_LENGTH": 20 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 500,
        # Flask's own cookie holds the CSRF secret and notices only; signing in is a row (services/sign_in.py).
        "SESSION_COOKIE_NAME": "__Host-web" if https else "web",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SIGN_IN_COOKIE_NAME": "__Host-sid" if https else "sid",
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        # A page that was open for hours must still be able to hand in its answers.
        "WTF_CSRF_TIME_LIMIT": None,
        # WTForms' own sentences, in the office's language: without this Flask-WTF looks for another package's.
        "WTF_I18N_ENABLED": False,
    }
    values["SITE"] = _site(environ, values, faults)
    if host in EVERYWHERE and not environ.get("QUIZAPP_TRUSTED_HOSTS"):
        faults.append(f"QUIZAPP_HOST 为 {host} 时，请用 QUIZAPP_TRUSTED_HOSTS 写明网站的域名或地址（可用逗号分隔多个）")
    if values["SECRET_KEY"] is not None and len(values["SECRET_KEY"]) < SHORTEST_SECRET:
        faults.append(f"SECRET_KEY 至少需要 {SHORTEST_SECRET} 个字符")
    if faults:
        raise BadSettings(faults)
    return values


def kept_secret(instance: Path) -> str:
    """The site's secret, made on first use and readable only by the account that runs the site."""
    path = instance / "secret_key"
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _known_secret(path)
    with os.fdopen(fd, "w") as file:
        file.write(secrets.token_hex(32))
    return _known_secret(path)


def _known_secret(path: Path) -> str:
    text = path.read_text().strip()
    if len(text) < SHORTEST_SECRET:  # whoever was writing it stopped half way
        raise BadSettings([f"密钥文件 {path} 不完整，请删除后重新启动"])
    return text


def _number(environ: Mapping[str, str], name: str, default: int, allowed: range, faults: list[str]) -> int:
    text = environ.get(name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) not in allowed:
        faults.append(f"{name} 应为 {allowed.start} 到 {allowed.stop - 1} 的整数，现在是“{text}”")
        return default
    return int(text)


def _flag(environ: Mapping[str, str], name: str, default: bool, faults: list[str]) -> bool:
    text = environ.get(name)
    if not text:
        return default
    if text not in ("0", "1"):
        faults.append(f"{name} 应为 0 或 1，现在是“{text}”")
    return text == "1"


def _hosts(environ: Mapping[str, str], host: str) -> list[str]:
    text = environ.get("QUIZAPP_TRUSTED_HOSTS")
    return [name.strip() for name in text.split(",") if name.strip()] if text else ["localhost", "127.0.0.1", host]


def _site(environ: Mapping[str, str], values: Mapping[str, Any], faults: list[str]) -> str:
    """Where people find the site: as it is told, behind TLS by its name, else where it listens."""
    told = environ.get("QUIZAPP_SITE")
    if told:
        parts = urlsplit(told)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            faults.append(f"QUIZAPP_SITE 应形如 https://xuece.example.gov.cn，现在是“{told}”")
        return told.rstrip("/")
    names, host = values["TRUSTED_HOSTS"], values["HOST"]
    if values["HTTPS"]:
        return f"https://{names[0]}"
    return f"http://{names[0] if host in EVERYWHERE else host}:{values['PORT']}"


def _channels(environ: Mapping[str, str], faults: list[str]) -> tuple[Channel, ...]:
    try:
        return read_channels(environ.get("QUIZAPP_REMINDERS") or "")
    except BadInput as bad:
        faults.extend(f"QUIZAPP_REMINDERS {problem}" for problem in bad.problems)
        return ()
