"""Penalties of persons on both engines: an officer says whom they concern, and nothing but the officers' page knows."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

import scoring_rules
from credit_registry.domain.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound
from credit_registry.domain.permissions import KEY_SCOPES, Actor, Role
from credit_registry.services import (
    batches,
    facts,
    journal,
    person_penalties,
    records,
    resolutions,
    withdrawals,
)
from credit_registry.services.resolutions import Decision
from credit_registry.storage.tables.assessments import DirtyRow
from credit_registry.storage.tables.person_penalties import PersonPenaltyRow
from tests.conftest import VAULT
from tests.factories import (
    NOW,
    a_file,
    a_penalty,
    a_penalty_row,
    a_person_file,
    a_person_row,
    an_actor,
    an_enterprise,
    an_import,
    an_office,
    an_operator,
)

CHAIRMAN = "11010519491231002X"
STRANGER = "110101199003074530"


def held(database, result):
    with database.read() as session:
        return batches.rows(session, an_operator(), result.batch, "held").items


def decide(database, row, *, actor=None, reason="该企业主要负责人", now=NOW, **decision):
    by = actor or an_operator()
    return database.run(
        lambda session: resolutions.resolve(session, by, row.id, Decision(**decision), reason=reason, now=now)
    )


def penalties_of(database, enterprise, *, actor=None, known_at=None):
    with database.read() as session:
        return person_penalties.of_enterprise(
            session, actor or an_operator(), enterprise.uscc, known_at=known_at
        )


def take_back(database, actor, kept, *, reason="认错了人", now=NOW):
    return database.run(
        lambda session: person_penalties.withdraw(
            session, actor, kept.person_penalty_id, reason=reason, now=now
        )
    )


def a_kept_one(database, enterprise, document_no="京海应急罚〔2026〕30号", **cells):
    result = an_import(database, "penalties", a_person_file([a_person_row(document_no, **cells)]))
    decide(database, held(database, result)[0], enterprise_id=enterprise.enterprise_id, role="principal")
    return result


def test_a_person_is_kept_with_the_enterprise_that_an_officer_names(database):
    enterprise = an_enterprise(database)
    result = an_import(database, "penalties", a_person_file([a_person_row("京海应急罚〔2026〕30号")]))
    (row,) = held(database, result)

    done = decide(database, row, enterprise_id=enterprise.enterprise_id, role="principal")

    (kept,) = penalties_of(database, enterprise)
    assert (done.state, done.record_id) == ("resolved", None)
    assert (kept.role_title, kept.name, kept.number) == ("主要负责人", "赵**", "110***********002X")
    assert (kept.said["fine_fen"], kept.batch, kept.source_row) == (2_000_000, result.batch, 2)
    with database.read() as session:
        stored = session.scalars(select(PersonPenaltyRow)).one()
        assert VAULT.open(stored.name_sealed) == "赵示例"
        assert VAULT.open(stored.id_sealed) == CHAIRMAN
        assert stored.id_digest == VAULT.digest(CHAIRMAN)
        entry = journal.page(session, an_operator()).items[0].entry
    assert entry.verb == "batch:resolve"
    assert CHAIRMAN not in str(entry) and "赵示例" not in str(entry)


def test_it_is_no_record_and_changes_no_grade(database):
    enterprise = an_enterprise(database)
    a_penalty(database, enterprise.uscc)

    def known():
        with database.read() as session:
            found = facts.of(session, [enterprise.enterprise_id], on=NOW.date(), now=NOW)
            page = records.page_of(session, an_operator(), enterprise.uscc, on=NOW.date())
            marked = session.scalars(select(DirtyRow.enterprise_id)).all()
            return found.records.to_csv(), found.subjects.to_csv(), page, marked

    database.run(lambda session: session.execute(delete(DirtyRow)))
    before = known()
    a_kept_one(database, enterprise)

    assert known() == before
    assert before[-1] == []


@pytest.mark.parametrize("decision", [{}, {"role": "owner"}])
def test_the_role_is_one_of_the_statutes(database, decision):
    enterprise = an_enterprise(database)
    result = an_import(database, "penalties", a_person_file([a_person_row("1号")]))

    with pytest.raises(InvalidInput) as refused:
        decide(database, held(database, result)[0], enterprise_id=enterprise.enterprise_id, **decision)

    assert refused.value.code == "person-role-missing"
    assert "主要负责人、个人经营的投资人" in refused.value.message


def test_a_role_alone_names_no_enterprise(database):
    result = an_import(database, "penalties", a_person_file([a_person_row("1号")]))

    with pytest.raises(InvalidInput) as refused:
        decide(database, held(database, result)[0], role="principal")

    assert refused.value.code == "row-still-held"
    assert "选定该企业和此人的身份" in refused.value.message


def test_the_row_of_an_enterprise_asks_for_no_role(database):
    enterprise = an_enterprise(database)
    result = an_import(
        database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号", uscc="")])
    )

    with pytest.raises(InvalidInput) as refused:
        decide(database, held(database, result)[0], enterprise_id=enterprise.enterprise_id, role="principal")

    assert refused.value.code == "person-role-unasked"


def test_other_doubts_about_the_row_stay(database):
    enterprise = an_enterprise(database)
    result = an_import(
        database, "penalties", a_person_file([a_person_row("1号", fine_fen="5", content="罚款20000元")])
    )
    (row,) = held(database, result)

    with pytest.raises(InvalidInput) as refused:
        decide(database, row, enterprise_id=enterprise.enterprise_id, role="principal")
    assert [problem["code"] for problem in refused.value.facts["problems"]] == ["R-AMOUNT-MISMATCH"]

    decide(database, row, enterprise_id=enterprise.enterprise_id, role="principal", cells={"fine_fen": "2"})
    assert len(penalties_of(database, enterprise)) == 1


def test_the_same_file_again_is_duplicate_row_by_row(database):
    enterprise = an_enterprise(database)
    a_kept_one(database, enterprise)
    again = a_person_file([a_person_row("京海应急罚〔2026〕30号"), a_person_row("2号", person_id=STRANGER)])

    result = an_import(database, "penalties", again)

    assert (result.rows, result.accepted, result.duplicate, result.held) == (2, 0, 1, 1)


def test_the_same_penalty_in_other_words_of_the_cells_is_duplicate_too(database):
    enterprise = an_enterprise(database)
    a_kept_one(database, enterprise)

    result = an_import(
        database, "penalties", a_person_file([a_person_row("京海应急罚[2026]30号", remark="补报")])
    )

    assert (result.duplicate, result.held) == (1, 0)
    assert [problem["code"] for problem in result.problems if problem["disposition"] == "duplicate"] == [
        "X-DUPLICATE"
    ]


def test_told_with_another_content_it_waits_until_the_earlier_one_is_taken_back(database):
    enterprise = an_enterprise(database)
    a_kept_one(database, enterprise)
    (earlier,) = penalties_of(database, enterprise)
    changed = a_person_row("京海应急罚〔2026〕30号", fine_fen="3", content="罚款30000元")
    (row,) = held(database, an_import(database, "penalties", a_person_file([changed])))
    named = {"enterprise_id": enterprise.enterprise_id, "role": "principal"}

    with pytest.raises(IllegalTransition) as refused:
        decide(database, row, **named)
    assert refused.value.code == "person-penalty-differs"

    later = NOW + timedelta(hours=1)
    take_back(database, an_actor(database, Role.OFFICER), earlier, reason="金额有误", now=later)
    decide(database, row, now=later, **named)
    (kept,) = penalties_of(database, enterprise)
    assert kept.said["fine_fen"] == 3_000_000
    (then,) = penalties_of(database, enterprise, known_at=NOW)
    assert then.said["fine_fen"] == 2_000_000


def test_the_enterprise_whose_representative_bears_the_number_is_proposed_and_never_taken(database):
    enterprise = an_enterprise(database)
    other = an_enterprise(database, "示例另一家有限公司")
    named = a_penalty_row(
        enterprise, "9号", legal_representative="赵示例", legal_representative_id_kind="身份证",
        legal_representative_id=CHAIRMAN,
    )  # fmt: skip
    an_import(database, "penalties", a_file("penalties", [named]))
    a_kept_one(database, other, "8号")

    result = an_import(
        database, "penalties", a_person_file([a_person_row("7号"), a_person_row("6号", person_id=STRANGER)])
    )

    theirs, strangers = held(database, result)
    assert [(each["uscc"], each["how"]) for each in theirs.proposals] == [
        (enterprise.uscc, "legal_representative"),
        (other.uscc, "person_penalty"),
    ]
    assert strangers.proposals == ()
    assert penalties_of(database, enterprise) == ()


def test_a_batch_takes_its_persons_back_with_it(database):
    enterprise = an_enterprise(database)
    result = a_kept_one(database, enterprise)
    an_office(database, is_keeper=True)
    one, two = an_actor(database, Role.CLERK), an_actor(database, Role.CLERK)

    database.run(lambda session: withdrawals.ask(session, one, result.batch, reason="错发", now=NOW))
    later = NOW + timedelta(hours=1)
    done = database.run(lambda session: withdrawals.confirm(session, two, result.batch, now=later))

    assert done.withdrawn == 1
    assert penalties_of(database, enterprise) == ()
    assert len(penalties_of(database, enterprise, known_at=NOW)) == 1
    again = an_import(database, "penalties", a_person_file([a_person_row("京海应急罚〔2026〕30号")]))
    assert (again.held, again.duplicate) == (1, 0)


def test_one_taken_back_by_mistake_is_not_taken_back_twice(database):
    enterprise = an_enterprise(database)
    a_kept_one(database, enterprise)
    (kept,) = penalties_of(database, enterprise)

    officer, auditor = an_actor(database, Role.OFFICER), an_actor(database, Role.AUDITOR)

    with pytest.raises(InvalidInput):
        take_back(database, officer, kept, reason=" ")
    take_back(database, officer, kept)
    with pytest.raises(IllegalTransition) as refused:
        take_back(database, officer, kept)

    assert refused.value.code == "person-penalty-ended"
    assert penalties_of(database, enterprise) == ()
    with database.read() as session:
        entry = journal.page(session, auditor).items[0].entry
    assert (entry.verb, entry.reason) == ("person-penalty:withdraw", "认错了人")


def test_what_was_kept_with_the_wrong_enterprise_waits_again_for_the_right_one(database):
    wrong, right = an_enterprise(database), an_enterprise(database, "示例另一家有限公司")
    result = a_kept_one(database, wrong)
    (kept,) = penalties_of(database, wrong)

    take_back(database, an_actor(database, Role.OFFICER), kept, reason="认错了企业")

    (row,) = held(database, result)
    assert (row.row, row.reason, row.resolved_by) == (2, None, None)
    decide(database, row, enterprise_id=right.enterprise_id, role="principal")
    assert penalties_of(database, wrong) == ()
    assert [each.name for each in penalties_of(database, right)] == ["赵**"]


def test_who_only_brings_files_in_takes_nothing_back(database):
    enterprise = an_enterprise(database)
    a_kept_one(database, enterprise)
    (kept,) = penalties_of(database, enterprise)

    with pytest.raises(NotAllowed):
        take_back(database, an_actor(database, Role.CLERK), kept)
    with pytest.raises(NotFound):
        take_back(database, an_actor(database, Role.OFFICER), replace(kept, person_penalty_id=9_999))


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.CLERK, True), (Role.OFFICER, True), (Role.AUDITOR, True), (Role.PUBLISHER, False)],
)
def test_only_who_enters_records_or_audits_reads_them(database, role, may):
    enterprise = an_enterprise(database)
    a_kept_one(database, enterprise)
    actor = an_actor(database, role)

    if may:
        assert len(penalties_of(database, enterprise, actor=actor)) == 1
    else:
        with pytest.raises(NotAllowed):
            penalties_of(database, enterprise, actor=actor)


def test_no_key_reads_them_whatever_its_scopes(database):
    enterprise = an_enterprise(database)
    key = Actor("key:hd_ab12", "对接系统", KEY_SCOPES)

    with pytest.raises(NotAllowed):
        penalties_of(database, enterprise, actor=key)


def test_a_whole_file_of_strangers_is_dropped_with_one_reason(database):
    rows = [a_person_row(f"{number}号", person_id=STRANGER) for number in range(1, 700)]
    enterprise = an_enterprise(database)
    result = an_import(database, "penalties", a_person_file([*rows, a_person_row("800号")]))
    (first, *_) = held(database, result)
    decide(database, first, enterprise_id=enterprise.enterprise_id, role="worker")

    def drop():
        return database.run(
            lambda session: resolutions.drop_all(
                session,
                an_operator(),
                result.batch,
                code="R-NATURAL-PERSON",
                reason="与名册企业无关",
                now=NOW,
            )
        )

    assert drop() == 699
    assert held(database, result) == ()
    assert len(penalties_of(database, enterprise)) == 1
    with pytest.raises(NotFound):
        drop()


def test_rows_with_a_proposed_enterprise_may_be_kept_waiting(database):
    enterprise = an_enterprise(database)
    a_kept_one(database, enterprise, "8号")
    rows = [a_person_row("7号"), a_person_row("6号", person_id=STRANGER)]
    result = an_import(database, "penalties", a_person_file(rows))

    dropped = database.run(
        lambda session: resolutions.drop_all(
            session,
            an_operator(),
            result.batch,
            code="R-NATURAL-PERSON",
            keep_proposed=True,
            reason="无关",
            now=NOW,
        )
    )

    (waiting,) = held(database, result)
    assert (dropped, waiting.row) == (1, 2)


def test_no_rule_can_name_them(tmp_path):
    folder = tmp_path / "2019-01-01_haidian-default-1"
    shutil.copytree(Path(scoring_rules.__file__).parent / "rulesets" / folder.name, folder)
    items = folder / "items.yaml"
    text = items.read_text(encoding="utf-8")
    assert "kind: penalty" in text
    items.write_text(text.replace("kind: penalty", "kind: person_penalty", 1), encoding="utf-8")

    with pytest.raises(scoring_rules.RuleSetError) as refused:
        scoring_rules.load_ruleset(folder)

    assert "“person_penalty”不在声明的取值之内" in str([each.message for each in refused.value.problems])


def test_persons_are_decided_many_at_once(database):
    enterprise = an_enterprise(database)
    result = an_import(
        database, "penalties", a_person_file([a_person_row(f"{number}号") for number in range(1, 4)])
    )
    one, two, three = held(database, result)
    named = Decision(enterprise_id=enterprise.enterprise_id, role="principal")

    done = database.run(
        lambda session: resolutions.resolve_many(
            session,
            an_operator(),
            {one.id: named, two.id: named, three.id: Decision()},
            reason="核对",
            now=NOW,
        )
    )

    assert len(done.done) == 2
    assert list(done.waiting) == [three.id]
    assert len(penalties_of(database, enterprise)) == 2
