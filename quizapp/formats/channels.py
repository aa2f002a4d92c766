"""Reading the addresses of the channels that reminders go over, as Apprise writes them."""

import re
import warnings
from functools import cache
from importlib import import_module
from typing import Any

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.reminders import Channel

#: Between two addresses; a comma inside one is part of it.
BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z][A-Za-z0-9]*://)")
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9]{0,29})://")
EMAIL_SCHEMES = frozenset({"mailto", "mailtos"})
#: What the office calls the services it is likely to have.
NAMES = {
    "mailto": "电子邮件",
    "mailtos": "电子邮件",
    "wecombot": "企业微信群",
    "dingtalk": "钉钉群",
    "feishu": "飞书群",
    "lark": "飞书群",
}
#: What servers are told who we are: a header, so ASCII only; and what people read.
AGENT, SENDER = "quizapp", "每周学测"
#: A shorter part of an address is no secret, and would blot out ordinary words.
SHORTEST_SECRET = 4
#: Seconds that a server may let us wait, where its address does not say otherwise.
PATIENCE = "10"
#: Stands for the person who is written to while an address is only checked.
SOMEBODY = "somebody@example.org"


@cache
def apprise() -> Any:
    """Apprise with all its services, loaded only where a channel is set: it takes 40 MB and half a second."""
    with warnings.catch_warnings():
        # One of its optional parts imports a module that Python is about to drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        found = import_module("apprise")
        found.Apprise.instantiate("json://localhost")
    return found


def read_channels(text: str) -> tuple[Channel, ...]:
    """The channels of a setting, in order.

    :raise BadInput: naming every address that cannot be used by its number and scheme, never by what it holds
    """
    channels: list[Channel] = []
    problems: list[Problem] = []
    for number, address in enumerate(BETWEEN.split(text.strip()) if text.strip() else []):
        try:
            channels.append(_channel(number, address))
        except ValueError as fault:
            problems.append(Problem(f"第 {number + 1} 个地址", str(fault)))
    if sum(channel.personal for channel in channels) > 1:
        problems.append(Problem("", "电子邮件（mailto、mailtos）只能设一个，否则每人会收到几份"))
    if problems:
        raise BadInput("", problems)
    return tuple(channels)


def _channel(number: int, address: str) -> Channel:
    named = SCHEME.match(address)
    if named is None:
        raise ValueError("没有写明渠道，应形如 mailto://… 或 wecombot://…")
    scheme = named[1].lower()
    personal = scheme in EMAIL_SCHEMES
    parts = _parts(address)
    service = None if parts is None else service_of(address, SOMEBODY if personal else None)
    if parts is None or service is None:
        raise ValueError(f"{scheme}:// 无法识别，请对照 Apprise 的写法检查")
    host = parts["host"] if "host" in type(service).template_tokens else ""
    name = NAMES.get(scheme) or str(service.service_name or scheme)
    return Channel(number, scheme, name, host or "", personal, address, _secrets(address, parts, host))


def _parts(address: str) -> dict[str, Any] | None:
    """An address taken apart, with our patience where it has none of its own."""
    found: dict[str, Any] | None = apprise().plugins.url_to_dict(address, secure_logging=True)
    if found is None:
        return None
    asked = found.get("qsd") or {}
    return found | {name: asked.get(name) or PATIENCE for name in ("cto", "rto")} | {"format": "text"}


def service_of(address: str, recipient: str | None) -> Any:
    """Apprise's service for an address, to one recipient where it writes to people; None where it cannot be used."""
    parts = _parts(address)
    if parts is None:
        return None
    asset = apprise().AppriseAsset(app_id=AGENT, app_desc=AGENT, app_url="", async_mode=False, storage_mode="memory")
    service = apprise().Apprise.instantiate(parts, asset=asset)
    if service is not None and recipient is not None:
        # Whatever the address says, each message has one reader. Apprise would cut an address that it finds unusual.
        service.targets, service.cc, service.bcc = [(False, recipient)], set(), set()
        name, sender = service.from_addr
        service.from_addr = (SENDER if name in (False, "", AGENT) else name, sender)
    return service


def _secrets(address: str, parts: dict[str, Any], host: str) -> tuple[str, ...]:
    """Every part of an address but its scheme and host, the longest first."""
    words = set(re.split(r"[/?&=:@,]+", address)) | {value for value in parts.values() if isinstance(value, str)}
    plain = {parts["schema"], host, PATIENCE, "text", "yes", "from", "mode"}
    found = {word for word in words if len(word) >= SHORTEST_SECRET and word not in plain}
    return tuple(sorted(found, key=len, reverse=True))


def send(service: Any, title: str, body: str, channel: Channel) -> str | None:
    """Let Apprise send a message; what it said went wrong, without secrets, or None."""
    carrier = apprise().Apprise(asset=service.asset)
    carrier.add(service)
    with carrier.notify(title=title, body=body, body_format="text") as outcome:
        if outcome:
            return None
        said = [entry.message for result in outcome.results for entry in result.logs()]
    words = channel.without_secrets("；".join(said)) or "没有说明原因"
    return f"连不上服务器，或服务器没有应答（{words}）" if "onnection error" in words else f"渠道没有接收（{words}）"
