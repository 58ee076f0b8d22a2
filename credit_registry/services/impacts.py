"""What another rule set would move in this register: a dry comparison that writes nothing and lists nobody."""

import threading
from collections import OrderedDict
from datetime import date, datetime
from typing import Any

import pandas as pd

import scoring_rules
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.impacts import Comparison, Move, Reason, Share, Side
from credit_registry.domain.industries import section_of
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.services import assessments, facts, rulesets
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit
from scoring_rules import RuleSet
from scoring_rules.analysis.impact import Impact, impact

_KEPT = 4
# How the engine begins the id of a line that speaks of a grade.
_EFFECTS = {"cap", "step-down", "veto", "not-graded"}


def compare(
    session: Session, actor: Actor, before: RuleSet, after: RuleSet, *, on: date, now: datetime
) -> Comparison:
    """Everybody within the actor's scope under both rule sets, by what is known now.

    Enterprises outside the scope are scored with the others, since a rule may rank its peers, and then left out.
    Reasons that are supervision facts are shown to the operating authorities alone.

    Raises:
        InvalidInput: ``A-AS-OF``; facts are not known in advance.
    """
    actor.require(Permission.REGISTER_READ)
    today = beijing_day(now)
    if on > today:
        raise InvalidInput(
            f"不能按将来的日期测算。请填写不晚于 {today.isoformat()} 的日期；规则尚未生效的也可以测算。",
            code="A-AS-OF",
            facts={"on": on.isoformat(), "today": today.isoformat()},
        )
    material = facts.of(session, None, on=on, now=now)
    whole = impact(before, after, material.records, material.subjects, on=on)
    subjects = material.subjects.assign(section=_sections(material.subjects["industry_code"]))
    if actor.subdistricts:
        subjects = subjects[subjects["subdistrict_code"].isin(sorted(actor.subdistricts))]
        subjects = subjects.reset_index(drop=True)
        whole = whole.within(subjects)
    sides = _side(before), _side(after)
    return Comparison(
        *sides,
        on,
        scoring_rules.ENGINE_VERSION,
        _grades(whole, *sides),
        _shares(whole, subjects, "section"),
        _shares(whole, subjects, "subdistrict_code"),
        _moves(whole, subjects, before, after, is_operating=assessments.is_operating(session, actor)),
    )


class Comparisons:
    """The latest comparisons, so that a page is turned without scoring everybody anew.

    They are kept by rule sets, day, scope and the newest change in the log: any fact that changes makes a new one.
    Two who ask for the same at once wait for one computation.
    """

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[object, ...], Comparison] = OrderedDict()
        self._lock = threading.Lock()

    def get(
        self, session: Session, actor: Actor, before: RuleSet, after: RuleSet, *, on: date, now: datetime
    ) -> Comparison:
        """As `compare`."""
        actor.require(Permission.REGISTER_READ)
        scope = (actor.subdistricts, assessments.is_operating(session, actor))
        key = (before.digest, after.digest, on, beijing_day(now), *scope, audit.last_change(session))
        with self._lock:
            found = self._found.get(key)
            if found is None:
                found = compare(session, actor, before, after, on=on, now=now)
                self._found[key] = found
                while len(self._found) > _KEPT:
                    self._found.popitem(last=False)
            self._found.move_to_end(key)
            return found


def _side(ruleset: RuleSet) -> Side:
    grades = tuple(shape.grade for shape in ruleset.grades)
    return Side(ruleset.id, ruleset.title, ruleset.effective_from, ruleset.digest, grades)


def _grades(whole: Impact, before: Side, after: Side) -> dict[tuple[str, str], int]:
    """Best grades first, as each rule set orders them."""
    counts = {
        (str(one), str(other)): int(count)
        for one, other, count in whole.by_grade.itertuples(index=False, name=None)
    }
    order = [(*side.grades, "N") for side in (before, after)]
    keys = sorted(counts, key=lambda pair: tuple(map(tuple.index, order, pair)))
    return {pair: counts[pair] for pair in keys}


def _sections(codes: "pd.Series[Any]") -> "pd.Series[Any]":
    """A few hundred codes among many enterprises: each is read once."""
    known = {code: section_of(code) for code in codes.dropna().unique()}
    return codes.map(known).astype(object)


def _shares(whole: Impact, subjects: pd.DataFrame, attribute: str) -> tuple[Share, ...]:
    return tuple(Share(*row) for row in whole.by(subjects, attribute).itertuples(index=False, name=None))


def _moves(
    whole: Impact, subjects: pd.DataFrame, before: RuleSet, after: RuleSet, *, is_operating: bool
) -> tuple[Move, ...]:
    reasons = _reasons(whole.reasons, before, after)
    columns = ["subject", "uscc", "name", "section", "subdistrict_code"]
    people = subjects[columns].astype(object).where(subjects[columns].notna(), None)
    rows = whole.moved.merge(people, on="subject", how="left", validate="one_to_one")
    found = []
    for row in rows.itertuples(index=False):
        told = reasons[row.subject]
        shown = told if is_operating else tuple(reason for reason in told if not reason.is_internal)
        found.append(_move(row, shown, is_complete=len(shown) == len(told)))
    return tuple(sorted(found, key=lambda move: (-move.fall, move.enterprise_id)))


def _move(row: Any, reasons: tuple[Reason, ...], *, is_complete: bool) -> Move:
    one, other = row.conditions_before, row.conditions_after
    return Move(
        int(row.subject),
        row.uscc,
        row.name,
        row.section,
        row.subdistrict_code,
        row.score_before,
        row.score_after,
        row.grade_before,
        row.grade_after,
        tuple(code for code in other if code not in one),
        tuple(code for code in one if code not in other),
        row.supervision_before.text if row.supervision_before else None,
        row.supervision_after.text if row.supervision_after else None,
        int(row.fall),
        reasons,
        is_complete,
    )


def _reasons(rows: pd.DataFrame, before: RuleSet, after: RuleSet) -> dict[Any, tuple[Reason, ...]]:
    """Per subject; equal reasons are one object, since a few rules move thousands.

    Internal are items that are supervision facts, and every cap, step-down, veto and bar: one may speak of such a fact.
    """
    titles = {domain.id: domain.title for ruleset in (before, after) for domain in ruleset.domains}
    internal = {
        item.id for ruleset in (before, after) for item in ruleset.items if item.is_internal
    } | _EFFECTS
    codes = rulesets.codes(before) | rulesets.codes(after)
    known: dict[Reason, Reason] = {}
    found: dict[Any, list[Reason]] = {}
    row: Any
    for row in rows.itertuples(index=False):
        is_internal = row.item_id.partition(":")[0] in internal
        reason = Reason(
            domain=row.domain,
            domain_title=titles.get(row.domain, ""),
            item=row.item if row.item in codes else "",
            title=row.title,
            before=row.before,
            after=row.after,
            is_points=row.is_points,
            is_internal=is_internal,
        )
        found.setdefault(row.subject, []).append(known.setdefault(reason, reason))
    return {subject: tuple(each) for subject, each in found.items()}
