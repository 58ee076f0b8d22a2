"""Columns in and out: the scorer's frames on both engines."""

from datetime import timedelta

import pandas as pd
import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError

from credit_registry.domain.errors import Unavailable
from credit_registry.domain.permissions import Role
from credit_registry.services import enterprises, records
from credit_registry.storage import bulk
from credit_registry.storage.queries import members
from credit_registry.storage.tables.assessments import DirtyRow
from tests.factories import (
    NOW,
    a_file,
    a_penalty,
    a_penalty_row,
    a_record,
    an_actor,
    an_enterprise,
    an_import,
    an_office,
    an_operator,
)


def test_records_come_as_the_vocabulary_with_types(database):
    enterprise = an_enterprise(database)
    entered = a_penalty(database, enterprise.uscc, is_simple_procedure="简易程序")
    a_record(database, "accident", enterprise.uscc, is_fire="否")

    with database.read() as session:
        frame = bulk.records_frame(session)

    assert list(frame["record"]) == [entered.record.record_id, entered.record.record_id + 1]
    assert set(frame["subject"]) == {enterprise.enterprise_id}
    assert frame["dated_on"].dtype == "datetime64[s]"
    assert (frame["fine_fen"].dtype, frame["is_fire"].dtype) == ("Int64", "boolean")
    assert frame["fine_fen"].tolist() == [2_000_000, pd.NA]
    assert frame["is_simple_procedure"].tolist() == [True, pd.NA]
    assert frame["cause"].tolist() == ["未按规定进行安全生产教育和培训", None]
    assert not {"facts", "details", "actor", "recorded_at"} & set(frame.columns)


def test_only_the_columns_asked_for_are_read(database):
    a_penalty(database, an_enterprise(database).uscc)

    with database.read() as session:
        frame = bulk.records_frame(session, columns={"kind", "fine_fen"})

    assert list(frame.columns) == ["subject", "record", "kind", "fine_fen"]


def test_a_record_in_bulk_and_one_by_hand_are_the_same_row(database):
    one, other = an_enterprise(database), an_enterprise(database)
    an_import(database, "penalties", a_file("penalties", [a_penalty_row(one, "京海应急〔2026〕5号")]))
    a_penalty(
        database, other.uscc, document_no="京海应急〔2026〕5号", valid_until="2099-12-31",
        source_name="海淀区应急管理局（演示）", source_code="11110108000000000F",
    )  # fmt: skip

    with database.read() as session:
        frame = bulk.records_frame(session).drop(columns=["subject", "record"])

    assert frame.iloc[0].equals(frame.iloc[1]), frame.T


def test_rows_go_in_whole_groups_and_a_rest(database, monkeypatch):
    monkeypatch.setattr(bulk, "_VALUES", 4)
    found = [an_enterprise(database).enterprise_id for _ in range(7)]

    with database.begin() as session:
        session.execute(delete(DirtyRow))
        bulk.insert(session, DirtyRow, {"enterprise_id": found, "since": bulk.Same(NOW)}, len(found))

    with database.read() as session:
        assert sorted(session.scalars(select(DirtyRow.enterprise_id))) == found
        assert set(session.scalars(select(DirtyRow.since))) == {NOW}


def test_pairs_with_one_text_are_told_apart_by_their_number(database):
    with database.read() as session:
        pairs = members.pairs(session, [1, 2, 2], ['同"一', '同"一', "另一"])
        found = session.execute(select(pairs.c.number, pairs.c.value)).all()

    assert sorted(map(tuple, found)) == [(1, '同"一'), (2, "另一"), (2, '同"一')]


def test_only_the_effective_version_counts_and_time_travel_finds_the_older(database):
    enterprise = an_enterprise(database)
    officer = an_actor(
        database, Role.OFFICER, office=an_office(database, authority_code="11110108000000000F")
    )
    entered = a_penalty(database, enterprise.uscc)
    database.run(
        lambda session: records.revoke(
            session,
            officer,
            entered.record.record_id,
            version=1,
            reason="复议撤销",
            now=NOW + timedelta(days=1),
        )
    )

    with database.read() as session:

        def states(known_at=None):
            return bulk.records_frame(session, known_at=known_at)["state"].tolist()

        assert states() == ["revoked"]
        assert states(NOW) == ["live"]
        assert states(NOW + timedelta(days=1)) == ["revoked"]
        assert states(NOW - timedelta(seconds=1)) == []


def test_subjects_carry_what_is_known_of_them(database):
    busy = an_enterprise(database, size="small", is_high_risk=True)
    quiet = an_enterprise(database)

    with database.read() as session:
        frame = bulk.subjects_frame(session).set_index("subject")
        only = bulk.subjects_frame(session, enterprise_ids=[quiet.enterprise_id])

    assert frame.loc[busy.enterprise_id, "size"] == "small"
    assert frame.loc[busy.enterprise_id, "is_high_risk"]
    assert only["subject"].tolist() == [quiet.enterprise_id]


def test_subjects_are_seen_as_they_were_known(database):
    enterprise = an_enterprise(database, size="small")
    officer = an_actor(database, Role.OFFICER)
    database.run(
        lambda session: enterprises.amend(
            session,
            officer,
            enterprise.uscc,
            {"size": "large"},
            version=1,
            reason="核实",
            now=NOW + timedelta(days=1),
        )
    )

    with database.read() as session:
        then = bulk.subjects_frame(session, known_at=NOW)
        now = bulk.subjects_frame(session)
        before = bulk.subjects_frame(session, known_at=NOW - timedelta(days=1))

    assert (then["size"].tolist(), now["size"].tolist()) == (["small"], ["large"])
    assert then.dtypes.to_dict() == now.dtypes.to_dict()
    assert before.empty


def test_an_empty_register_gives_empty_frames_with_the_same_columns(database):
    with database.read() as session:
        empty = bulk.records_frame(session), bulk.subjects_frame(session)
    enterprise = an_enterprise(database)
    a_penalty(database, enterprise.uscc)

    with database.read() as session:
        full = bulk.records_frame(session), bulk.subjects_frame(session)
    assert [frame.dtypes.to_dict() for frame in empty] == [frame.dtypes.to_dict() for frame in full]


def test_ids_taken_in_bulk_do_not_collide_with_single_ones(database):
    enterprise = an_enterprise(database)
    a_penalty(database, enterprise.uscc)
    an_import(
        database, "penalties", a_file("penalties", [a_penalty_row(enterprise, f"{n}号") for n in range(5)])
    )
    a_penalty(database, enterprise.uscc)

    with database.read() as session:
        assert len(set(bulk.records_frame(session)["record"])) == 7
        assert enterprises.get(session, an_operator(), enterprise.uscc).counts == {"penalty": 7}


def test_a_row_that_stands_already_is_told_as_of_any_statement(database):
    enterprise = an_enterprise(database)
    twice = {"enterprise_id": [enterprise.enterprise_id] * 2, "since": bulk.Same(NOW)}

    with pytest.raises(IntegrityError), database.begin() as session:
        bulk.insert(session, DirtyRow, twice, 2)


def test_a_server_that_goes_away_amid_rows_leaves_a_refusal(postgres_database):
    enterprise = an_enterprise(postgres_database)

    def insert(session):
        own = session.scalar(text("SELECT pg_backend_pid()"))
        with postgres_database.engine.connect() as other:
            other.execute(text(f"SELECT pg_terminate_backend({own})"))
        bulk.insert(
            session, DirtyRow, {"enterprise_id": [enterprise.enterprise_id], "since": bulk.Same(NOW)}, 1
        )

    with pytest.raises(Unavailable) as refused:
        postgres_database.run(insert)
    assert refused.value.code == "database-lost"
