"""Reading the addresses that reminders go to: what is wrong is named, and no secret is repeated."""

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.core.errors import BadInput
from quizapp.core.reminders import EMAIL
from quizapp.core.reminders import is_email
from quizapp.formats.channels import read_channels
from quizapp.formats.channels import service_of

SECRET = "geheim-9931"
MAIL = f"mailtos://xuece:{SECRET}@smtp.example.gov.cn?from=xuece@example.gov.cn"
GROUPS = {
    "wecombot": (f"wecombot://{SECRET}", "企业微信群"),
    "dingtalk": (f"dingtalk://{SECRET.replace('-', '')}", "钉钉群"),
    "feishu": (f"feishu://{SECRET.replace('-', '')}", "飞书群"),
}


@pytest.mark.parametrize("between", [" ", ", ", ",", "\n", " ,\t"])
def test_several_channels_are_told_apart(between: str) -> None:
    found = read_channels(between.join([MAIL, *(address for address, _ in GROUPS.values())]))
    assert [(channel.number, channel.scheme, channel.personal) for channel in found] == [
        (0, "mailtos", True),
        (1, "wecombot", False),
        (2, "dingtalk", False),
        (3, "feishu", False),
    ]


def test_nothing_set_is_no_channel() -> None:
    assert read_channels("") == read_channels("  ") == ()


@pytest.mark.parametrize(("address", "name"), GROUPS.values(), ids=GROUPS)
def test_a_group_is_known_by_its_name_and_shows_no_host(address: str, name: str) -> None:
    """What stands where an address has its host is the secret itself."""
    (channel,) = read_channels(address)
    assert (channel.name, channel.host) == (name, "")


def test_mail_shows_its_server_and_nothing_else() -> None:
    (channel,) = read_channels(MAIL)
    assert (channel.name, channel.host) == ("电子邮件", "smtp.example.gov.cn")
    assert SECRET not in repr(channel)
    assert channel.without_secrets(f"login xuece / {SECRET} failed") == "login **** / **** failed"
    assert SECRET not in channel.without_secrets(f"cannot reach {MAIL}")


WRONG = {
    "a service nobody knows": (f"nosuch://{SECRET}", ["第 1 个地址", "nosuch://"]),
    "no scheme": (SECRET, ["第 1 个地址"]),
    "mail without a sender": ("mailto://smtp.example.gov.cn", ["第 1 个地址", "mailto://"]),
    "the second of two": (f"{MAIL} nosuch://{SECRET}", ["第 2 个地址", "nosuch://"]),
    "two mail servers": (f"{MAIL} {MAIL}", ["电子邮件"]),
    "a token with signs it cannot have": (f"dingtalk://{SECRET}/!!", ["第 1 个地址", "dingtalk://"]),
}


@pytest.mark.parametrize(("text", "named"), WRONG.values(), ids=WRONG)
def test_an_address_that_cannot_be_used_is_named_without_its_secret(text: str, named: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        read_channels(text)
    assert len(refused.value.problems) == 1
    said = str(refused.value)
    assert [word for word in named if word not in said] == []
    assert SECRET not in said


@settings(deadline=None)
@given(st.from_regex(EMAIL, fullmatch=True).filter(is_email))
def test_every_address_people_may_set_is_the_one_reader_of_their_mail(email: str) -> None:
    service = service_of(f"{MAIL}&cc=boss@example.org&bcc=else@example.org&to=third@example.org", email)
    assert [address for _, address in service.targets] == [email]
    assert not service.cc | service.bcc
