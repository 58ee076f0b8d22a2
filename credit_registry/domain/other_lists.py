"""Other departments' lists: what makes two reports one entry, and whether an entry stands on a day."""

from collections.abc import Mapping
from datetime import date

from credit_registry.domain.names import folded_name
from credit_registry.domain.records import digest_of, written

COLOURS: dict[str, str] = {"black": "失信", "red": "守信", "attention": "重点关注"}

# What a list says of an entry. Equal content is a duplicate; who passed it on is not part of it.
CONTENT = (
    "list_colour", "listed_on", "listed_until", "removed_on", "document_no", "cause", "grounds", "facts", "basis",
    "content",
)  # fmt: skip
# What becomes known later and ends an entry: a further version, not a contradiction.
ENDINGS = frozenset({"listed_until", "removed_on"})


def natural_key(values: Mapping[str, object], details: Mapping[str, object]) -> str:
    """The code, the list, who keeps it, and the number; without a number the day, the year and what it was for."""
    authority = values.get("authority_code") or folded_name(str(values.get("authority_name") or ""))
    about: tuple[object, ...] = (values.get("document_no"),)
    if not about[0]:
        about = (values.get("listed_on"), details.get("year"), values.get("grounds") or values.get("cause"))
    parts = (values["uscc"], folded_name(str(values["list_name"])), authority, *about)
    return digest_of(written(part) for part in parts)


def content_digest(values: Mapping[str, object]) -> str:
    return digest_of(written(values.get(column)) for column in CONTENT)


def differing(known: Mapping[str, object], said: Mapping[str, object]) -> tuple[str, ...]:
    """The columns in which two reports of one entry disagree."""
    return tuple(column for column in CONTENT if known.get(column) != said.get(column))


def ends(known: Mapping[str, object], said: Mapping[str, object]) -> bool:
    """Whether ``said`` tells no more than that an entry that was open has ended."""
    changed = differing(known, said)
    return bool(changed) and all(
        column in ENDINGS and known.get(column) is None and said.get(column) is not None for column in changed
    )


def stands(listed_on: date | None, listed_until: date | None, removed_on: date | None, on: date) -> bool:
    """Whether an entry is on its list on a day; a day that the list does not tell excludes nothing."""
    return (
        (listed_on is None or listed_on <= on)
        and (listed_until is None or on <= listed_until)
        and (removed_on is None or on < removed_on)
    )
