"""Whom a row is about: by code, checked against the name; otherwise a person decides, helped by proposals.

A name alone never decides: of 300 real names 30 have another firm's within a letter or two.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from credit_registry.domain.names import folded_name, searchable
from credit_registry.storage.database import Session
from credit_registry.storage.queries import enterprises, search
from importers.problems import Disposition, Finding, quoted

# Fuzzy proposals cost a query each; beyond so many a person asks for them row by row.
_FUZZY_ROWS = 1_000
_CANDIDATES = 30
_SHOWN = 5
_LEAST_RATIO = 70.0
# Enterprises kept in mind during one import: some 50 MB.
_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """An enterprise that a held row may be about; ``how``: code, name, former_name, similar."""

    enterprise_id: int
    uscc: str | None
    name: str
    how: str
    likeness: int

    def as_dict(self) -> dict[str, object]:
        return {
            "enterprise_id": self.enterprise_id, "uscc": self.uscc, "name": self.name, "how": self.how,
            "likeness": self.likeness,
        }  # fmt: skip


@dataclass(slots=True)
class Resolved:
    """Per row: the enterprise, or why a person must say; ``notes`` are findings that stop nothing."""

    enterprise_ids: list[int | None]
    holds: dict[int, tuple[str, Finding]] = field(default_factory=dict)
    notes: dict[int, tuple[str, Finding]] = field(default_factory=dict)
    subdistricts: Mapping[int, str | None] = field(default_factory=dict)


class Register:
    """What the register holds of the codes of one import: asked once for a file of many parts.

    For one transaction that holds the writers' lock: meanwhile nobody else gives, takes or renames a code. What is
    not found is asked again, since the import itself may register it.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.known: dict[str, enterprises.Registered] = {}
        self.subdistricts: dict[int, str | None] = {}

    def learn(self, codes: Iterable[str | None]) -> None:
        unheard = sorted({code for code in codes if code} - self.known.keys())
        if len(self.known) + len(unheard) > _REMEMBERED:
            self.known.clear()
            self.subdistricts.clear()
            unheard = sorted({code for code in codes if code})
        found = enterprises.registered_under(self.session, unheard)
        self.known.update(found)
        self.subdistricts.update((each.enterprise_id, each.subdistrict_code) for each in found.values())


def resolve(register: Register, codes: Sequence[str | None], names: Sequence[str | None]) -> Resolved:
    """The enterprises of rows given as columns; two statements for any number of rows."""
    register.learn(codes)
    session, known = register.session, register.known
    rows = list(zip(codes, names, strict=True))
    # Most rows say a code and its present name; what is said once is asked once.
    clear: dict[tuple[str | None, str | None], int] = {}
    for pair in set(rows):
        ours = known.get(pair[0]) if pair[0] else None
        if ours is None or not pair[1] or ours.status != "active":
            continue
        if pair[1] == ours.name or folded_name(pair[1]) == ours.name_key:
            clear[pair] = ours.enterprise_id
    found = Resolved([clear.get(pair) for pair in rows], subdistricts=register.subdistricts)
    odd = [row for row, enterprise_id in enumerate(found.enterprise_ids) if enterprise_id is None]
    doubted = {known[code].enterprise_id for row in odd if (code := codes[row]) and code in known}
    borne = enterprises.name_keys_of_ids(session, sorted(doubted)) if doubted else {}
    for row in odd:
        code, name = codes[row], names[row]
        ours = known.get(code) if code else None
        if not code:
            found.holds[row] = "uscc", _MISSING
        elif ours is None:
            found.holds[row] = "uscc", unknown(code)
        elif not name:
            found.holds[row] = "name", _NAME_MISSING
        elif (is_former := borne[ours.enterprise_id].get(folded_name(name))) is None:
            found.holds[row] = "name", _mismatch(name, ours.name)
        elif ours.status == "deregistered":
            found.holds[row] = "uscc", _DEREGISTERED
        else:
            found.enterprise_ids[row] = ours.enterprise_id
            if is_former:
                found.notes[row] = "name", _former(ours.name)
            elif ours.status == "revoked":
                found.notes[row] = "uscc", _REVOKED
    return found


def propose(
    session: Session, rows: Mapping[int, tuple[str | None, str | None]]
) -> dict[int, tuple[Proposal, ...]]:
    """Ranked proposals for held rows: the bearer of the code, exact names, former names, similar names.

    Args:
        rows: row -> (code, name).
    """
    by_code = enterprises.ids_of_codes(session, sorted({code for code, _ in rows.values() if code}))
    owners = enterprises.rows_of_ids(session, sorted(set(by_code.values())))
    keys = {name: folded_name(name) for _, name in rows.values() if name}
    bearers = enterprises.bearers_of(session, sorted(set(keys.values()))) if keys else {}
    similar: dict[str, list[Proposal]] = {}
    proposals = {}
    for row, (code, name) in rows.items():
        ranked: dict[int, Proposal] = {}
        key = keys.get(name) if name else None
        if code and (owner := owners.get(by_code.get(code, -1))) is not None:
            likeness = round(fuzz.ratio(key, owner.name_key)) if key else 0
            ranked[owner.id] = Proposal(owner.id, owner.uscc, owner.name, "code", likeness)
        for bearer in bearers.get(key, []) if key else []:
            how = "former_name" if bearer.is_former else "name"
            ranked.setdefault(
                bearer.enterprise_id, Proposal(bearer.enterprise_id, bearer.uscc, bearer.name, how, 100)
            )
        if key and not ranked and (key in similar or len(similar) < _FUZZY_ROWS):
            if key not in similar:
                similar[key] = _similar(session, key)
            for proposal in similar[key]:
                ranked.setdefault(proposal.enterprise_id, proposal)
        if ranked:
            proposals[row] = tuple(ranked.values())[:_SHOWN]
    return proposals


def _similar(session: Session, key: str) -> list[Proposal]:
    candidates = search.resembling(session, searchable(key), limit=_CANDIDATES)
    scored = [
        Proposal(enterprise_id, uscc, name, "similar", round(ratio))
        for enterprise_id, uscc, name, borne in candidates
        if (ratio := fuzz.ratio(key, folded_name(borne))) >= _LEAST_RATIO
    ]
    return sorted(scored, key=lambda each: (-each.likeness, each.enterprise_id))


def _hold(code: str, says: str, hint: str) -> Finding:
    return Finding(code, "hold", says, hint)


_MISSING = _hold(
    "R-USCC-MISSING",
    "为空，不能确定是哪家企业",
    "请补填；不能补填的，请从建议的企业中人工选定，系统不会仅凭名称认定",
)
_NAME_MISSING = _hold(
    "R-NAME-MISSING", "为空，不能与名册核对", "请补填单位名称；不能补填的，请人工核对后确认"
)
_DEREGISTERED = _hold(
    "R-SUBJECT-STATUS", "对应的企业在名册中已注销", "请核对当事人；确系该企业的，由工作人员确认后入库"
)
_REVOKED = Finding("R-SUBJECT-STATUS", "warning", "对应的企业已被吊销营业执照", "已接收；请核对当事人")


def unknown(code: str) -> Finding:
    """For services: what is to be said of a code that the register does not hold."""
    return _hold(
        "R-SUBJECT-UNKNOWN",
        f"的企业（{code}）不在名册中",
        "先登记该企业，再处理此行；代码写错的请更正后重新上传",
    )


def _mismatch(given: str, ours: str) -> Finding:
    return _hold(
        "R-NAME-MISMATCH",
        f"为“{quoted(given, 40)}”，而名册中该代码的企业是“{ours[:40]}”",
        "企业已更名的，请先登记更名；名称或代码写错的，请更正后重新上传",
    )


def _former(ours: str) -> Finding:
    disposition: Disposition = "normalised"
    return Finding("N-FORMER-NAME", disposition, f"是曾用名，现名称为“{ours[:40]}”", "已记入该企业，无需处理")
