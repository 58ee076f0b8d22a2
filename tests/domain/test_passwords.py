"""What is good enough for a password, and how one is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from credit_registry.domain import passwords
from credit_registry.domain.errors import InvalidInput


def _code(password: str, *, login: str = "zhangsan", name: str = "张三") -> str | None:
    try:
        passwords.check(password, login=login, name=name)
    except InvalidInput as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(
    "password", ["Grüne-Wiese-77-Tor", "correct Horse 9 battery", "海淀Kx7m!Qp2wRt9z", "v7#Lq9!wTz2@"]
)
def test_a_long_mixed_password_is_taken(password: str) -> None:
    assert _code(password) is None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Ab3!Ab3!Ab3", "password-length"),
        ("x" * 129, "password-length"),
        ("kdjfhgkdjfhgkd", "password-simple"),
        ("kdjf4829kdjf", "password-simple"),
        ("Password123!", "password-common"),
        ("Admin@123456", "password-common"),
        ("Haidian@2026", "password-common"),
        ("Qwertyuiop1!", "password-common"),
        ("Aa1111111111!", "password-common"),
        ("Aa123456789!", "password-common"),
        ("Zhangsan2026!", "password-common"),
        ("1qaz@WSX3edc", "password-common"),
        ("1qaz2wsx3edC!", "password-common"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, code: str | None) -> None:
    assert _code(password) == code


def test_the_name_of_its_owner_counts_for_nothing() -> None:
    assert _code("Ouyangnana-77!", login="ouyangnana") == "password-common"


def test_only_the_right_password_matches() -> None:
    kept = passwords.hashed("Grüne-Wiese-77-Tor")

    assert passwords.matches(kept, "Grüne-Wiese-77-Tor")
    assert not passwords.matches(kept, "Grüne-Wiese-77-Tur")
    assert kept.startswith("$argon2id$")


def test_an_account_that_does_not_exist_matches_nothing() -> None:
    assert not passwords.matches(None, "Grüne-Wiese-77-Tor")


def test_a_hash_of_weaker_parameters_is_outdated() -> None:
    weak = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$WoSqKbQdJsYCJQGnKdMTpw"

    assert passwords.is_outdated(weak)
    assert not passwords.is_outdated(passwords.hashed("Grüne-Wiese-77-Tor"))


def test_one_time_passwords_differ_and_pass_their_own_check() -> None:
    made = {passwords.one_time() for _ in range(50)}

    assert len(made) == 50
    assert {_code(password) for password in made} == {None}


def test_a_password_is_due_after_half_a_year() -> None:
    changed_at = datetime(2026, 1, 1, tzinfo=UTC)

    assert not passwords.is_due(changed_at, changed_at + timedelta(days=179))
    assert passwords.is_due(changed_at, changed_at + timedelta(days=180))
