"""Records on both engines: entered, corrected, ended; nothing overwritten."""

from datetime import date, timedelta

import pytest

from credit_registry.domain.errors import (
    Duplicate,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from credit_registry.domain.permissions import Role
from credit_registry.services import journal, records
from tests.factories import (
    NOW,
    a_penalty,
    a_record,
    an_actor,
    an_enterprise,
    an_office,
    an_operator,
)

CODE = "11110108000000000F"


@pytest.fixture
def enterprise(database):
    return an_enterprise(database)


@pytest.fixture
def officer(database):
    return an_actor(database, Role.OFFICER, office=an_office(database, authority_code=CODE))


def act(database, verb, actor, record, *args, version=1, reason="核对原件", now=NOW):
    return database.run(
        lambda session: getattr(records, verb)(
            session, actor, record.record.record_id, *args, version=version, reason=reason, now=now
        )
    )


def test_an_entered_penalty_reads_as_a_file_would_have_said_it(database, enterprise):
    entered = a_penalty(
        database, enterprise.uscc, fine_fen="2.5", content="罚款25000元", document_no="京海应急罚[2026]7号"
    )

    values = entered.record.values
    assert (values["fine_fen"], values["penalty_kinds"], values["dated_on"]) == (
        2_500_000,
        "fine",
        date(2026, 5, 20),
    )
    assert (values["document_no"], values["document_no_raw"]) == (
        "京海应急罚〔2026〕7号",
        "京海应急罚[2026]7号",
    )
    assert (values["breach_class"], values["breach_class_origin"]) == ("general", "proposed")
    assert [(each.version, each.change) for each in entered.versions] == [(1, "original")]


@pytest.mark.parametrize("kind", ["inspection", "accident", "hazard", "honour"])
def test_every_kind_can_be_entered(database, enterprise, kind):
    assert a_record(database, kind, enterprise.uscc).record.kind == kind


def test_a_record_with_a_fault_is_refused_with_its_problems(database, enterprise):
    with pytest.raises(InvalidInput) as refused:
        a_penalty(database, enterprise.uscc, dated_on="2027-01-01")

    assert refused.value.code == "record-refused"
    worst = [p["code"] for p in refused.value.facts["problems"] if p["disposition"] == "refuse_row"]
    assert worst == ["R-DATE-FUTURE"]


def test_the_same_fact_is_not_entered_twice(database, enterprise):
    first = a_penalty(database, enterprise.uscc, document_no="1号")

    with pytest.raises(Duplicate) as refused:
        a_penalty(database, enterprise.uscc, document_no="1号")
    assert refused.value.facts == {"record": first.record.record_id}


def test_a_correction_appends_and_keeps_what_was_said(database, enterprise, officer):
    entered = a_penalty(database, enterprise.uscc, facts="三人未经培训")

    corrected = act(
        database,
        "correct",
        officer,
        entered,
        {"fine_fen": "3", "content": "罚款30000元"},
        now=NOW + timedelta(hours=1),
    )

    first, second = corrected.versions
    assert (first.values["fine_fen"], second.values["fine_fen"]) == (2_000_000, 3_000_000)
    assert second.values["facts"] == "三人未经培训"
    assert (first.superseded_at, second.superseded_at) == (second.recorded_at, None)
    assert (second.change, second.reason, second.actor) == ("correction", "核对原件", officer.label)
    assert set(second.changed) == {"fine_fen", "content"}


def test_untouched_amounts_and_days_survive_a_correction(database, enterprise, officer):
    entered = a_penalty(
        database, enterprise.uscc, fine_fen="0.000123", content="见决定书", is_simple_procedure="简易程序",
        fine_due_on="2026-06-05", breach_class="轻微",
    )  # fmt: skip

    corrected = act(database, "correct", officer, entered, {"facts": "另一事实"})

    before, after = entered.record.values, corrected.record.values
    assert {name for name in before if before[name] != after.get(name)} == {"facts"}


def test_a_correction_on_a_stale_page_is_refused(database, enterprise, officer):
    entered = a_penalty(database, enterprise.uscc)
    act(database, "correct", officer, entered, {"facts": "一"})

    with pytest.raises(StaleVersion):
        act(database, "correct", officer, entered, {"facts": "二"})


def test_a_correction_needs_a_reason_and_a_change(database, enterprise, officer):
    entered = a_penalty(database, enterprise.uscc)

    with pytest.raises(InvalidInput) as no_reason:
        act(database, "correct", officer, entered, {"facts": "一"}, reason=" ")
    with pytest.raises(InvalidInput) as no_change:
        act(database, "correct", officer, entered, {})
    with pytest.raises(InvalidInput) as computed:
        act(database, "correct", officer, entered, {"state": "revoked"})
    assert (no_reason.value.code, no_change.value.code) == ("reason-missing", "nothing-changed")
    assert computed.value.code == "unknown-field"


def test_a_correction_into_another_known_fact_is_refused(database, enterprise, officer):
    a_penalty(database, enterprise.uscc, document_no="1号")
    second = a_penalty(database, enterprise.uscc, document_no="2号")

    with pytest.raises(Duplicate):
        act(database, "correct", officer, second, {"document_no": "1号"})


def test_a_corrected_number_is_found_under_its_new_key(database, enterprise, officer):
    entered = a_penalty(database, enterprise.uscc, document_no="1号")
    act(database, "correct", officer, entered, {"document_no": "3号"})

    again = a_penalty(database, enterprise.uscc, document_no="1号")

    assert again.record.record_id != entered.record.record_id
    with pytest.raises(Duplicate):
        a_penalty(database, enterprise.uscc, document_no="3号")


def test_another_office_does_not_correct(database, enterprise):
    entered = a_penalty(database, enterprise.uscc)
    other = an_actor(
        database, Role.OFFICER, office=an_office(database, "海淀区消防救援支队（演示）", domain="fire")
    )

    with pytest.raises(NotAllowed) as refused:
        act(database, "correct", other, entered, {"facts": "一"})
    assert refused.value.code == "not-own-office"


def test_revocation_ends_a_record_once(database, enterprise, officer):
    entered = a_penalty(database, enterprise.uscc)

    revoked = act(database, "revoke", officer, entered, reason="复议撤销")

    assert (revoked.record.state, revoked.record.change) == ("revoked", "revocation")
    with pytest.raises(IllegalTransition):
        act(database, "withdraw", officer, entered, version=2)


def test_repair_waits_for_the_earliest_day_and_names_it(database, enterprise, officer):
    entered = a_penalty(database, enterprise.uscc, dated_on="2026-10-01")
    later = NOW.replace(year=2027, month=1, day=1)

    with pytest.raises(IllegalTransition) as refused:
        act(database, "repair", officer, entered)
    assert refused.value.facts == {"earliest": "2027-01-01"}
    assert act(database, "repair", officer, entered, now=later).record.state == "repaired"


def test_a_proposed_class_is_confirmed_by_a_person(database, enterprise, officer):
    entered = a_penalty(database, enterprise.uscc)

    confirmed = act(database, "confirm_class", officer, entered, "serious")

    values = confirmed.record.values
    assert (values["breach_class"], values["breach_class_origin"]) == ("serious", "confirmed")


def test_a_confirmation_stands_until_what_it_judged_is_corrected(database, enterprise, officer):
    entered = a_penalty(database, enterprise.uscc)
    act(database, "confirm_class", officer, entered, "serious")

    other_facts = act(database, "correct", officer, entered, {"facts": "另一事实"}, version=2)
    other_fine = act(
        database, "correct", officer, entered, {"fine_fen": "3", "content": "罚款30000元"}, version=3
    )

    told = [
        (r.record.values["breach_class"], r.record.values["breach_class_origin"])
        for r in (other_facts, other_fine)
    ]
    assert told == [("serious", "confirmed"), ("general", "proposed")]


def test_the_departments_class_is_not_ours_to_confirm(database, enterprise, officer):
    entered = a_penalty(database, enterprise.uscc, breach_class="轻微")

    with pytest.raises(IllegalTransition) as refused:
        act(database, "confirm_class", officer, entered, "serious")
    assert refused.value.code == "class-is-departments"


def test_what_was_known_then_is_for_those_who_may_replay(database, enterprise, officer):
    entered = a_penalty(database, enterprise.uscc)
    act(database, "revoke", officer, entered, now=NOW + timedelta(days=2))

    with database.read() as session:

        def states(actor, known_at):
            page = records.page_of(session, actor, enterprise.uscc, known_at=known_at, on=NOW.date())
            return [record.state for record in page.items]

        assert states(an_operator(), NOW + timedelta(days=1)) == ["live"]
        assert states(an_operator(), NOW + timedelta(days=2)) == ["revoked"]
        assert states(an_operator(), NOW - timedelta(days=1)) == []
        with pytest.raises(NotAllowed):
            states(officer, NOW)


def test_pages_run_from_the_youngest_day_and_miss_nothing(database, enterprise):
    days = ["2026-05-20", "2026-05-20", "2026-05-20", "2026-04-01", "2026-03-01"]
    for day in days:
        a_penalty(database, enterprise.uscc, dated_on=day)

    seen, after = [], None
    with database.read() as session:
        while True:
            page = records.page_of(
                session, an_operator(), enterprise.uscc, limit=2, after=after, on=NOW.date()
            )
            seen += page.items
            if (after := page.after) is None:
                break

    assert [record.dated_on.isoformat() for record in seen] == days
    assert len({record.record_id for record in seen}) == len(days)


def test_persons_are_shown_masked(database, enterprise):
    entered = a_penalty(
        database, enterprise.uscc, legal_representative="张三丰", legal_representative_id="11010119800307867X"
    )

    assert [(person.name_masked, person.id_masked) for person in entered.persons] == [
        ("张**", "110***********867X")
    ]
    assert "11010119800307867X" not in str(entered)


def test_each_act_writes_one_audit_entry(database, enterprise, officer):
    entered = a_penalty(database, enterprise.uscc)
    act(database, "correct", officer, entered, {"facts": "一"})
    act(database, "revoke", officer, entered, version=2)

    with database.read() as session:
        entries = [one.entry for one in journal.page(session, an_operator(), limit=3).items][::-1]
    assert [entry.verb for entry in entries] == ["record:enter", "record:correct", "record:revoke"]
    assert {entry.subject for entry in entries} == {f"record:{entered.record.record_id}"}


def test_an_unknown_record_is_not_found(database):
    with database.read() as session, pytest.raises(NotFound) as refused:
        records.get(session, an_operator(), 999, on=NOW.date())
    assert refused.value.code == "unknown-record"
