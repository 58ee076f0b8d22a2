"""What another rule set would move, as frozen values: who, from where to where, by which rules."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from credit_registry.domain.industries import SECTIONS

ASPECT_TITLES: dict[str, str] = {
    "grade": "等级",
    "score": "得分",
    "conditions": "列入情形",
    "supervision": "监管频次",
}
UNKNOWN_INDUSTRY = "行业未登记"
UNKNOWN_SUBDISTRICT = "街镇未登记"


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that makes the difference: what it does under either rule set, None where it does nothing.

    ``item`` is its code; empty for what has none, such as base points, a group's cap, the bands.
    """

    domain: str
    domain_title: str
    item: str
    title: str
    before: str | None
    after: str | None
    is_points: bool
    is_internal: bool

    @property
    def lead(self) -> str:
        """Whether the rule begins or ceases to act, and where."""
        change = "新增" if self.before is None else "不再有" if self.after is None else ""
        return " ".join(part for part in (change, self.domain_title) if part)

    @property
    def effect(self) -> str:
        """What it does, or did, to points or grade."""
        sides = (side for side in (self.before, self.after) if side is not None)
        return " → ".join(sides) + (" 分" if self.is_points else "")

    @property
    def text(self) -> str:
        return " ".join(part for part in (self.lead, self.item, self.title) if part) + f"：{self.effect}"

    def as_dict(self) -> dict[str, Any]:
        return {
            "domain": self.domain,
            "item": self.item,
            "title": self.title,
            "before": self.before,
            "after": self.after,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Move:
    """One enterprise that another rule set would move.

    Attributes:
        section: of the industry (GB/T 4754), where it is known.
        opened, closed: list conditions that begin or cease to hold; nobody is listed by that alone.
        fall: how far the grade falls; negative where it rises; 0 from or to "N".
        is_complete: False where supervision facts were left out of ``reasons``.
    """

    enterprise_id: int
    uscc: str | None
    name: str
    section: str | None
    subdistrict_code: str | None
    score_before: str | None
    score_after: str | None
    grade_before: str
    grade_after: str
    opened: tuple[str, ...]
    closed: tuple[str, ...]
    supervision_before: str | None
    supervision_after: str | None
    fall: int
    reasons: tuple[Reason, ...]
    is_complete: bool = True

    def moves(self, aspect: str) -> bool:
        """Whether the enterprise moves in one of `ASPECT_TITLES`."""
        if aspect == "conditions":
            return bool(self.opened or self.closed)
        return bool(getattr(self, f"{aspect}_before") != getattr(self, f"{aspect}_after"))

    def as_dict(self) -> dict[str, Any]:
        return {
            "uscc": self.uscc,
            "name": self.name,
            "industry": self.section,
            "subdistrict": self.subdistrict_code,
            "score": {"before": self.score_before, "after": self.score_after},
            "grade": {"before": self.grade_before, "after": self.grade_after},
            "conditions": {"opened": list(self.opened), "closed": list(self.closed)},
            "supervision": {"before": self.supervision_before, "after": self.supervision_after},
            "reasons": [reason.as_dict() for reason in self.reasons],
            "is_complete": self.is_complete,
        }


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a group of enterprises move, and how many of them to a worse or a better grade."""

    code: str | None
    count: int
    moved: int
    lowered: int
    raised: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "enterprises": self.count,
            "moved": self.moved,
            "lowered": self.lowered,
            "raised": self.raised,
        }


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two rule sets, as a reader must know it to repeat the comparison."""

    id: str
    title: str
    effective_from: date
    digest: str
    grades: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        effective_from = self.effective_from.isoformat()
        return {"id": self.id, "title": self.title, "effective_from": effective_from, "digest": self.digest}


@dataclass(frozen=True)
class Comparison:
    """The same facts on the same day under two rule sets; nothing was changed by it.

    Attributes:
        grades: how many enterprises go from which grade to which, those who stay included.
        moves: the enterprises that move, the deepest fall first.
    """

    before: Side
    after: Side
    on: date
    engine: str
    grades: Mapping[tuple[str, str], int]
    industries: tuple[Share, ...]
    subdistricts: tuple[Share, ...]
    moves: tuple[Move, ...]

    @property
    def count(self) -> int:
        """Of all enterprises that were looked at."""
        return sum(self.grades.values())

    def moving(self, aspect: str) -> int:
        return sum(move.moves(aspect) for move in self.moves)

    def standing(self, end: int) -> dict[str, int]:
        """Enterprises by grade under the rule set before (0) or after (1), best grade first, "N" last."""
        found: Counter[str] = Counter()
        for pair, count in self.grades.items():
            found[pair[end]] += count
        order = (self.before, self.after)[end].grades
        return {grade: found[grade] for grade in (*order, "N") if grade in order or found[grade]}

    def rules(self) -> list[tuple[str, str, int]]:
        """(item, title, enterprises) of the rules that make a difference, the most frequent first."""
        found: Counter[tuple[str, str]] = Counter()
        for move in self.moves:
            found.update({(reason.item, reason.title) for reason in move.reasons})
        return sorted(((*rule, count) for rule, count in found.items()), key=lambda each: (-each[2], each))

    def select(
        self,
        *,
        change: tuple[str, str] | None = None,
        aspect: str | None = None,
        industry: str | None = None,
        subdistrict: str | None = None,
    ) -> tuple[Move, ...]:
        """The moves that fit; an empty code means that it is not known."""

        def fits(move: Move) -> bool:
            return (
                (change is None or (move.grade_before, move.grade_after) == change)
                and (aspect is None or move.moves(aspect))
                and (industry is None or (move.section or "") == industry)
                and (subdistrict is None or (move.subdistrict_code or "") == subdistrict)
            )

        return tuple(move for move in self.moves if fits(move))

    def as_dict(self) -> dict[str, Any]:
        return {
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
            "on": self.on.isoformat(),
            "engine": self.engine,
            "enterprises": self.count,
            "moved": len(self.moves),
            "moving": {aspect: self.moving(aspect) for aspect in ASPECT_TITLES},
            "by_grade": [
                {"before": one, "after": other, "enterprises": count}
                for (one, other), count in self.grades.items()
            ],
            "by_industry": [share.as_dict() for share in self.industries],
            "by_subdistrict": [share.as_dict() for share in self.subdistricts],
            "by_rule": [
                {"item": item, "title": title, "enterprises": count} for item, title, count in self.rules()
            ],
            "moves": [move.as_dict() for move in self.moves],
        }


def industry_title(section: str | None) -> str:
    return f"{section} {SECTIONS[section]}" if section else UNKNOWN_INDUSTRY


def reasons_text(reasons: Iterable[Reason]) -> str:
    return "；".join(reason.text for reason in reasons)
