"""Every page says who may open it; whatever says nothing is closed."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from credit_registry.domain.permissions import GRANTS, Permission, Role
from credit_registry.web import access
from tests.web.conftest import Browser

# Pages of the console without a key in their address, by what they need.
PLAIN = {
    "/console/enterprises": {Permission.REGISTER_READ},
    "/console/cases": {Permission.REGISTER_READ},
    "/console/repairs": {Permission.REGISTER_READ},
    "/console/imports": {Permission.REGISTER_READ},
    "/console/imports/new": {Permission.RECORDS_IMPORT},
    "/console/impact": {Permission.REGISTER_READ},
    "/console/audit": {Permission.AUDIT_READ},
    "/console/accounts": {Permission.ACCOUNTS_MANAGE},
    "/console/keys": {Permission.KEYS_MANAGE},
    "/console/password": set(),
}


def _outside_the_interface(app: Flask) -> list[str]:
    return sorted({rule.endpoint for rule in app.url_map.iter_rules() if not rule.rule.startswith("/api/")})


def test_every_page_declares_who_may_open_it(app: Flask) -> None:
    silent = [endpoint for endpoint in _outside_the_interface(app) if access.declared(app, endpoint) is None]

    assert silent == []


def test_nothing_of_the_console_is_for_everybody(app: Flask) -> None:
    opened = [
        endpoint
        for endpoint in _outside_the_interface(app)
        if endpoint.startswith("console.") and access.declared(app, endpoint) == access.PUBLIC
    ]

    assert opened == []


def test_the_open_pages_outside_the_public_room_are_these(app: Flask) -> None:
    opened = {
        endpoint
        for endpoint in _outside_the_interface(app)
        if access.declared(app, endpoint) == access.PUBLIC and not endpoint.startswith("public.")
    }

    doors = {
        "sign_in.enter",
        "sign_in.form",
        "portal.enter",
        "portal.form",
        "portal.enrol",
        "portal.enrolment",
    }
    assert opened == {"health.healthz", "health.readyz", "static"} | doors


def test_a_page_that_declares_nothing_is_closed(app: Flask, signed_in: Callable[..., Browser]) -> None:
    officer = signed_in(Role.OFFICER)
    app._got_first_request = False
    app.add_url_rule("/console/forgotten", "forgotten", lambda: "secret")

    assert officer.get("/console/forgotten").status_code == 403


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_pages_and_no_others(signed_in: Callable[..., Browser], role: Role) -> None:
    officer = signed_in(role)

    for path, needed in PLAIN.items():
        expected = 200 if needed <= GRANTS[role] else 403
        assert officer.get(path).status_code == expected, path


def test_strangers_are_sent_to_the_form_and_back(visitor: Browser) -> None:
    for path in PLAIN:
        answer = visitor.get(path)
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in?next=/console/")


def _value(rule: Rule, name: str) -> object:
    """Something that the rule's converter takes."""
    converter = rule._converters[name]
    return min(converter.items) if isinstance(converter, AnyConverter) else 1


def test_a_stranger_cannot_post(app: Flask, visitor: Browser) -> None:
    token = visitor.token("/sign-in")
    posts = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and "POST" in (rule.methods or set())
    ]
    assert len(posts) > 20
    posts += [
        rule
        for rule in app.url_map.iter_rules()
        if access.declared(app, rule.endpoint) == (Permission.OWN_FILE,) and "POST" in (rule.methods or set())
    ]
    assert len(posts) > 28
    for rule in posts:
        path = app.url_map.bind("localhost").build(
            rule.endpoint, {name: _value(rule, name) for name in rule.arguments}, method="POST"
        )
        assert visitor.client.post(path, data={"csrf_token": token}).status_code == 401, path


def test_no_form_is_taken_without_its_token(app: Flask, signed_in: Callable[..., Browser]) -> None:
    officer = signed_in(Role.OFFICER)
    administrator = signed_in(Role.ADMINISTRATOR)
    for path, who in (
        ("/sign-out", officer),
        ("/console/password", officer),
        ("/console/records/1/correct", officer),
        ("/console/accounts", administrator),
        ("/console/keys", administrator),
    ):
        assert who.client.post(path, data={}).status_code == 400, path
        assert "页面已过期" in who.client.post(path, data={}).text


def test_another_browsers_token_is_worth_nothing(signed_in: Callable[..., Browser]) -> None:
    mine, theirs = signed_in(Role.OFFICER), signed_in(Role.OFFICER)
    stolen = theirs.token("/console/password")

    assert mine.client.post("/sign-out", data={"csrf_token": stolen}).status_code == 400


def test_nothing_changes_by_get(app: Flask) -> None:
    verbs = (
        "create",
        "save",
        "set_",
        "reset",
        "switch",
        "delegate",
        "end_",
        "revoke",
        "advance",
        "attach_",
        "withdraw",
    )
    changing = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and rule.endpoint.removeprefix("console.").startswith(verbs)
        and "GET" in (rule.methods or set())
    ]  # fmt: skip

    assert changing == []
