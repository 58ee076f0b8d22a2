"""As what a person is fined for a breach of the enterprise: the words of the statutes, as dated data."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.law import documents


@dataclass(frozen=True)
class PersonRole:
    role: str
    title: str
    basis: str
    valid_from: date


@cache
def roles() -> dict[str, PersonRole]:
    return {entry["role"]: PersonRole(**entry) for entry in documents.read("person_roles")}


def find(role: str | None) -> PersonRole:
    """Raises: InvalidInput where no role is named, or one that no statute knows."""
    known = roles()
    if role is None or role not in known:
        titles = "、".join(each.title for each in known.values())
        raise InvalidInput(
            f"当事人是自然人：请选定其在该企业的身份（{titles}）；与名册中的企业无关的，请放弃此行。",
            code="person-role-missing",
            facts={"known": list(known)},
        )
    return known[role]
