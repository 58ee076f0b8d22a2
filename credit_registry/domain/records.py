"""Records: what makes two reports one fact, what a record's figures imply, when a penalty is published.

A record's key is the fact's identity, its content what is said of it. The party is no part of the key's text:
the register resolves it (by code, former code or a person's decision) to an enterprise, and a key is unique
within that enterprise.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache

from credit_registry.domain.names import folded_name

# One separator that no cell can hold: the importers refuse control characters.
_SEPARATOR = "\x1f"
_DIGEST_LENGTH = 32


class Change(StrEnum):
    """Why a version exists."""

    ORIGINAL = "original"
    CORRECTION = "correction"
    COMPLETION = "completion"
    REVOCATION = "revocation"
    REPAIR = "repair"
    WITHDRAWAL = "withdrawal"
    CONFIRMATION = "confirmation"
    REINSTATEMENT = "reinstatement"
    SUSPENSION = "suspension"
    RESUMPTION = "resumption"


# What a file says of a fact, by kind. Equal content is a duplicate. Not content: the sender (one penalty sent by
# two departments is one penalty), the document number as written, what we computed ourselves, the persons.
_EVERY = ("event_key", "dated_on", "document_no", "domain")
CONTENT: dict[str, tuple[str, ...]] = {
    "penalty": (
        *_EVERY, "occurred_on", "cause", "facts", "basis", "content", "breach_class", "penalty_kinds",
        "is_simple_procedure", "fine_fen", "confiscated_fen", "fine_due_on", "fine_paid_on", "fine_state",
        "valid_until", "publish_until",
    ),
    "inspection": (*_EVERY, "cause", "facts", "content", "method", "result", "due_on", "rechecked_on", "closed_on"),
    "accident": (
        *_EVERY, "occurred_on", "facts", "content", "accident_level_reported", "deaths", "serious_injuries", "loss_fen",
        "responsibility", "is_late_report", "is_concealed", "is_fire",
    ),
    "hazard": (
        *_EVERY, "cause", "facts", "content", "found_by", "hazard_grade", "supervision_level", "is_overdue", "due_on",
        "rechecked_on", "closed_on",
    ),
    "honour": (*_EVERY, "honour_kind", "honour_level", "quantity", "valid_until", "content"),
    "sealing": (*_EVERY, "cause", "facts", "basis", "content", "closed_on"),
    "false_commitment": (*_EVERY, "cause", "facts", "basis", "content"),
    "false_report": (*_EVERY, "cause", "facts", "basis", "content"),
    "order_breach": (*_EVERY, "cause", "facts", "basis", "content", "closed_on"),
}  # fmt: skip

# What becomes known later of the same fact and ends something: a fine paid, a recheck passed, a hazard closed,
# responsibility approved. Such news is a further version, not a contradiction.
ENDINGS: dict[str, frozenset[str]] = {
    "penalty": frozenset({"fine_state", "fine_paid_on"}),
    "inspection": frozenset({"result", "rechecked_on", "closed_on"}),
    "accident": frozenset({"responsibility", "document_no", "event_key"}),
    "hazard": frozenset({"closed_on", "rechecked_on", "is_overdue"}),
    "sealing": frozenset({"closed_on"}),
    "order_breach": frozenset({"closed_on"}),
}
# Values that leave a question open; a flag may be answered either way.
OPEN_VALUES = frozenset({None, "unknown", "unpaid", "open", "pending", False, True})

STATE_OF_CHANGE: dict[Change, str] = {
    Change.REVOCATION: "revoked",
    Change.REPAIR: "repaired",
    Change.WITHDRAWAL: "withdrawn",
    Change.REINSTATEMENT: "live",
    Change.SUSPENSION: "pending",
    Change.RESUMPTION: "live",
}


# The columns a key is made of, by kind.
KEY_COLUMNS: dict[str, tuple[str, ...]] = {
    "penalty": ("authority_code", "authority_name", "document_no", "cause"),
    "accident": ("dated_on", "domain"),
    "honour": ("authority_code", "authority_name", "document_no", "dated_on", "honour_kind"),
}
_OTHER_KEY_COLUMNS = (
    "authority_code", "authority_name", "document_no", "cause", "dated_on", "facts", "method", "found_by",
)  # fmt: skip


def key_columns(kind: str) -> tuple[str, ...]:
    return KEY_COLUMNS.get(kind, _OTHER_KEY_COLUMNS)


def key_parts(kind: str, values: Mapping[str, object]) -> tuple[str, ...]:
    """The parts that identify the fact among those of its enterprise.

    A penalty: authority, document number, kind of violation. An accident: its day and domain, since it is first
    reported without any number and later under those of several departments. Other kinds: authority and document
    number; without a number, the day and what it was about.
    """
    if kind == "accident":
        return _texts(kind, values["dated_on"], values.get("domain"))
    authority = values.get("authority_code") or _authority(str(values.get("authority_name") or ""))
    number = values.get("document_no")
    if kind == "penalty":
        return _texts(kind, authority, number, values.get("cause"))
    if kind == "honour":
        return _texts(kind, authority, values.get("honour_kind"), number or values["dated_on"])
    if number:
        return _texts(kind, authority, number, values.get("cause"))
    about = values.get("cause") or values.get("facts")
    return _texts(kind, authority, values["dated_on"], about, values.get("method"), values.get("found_by"))


_authority = lru_cache(maxsize=4096)(folded_name)


def keys_of(kind: str, columns: Mapping[str, Sequence[object]]) -> list[str]:
    """`natural_key` of every row of a table given as columns."""
    if kind == "penalty":
        # Most rows of most files; the general way below builds a dictionary for each.
        coded = zip(columns["authority_code"], columns["authority_name"], strict=True)
        authorities = [code or _authority(str(name or "")) for code, name in coded]
        parts = (_texts_of(authorities), _texts_of(columns["document_no"]), _texts_of(columns["cause"]))
        return [digest_of((kind, *row)) for row in zip(*parts, strict=True)]
    names = key_columns(kind)
    rows = zip(*(columns[name] for name in names), strict=True)
    return [natural_key(kind, dict(zip(names, row, strict=True))) for row in rows]


def digests_of(kind: str, columns: Mapping[str, Sequence[object]]) -> list[str]:
    """`content_digest` of every row of a table given as columns."""
    texts = [_texts_of(columns[name]) for name in CONTENT[kind]]
    texts.append(["" if state == "live" else written(state) for state in columns["state"]])
    return [digest_of(row) for row in zip(*texts, strict=True)]


def _texts_of(values: Sequence[object]) -> Sequence[str]:
    """`written` of a column: texts stand for themselves, days and amounts repeat."""
    found = set(map(type, values))
    if found <= {str}:
        return values  # type: ignore[return-value]  # every one of them is a text
    if found <= {str, type(None)}:
        return [value or "" for value in values]  # type: ignore[misc]  # the same
    known = {value: written(value) for value in set(values)} if bool not in found else {}
    return [known[value] for value in values] if known else [written(value) for value in values]


def natural_key(kind: str, values: Mapping[str, object]) -> str:
    return digest_of(key_parts(kind, values))


def content_digest(kind: str, values: Mapping[str, object]) -> str:
    """Equal for two reports that say the same of a fact, whoever sent them and however they wrote it."""
    said = [values.get(column) for column in CONTENT[kind]]
    state = values.get("state") or "live"
    return digest_of(_texts(*said, "" if state == "live" else state))


def digest_of(parts: Iterable[str]) -> str:
    """128 bits of SHA-256: enough that no two facts of a country collide, half the index of the whole."""
    return hashlib.sha256(_SEPARATOR.join(parts).encode()).hexdigest()[:_DIGEST_LENGTH]


def written(value: object) -> str:
    """The one spelling of a value inside a digest; integers and booleans are told apart from texts by their column."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _texts(*values: object) -> tuple[str, ...]:
    return tuple(written(value) for value in values)


def completes(kind: str, known: Mapping[str, object], said: Mapping[str, object]) -> bool:
    """Whether ``said`` differs from ``known`` only by news that ends something which was still open."""
    changed = [column for column in CONTENT[kind] if said.get(column) != known.get(column)]
    endings = ENDINGS.get(kind, frozenset())
    return bool(changed) and all(
        column in endings and known.get(column) in OPEN_VALUES and said.get(column) is not None
        for column in changed
    )


def differing(kind: str, known: Mapping[str, object], said: Mapping[str, object]) -> tuple[str, ...]:
    """The content columns in which two reports of one fact disagree."""
    return tuple(column for column in CONTENT[kind] if said.get(column) != known.get(column))


def state_of(kind: str, values: Mapping[str, object]) -> str:
    """The state a record begins in: an accident charges nobody until responsibility is approved."""
    given = values.get("state")
    if given is not None and given != "live":
        return str(given)
    if kind == "accident":
        responsibility = values.get("responsibility")
        if responsibility in (None, "pending"):
            return "pending"
        if responsibility == "none":
            return "not_responsible"
    return "live"


def accident_level(deaths: int | None, serious_injuries: int | None, loss_fen: int | None) -> str:
    """general, larger, major or extreme, by the gravest of deaths, serious injuries and direct loss.

    Law:
        生产安全事故报告和调查处理条例(2007-04-09) 第三条
    """
    for level, least_deaths, least_injuries, least_loss in _ACCIDENT_LEVELS:
        if (
            (deaths or 0) >= least_deaths
            or (serious_injuries or 0) >= least_injuries
            or (loss_fen or 0) >= least_loss
        ):
            return level
    return "general"


_YI_FEN = 100_000_000 * 100
_ACCIDENT_LEVELS = (
    ("extreme", 30, 100, _YI_FEN),
    ("major", 10, 50, _YI_FEN // 2),
    ("larger", 3, 10, _YI_FEN // 10),
)
