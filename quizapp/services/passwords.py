"""Hashing and judging passwords."""

import secrets
import threading
import unicodedata
from collections.abc import Sequence
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError
from argon2.exceptions import VerificationError

#: OWASP's second choice for Argon2id (46 MiB, one pass, one lane): about 35 ms on one core.
HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
#: At most this many hashes at a time in one process, so that a rush of sign-ins leaves a core to people answering.
AT_ONCE = threading.BoundedSemaphore(2)
SHORTEST = 10
LONG_ENOUGH_WITHOUT_CLASSES = 15
LONGEST = 128
#: Looks like no other letter or digit when read from paper.
READABLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
TOO_COMMON = ("password", "passw0rd", "qwerty", "qazwsx", "admin", "abc123", "123456", "654321", "111111", "000000",
              "iloveyou", "letmein", "welcome", "woaini", "a123456", "5201314", "zxcvbn", "asdfgh")  # fmt: skip


def hash_password(password: str) -> str:
    with AT_ONCE:
        return HASHER.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Say whether the password fits; an unknown person (None) costs the same time as a known one."""
    try:
        with AT_ONCE:
            HASHER.verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


@cache
def _nobody() -> str:
    return HASHER.hash(secrets.token_hex(16))


def one_time_password() -> str:
    """16 readable characters, about 92 bits."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4))


def faults(password: str, context: Sequence[str]) -> list[str]:
    """What is wrong with a new password, in words for the person; empty when nothing is.

    The rules follow GB/T 22239-2019 (length and classes) with a long passphrase as the other way. `context` holds what
    the password may not contain: the person's name and staff number, the office's and the site's name.
    """
    text = unicodedata.normalize("NFC", password)
    found = []
    if len(text) < SHORTEST:
        found.append(f"密码至少 {SHORTEST} 个字符")
    elif len(text) < LONG_ENOUGH_WITHOUT_CLASSES and _classes(text) < 3:
        found.append(f"请包含大写、小写字母、数字、符号中的三类，或用 {LONG_ENOUGH_WITHOUT_CLASSES} 个字符以上的长句")
    if len(text) > LONGEST:
        found.append(f"密码不能超过 {LONGEST} 个字符")
    if len(set(text)) < 5:
        found.append("密码里重复的字符太多")
    plain = text.casefold()
    if any(word in plain for word in TOO_COMMON):
        found.append("密码包含常见的弱密码")
    if any(len(word) >= 2 and word.casefold() in plain for word in context):
        found.append("密码不能包含姓名、工号或单位名称")
    return found


def _classes(text: str) -> int:
    tests = (str.isupper, str.islower, str.isdigit, lambda c: not c.isalnum())
    return sum(any(test(c) for c in text) for test in tests)
