"""Grades: everybody's, kept and moved by facts and calendar; one enterprise's, with its reasons, for any day.

Nothing is decided here: the rule set in force says what a grade is, and what it says is stored or answered.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

import scoring_rules
from credit_registry.domain.answers import AssessmentView, DomainView, beijing_day, without_supervision
from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.services import codes, enterprises, explanations, facts, listings
from credit_registry.services.facts import Facts
from credit_registry.storage.database import Session
from credit_registry.storage.queries import assessments, audit, lookups
from credit_registry.storage.tables.enterprises import EnterpriseRow
from scoring_rules import RuleSet, Scores

# Columns of records in memory at once; enterprises are independent, so any cut gives the same grades.
CHUNK = 100_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Assessed:
    """What a run did.

    Attributes:
        scope: ``all``, or ``due``: those whose facts or calendar changed.
        changed: how many grades, scores or reasons differ from before.
        grades: how many enterprises stand at each grade now.
        candidates: how many cases were opened for a person to look at.
    """

    on: date
    ruleset: str
    engine: str
    scope: str
    assessed: int
    changed: int
    grades: Mapping[str, int]
    candidates: int

    def as_dict(self) -> dict[str, object]:
        return {
            "on": self.on.isoformat(),
            "ruleset": self.ruleset,
            "engine": self.engine,
            "scope": self.scope,
            "assessed": self.assessed,
            "changed": self.changed,
            "grades": dict(self.grades),
            "candidates": self.candidates,
        }


def assess(
    session: Session,
    actor: Actor,
    *,
    on: date,
    now: datetime,
    only_due: bool = False,
    progress: Progress | None = None,
) -> Assessed:
    """Grade everybody as of ``on``, or only those whose facts changed or whose day has come.

    Only grades that differ are written, so that a full run after a daily one changes nothing.
    Where a condition of the list rules is met, a candidate case is opened; the score itself lists nobody.
    """
    actor.require(Permission.ASSESSMENTS_RUN)
    ruleset = ruleset_on(on)
    dirty = assessments.take_dirty(session)
    is_due_only = only_due and _is_same_rules(assessments.last_run(session), ruleset)
    ids = assessments.due_ids(session, on, dirty) if is_due_only else assessments.all_ids(session)
    attributes = scoring_rules.attributes_read(ruleset)
    changed = opened = done = 0
    for chunk in (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)):
        wanted = None if len(chunk) == len(ids) and not is_due_only else chunk
        material = facts.of(session, wanted, on=on, now=now, attributes=attributes)
        scores = scoring_rules.score(ruleset, material.records, material.subjects, on=on, findings=False)
        changed += _store(session, ruleset, scores, material, wanted, on=on, now=now)
        opened += _open(session, actor, scores, now=now)
        done += len(chunk)
        if progress is not None:
            progress(done, len(ids))
    result = Assessed(
        on, ruleset.id, scoring_rules.ENGINE_VERSION, "due" if is_due_only else "all", len(ids), changed,
        assessments.count_by_grade(session), opened,
    )  # fmt: skip
    _remember(session, actor, ruleset, result, now)
    return result


def get(
    session: Session,
    actor: Actor,
    uscc: str,
    *,
    on: date | None = None,
    known_at: datetime | None = None,
    now: datetime,
) -> AssessmentView:
    """The computed assessment of one enterprise with its findings.

    Args:
        on: the day it holds for; today when None. Not in the future: facts are not known in advance.
        known_at: leave out what became known later. A replay of the past is for officers and auditors, and is
            logged; what has since been repaired, revoked or withdrawn is in no outward answer, whatever was
            known when.

    Raises:
        InvalidInput: ``invalid-uscc``; ``A-AS-OF`` for a day or an instant nobody can answer for.
        NotFound: ``unknown-enterprise``.
    """
    actor.require(Permission.REGISTER_READ)
    if known_at is not None:
        actor.require(Permission.HISTORY_READ)
    code = codes.readable(uscc)
    enterprise = enterprises.fetch(session, actor, code)
    today = beijing_day(now)
    on = on or today
    _refuse_future(on, known_at, today, now)
    _refuse_before_register(session, enterprise.id, known_at)
    ruleset_on(on)
    material = facts.of(
        session, [enterprise.id], on=on, now=now, known_at=known_at, is_outward=actor.key_id is not None
    )
    if known_at is not None:
        _remember_replay(session, actor, enterprise.id, on, known_at, now)
    return explained(session, actor, enterprise, material, on=on, known_at=known_at)


def explained(
    session: Session,
    actor: Actor,
    enterprise: EnterpriseRow,
    material: Facts,
    *,
    on: date,
    known_at: datetime | None = None,
) -> AssessmentView:
    """For services that have read the facts of the enterprise: what follows from them, as the actor may see it."""
    ruleset = ruleset_on(on)
    scores = scoring_rules.score(ruleset, material.records, material.subjects, on=on, findings=True)
    findings = explanations.of(ruleset, scores, material.records)
    shown = findings if is_operating(session, actor) else without_supervision(findings)
    result = scores.results.iloc[0]
    return AssessmentView(
        enterprise_id=enterprise.id,
        uscc=enterprise.uscc,
        name=enterprise.name,
        on=on,
        known_at=known_at,
        ruleset=ruleset.id,
        ruleset_digest=ruleset.digest,
        engine=scoring_rules.ENGINE_VERSION,
        watermark=assessments.watermarks(session, [enterprise.id], known_at).get(enterprise.id, 0),
        grade=str(result["grade"]),
        score=decimal(result["score"], ruleset.scale),
        domains={
            domain.id: DomainView(
                decimal(result[f"{domain.id}_score"], ruleset.scale), str(result[f"{domain.id}_grade"])
            )
            for domain in ruleset.domains
        },
        findings=shown,
        next_change_on=material.next_change(enterprise.id, day(result["next_change_on"])),
        is_complete=len(shown) == len(findings),
    )


def is_operating(session: Session, actor: Actor) -> bool:
    """Whether the actor works for the keeper of the register or for an office that supervises safety or fire.

    Supervision facts stay among these.
    """
    return actor.is_keeper or assessments.is_operating(session, actor.office_id)


def standing(
    session: Session, bearers: Iterable[lookups.Bearer], *, on: date, now: datetime
) -> dict[int, tuple[str, str | None]]:
    """Grade and score of enterprises as of ``on``: the stored ones where they hold, the others computed now."""
    ruleset = scoring_rules.ruleset_in_force(on)
    found: dict[int, tuple[str, str | None]] = {}
    stale: set[int] = set()
    for bearer in bearers:
        grade = bearer.grade
        if grade is not None and _holds(grade, ruleset, on):
            found[bearer.enterprise_id] = (grade.grade, decimal(grade.score, grade.scale))
        else:
            stale.add(bearer.enterprise_id)
    if stale:
        attributes = scoring_rules.attributes_read(ruleset)
        material = facts.of(session, sorted(stale), on=on, now=now, attributes=attributes)
        results = scoring_rules.score(
            ruleset, material.records, material.subjects, on=on, findings=False
        ).results
        for subject, grade_now, score in results[["subject", "grade", "score"]].itertuples(
            index=False, name=None
        ):
            found[int(subject)] = (str(grade_now), decimal(score, ruleset.scale))
    return found


def _holds(grade: lookups.Grade, ruleset: RuleSet, on: date) -> bool:
    """Whether a stored grade is still the one that would be computed for ``on``."""
    return (
        grade.on <= on
        and (grade.next_change_on is None or on < grade.next_change_on)
        and grade.ruleset_digest == ruleset.digest
        and grade.engine == scoring_rules.ENGINE_VERSION
    )


def decimal(score: Any, scale: int) -> str | None:
    """A stored score as decimal text; no score is None."""
    return None if pd.isna(score) else scoring_rules.decimal_of(int(score), scale)


def day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def ruleset_on(on: date) -> RuleSet:
    """The rule set in force.

    Raises:
        InvalidInput: ``A-AS-OF``.
    """
    try:
        return scoring_rules.ruleset_in_force(on)
    except LookupError as error:
        first = scoring_rules.shipped_rulesets()[0].effective_from.isoformat()
        raise InvalidInput(
            f"{on.isoformat()} 没有生效的评分规则。请填写不早于 {first} 的日期。",
            code="A-AS-OF",
            facts={"on": on.isoformat(), "first": first},
        ) from error


def _is_same_rules(ran: assessments.Ran | None, ruleset: RuleSet) -> bool:
    return ran == assessments.Ran(ruleset.digest, scoring_rules.ENGINE_VERSION)


def _store(
    session: Session,
    ruleset: RuleSet,
    scores: Scores,
    material: Facts,
    ids: Sequence[int] | None,
    *,
    on: date,
    now: datetime,
) -> int:
    """Write the grades that differ from the stored ones; how many they were."""
    found = _graded(session, ruleset, scores, material, ids)
    before = assessments.stored(session, ids)
    # A grade keeps the first day it was seen on; a run for an earlier day moves that day back.
    changed = {
        number: grade
        for number, grade in found.items()
        if number not in before or before[number].grade != grade or before[number].on > on
    }
    assessments.replace(session, changed, on=on, now=now)
    return len(changed)


def _graded(
    session: Session, ruleset: RuleSet, scores: Scores, material: Facts, ids: Sequence[int] | None
) -> dict[int, assessments.Graded]:
    """The results as they are stored, by enterprise."""
    results = scores.results
    numbers = [int(subject) for subject in results["subject"]]
    seen = assessments.watermarks(session, ids)
    columns = (
        numbers,
        _plain(results["score"]),
        results["grade"],
        _domain_texts(ruleset, results),
        _plain(results["next_change_on"].dt.date),
    )
    return {
        number: assessments.Graded(
            ruleset.id,
            ruleset.digest,
            scoring_rules.ENGINE_VERSION,
            seen.get(number, 0),
            ruleset.scale,
            score,
            str(grade),
            domains,
            material.next_change(number, foreseen),
        )
        for number, score, grade, domains, foreseen in zip(*columns, strict=True)
    }


def _plain(column: Any) -> list[Any]:
    """A column as plain Python values, None where there is none."""
    return column.astype("object").where(column.notna(), None).tolist()  # type: ignore[no-any-return]


def _domain_texts(ruleset: RuleSet, results: pd.DataFrame) -> list[str]:
    """Per row the canonical text of its domains; there are few different ones, each is written once."""
    names = [domain.id for domain in ruleset.domains]
    columns = [_plain(results[f"{name}_{part}"]) for name in names for part in ("score", "grade")]
    known: dict[tuple[object, ...], str] = {}
    texts = []
    for row in zip(*columns, strict=True):
        text = known.get(row)
        if text is None:
            text = known[row] = assessments.canonical_text(
                {name: {"score": row[2 * n], "grade": row[2 * n + 1]} for n, name in enumerate(names)}
            )
        texts.append(text)
    return texts


def _open(session: Session, actor: Actor, scores: Scores, *, now: datetime) -> int:
    if scores.conditions.empty:
        return 0
    found = scores.conditions[["subject", "condition", "records"]].itertuples(index=False, name=None)
    conditions = [(int(subject), str(code), [int(each) for each in ids]) for subject, code, ids in found]
    return len(listings.open_candidates(session, actor, conditions, now=now))


def _remember(session: Session, actor: Actor, ruleset: RuleSet, result: Assessed, now: datetime) -> None:
    details = {**result.as_dict(), "ruleset_digest": ruleset.digest}
    subject = f"day:{result.on.isoformat()}"
    audit.remember(session, actor, assessments.RUN, subject, now, facts=details)


def _remember_replay(
    session: Session, actor: Actor, enterprise_id: int, on: date, known_at: datetime, now: datetime
) -> None:
    details = {"on": on.isoformat(), "known_at": known_at.isoformat()}
    subject = f"enterprise:{enterprise_id}"
    audit.remember(session, actor, "assessment:replay", subject, now, facts=details)


def _refuse_future(on: date, known_at: datetime | None, today: date, now: datetime) -> None:
    if on > today:
        raise InvalidInput(
            f"不能评价将来的日期。请填写不晚于 {today.isoformat()} 的日期；以后的变化见 next_change。",
            code="A-AS-OF",
            facts={"on": on.isoformat(), "today": today.isoformat()},
        )
    # A day stands for its end, so "today" is a little ahead of now.
    if known_at is not None and known_at > now and beijing_day(known_at) > today:
        raise InvalidInput(
            "回看时点不能晚于现在。请改填过去的时刻。",
            code="A-AS-OF",
            facts={"known_at": known_at.isoformat()},
        )


def _refuse_before_register(session: Session, enterprise_id: int, known_at: datetime | None) -> None:
    if known_at is None:
        return
    first = lookups.first_known_at(session, enterprise_id)
    if first is not None and known_at < first:
        raise InvalidInput(
            "该时点本登记尚不掌握该企业的任何信息。请改填登记之后的时刻。",
            code="A-AS-OF",
            facts={"known_at": known_at.isoformat(), "first_known_at": first.isoformat()},
        )
