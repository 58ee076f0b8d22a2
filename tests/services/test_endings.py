"""Facts that end things, on both engines: each finds its record, or waits."""

from datetime import date

import pytest

from credit_registry.domain.permissions import Role
from credit_registry.services import batches, records, resolutions
from credit_registry.services.resolutions import Decision
from tests.factories import (
    NOW,
    a_code,
    a_file,
    a_penalty,
    a_record,
    an_actor,
    an_enterprise,
    an_import,
    an_office,
    an_operator,
)

OWN = {"authority_name": "海淀区应急管理局（演示）", "authority_code": "11110108000000000F"}


@pytest.fixture
def enterprise(database):
    return an_enterprise(database)


def told(database, kind, enterprise, **cells):
    row = {"name": enterprise.name, "uscc": enterprise.uscc, **OWN, "dated_on": "2026-08-01", **cells}
    actor = cells.pop("actor", None)
    row.pop("actor", None)
    return an_import(database, kind, a_file(kind, [row]), actor=actor)


def newest(database, record):
    with database.read() as session:
        return records.get(session, an_operator(), record.record.record_id, on=NOW.date()).record


def codes(result):
    return [problem["code"] for problem in result.problems if problem["disposition"] == "hold"]


def test_a_payment_pays_its_penalty(database, enterprise):
    penalty = a_penalty(database, enterprise.uscc, document_no="1号")

    result = told(
        database, "payments", enterprise, document_no="1号", fine_state="已缴", fine_paid_on="2026-07-30"
    )

    record = newest(database, penalty)
    assert (result.accepted, result.held) == (1, 0)
    assert (record.version, record.change, record.batch_id) == (2, "completion", result.batch)
    assert (record.values["fine_state"], record.values["fine_paid_on"]) == ("paid", date(2026, 7, 30))
    assert record.values["cause"] == penalty.record.values["cause"]


def test_a_recheck_ends_an_open_inspection(database, enterprise):
    inspection = a_record(
        database, "inspection", enterprise.uscc, document_no="检1", result="限期整改", due_on="2026-07-10"
    )

    told(database, "rechecks", enterprise, document_no="检1", dated_on="2026-07-09", result="按期改正")

    values = newest(database, inspection).values
    assert (values["result"], values["rechecked_on"]) == ("fixed_in_time", date(2026, 7, 9))


def test_a_closing_closes_its_hazard(database, enterprise):
    hazard = a_record(database, "hazard", enterprise.uscc, document_no="改1")

    told(database, "hazard_closings", enterprise, document_no="改1", dated_on="2026-08-20", is_overdue="否")

    values = newest(database, hazard).values
    assert (values["closed_on"], values["is_overdue"]) == (date(2026, 8, 20), False)


def test_an_approved_report_makes_its_accident_count_and_states_the_toll(database, enterprise):
    accident = a_record(database, "accident", enterprise.uscc)
    report = {
        "occurred_on": "2026-04-02", "domain": "安全生产", "document_no": "海政函〔2026〕9号", "responsibility": "主要责任",
        "deaths": "3", "authority_name": "北京市海淀区人民政府", "authority_code": "",
    }  # fmt: skip

    result = told(database, "responsibilities", enterprise, **report)

    record = newest(database, accident)
    assert result.accepted == 1
    assert (record.state, record.values["responsibility"], record.values["deaths"]) == ("live", "main", 3)
    assert record.values["accident_level"] == "larger"


def test_compliance_ends_a_sealing(database, enterprise):
    sealing = a_record(
        database, "sealing", enterprise.uscc, document_no="封1", dated_on="2026-06-01", domain="fire"
    )

    told(database, "compliances", enterprise, document_no="封1")

    assert newest(database, sealing).values["closed_on"] == date(2026, 8, 1)


def test_the_same_news_twice_is_a_duplicate_and_other_news_waits(database, enterprise):
    a_penalty(database, enterprise.uscc, document_no="1号")
    paid = {"document_no": "1号", "fine_state": "已缴", "fine_paid_on": "2026-07-30"}
    told(database, "payments", enterprise, **paid)

    again = told(database, "payments", enterprise, **paid, **{"details.remark": "重报"})
    other = told(database, "payments", enterprise, **{**paid, "fine_paid_on": "2026-07-31"})

    assert (again.duplicate, again.accepted) == (1, 0)
    assert codes(other) == ["X-CONFLICT"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"document_no": "7号"}, "X-NO-ORIGINAL"),
        ({"document_no": "1号", "authority_code": "", "authority_name": "另一局"}, "X-NO-ORIGINAL"),
        ({"document_no": "1号", "fine_paid_on": "2026-05-01"}, "R-DATE-ORDER"),
    ],
)
def test_what_does_not_fit_waits(database, enterprise, cells, code):
    a_penalty(database, enterprise.uscc, document_no="1号", dated_on="2026-05-20")

    result = told(
        database, "payments", enterprise, **{"fine_state": "已缴", "fine_paid_on": "2026-07-30", **cells}
    )

    assert codes(result) == [code]


def test_two_breaches_under_one_number_need_the_kind_of_breach(database, enterprise):
    for cause in ("未培训", "未设置标志"):
        a_penalty(database, enterprise.uscc, document_no="1号", cause=cause)
    paid = {"document_no": "1号", "fine_state": "已缴", "fine_paid_on": "2026-07-30"}

    unsure = told(database, "payments", enterprise, **paid)
    sure = told(database, "payments", enterprise, **paid, cause="未培训")

    assert (codes(unsure), sure.accepted) == (["X-AMBIGUOUS"], 1)


def test_another_offices_news_waits(database, enterprise):
    penalty = a_penalty(database, enterprise.uscc, document_no="1号")
    office = an_office(database, "海淀区财政局（演示）", authority_code=a_code(999_003))
    clerk = an_actor(database, Role.CLERK, office=office)

    result = told(
        database, "payments", enterprise, document_no="1号", fine_state="已缴", fine_paid_on="2026-07-30",
        source_code=a_code(999_003), actor=clerk,
    )  # fmt: skip

    assert "R-NOT-OWN" in [problem["code"] for problem in result.problems]
    assert newest(database, penalty).version == 1


def test_held_news_goes_on_once_its_record_is_there(database, enterprise):
    result = told(
        database, "payments", enterprise, document_no="1号", fine_state="已缴", fine_paid_on="2026-07-30"
    )
    penalty = a_penalty(database, enterprise.uscc, document_no="1号")

    with database.read() as session:
        (row,) = batches.rows(session, an_operator(), result.batch, "held").items
    done = database.run(
        lambda session: resolutions.resolve(
            session, an_operator(), row.id, Decision(), reason="原处罚已入库", now=NOW
        )
    )

    assert done.record_id == penalty.record.record_id
    assert newest(database, penalty).values["fine_state"] == "paid"
