"""Whom the law has us tell of a listing (安全生产法 第七十八条), as dated data."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.law import documents


@dataclass(frozen=True)
class Receiver:
    receiver: str
    title: str
    lists: tuple[str, ...]
    basis: str
    valid_from: date


@cache
def all_receivers() -> dict[str, Receiver]:
    return {
        entry["receiver"]: Receiver(
            entry["receiver"], entry["title"], tuple(entry["lists"]), entry["basis"], entry["valid_from"]
        )
        for entry in documents.read("receivers")
        if entry["is_enabled"]
    }


def of_list(list_kind: str, on: date) -> tuple[Receiver, ...]:
    """Who is told of entries of a list on a day."""
    return tuple(
        each for each in all_receivers().values() if list_kind in each.lists and each.valid_from <= on
    )


def find(receiver: str, list_kind: str, on: date) -> Receiver:
    """Raises: InvalidInput for one to whom this list is not reported."""
    found = {each.receiver: each for each in of_list(list_kind, on)}
    if receiver not in found:
        titles = "、".join(each.title for each in found.values())
        raise InvalidInput(
            f"该名单不向这个单位通报。请从下列单位中选择：{titles}。",
            code="unknown-receiver",
            facts={"known": list(found)},
        )
    return found[receiver]
