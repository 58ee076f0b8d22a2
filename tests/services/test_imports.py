"""Imports on both engines: every row accounted for, nothing doubled, nothing guessed."""

import os
import signal
from datetime import timedelta

import pytest
from sqlalchemy import func, select

import importers.parts
from credit_registry.domain.errors import Duplicate, InvalidInput, NotAllowed, NotFound, Unavailable
from credit_registry.domain.permissions import Role
from credit_registry.services import batches, enterprises, imports, journal, records, subjects
from credit_registry.storage.tables.assessments import DirtyRow
from credit_registry.storage.tables.imports import ImportBatchRow, ImportRowRow
from credit_registry.storage.tables.records import PersonalDatumRow, RecordRow, RecordVersionRow
from tests.conftest import SHARED, needs_shared
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
from tests.importers.files import readers


def counts(result):
    return result.accepted, result.duplicate, result.held, result.refused


def codes(result):
    return [(problem["row"], problem["code"], problem["disposition"]) for problem in result.problems]


def stored(database, table):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def the_records(database, enterprise):
    with database.read() as session:
        return records.page_of(session, an_operator(), enterprise.uscc, on=NOW.date()).items


# --- enterprises -----------------------------------------------------------------------------------------------


@needs_shared
def test_the_real_enterprises_are_registered_once(sqlite_database):
    data = (SHARED / "data" / "real" / "haidian_enterprises.csv").read_bytes()

    first = an_import(sqlite_database, "enterprises", data)
    again = an_import(sqlite_database, "enterprises", data)
    same_rows = an_import(sqlite_database, "enterprises", data + b"\n", filename="second.csv")

    assert counts(first) == (10_303, 0, 0, 0)
    assert (again.replayed, counts(again), again.batch) == (True, (10_303, 0, 0, 0), first.batch)
    assert (same_rows.replayed, counts(same_rows)) == (False, (0, 10_303, 0, 0))
    with sqlite_database.read() as session:
        (hit,) = enterprises.search(session, an_operator(), "北京飞利达工贸有限责任公司分公司").items
        branch = enterprises.get(session, an_operator(), hit.uscc)
        found = enterprises.search(session, an_operator(), "清华同方")
    assert branch.parent is not None
    assert branch.parent.name == "北京飞利达工贸有限责任公司"
    assert [each.name for each in found.items] == ["北京清华同方思科系统技术有限公司"]


def test_a_bad_code_is_a_problem_row_with_its_line(database):
    rows = [
        {"name": "示例甲有限公司", "uscc": a_code()},
        {"name": "示例乙有限公司", "uscc": "91110108MA01KPGC87"},
    ]

    result = an_import(database, "enterprises", a_file("enterprises", rows))

    assert counts(result) == (1, 0, 0, 1)
    assert codes(result) == [(3, "R-USCC-CHECK", "refuse_row")]


def test_a_firm_registered_elsewhere_is_registrable_and_its_place_is_not_guessed(database):
    titles = "企业名称,统一社会信用代码,注册日期,企业类型,注册资金,经营范围,所在省份,地区,注册地址"
    codes_ = [a_code() for _ in range(4)]
    places = [
        "河北,石家庄,河北省石家庄市示例路1号",
        "辽宁,朝阳,辽宁省朝阳市清河街道1号",
        "北京,朝阳区,北京市朝阳区望京街道1号",
        "北京,海淀,北京市海淀区四季青镇1号",
    ]
    rows = [
        f"示例{at}有限公司,{code},2015-03-01,N/A,N/A,N/A,{place}"
        for at, (code, place) in enumerate(zip(codes_, places, strict=True))
    ]

    result = an_import(database, "enterprises", "\n".join([titles, *rows]).encode())

    assert counts(result) == (4, 0, 0, 0)
    assert codes(result) == [(2, "W-CATEGORY", "warning"), (3, "W-CATEGORY", "warning")]
    with database.read() as session:
        views = [enterprises.get(session, an_operator(), code) for code in codes_]
    assert [(view.region_code, view.subdistrict_code) for view in views] == [
        (None, None), (None, None), ("110105", None), ("110108", "110108027"),
    ]  # fmt: skip


def test_the_template_takes_firms_of_other_subdistricts_too(database):
    row = {
        "name": "示例丁有限公司",
        "uscc": a_code(),
        "subdistrict_code": "望京街道",
        "region_code": "110105",
    }

    result = an_import(database, "enterprises", a_file("enterprises", [row]))

    assert (counts(result), codes(result)) == ((1, 0, 0, 0), [(2, "W-CATEGORY", "warning")])


def test_a_later_extract_appends_a_version_and_erases_nothing(database):
    code = a_code()
    first = [{"name": "示例甲有限公司", "uscc": code, "address": "北京市海淀区甲路1号", "scope": "制造"}]
    later = [{"name": "示例甲有限公司", "uscc": code, "address": "北京市海淀区乙路2号", "scope": ""}]

    an_import(database, "enterprises", a_file("enterprises", first))
    result = an_import(database, "enterprises", a_file("enterprises", later), now=NOW + timedelta(days=1))

    assert counts(result) == (1, 0, 0, 0)
    with database.read() as session:
        view = enterprises.get(session, an_operator(), code)
        chain = enterprises.versions(session, an_operator(), code)
    assert (view.address, view.scope, view.version) == ("北京市海淀区乙路2号", "制造", 2)
    assert [(each.version, each.changed) for each in chain] == [(1, ()), (2, ("address",))]
    assert chain[0].superseded_at == chain[1].recorded_at


def test_another_name_under_a_known_code_waits_for_a_person(database):
    enterprise = an_enterprise(database, "示例甲有限公司")

    result = an_import(
        database, "enterprises", a_file("enterprises", [{"name": "示例乙有限公司", "uscc": enterprise.uscc}])
    )

    assert codes(result) == [(2, "R-NAME-MISMATCH", "hold")]


def test_two_rows_of_one_code_are_a_duplicate_or_a_conflict(database):
    code = a_code()
    rows = [{"name": "示例甲有限公司", "uscc": code}] * 2 + [
        {"name": "示例甲有限公司", "uscc": code, "scope": "制造"}
    ]

    result = an_import(database, "enterprises", a_file("enterprises", rows))

    assert counts(result) == (1, 1, 1, 0)
    assert [code for _, code, _ in codes(result)] == ["X-DUPLICATE", "X-CONFLICT"]


def test_a_branch_finds_its_parent_whichever_comes_first(database):
    branch, parent = a_code(), a_code()

    an_import(
        database, "enterprises", a_file("enterprises", [{"name": "示例丙有限公司海淀分公司", "uscc": branch}])
    )
    an_import(database, "enterprises", a_file("enterprises", [{"name": "示例丙有限公司", "uscc": parent}]))

    with database.read() as session:
        view = enterprises.get(session, an_operator(), branch)
        above = enterprises.get(session, an_operator(), parent)
    assert view.parent is not None
    assert view.parent.uscc == parent
    assert [each.uscc for each in above.branches] == [branch]


# --- penalties -------------------------------------------------------------------------------------------------


def test_a_penalty_becomes_a_record_with_all_it_tells(database):
    enterprise = an_enterprise(database)
    row = a_penalty_row(
        enterprise,
        "京海应急罚[2026]1号",
        legal_representative="张三丰",
        legal_representative_id="11010119800307867X",
    )

    result = an_import(database, "penalties", a_file("penalties", [row]))

    assert counts(result) == (1, 0, 0, 0)
    (record,) = the_records(database, enterprise)
    assert record.values["document_no"] == "京海应急罚〔2026〕1号"
    assert record.values["document_no_raw"] == "京海应急罚[2026]1号"
    assert record.values["fine_fen"] == 2_000_000
    assert (record.values["breach_class"], record.values["breach_class_origin"]) == ("general", "proposed")
    assert (record.batch_id, record.source_row) == (result.batch, 2)
    assert record.clocks is not None


def test_the_departments_own_class_stands(database):
    enterprise = an_enterprise(database)

    an_import(
        database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号", breach_class="轻微")])
    )

    (record,) = the_records(database, enterprise)
    assert (record.values["breach_class"], record.values["breach_class_origin"]) == ("minor", "department")


def test_identity_numbers_are_sealed_and_appear_nowhere_else(database):
    enterprise = an_enterprise(database)
    number, second = "11010119800307867X", "110101198003078661"
    rows = [
        a_penalty_row(enterprise, "1号", legal_representative="张三丰", legal_representative_id=number),
        a_penalty_row(enterprise, "2号", legal_representative_id=number, fine_fen="-1"),
        a_penalty_row(
            enterprise, "3号", legal_representative_id=number, uscc="", facts=f"当事人{second}在场"
        ),
    ]

    result = an_import(database, "penalties", a_file("penalties", rows))

    assert counts(result) == (1, 0, 1, 1)
    with database.read() as session:
        person = session.scalars(select(PersonalDatumRow)).one()
        versions = session.scalars(select(RecordVersionRow)).all()
        waiting = session.scalars(select(ImportRowRow)).all()
        told = [
            str(result.as_dict()),
            str([row.details for row in versions]),
            str([(row.shown, row.problems, row.proposals) for row in waiting]),
            str([one.entry for one in journal.page(session, an_operator(), limit=100).items]),
        ]
        assert session.vault.open(person.id_sealed) == number
        assert all(number in session.vault.open(row.raw_sealed) for row in waiting)
        assert person.id_digest == session.vault.digest(number)
    assert (person.id_masked, person.name_masked) == ("110***********867X", "张**")
    for text in told:
        assert number not in text
        assert second not in text


def test_the_same_file_is_answered_from_the_store(database):
    enterprise = an_enterprise(database)
    data = a_file("penalties", [a_penalty_row(enterprise, "1号"), a_penalty_row(enterprise, "2号", uscc="")])

    first = an_import(database, "penalties", data)
    again = an_import(database, "penalties", data, filename="renamed.csv", now=NOW + timedelta(hours=1))

    assert again == imports.ImportResult(**{**first.__dict__, "replayed": True})
    assert stored(database, RecordRow) == 1
    assert stored(database, ImportBatchRow) == 1


def test_a_key_is_for_one_file(database):
    enterprise = an_enterprise(database)
    one, other = (a_file("penalties", [a_penalty_row(enterprise, number)]) for number in ("1号", "2号"))

    first = an_import(database, "penalties", one, key="2026-11")
    again = an_import(database, "penalties", one, key="2026-11")

    assert (again.batch, again.replayed) == (first.batch, True)
    with pytest.raises(Duplicate) as refused:
        an_import(database, "penalties", other, key="2026-11")
    assert refused.value.code == "A-IDEMPOTENCY-CONFLICT"


def test_rows_of_another_batch_and_of_the_same_file_are_duplicates(database):
    enterprise = an_enterprise(database)
    known = a_penalty_row(enterprise, "1号")
    an_import(database, "penalties", a_file("penalties", [known]))

    result = an_import(
        database, "penalties", a_file("penalties", [known, a_penalty_row(enterprise, "2号")] * 2)
    )

    assert counts(result) == (1, 3, 0, 0)
    assert {code for _, code, _ in codes(result)} == {"X-DUPLICATE"}
    assert "第3行" in str(result.problems[-1]["message"])


def test_another_sender_makes_no_second_penalty(database):
    enterprise = an_enterprise(database)
    an_import(database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号")]))

    resent = a_penalty_row(
        enterprise, "1号", source_name="海淀区发展和改革委员会", source_code="", content="罚款20000元"
    )
    result = an_import(database, "penalties", a_file("penalties", [resent]))

    assert counts(result) == (0, 1, 0, 0)


def test_one_document_for_two_parties_is_two_records(database):
    one, other = an_enterprise(database), an_enterprise(database)

    result = an_import(
        database, "penalties", a_file("penalties", [a_penalty_row(one, "1号"), a_penalty_row(other, "1号")])
    )

    assert counts(result) == (2, 0, 0, 0)


def test_another_amount_for_a_known_penalty_waits_with_both_versions_named(database):
    enterprise = an_enterprise(database)
    an_import(database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号")]))

    changed = a_penalty_row(enterprise, "1号", fine_fen="3", content="罚款30000元")
    result = an_import(database, "penalties", a_file("penalties", [changed]))

    assert codes(result) == [(2, "X-CONFLICT", "hold")]
    assert "罚款金额" in str(result.problems[0]["message"])
    assert the_records(database, enterprise)[0].values["fine_fen"] == 2_000_000


def test_a_payment_told_later_is_a_further_version(database):
    enterprise = an_enterprise(database)
    an_import(database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号")]))

    paid = a_penalty_row(enterprise, "1号", fine_paid_on="2026-06-01")
    result = an_import(database, "penalties", a_file("penalties", [paid]), now=NOW + timedelta(days=1))

    assert counts(result) == (1, 0, 0, 0)
    (record,) = the_records(database, enterprise)
    assert (record.version, record.change, record.values["fine_state"]) == (2, "completion", "paid")


def test_a_row_without_a_code_waits_with_ranked_proposals(database):
    exact = an_enterprise(database, "示例清华同方制造有限公司")
    an_enterprise(database, "示例清华同芳制造有限公司")
    rows = [
        a_penalty_row(exact, "1号", uscc=""),
        a_penalty_row(exact, "2号", uscc="", name="示例清华同方制造有限公祠"),
    ]

    result = an_import(database, "penalties", a_file("penalties", rows))

    assert counts(result) == (0, 0, 2, 0)
    with database.read() as session:
        first, second = batches.rows(session, an_operator(), result.batch, "held").items
    assert [(each["enterprise_id"], each["how"]) for each in first.proposals] == [
        (exact.enterprise_id, "name")
    ]
    assert second.proposals[0]["enterprise_id"] == exact.enterprise_id
    assert [each["how"] for each in second.proposals] == ["similar", "similar"]
    assert {problem["code"] for problem in first.problems} == {"R-USCC-MISSING"}


def test_a_row_that_waits_already_waits_no_second_time(database):
    enterprise = an_enterprise(database)
    rows = [a_penalty_row(enterprise, "1号", uscc=""), a_penalty_row(enterprise, "2号", uscc="")]
    first = an_import(database, "penalties", a_file("penalties", rows))

    again = an_import(database, "penalties", a_file("penalties", [*rows, *rows[:1]]) + b"\n")
    other = an_import(database, "penalties", a_file("penalties", [{**rows[0], "facts": "另一事实"}] * 2))

    assert [code for _, code, _ in codes(first)] == ["R-USCC-MISSING"] * 2
    assert counts(again) == (0, 3, 0, 0)
    assert {code for _, code, _ in codes(again)} == {"X-DUPLICATE"}
    assert counts(other) == (0, 1, 1, 0)
    assert stored(database, ImportRowRow) == 3


def test_an_unknown_enterprise_a_wrong_name_and_a_dissolved_one_each_wait(database):
    enterprise = an_enterprise(database, "示例甲有限公司")
    gone = an_enterprise(database, "示例乙有限公司", status="deregistered")
    rows = [
        a_penalty_row(enterprise, "1号", uscc=a_code()),
        a_penalty_row(enterprise, "2号", name="示例丁有限公司"),
        a_penalty_row(gone, "3号"),
    ]

    result = an_import(database, "penalties", a_file("penalties", rows))

    assert codes(result) == [
        (2, "R-SUBJECT-UNKNOWN", "hold"), (3, "R-NAME-MISMATCH", "hold"), (4, "R-SUBJECT-STATUS", "hold"),
    ]  # fmt: skip
    assert "先登记该企业" in str(result.problems[0]["hint"])
    assert stored(database, RecordRow) == 0


def test_the_keeper_may_have_unknown_enterprises_registered_on_the_way(database):
    new, twice = a_code(), a_code()
    known = an_enterprise(database)

    def row(number, code, name):
        return a_penalty_row(known, number, uscc=code, name=name)

    data = a_file("penalties", [
        row("1号", new, "示例新来有限公司"), row("2号", new, "示例新来有限公司"),
        row("3号", twice, "示例一名有限公司"), row("4号", twice, "示例二名有限公司"), a_penalty_row(known, "5号"),
    ])  # fmt: skip

    result = an_import(database, "penalties", data, create_unknown=True)

    assert counts(result) == (3, 0, 2, 0)
    assert codes(result)[0] == (2, "N-ENTERPRISE-ENTERED", "normalised")
    with database.read() as session:
        assert enterprises.get(session, an_operator(), new).counts == {"penalty": 2}
        assert enterprises.find_by_uscc(session, an_operator(), twice) is None


def test_no_other_office_has_enterprises_registered_on_the_way(database):
    clerk = an_actor(database, Role.CLERK, office=an_office(database, authority_code="11110108000000000F"))
    data = a_file("penalties", [a_penalty_row(an_enterprise(database), "1号", uscc=a_code())])

    with pytest.raises(NotAllowed) as refused:
        an_import(database, "penalties", data, actor=clerk, create_unknown=True)
    with pytest.raises(InvalidInput) as dry:
        an_import(database, "penalties", data, create_unknown=True, dry_run=True)

    assert (refused.value.code, dry.value.code) == ("not-keeper", "dry-run-creates-nothing")


def test_former_names_and_former_codes_still_find_the_enterprise(database, now, on):
    enterprise = an_enterprise(database, "示例旧名有限公司")
    keeper = an_actor(database, Role.OFFICER, office=an_office(database, is_keeper=True))
    new_code = a_code()
    database.run(
        lambda session: enterprises.rename(
            session,
            keeper,
            enterprise.uscc,
            "示例新名有限公司",
            changed_on=on,
            version=1,
            reason="更名",
            now=now,
        )
    )
    database.run(
        lambda session: enterprises.change_code(
            session, keeper, enterprise.uscc, new_code, changed_on=on, version=2, reason="换码", now=now
        )
    )

    result = an_import(database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号")]))

    assert counts(result) == (1, 0, 0, 0)
    assert [code for _, code, _ in codes(result)] == ["N-FORMER-NAME"]
    with database.read() as session:
        assert enterprises.get(session, an_operator(), new_code).counts == {"penalty": 1}


def test_an_office_sends_its_own_records_only(database):
    enterprise = an_enterprise(database)
    office = an_office(database, authority_code="11110108000000000F")
    clerk = an_actor(database, Role.CLERK, office=office)
    rows = [a_penalty_row(enterprise, "1号"), a_penalty_row(enterprise, "2号", source_code=a_code(999_001))]

    result = an_import(database, "penalties", a_file("penalties", rows), actor=clerk)

    assert counts(result) == (1, 0, 0, 1)
    assert codes(result) == [(3, "R-NOT-OWN", "refuse_row")]


def test_the_authority_corrects_its_own_and_nobody_elses_payment(database):
    enterprise = an_enterprise(database)
    office = an_office(database, "海淀区发展改革委（演示）", authority_code=a_code(999_002))
    stranger = an_actor(database, Role.CLERK, office=office)
    an_import(database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号")]))

    paid = a_penalty_row(enterprise, "1号", fine_paid_on="2026-06-01", source_code=office.authority_code)
    result = an_import(database, "penalties", a_file("penalties", [paid]), actor=stranger)

    assert codes(result) == [(2, "X-CONFLICT", "hold")]


def test_reading_is_not_importing(database):
    auditor = an_actor(database, Role.AUDITOR)

    with pytest.raises(NotAllowed):
        an_import(database, "penalties", b"", actor=auditor)


def test_a_dry_run_answers_the_same_and_writes_nothing(database):
    enterprise = an_enterprise(database)
    data = a_file("penalties", [a_penalty_row(enterprise, "1号"), a_penalty_row(enterprise, "2号", uscc="")])

    dry = an_import(database, "penalties", data, dry_run=True)
    before = [stored(database, table) for table in (RecordRow, ImportBatchRow, ImportRowRow)]
    real = an_import(database, "penalties", data)

    assert before == [0, 0, 0]
    assert dry.batch is None
    assert dry == imports.ImportResult(**{**real.__dict__, "batch": None})


def test_a_refused_file_names_its_fault_and_leaves_no_trace(database):
    with pytest.raises(InvalidInput) as refused:
        an_import(database, "penalties", b"")

    assert refused.value.code == "file-refused"
    assert refused.value.facts["problem"] == "F-EMPTY"
    assert stored(database, ImportBatchRow) == 0


def test_unknown_kinds_and_layouts_are_refused_with_what_there_is(database):
    with pytest.raises(NotFound, match="penalties") as refused:
        an_import(database, "fines", b"x")
    assert refused.value.code == "unknown-kind"
    with pytest.raises(NotFound) as refused:
        an_import(database, "penalties", b"x", layout="nonsense")
    assert refused.value.code == "unknown-layout"


def test_one_audit_entry_tells_the_counts_and_touched_enterprises_are_due(database):
    enterprise = an_enterprise(database)
    with database.begin() as session:
        session.query(DirtyRow).delete()

    result = an_import(database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "1号")] * 2))

    with database.read() as session:
        newest = journal.page(session, an_operator(), limit=1).items[0].entry
        dirty = session.scalars(select(DirtyRow.enterprise_id)).all()
    assert (newest.verb, newest.subject) == ("batch:take", f"batch:{result.batch}")
    assert dict(newest.facts) == {
        "source": "文件.csv", "rows": 2, "accepted": 1, "duplicate": 1, "held": 0, "refused": 0,
    }  # fmt: skip
    assert dirty == [enterprise.enterprise_id]


def test_other_kinds_come_in_and_again_change_nothing(database):
    enterprise = an_enterprise(database)
    party = {"name": enterprise.name, "uscc": enterprise.uscc}
    own = {
        "authority_name": "海淀区应急管理局（演示）",
        "authority_code": "11110108000000000F",
        "domain": "安全生产",
    }
    files = {
        "inspections": {"dated_on": "2026-06-10", "document_no": "检1", "method": "双随机", "result": "合格"},
        "accidents": {
            "dated_on": "2026-04-02",
            "deaths": "3",
            "serious_injuries": "0",
            "responsibility": "待认定",
        },
        "hazards": {
            "dated_on": "2026-07-01",
            "document_no": "改1",
            "found_by": "部门检查发现",
            "hazard_grade": "重大隐患",
        },
        "honours": {
            "dated_on": "2025-03-01",
            "document_no": "证1",
            "honour_kind": "安全生产标准化",
            "honour_level": "二级",
        },
    }

    for kind, row in files.items():
        data = a_file(kind, [{**party, **own, **row}])
        assert counts(an_import(database, kind, data)) == (1, 0, 0, 0), kind
        assert counts(an_import(database, kind, data + b"\n")) == (0, 1, 0, 0), kind

    found = {record.kind: record for record in the_records(database, enterprise)}
    assert set(found) == {"inspection", "accident", "hazard", "honour"}
    assert (found["accident"].state, found["accident"].values["accident_level"]) == ("pending", "larger")


def test_an_approved_report_makes_a_pending_accident_count(database):
    enterprise = an_enterprise(database)
    row = {
        "name": enterprise.name, "uscc": enterprise.uscc, "authority_name": "海淀区应急管理局（演示）", "domain": "安全生产",
        "dated_on": "2026-04-02", "deaths": "1", "serious_injuries": "0", "responsibility": "待认定",
    }  # fmt: skip
    an_import(database, "accidents", a_file("accidents", [row]))

    approved = {**row, "responsibility": "主要责任", "document_no": "海政函〔2026〕9号"}
    result = an_import(database, "accidents", a_file("accidents", [approved]), now=NOW + timedelta(days=30))

    assert counts(result) == (1, 0, 0, 0)
    (record,) = the_records(database, enterprise)
    assert (record.state, record.change, record.values["responsibility"]) == ("live", "completion", "main")


# --- large files -----------------------------------------------------------------------------------------------


@pytest.fixture
def in_parts_of_ten(monkeypatch):
    # Otherwise a case would have to make eight megabytes.
    monkeypatch.setattr(importers.parts, "LEAST_BYTES", 1)
    monkeypatch.setattr(importers, "ROWS", 10)


def test_a_file_in_parts_is_one_batch_with_the_same_answer(database, tmp_path, in_parts_of_ten):
    enterprise = an_enterprise(database)
    rows = [a_penalty_row(enterprise, f"{n}号") for n in range(25)]
    rows[3]["uscc"] = ""
    rows[17]["fine_fen"] = "-1"
    rows[24] = rows[1]
    file = tmp_path / "文件.csv"
    file.write_bytes(a_file("penalties", rows))

    dry = an_import(database, "penalties", file, dry_run=True)
    result = an_import(database, "penalties", file)
    again = an_import(database, "penalties", file.read_bytes())

    assert counts(result) == (22, 1, 1, 1)
    assert counts(dry) == counts(result)
    assert codes(dry) == codes(result)
    assert (again.replayed, again.batch) == (True, result.batch)
    assert stored(database, ImportBatchRow) == 1
    with database.read() as session:
        assert [row.row for row in batches.rows(session, an_operator(), result.batch).items] == [5, 19]


def test_what_one_part_has_learned_of_the_register_misleads_no_later_part(
    database, in_parts_of_ten, monkeypatch
):
    monkeypatch.setattr(subjects, "_REMEMBERED", 1)
    known, other, new = an_enterprise(database), an_enterprise(database), a_code()
    rows = [a_penalty_row((known, other)[n % 2], f"{n}号") for n in range(25)]
    # Under two names in one part it is not registered; in the next part it has one.
    rows[2] |= {"uscc": new, "name": "示例一名有限公司"}
    rows[3] |= {"uscc": new, "name": "示例二名有限公司"}
    rows[12] |= {"uscc": new, "name": "示例一名有限公司"}

    result = an_import(database, "penalties", a_file("penalties", rows), create_unknown=True)

    assert counts(result) == (23, 0, 2, 0)
    with database.read() as session:
        assert enterprises.get(session, an_operator(), new).counts == {"penalty": 1}
        assert enterprises.get(session, an_operator(), other.uscc).counts == {"penalty": 11}


def test_a_reader_that_is_lost_half_way_leaves_nothing(database, tmp_path, in_parts_of_ten):
    enterprise = an_enterprise(database)
    file = tmp_path / "文件.csv"
    file.write_bytes(a_file("penalties", [a_penalty_row(enterprise, f"{n}号") for n in range(250)]))

    def kill_the_reader(stage: str, _done: int, _all: int) -> None:
        if stage == "store":
            for reader in readers():
                os.kill(reader, signal.SIGKILL)

    with pytest.raises(Unavailable) as refused:
        an_import(database, "penalties", file, progress=kill_the_reader)

    assert refused.value.code == "reader-lost"
    assert [stored(database, table) for table in (RecordRow, ImportBatchRow, ImportRowRow)] == [0, 0, 0]
    assert counts(an_import(database, "penalties", file)) == (250, 0, 0, 0)


def test_a_fault_in_the_last_part_undoes_the_first(database, tmp_path, in_parts_of_ten):
    enterprise = an_enterprise(database)
    file = tmp_path / "文件.csv"
    file.write_bytes(a_file("penalties", [a_penalty_row(enterprise, f"{n}号") for n in range(25)]) + b'"')

    with pytest.raises(InvalidInput) as refused:
        an_import(database, "penalties", file)

    assert refused.value.facts["problem"] == "F-CSV-QUOTE"
    assert [stored(database, table) for table in (RecordRow, ImportBatchRow, ImportRowRow)] == [0, 0, 0]


def test_a_number_of_a_person_in_a_name_or_in_the_files_name_is_repeated_nowhere(database):
    number = "11010519491231002X"
    row = a_penalty_row(an_enterprise(database), "京海应急罚〔2026〕18号", name=f"张三{number}")
    result = an_import(database, "penalties", a_file("penalties", [row]), filename=f"张三{number}.csv")
    with database.read() as session:
        view = batches.get(session, an_operator(), result.batch)
        (waiting,) = batches.rows(session, an_operator(), result.batch).items
        (entry,) = journal.page(session, an_operator(), limit=1).items

    assert codes(result) == [(2, "R-NAME-MISMATCH", "hold")]
    assert number[6:] not in str((result, view, waiting, entry))
