"""Passwords: what is good enough, how one is kept, and the one-time ones the registry makes.

Complexity and a change from time to time follow 等保 (GB/T 22239-2019, 身份鉴别), where ASVS 5.0 would drop
both; length and the refusal of common words follow both.
"""

import functools
import re
import secrets
import string
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from credit_registry.domain.errors import InvalidInput

SHORTEST = 12
LONGEST = 128  # argon2 reads any length; the limit keeps a hostile form cheap
CHANGED_EVERY = timedelta(days=180)
_SUBSTANCE = 6

# One lane: many sign-ins at once must not starve two cores. 19 MiB and two passes are OWASP's least.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_STEMS = (
    "administrator", "p@ssw0rd", "password", "passw0rd", "iloveyou", "credit", "haidian", "beijing", "yingji",
    "welcome", "qwertyuiop", "asdfghjkl", "zxcvbnm", "admin", "system", "manager", "test", "root", "user", "guest",
    "woaini", "mima", "anquan", "xinyong", "huawei", "letmein", "dragon", "monkey", "abc", "qwe", "asd", "zxc",
    "1qaz", "2wsx", "3edc", "5201314", "1314", "520", "888", "666",
)  # fmt: skip
_LANES = ("0123456789", "9876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_YEAR = re.compile(r"(?:19|20)\d\d")
_REPEATED = re.compile(r"(.)\1{2,}")
# Without the letters and digits that people mistake for one another on paper.
_PLAIN = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI5S")))


def check(password: str, *, login: str, name: str = "") -> None:
    """Refuse a password that is short, simple, common, or made of its owner's name.

    Raises:
        InvalidInput: with the sentence that says what to change.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput(f"密码应为 {SHORTEST} 至 {LONGEST} 个字符，请加长。", code="password-length")
    kinds = (str.isupper, str.islower, str.isdigit, lambda c: not c.isalnum())
    if sum(any(kind(character) for character in password) for kind in kinds) < 3:
        raise InvalidInput(
            "密码应包含大写字母、小写字母、数字、符号中的至少三种，请补充。", code="password-simple"
        )
    if len(_substance(password, login, name)) < _SUBSTANCE:
        raise InvalidInput(
            "密码主要由常见词、连续或重复字符、年份或账号名组成，容易被猜中，请换一个。",
            code="password-common",
        )


def _substance(password: str, *owned: str) -> str:
    """What is left when everything a guesser tries first has been taken out."""
    text = password.lower()
    for stem in sorted({*_STEMS, *(word.lower() for word in owned if len(word) >= 2)}, key=len, reverse=True):
        text = text.replace(stem, "")
    text = _REPEATED.sub("", _YEAR.sub("", text))
    for lane in _LANES:
        for length in range(len(lane), 2, -1):
            for start in range(len(lane) - length + 1):
                text = text.replace(lane[start : start + length], "")
    return text


def hashed(password: str) -> str:
    """The argon2id hash to keep, parameters and salt included."""
    return _HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether ``password`` is the one; an unknown account (None) costs the same time."""
    try:
        _HASHER.verify(password_hash or _nobody(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def is_due(changed_at: datetime, now: datetime) -> bool:
    """Whether the time for a change has come."""
    return now - changed_at >= CHANGED_EVERY


def one_time() -> str:
    """A random password in four groups, easy to read out; its owner must change it at the first sign-in."""
    while True:
        made = "-".join("".join(secrets.choice(_PLAIN) for _ in range(4)) for _ in range(4))
        if (
            any(c.isupper() for c in made)
            and any(c.islower() for c in made)
            and any(c.isdigit() for c in made)
        ):
            return made


@functools.cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_hex(16))
