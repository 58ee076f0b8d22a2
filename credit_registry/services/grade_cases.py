"""What makes a case about the announced grade different: a frozen grade instead of grounds, and what it becomes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import scoring_rules
from credit_registry.domain import grades
from credit_registry.domain.errors import NotAllowed
from credit_registry.domain.letters import spelled
from credit_registry.domain.permissions import Actor
from credit_registry.domain.series import of_grades
from credit_registry.domain.steps import Action, State
from credit_registry.services import gradings
from credit_registry.services.case_views import GradeMatter
from credit_registry.services.gradings import Grading
from credit_registry.storage.database import Session
from credit_registry.storage.queries import grades as announced
from credit_registry.storage.tables.grades import AnnouncedGradeRow
from credit_registry.storage.tables.listings import ListingCaseRow
from scoring_rules import RuleSet

_TOLD = 5


@dataclass(frozen=True)
class AnnouncedGrade:
    """The grade that was announced and holds. ``score`` is decimal text; ``None`` is "no score"."""

    grade: str
    score: str | None
    announced_on: date
    computed_on: date
    case_id: int | None
    announcement_id: int | None

    def as_dict(self) -> dict[str, Any]:
        """As it is told: since when, and for which day it was computed."""
        return {
            "grade": self.grade,
            "score": self.score,
            "announced_on": self.announced_on.isoformat(),
            "computed_on": self.computed_on.isoformat(),
        }


def require_keeper(actor: Actor) -> None:
    """Raises: NotAllowed: only the office that keeps the register announces grades."""
    if not actor.is_keeper:
        raise NotAllowed("信用等级由登记主管部门公布。请将意见转交登记主管部门。", code="not-keeper")


def frozen(
    grading: Grading,
    ruleset: RuleSet,
    previous: str | None,
    *,
    on: date,
    announcement_id: int | None = None,
    case_id: int | None = None,
) -> dict[str, Any]:
    """The columns of a grade that is proposed: nothing of it is computed anew later."""
    is_fall = grades.is_fall(
        grading.grade, previous, order=gradings.order(ruleset), noticed=of_grades().noticed_grades
    )
    return {
        "enterprise_id": grading.enterprise_id,
        "announcement_id": announcement_id,
        "case_id": case_id,
        "computed_on": on,
        "ruleset": ruleset.id,
        "ruleset_digest": ruleset.digest,
        "engine": scoring_rules.ENGINE_VERSION,
        "scale": ruleset.scale,
        "score": grading.score,
        "grade": grading.grade,
        "domains": grading.domains,
        "findings": [{**line.as_dict(), "is_internal": line.is_internal} for line in grading.findings],
        "previous": previous,
        "is_fall": is_fall,
        "announced_on": None,
        "is_withheld": False,
    }


def freeze(session: Session, case: ListingCaseRow, *, now: datetime) -> None:
    """Keep today's computed grade as what the case proposes to announce."""
    on = case.opened_on
    grading = gradings.one(session, case.enterprise_id, on=on, now=now)
    before = announced.in_force(session, [case.enterprise_id]).get(case.enterprise_id)
    values = frozen(
        grading,
        scoring_rules.ruleset_in_force(on),
        before.grade if before else None,
        on=on,
        case_id=case.id,
    )
    session.add(AnnouncedGradeRow(**values))
    session.flush()


def asked(session: Session, case: ListingCaseRow, *, on: date, now: datetime) -> dict[str, Any]:
    """What the guards of a grade case ask, as fields of a `Situation`."""
    row = announced.of_case(session, case.id)
    assert row is not None, "a grade case has its frozen grade"
    computed = gradings.one(session, case.enterprise_id, on=on, now=now).grade
    before = announced.in_force(session, [case.enterprise_id]).get(case.enterprise_id)
    order = gradings.order(scoring_rules.ruleset_in_force(on))
    return {
        "proposed_grade": row.grade,
        "announced_grade": before.grade if before else None,
        "computed_grade": computed,
        "is_fall": row.is_fall,
        "is_borne_out": grades.bears_out(computed, row.grade, is_fall=row.is_fall, order=order),
    }


def settle(session: Session, case: ListingCaseRow, action: Action, on: date) -> None:
    """After a step: the frozen grade is announced, withheld while suspended, or withdrawn for good."""
    row = announced.of_case(session, case.id)
    assert row is not None, "a grade case has its frozen grade"
    if action is Action.ANNOUNCE_GRADE:
        row.announced_on = on
    row.is_withheld = case.hidden_since is not None or State(case.state) is State.REVOKED
    session.flush()


def matter(session: Session, case: ListingCaseRow, *, is_operating: bool = True) -> GradeMatter:
    row = announced.of_case(session, case.id)
    assert row is not None, "a grade case has its frozen grade"
    return GradeMatter(
        grade=row.grade,
        score=_decimal(row.score, row.scale),
        computed_on=row.computed_on,
        ruleset=row.ruleset,
        previous=row.previous,
        is_fall=row.is_fall,
        announced_on=row.announced_on,
        is_withheld=row.is_withheld,
        findings=tuple(line for line in row.findings if is_operating or not line["is_internal"]),
    )


def places(session: Session, case: ListingCaseRow) -> dict[str, str | None]:
    """What the papers of a grade case say beyond those of any case: never a supervision fact."""
    told = matter(session, case, is_operating=False)
    reasons = [
        f"{line['title']}（{line['points']}分）"
        for line in told.findings
        if str(line["points"] or "").startswith("-")
    ]
    return {
        "grade": f"{told.grade}（{told.score} 分）" if told.score else told.grade,
        "announced_grade": told.previous or "未公布",
        "computed_on": spelled(told.computed_on),
        "findings": "；".join(reasons[:_TOLD]) or "见信用评价结果",
    }


def in_force(session: Session, enterprise_ids: list[int]) -> dict[int, AnnouncedGrade]:
    """The announced grade of each of these that has one."""
    return {
        number: AnnouncedGrade(
            each.grade,
            _decimal(each.score, each.scale),
            each.announced_on,
            each.computed_on,
            each.case_id,
            each.announcement_id,
        )
        for number, each in announced.in_force(session, enterprise_ids).items()
    }


def _decimal(score: int | None, scale: int) -> str | None:
    return None if score is None else scoring_rules.decimal_of(score, scale)
