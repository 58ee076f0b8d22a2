"""Roles, scopes, and what nobody may hold together."""

import pytest

from credit_registry.domain.errors import NotAllowed
from credit_registry.domain.permissions import (
    GRANTS,
    KEY_SCOPES,
    PERMISSION_TITLES,
    ROLE_TITLES,
    Actor,
    Permission,
    Role,
    terminal_operator,
)


def test_every_role_and_permission_has_a_title_and_a_grant() -> None:
    assert set(ROLE_TITLES) == set(GRANTS) == set(Role)
    assert set(PERMISSION_TITLES) == set(Permission)


def test_neither_the_administrator_nor_the_auditor_acts_on_a_case() -> None:
    acts = {permission for permission in Permission if permission.value.startswith(("listings:", "records:"))}

    assert not GRANTS[Role.ADMINISTRATOR] & acts
    assert not GRANTS[Role.AUDITOR] & acts


def test_whoever_proposes_by_role_does_not_decide_by_it() -> None:
    for role, granted in GRANTS.items():
        assert not {Permission.LISTINGS_PROPOSE, Permission.LISTINGS_DECIDE} <= granted, role


def test_no_key_and_no_terminal_performs_an_act_of_due_process() -> None:
    due_process = {permission for permission in Permission if permission.value.startswith("listings:")}

    assert not KEY_SCOPES & due_process
    assert not terminal_operator("root").permissions & due_process


def test_a_refusal_names_the_permission_and_whom_to_ask() -> None:
    clerk = Actor("account:wang", "王", GRANTS[Role.CLERK])

    clerk.require(Permission.RECORDS_IMPORT)
    with pytest.raises(NotAllowed, match=r"作出列入、移出决定.*系统管理员"):
        clerk.require(Permission.LISTINGS_DECIDE)


def test_a_scope_confines_and_its_absence_does_not() -> None:
    street = Actor("account:a", "甲", frozenset(), subdistricts=frozenset({"110108011"}))

    assert street.sees("110108011")
    assert not street.sees("110108012")
    assert not street.sees(None)
    assert Actor("account:b", "乙", frozenset()).sees(None)


def test_another_offices_case_is_refused() -> None:
    officer = Actor("account:a", "甲", frozenset(), office_id=1)

    officer.require_office(1)
    with pytest.raises(NotAllowed) as refused:
        officer.require_office(2)
    assert refused.value.code == "not-own-office"
    with pytest.raises(NotAllowed):
        terminal_operator("root").require_office(None)
