"""Withdrawn batches on both engines: two officers, versions appended, nothing deleted."""

from datetime import timedelta

import pytest

from credit_registry.domain.errors import IllegalTransition, NotAllowed
from credit_registry.domain.permissions import terminal_operator
from credit_registry.services import batches, journal, records, withdrawals
from credit_registry.storage import bulk
from tests.factories import NOW, a_file, a_penalty_row, an_enterprise, an_import, an_operator

LATER = NOW + timedelta(days=1)


def withdraw(database, batch_id, now=LATER):
    database.run(
        lambda session: withdrawals.ask(session, an_operator(), batch_id, reason="报错了区", now=now)
    )
    second = terminal_operator("second")
    return database.run(lambda session: withdrawals.confirm(session, second, batch_id, now=now))


def history(database, enterprise):
    with database.read() as session:
        page = records.page_of(session, an_operator(), enterprise.uscc, on=NOW.date())
        return [records.get(session, an_operator(), each.record_id, on=NOW.date()) for each in page.items]


def test_every_record_of_the_batch_gets_a_version_that_withdraws_it(database):
    enterprise, other = an_enterprise(database), an_enterprise(database)
    kept = an_import(database, "penalties", a_file("penalties", [a_penalty_row(other, "9号")]))
    data = a_file("penalties", [a_penalty_row(enterprise, f"{n}号") for n in range(3)])
    result = an_import(database, "penalties", data)

    made = withdraw(database, result.batch)

    assert (made.withdrawn, made.set_back, made.left, made.batch.state) == (3, 0, (), "withdrawn")
    for each in history(database, enterprise):
        first, second = each.versions
        assert (second.state, second.change, second.reason, second.actor) == (
            "withdrawn", "withdrawal", "报错了区", "terminal:second",
        )  # fmt: skip
        assert (first.state, first.superseded_at, second.changed) == ("live", LATER, ("state",))
    assert [each.record.state for each in history(database, other)] == ["live"]
    assert kept.accepted == 1
    with database.read() as session:
        assert bulk.records_frame(session, known_at=NOW)["state"].tolist() == ["live"] * 4


def test_a_withdrawn_batch_frees_its_key_and_its_rows_come_back(database):
    enterprise = an_enterprise(database)
    data = a_file("penalties", [a_penalty_row(enterprise, "1号")])
    withdraw(database, an_import(database, "penalties", data).batch)

    again = an_import(database, "penalties", data, now=LATER + timedelta(hours=1))

    assert (again.replayed, again.accepted) == (False, 1)
    (each,) = history(database, enterprise)
    assert [(version.state, version.change) for version in each.versions] == [
        ("live", "original"), ("withdrawn", "withdrawal"), ("live", "reinstatement"),
    ]  # fmt: skip


def test_what_the_batch_added_to_older_records_is_set_back(database):
    enterprise = an_enterprise(database)
    an_import(database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号")]))
    paid = a_penalty_row(enterprise, "1号", fine_paid_on="2026-06-01")
    result = an_import(database, "penalties", a_file("penalties", [paid]), now=NOW + timedelta(hours=1))

    made = withdraw(database, result.batch)

    (each,) = history(database, enterprise)
    assert (made.withdrawn, made.set_back) == (0, 1)
    assert [version.values["fine_state"] for version in each.versions] == ["unknown", "paid", "unknown"]
    assert each.record.state == "live"


def test_who_asks_does_not_confirm(database):
    enterprise = an_enterprise(database)
    result = an_import(database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号")]))

    with pytest.raises(IllegalTransition):
        database.run(lambda session: withdrawals.confirm(session, an_operator(), result.batch, now=LATER))
    database.run(
        lambda session: withdrawals.ask(session, an_operator(), result.batch, reason="错", now=LATER)
    )
    with pytest.raises(NotAllowed) as refused:
        database.run(lambda session: withdrawals.confirm(session, an_operator(), result.batch, now=LATER))

    assert refused.value.code == "same-person"
    assert [each.record.state for each in history(database, enterprise)] == ["live"]


def test_a_request_can_be_declined_and_is_told(database):
    enterprise = an_enterprise(database)
    result = an_import(database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号")]))
    database.run(
        lambda session: withdrawals.ask(session, an_operator(), result.batch, reason="错", now=LATER)
    )

    view = database.run(
        lambda session: withdrawals.decline(session, an_operator(), result.batch, reason="没有错", now=LATER)
    )

    assert (view.state, view.withdrawal_asked_by) == ("done", None)
    with database.read() as session:
        verbs = [one.entry.verb for one in journal.page(session, an_operator(), limit=2).items]
    assert verbs == ["batch:decline-withdrawal", "batch:ask-withdrawal"]


def test_a_batch_is_withdrawn_once_and_enterprises_never_as_a_batch(database):
    enterprise = an_enterprise(database)
    result = an_import(database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号")]))
    registered = an_import(
        database, "enterprises", a_file("enterprises", [{"name": enterprise.name, "uscc": enterprise.uscc}])
    )
    withdraw(database, result.batch)

    with pytest.raises(IllegalTransition) as twice:
        withdraw(database, result.batch)
    with pytest.raises(IllegalTransition) as whole:
        withdraw(database, registered.batch)

    assert (twice.value.code, whole.value.code) == ("batch-withdrawn", "batch-not-withdrawable")
    with database.read() as session:
        assert batches.get(session, an_operator(), result.batch).withdrawn_reason == "报错了区"


def test_what_a_withdrawn_batch_added_can_be_said_again(database):
    """The payment was set back with its batch: sent once more it is news, not a duplicate."""
    enterprise = an_enterprise(database)
    an_import(database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号")]))
    paid = a_file("penalties", [a_penalty_row(enterprise, "1号", fine_paid_on="2026-06-01")])
    withdraw(database, an_import(database, "penalties", paid).batch)

    again = an_import(database, "penalties", paid, now=LATER + timedelta(hours=1))
    once_more = an_import(
        database, "penalties", paid + b"\n", filename="b.csv", now=LATER + timedelta(hours=2)
    )

    assert (again.accepted, again.duplicate) == (1, 0)
    assert (once_more.accepted, once_more.duplicate) == (0, 1)
    (each,) = history(database, enterprise)
    assert [version.values["fine_state"] for version in each.versions] == [
        "unknown",
        "paid",
        "unknown",
        "paid",
    ]
