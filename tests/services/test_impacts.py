"""Two rule sets over the register: who moves, why, for whose eyes; on both engines."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from credit_registry.domain.errors import InvalidInput, NotAllowed
from credit_registry.domain.impacts import Comparison
from credit_registry.domain.permissions import Actor, Role
from credit_registry.services import assessments, drafts, impacts, records
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from scoring_rules import RuleSet, load_ruleset, ruleset_in_force
from tests.factories import (
    a_case,
    a_draft,
    a_penalty,
    a_record,
    an_actor,
    an_enterprise,
    an_office,
    an_operator,
)

LONG_AGO = date(2010, 1, 1)


@pytest.fixture
def rules(on: date) -> RuleSet:
    return ruleset_in_force(on)


@pytest.fixture
def harsher(tmp_path: Path) -> RuleSet:
    """10 instead of 6 points for an ordinary penalty."""
    return load_ruleset(a_draft(tmp_path / "harsher"))


def an_inspected(database: Database, name: str, **values: object) -> str:
    made = an_enterprise(database, name, registered_on=LONG_AGO, **values)
    for domain in ("safety", "fire"):
        a_record(database, "inspection", made.uscc or "", domain=domain)
    return made.uscc or ""


def compared(
    database: Database, before: RuleSet, after: RuleSet, on: date, now: datetime, actor: Actor | None = None
) -> Comparison:
    with database.read() as session:
        return impacts.compare(session, actor or an_operator(), before, after, on=on, now=now)


def test_only_the_fined_move_and_the_reason_names_the_item(
    database: Database, rules: RuleSet, harsher: RuleSet, on: date, now: datetime
) -> None:
    an_inspected(database, "示例青松机械有限公司", industry_code="C3311", subdistrict_code="110108002")
    fined = an_inspected(
        database, "示例白杨机械有限公司", industry_code="C3311", subdistrict_code="110108003"
    )
    a_penalty(database, fined, dated_on="2026-10-20")

    found = compared(database, rules, harsher, on, now)

    (move,) = found.moves
    assert (found.count, move.uscc, move.grade_before, move.grade_after) == (2, fined, "B+", "B+")
    assert (move.score_before, move.score_after) == ("95.0", "91.0")
    assert [reason.text for reason in move.reasons] == ["安全生产 P2 一般失信行政处罚：-6 → -10 分"]
    assert found.rules() == [("P2", "一般失信行政处罚", 1)]
    assert [(s.code, s.count, s.moved) for s in found.industries] == [("C", 2, 1)]
    assert [(s.code, s.moved) for s in found.subdistricts] == [("110108003", 1), ("110108002", 0)]
    assert found.standing(0) == found.standing(1)


def test_it_says_what_an_assessment_under_either_rule_set_says(
    database: Database, rules: RuleSet, harsher: RuleSet, on: date, now: datetime
) -> None:
    fined = an_inspected(database, "示例白杨机械有限公司")
    a_penalty(database, fined, dated_on="2026-10-20")
    with database.read() as session:
        graded = assessments.get(session, an_operator(), fined, on=on, now=now)

    (move,) = compared(database, rules, harsher, on, now).moves

    assert (move.grade_before, move.score_before) == (graded.grade, graded.score)


def test_a_comparison_writes_nothing(
    database: Database, rules: RuleSet, harsher: RuleSet, on: date, now: datetime
) -> None:
    a_penalty(database, an_inspected(database, "示例白杨机械有限公司"), dated_on="2026-10-20")
    with database.read() as session:
        before = audit.tail(session)

    assert compared(database, rules, harsher, on, now).moves

    with database.read() as session:
        assert audit.tail(session) == before
        assert assessments.assessments.count_by_grade(session) == {}


def test_an_entry_in_force_counts_as_it_does_in_an_assessment(
    database: Database, rules: RuleSet, tmp_path: Path, on: date, now: datetime
) -> None:
    case = a_case(database, begun=now - timedelta(days=30))
    tolerant = load_ruleset(
        a_draft(
            tmp_path / "tolerant",
            "grades.yaml",
            "{kind: listing, list_kind: black, state: live}",
            "{kind: listing, list_kind: red, state: live}",
        )
    )

    moves = {move.enterprise_id: move for move in compared(database, rules, tolerant, on, now).moves}

    move = moves[case.enterprise_id]
    assert move.grade_before == "D"
    assert any(reason.item == "V1" and reason.after is None for reason in move.reasons)


def test_the_day_decides_and_the_future_is_refused(
    database: Database, rules: RuleSet, harsher: RuleSet, on: date, now: datetime
) -> None:
    a_penalty(database, an_inspected(database, "示例白杨机械有限公司"), dated_on="2026-10-20")

    assert compared(database, rules, harsher, date(2026, 10, 1), now).moves == ()
    with pytest.raises(InvalidInput) as refused:
        compared(database, rules, harsher, on + timedelta(days=1), now)
    assert refused.value.code == "A-AS-OF"


def test_an_empty_register_has_nobody_to_move(
    database: Database, rules: RuleSet, on: date, now: datetime
) -> None:
    found = compared(database, rules, drafts.read("shandong-four-classes"), on, now)

    assert (found.count, found.moves, found.industries) == (0, (), ())


def test_an_officer_of_a_sub_district_sees_its_enterprises_alone(
    database: Database, rules: RuleSet, harsher: RuleSet, on: date, now: datetime
) -> None:
    for code in ("110108002", "110108003"):
        fined = an_inspected(database, f"示例{code}机械有限公司", subdistrict_code=code)
        a_penalty(database, fined, dated_on="2026-10-20")
    actor = an_actor(database, Role.CLERK, subdistricts=["110108003"])

    found = compared(database, rules, harsher, on, now, actor)

    assert [move.subdistrict_code for move in found.moves] == ["110108003"]
    assert (found.count, [share.code for share in found.subdistricts]) == (1, ["110108003"])


def test_supervision_facts_stay_with_the_operating_authorities(
    database: Database, rules: RuleSet, tmp_path: Path, on: date, now: datetime
) -> None:
    seen = an_enterprise(database, registered_on=LONG_AGO).uscc or ""
    a_record(database, "inspection", seen, result="未整改", dated_on="2026-06-10")
    harsher = load_ruleset(
        a_draft(
            tmp_path / "harsher",
            old="points: 8\n    validity: {from: dated_on, stages: [{months: 12}]}\n    is_internal",
            new="points: 9\n    validity: {from: dated_on, stages: [{months: 12}]}\n    is_internal",
        )
    )
    office = an_office(database, "海淀区科学技术局（演示）", domain=None)
    outsider = an_actor(database, Role.OFFICER, office=office)

    (inside,) = compared(database, rules, harsher, on, now).moves
    (outside,) = compared(database, rules, harsher, on, now, outsider).moves

    assert [reason.item for reason in inside.reasons] == ["I1"]
    assert (outside.reasons, outside.is_complete, inside.is_complete) == ((), False, True)


def test_who_may_not_read_the_register_may_not_compare(
    database: Database, rules: RuleSet, on: date, now: datetime
) -> None:
    administrator = an_actor(database, Role.ADMINISTRATOR)

    with pytest.raises(NotAllowed):
        compared(database, rules, rules, on, now, administrator)
    with database.read() as session, pytest.raises(NotAllowed):
        impacts.Comparisons().get(session, administrator, rules, rules, on=on, now=now)


def test_a_comparison_is_kept_until_a_fact_changes(
    database: Database, rules: RuleSet, harsher: RuleSet, on: date, now: datetime
) -> None:
    fined = an_inspected(database, "示例白杨机械有限公司")
    penalty = a_penalty(database, fined, dated_on="2026-10-20").record
    kept = impacts.Comparisons()

    def ask() -> Comparison:
        with database.read() as session:
            return kept.get(session, an_operator(), rules, harsher, on=on, now=now)

    first = ask()
    assert ask() is first
    database.run(
        lambda session: records.withdraw(
            session,
            an_operator_who_corrects(database),
            penalty.record_id,
            version=penalty.version,
            reason="报送有误",
            now=now,
        )
    )

    assert len(first.moves) == 1
    assert ask().moves == ()


def an_operator_who_corrects(database: Database) -> Actor:
    return an_actor(
        database,
        Role.OFFICER,
        office=an_office(database, authority_code="11110108000000000F", is_keeper=True),
    )


def test_kept_comparisons_of_different_scopes_are_not_mixed(
    database: Database, rules: RuleSet, harsher: RuleSet, on: date, now: datetime
) -> None:
    a_penalty(
        database,
        an_inspected(database, "示例白杨机械有限公司", subdistrict_code="110108002"),
        dated_on="2026-10-20",
    )
    kept = impacts.Comparisons()
    elsewhere = an_actor(database, Role.CLERK, subdistricts=["110108003"])

    with database.read() as session:
        counts = [
            len(kept.get(session, actor, rules, harsher, on=on, now=now).moves)
            for actor in (an_operator(), elsewhere, an_operator())
        ]

    assert counts == [1, 0, 1]


def test_moves_are_selected_by_change_aspect_industry_and_place(
    database: Database, rules: RuleSet, tmp_path: Path, on: date, now: datetime
) -> None:
    for name, values in (
        ("示例甲", {"industry_code": "6511", "subdistrict_code": "110108002"}),
        ("示例乙", {}),
    ):
        a_penalty(database, an_inspected(database, f"{name}机械有限公司", **values), dated_on="2026-10-20")
    milder = load_ruleset(a_draft(tmp_path / "milder", "grades.yaml", "not_above: B+\n", "not_above: A-\n"))

    found = compared(database, rules, milder, on, now)

    assert len(found.select(change=("B+", "A-"))) == 2
    assert found.select(change=("A", "D")) == ()
    assert [move.section for move in found.select(industry="I")] == ["I"]
    assert [move.subdistrict_code for move in found.select(subdistrict="")] == [None]
    assert (found.select(aspect="score"), len(found.select(aspect="supervision"))) == ((), 2)
    assert found.as_dict()["moving"] == {"grade": 2, "score": 0, "conditions": 0, "supervision": 2}
