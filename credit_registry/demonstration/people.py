"""The offices and officers of the demonstration: one person per role in the bureau and a second clerk, one elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from credit_registry.demonstration.facts import (
    AUTHORITIES,
    BRIGADE,
    CREDIT_LEAD,
    EMERGENCY,
    MARKET,
    TOWNS,
    Authority,
)
from credit_registry.domain import passwords
from credit_registry.domain.permissions import ROLE_TITLES, Actor, Role
from credit_registry.services import accounts, offices, sessions
from credit_registry.storage.database import Session

_ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Person:
    login: str
    name: str
    office: Authority
    roles: tuple[Role, ...]


PEOPLE = (
    *(Person(role.value, f"{ROLE_TITLES[role]}（演示）", EMERGENCY, (role,)) for role in Role),
    # Whoever withdraws a file needs a second clerk of the same office to confirm it.
    Person("clerk-2", "复核录入员（演示）", EMERGENCY, (Role.CLERK,)),
    Person("brigade", "消防经办人（演示）", BRIGADE, (Role.CLERK, Role.OFFICER)),
    Person("market", "市场监管录入员（演示）", MARKET, (Role.CLERK,)),
    Person("credit", "科信局录入员（演示）", CREDIT_LEAD, (Role.CLERK,)),
    *(Person(town.key, f"{town.short_name}录入员（演示）", town, (Role.CLERK,)) for town in TOWNS),
)


@dataclass(frozen=True)
class Credential:
    """What is printed once."""

    login: str
    name: str
    office: str
    password: str


@dataclass(frozen=True)
class Staff:
    """Everybody, as the services know them.

    Attributes:
        actors: by login; first: their first passwords.
        offices: ids by the key of the authority.
    """

    actors: dict[str, Actor]
    first: dict[str, str]
    offices: dict[str, int]

    def clerk_of(self, authority_key: str) -> Actor:
        return self.actors["clerk" if authority_key == EMERGENCY.key else authority_key]

    def officer_of(self, authority_key: str) -> Actor:
        return self.actors["officer" if authority_key == EMERGENCY.key else authority_key]


def hire(session: Session, operator: Actor, *, now: datetime) -> Staff:
    """Open offices and accounts; everybody signs in once."""
    ids = {
        authority.key: offices.create(
            session,
            operator,
            authority.name,
            short_name=authority.short_name,
            authority_code=authority.code,
            domain=authority.domain,
            is_keeper=authority.is_keeper,
            subdistrict_code=authority.subdistrict_code,
            now=now,
        ).id
        for authority in AUTHORITIES
    }
    actors, passwords_of = {}, {}
    for person in PEOPLE:
        _, first = accounts.create(
            session, operator, person.login, name=person.name, office_id=ids[person.office.key], roles=person.roles,
            subdistricts=filter(None, [person.office.subdistrict_code]), now=now,
        )  # fmt: skip
        attempt = sessions.weigh(session, person.login, first, address=_ADDRESS, now=now)
        signed = sessions.sign_in(session, attempt, now=now)
        assert signed.actor is not None, "a fresh account signs in"
        actors[person.login], passwords_of[person.login] = signed.actor, first
    return Staff(actors, passwords_of, ids)


def settle_passwords(session: Session, staff: Staff, *, now: datetime) -> tuple[Credential, ...]:
    """Everybody changes the first password, now: a password of six years ago would be due at once."""
    credentials = []
    for person in PEOPLE:
        own = passwords.one_time()
        sessions.change_password(
            session, staff.actors[person.login], old=staff.first[person.login], new=own, now=now
        )
        credentials.append(Credential(person.login, person.name, person.office.name, own))
    return tuple(credentials)
