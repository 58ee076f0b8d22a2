"""Signing in and out at the browser."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine

from credit_registry.app import create_app
from credit_registry.domain.permissions import Role
from credit_registry.services import accounts
from credit_registry.settings import Settings
from credit_registry.storage.database import Database
from tests.factories import PASSWORD, an_account, an_operator
from tests.web.conftest import OWN, Browser


def test_the_first_sign_in_leads_to_a_new_password(visitor: Browser, sqlite_database: Database) -> None:
    account = an_account(sqlite_database)
    assert visitor.sign_in(account.login, PASSWORD).location == "/console/"

    assert visitor.get("/console/enterprises").location == "/console/password"
    changed = visitor.post(
        "/console/password", {"old": PASSWORD, "new": OWN, "again": OWN}, on="/console/password"
    )
    assert changed.status_code == 303
    assert visitor.get("/console/enterprises").status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        (PASSWORD, OWN, OWN + "!", "两次输入的新密码不一致"),
        ("Falsch-Falsch-1", OWN, OWN, "原密码不正确"),
        (PASSWORD, "kurz", "kurz", "12"),
    ],
)
def test_a_bad_new_password_is_told_on_the_form(
    visitor: Browser, sqlite_database: Database, old: str, new: str, again: str, sentence: str
) -> None:
    visitor.sign_in(an_account(sqlite_database).login, PASSWORD)

    answer = visitor.post(
        "/console/password", {"old": old, "new": new, "again": again}, on="/console/password"
    )

    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_wrong_password_and_an_unknown_account_read_the_same(
    visitor: Browser, sqlite_database: Database
) -> None:
    account = an_account(sqlite_database)

    known = visitor.sign_in(account.login, "Falsches-Passwort-1")
    unknown = visitor.sign_in("nobody", "Falsches-Passwort-1")

    assert known.status_code == unknown.status_code == 401
    plain = [answer.text.replace(account.login, "X").replace("nobody", "X") for answer in (known, unknown)]
    assert _without_tokens(plain[0]) == _without_tokens(plain[1])
    assert "Falsches-Passwort-1" not in known.text


def _without_tokens(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "csrf_token" not in line)


def test_the_cookie_is_for_this_site_alone(visitor: Browser, sqlite_database: Database) -> None:
    answer = visitor.sign_in(an_account(sqlite_database).login, PASSWORD)

    (cookie,) = [text for text in answer.headers.getlist("Set-Cookie") if text.startswith("officer=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_in_production_the_cookie_is_bound_to_host_and_tls(sqlite_database: Database, tmp_path: Path) -> None:
    settings = Settings(
        database_url="", var=tmp_path, secret_key="s" * 64, identity_key=bytes(32), is_production=True
    )
    visitor = Browser(create_app(settings, sqlite_database).test_client())
    account = an_account(sqlite_database)
    page = visitor.client.get("/sign-in", base_url="https://registry.example")
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]

    answer = visitor.client.post(
        "/sign-in",
        data={"csrf_token": token, "login": account.login, "password": PASSWORD},
        base_url="https://registry.example",
        headers={"Referer": "https://registry.example/sign-in"},
    )

    cookies = answer.headers.getlist("Set-Cookie")
    (cookie,) = [text for text in cookies if text.startswith("__Host-officer=")]
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]


def test_a_planted_session_is_not_taken_over(visitor: Browser, sqlite_database: Database) -> None:
    visitor.client.set_cookie("officer", "planted-by-somebody-else")

    visitor.sign_in(an_account(sqlite_database).login, PASSWORD)

    cookie = visitor.client.get_cookie("officer")
    assert cookie is not None
    assert cookie.value != "planted-by-somebody-else"


def test_after_signing_out_the_old_cookie_opens_nothing(signed_in: Callable[..., Browser]) -> None:
    officer = signed_in(Role.OFFICER)
    cookie = officer.client.get_cookie("officer")
    assert cookie is not None

    officer.post("/sign-out", on="/console/enterprises")
    officer.client.set_cookie("officer", cookie.value)

    assert officer.get("/console/enterprises").status_code == 302


def test_a_disabled_officer_is_out_at_the_next_click(
    signed_in: Callable[..., Browser], sqlite_database: Database, now: datetime
) -> None:
    officer = signed_in(Role.OFFICER)
    sqlite_database.run(
        lambda session: accounts.disable(session, an_operator(), officer.login, reason="调离", now=now)
    )

    assert officer.get("/console/enterprises").status_code == 302


def test_an_officer_who_works_stays_and_one_who_leaves_is_signed_out(
    signed_in: Callable[..., Browser], clock: time_machine.Traveller, now: datetime
) -> None:
    officer = signed_in(Role.OFFICER)
    for minutes in (20, 40, 60):
        clock.move_to(now + timedelta(minutes=minutes), tick=False)
        assert officer.get("/console/enterprises").status_code == 200

    clock.move_to(now + timedelta(minutes=91), tick=False)
    assert officer.get("/console/enterprises").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "https:evil",
        "/%0d%0aX: y\r\n",
        "javascript:alert(1)",
        "\t//evil",
        "",
    ],
)
def test_the_way_back_stays_on_this_site(visitor: Browser, sqlite_database: Database, target: str) -> None:
    account = an_account(sqlite_database)

    answer = visitor.post(
        "/sign-in", {"login": account.login, "password": PASSWORD, "next": target}, on="/sign-in"
    )

    assert answer.location == "/console/"


def test_the_way_back_leads_to_the_page_that_was_asked(visitor: Browser, sqlite_database: Database) -> None:
    account = an_account(sqlite_database)

    answer = visitor.post(
        "/sign-in",
        {"login": account.login, "password": PASSWORD, "next": "/console/enterprises?text=示例"},
        on="/sign-in",
    )

    assert answer.location.startswith("/console/enterprises?text=")


def test_many_failures_from_one_address_answer_429(visitor: Browser) -> None:
    answers = [visitor.sign_in(f"guess{number}", "Falsches-Passwort-1").status_code for number in range(21)]

    assert answers == [401] * 20 + [429]


def test_the_second_factor_is_turned_on_used_and_off(
    signed_in: Callable[..., Browser], visitor: Browser, clock: time_machine.Traveller, now: datetime
) -> None:
    officer = signed_in(Role.DECIDER)
    page = "/console/password"
    begun = officer.post("/console/second-factor/begin", on=page).text
    device = pyotp.TOTP(begun.partition('id="factor-secret">')[2].partition("<")[0])
    assert officer.post("/console/second-factor/confirm", {"code": "000000"}, on=page).status_code == 422
    assert (
        officer.post("/console/second-factor/confirm", {"code": device.at(now)}, on=page).status_code == 303
    )

    clock.move_to(now + timedelta(minutes=1), tick=False)
    code = device.at(now + timedelta(minutes=1))
    given = {"login": officer.login, "password": OWN}
    assert visitor.post("/sign-in", given, on="/sign-in").status_code == 401
    assert visitor.post("/sign-in", {**given, "code": code}, on="/sign-in").status_code == 303

    clock.move_to(now + timedelta(minutes=2), tick=False)
    off = {"password": OWN, "code": device.at(now + timedelta(minutes=2))}
    assert officer.post("/console/second-factor/remove", off, on=page).status_code == 303
    assert "未启用" in officer.get(page).text
