"""Held rows on both engines: a person decides, the row goes on, nothing else does."""

import pytest
from sqlalchemy import select

from credit_registry.domain.errors import IllegalTransition, InvalidInput, NotAllowed
from credit_registry.domain.permissions import Role
from credit_registry.services import batches, enterprises, journal, records, resolutions
from credit_registry.services.enterprise_views import EnterpriseLink
from credit_registry.services.resolutions import Decision
from credit_registry.storage.tables.assessments import DirtyRow
from tests.factories import (
    NOW,
    a_code,
    a_file,
    a_penalty_row,
    an_actor,
    an_enterprise,
    an_import,
    an_office,
    an_operator,
)


def held(database, result):
    with database.read() as session:
        return batches.rows(session, an_operator(), result.batch, "held").items


def decide(database, row, *, actor=None, reason="核对执照", now=NOW, **decision):
    by = actor or an_operator()
    return database.run(
        lambda session: resolutions.resolve(session, by, row.id, Decision(**decision), reason=reason, now=now)
    )


def the_records(database, enterprise):
    with database.read() as session:
        return records.page_of(session, an_operator(), enterprise.uscc, on=NOW.date()).items


def test_a_row_without_a_code_goes_on_to_the_chosen_enterprise(database):
    enterprise = an_enterprise(database)
    result = an_import(
        database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号", uscc="")])
    )
    (row,) = held(database, result)

    done = decide(database, row, enterprise_id=enterprise.enterprise_id)

    (record,) = the_records(database, enterprise)
    assert (done.state, done.record_id, done.reason) == ("resolved", record.record_id, "核对执照")
    assert (record.batch_id, record.source_row, record.reason) == (result.batch, 2, "核对执照")
    assert record.values["fine_fen"] == 2_000_000
    with database.read() as session:
        assert session.scalars(select(DirtyRow.enterprise_id)).all() == [enterprise.enterprise_id]


def test_the_same_penalty_sent_with_its_code_later_is_a_duplicate(database):
    enterprise = an_enterprise(database)
    without = an_import(
        database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号", uscc="")])
    )
    decide(database, held(database, without)[0], enterprise_id=enterprise.enterprise_id)

    result = an_import(database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号")]))

    assert (result.accepted, result.duplicate) == (0, 1)


def test_a_row_that_turns_out_to_be_known_is_resolved_to_the_known_record(database):
    enterprise = an_enterprise(database)
    rows = [a_penalty_row(enterprise, "1号"), a_penalty_row(enterprise, "1号", uscc="")]
    result = an_import(database, "penalties", a_file("penalties", rows))

    done = decide(database, held(database, result)[0], enterprise_id=enterprise.enterprise_id)

    (record,) = the_records(database, enterprise)
    assert done.record_id == record.record_id


def test_naming_the_enterprise_does_not_wave_other_doubts_through(database):
    enterprise = an_enterprise(database)
    row = a_penalty_row(enterprise, "1号", uscc="", fine_fen="5", content="罚款20000元")
    result = an_import(database, "penalties", a_file("penalties", [row]))
    (waiting,) = held(database, result)

    with pytest.raises(InvalidInput) as refused:
        decide(database, waiting, enterprise_id=enterprise.enterprise_id)

    assert refused.value.code == "row-still-held"
    assert [problem["code"] for problem in refused.value.facts["problems"]] == ["R-AMOUNT-MISMATCH"]
    assert the_records(database, enterprise) == ()


def test_a_corrected_cell_answers_a_doubt(database):
    enterprise = an_enterprise(database)
    row = a_penalty_row(enterprise, "1号", fine_fen="5", content="罚款20000元")
    result = an_import(database, "penalties", a_file("penalties", [row]))

    decide(database, held(database, result)[0], cells={"fine_fen": "2"})

    assert the_records(database, enterprise)[0].values["fine_fen"] == 2_000_000


def test_an_enterprise_registered_meanwhile_lets_its_row_go_on(database):
    code = a_code()
    unknown = EnterpriseLink(0, code, "示例后来有限公司")
    result = an_import(database, "penalties", a_file("penalties", [a_penalty_row(unknown, "1号")]))
    (row,) = held(database, result)

    with pytest.raises(InvalidInput):
        decide(database, row)
    enterprise = an_enterprise(database, "示例后来有限公司", uscc=code)
    decide(database, row)

    assert len(the_records(database, enterprise)) == 1


def test_a_confirmed_contradiction_becomes_the_next_version(database):
    enterprise = an_enterprise(database)
    an_import(database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号")]))
    changed = a_penalty_row(enterprise, "1号", fine_fen="3", content="罚款30000元")
    result = an_import(database, "penalties", a_file("penalties", [changed]))
    (row,) = held(database, result)

    with pytest.raises(InvalidInput):
        decide(database, row)
    decide(database, row, is_correction=True)

    (record,) = the_records(database, enterprise)
    assert (record.version, record.change, record.values["fine_fen"]) == (2, "correction", 3_000_000)


def test_many_rows_go_on_at_once_and_those_that_cannot_are_named(database):
    enterprise = an_enterprise(database)
    rows = [a_penalty_row(enterprise, f"{n}号", uscc="") for n in range(3)]
    rows.append(a_penalty_row(enterprise, "9号", uscc="", fine_fen="5", content="罚款20000元"))
    result = an_import(database, "penalties", a_file("penalties", rows))
    decisions = {row.id: Decision(enterprise.enterprise_id) for row in held(database, result)}

    made = database.run(
        lambda session: resolutions.resolve_many(
            session, an_operator(), decisions, reason="核对执照", now=NOW
        )
    )

    assert len(made.done) == 3
    assert [sentence[:8] for sentence in made.waiting.values()] == ["此行仍不能入库："]
    assert len(the_records(database, enterprise)) == 3
    with database.read() as session:
        newest = journal.page(session, an_operator(), limit=1).items[0].entry
    assert (newest.verb, newest.facts["waiting"], len(newest.facts["rows"])) == ("batch:resolve", 1, 3)


def test_a_row_is_decided_once(database):
    enterprise = an_enterprise(database)
    result = an_import(
        database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号", uscc="")])
    )
    (row,) = held(database, result)

    dropped = database.run(
        lambda session: resolutions.drop(session, an_operator(), [row.id], reason="误报", now=NOW)
    )

    assert [each.state for each in dropped] == ["dropped"]
    with pytest.raises(IllegalTransition) as refused:
        decide(database, row, enterprise_id=enterprise.enterprise_id)
    assert refused.value.code == "row-not-held"


def test_a_decision_needs_a_reason_and_the_own_batch(database):
    enterprise = an_enterprise(database)
    result = an_import(
        database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号", uscc="")])
    )
    (row,) = held(database, result)
    stranger = an_actor(database, Role.CLERK, office=an_office(database, "海淀区某局（演示）"))

    with pytest.raises(InvalidInput) as silent:
        decide(database, row, reason="")
    with pytest.raises(NotAllowed) as foreign:
        decide(database, row, actor=stranger, enterprise_id=enterprise.enterprise_id)
    assert (silent.value.code, foreign.value.code) == ("reason-missing", "not-own-office")


def test_a_held_enterprise_is_registered_with_its_corrected_code(database):
    code = a_code()
    result = an_import(
        database, "enterprises", a_file("enterprises", [{"name": "示例补码有限公司", "uscc": ""}])
    )

    decide(database, held(database, result)[0], cells={"统一社会信用代码": code})

    with database.read() as session:
        assert enterprises.get(session, an_operator(), code).name == "示例补码有限公司"
