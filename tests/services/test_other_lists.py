"""Other departments' lists on both engines: taken in once, told beside our answers with their source, never ours."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pytest

from credit_registry.domain.errors import InvalidInput, NotAllowed
from credit_registry.domain.permissions import Role, terminal_operator
from credit_registry.services import (
    assessments,
    batches,
    listings,
    lookups,
    other_lists,
    profiles,
    publications,
    red_conditions,
    resolutions,
    withdrawals,
)
from credit_registry.services.resolutions import Decision
from tests.factories import (
    NOW,
    a_code,
    a_file,
    an_actor,
    an_enterprise,
    an_exemplar,
    an_import,
    an_office,
    an_operator,
)

LATER = NOW + timedelta(days=1)
ON = NOW.date()
ROW = {
    "list_name": "拖欠农民工工资失信联合惩戒对象名单", "list_colour": "失信", "document_no": "京海人社列〔2026〕3号",
    "grounds": "拖欠工资，联系人电话13800138000", "basis": "暂行办法第五条", "listed_on": "2026-03-18",
    "listed_until": "2027-03-17", "authority_name": "北京市海淀区人力资源和社会保障局", "source_name": "信用中国",
}  # fmt: skip


def a_list(*rows: Mapping[str, str]) -> bytes:
    return a_file("other_lists", [{**ROW, **row} for row in rows])


def the(enterprise, **cells: str) -> dict[str, str]:
    return {"name": enterprise.name, "uscc": enterprise.uscc or "", **cells}


def counts(result):
    return result.accepted, result.duplicate, result.held, result.refused


def told(result):
    return [(problem["row"], problem["code"], problem["disposition"]) for problem in result.problems]


def known(database, enterprise, on=ON):
    with database.read() as session:
        return other_lists.of_enterprise(session, enterprise.enterprise_id, on=on)


def answer(database, uscc, now=NOW):
    return database.run(lambda session: lookups.answer(session, an_operator(), uscc, now=now))


def take_back(database, batch, now=LATER):
    database.run(lambda session: withdrawals.ask(session, an_operator(), batch, reason="报错了区", now=now))
    second = terminal_operator("second")
    return database.run(lambda session: withdrawals.confirm(session, second, batch, now=now))


def resolve(database, batch, decision, now=LATER):
    def work(session):
        row = next(iter(batches.rows(session, an_operator(), batch, "held").items))
        return resolutions.resolve(session, an_operator(), row.id, decision, reason="已核对", now=now)

    return database.run(work)


def test_an_entry_is_told_with_its_source_and_is_none_of_ours(database):
    enterprise = an_enterprise(database)
    before = answer(database, enterprise.uscc)

    result = an_import(database, "other_lists", a_list(the(enterprise)))

    assert counts(result) == (1, 0, 0, 0)
    after = answer(database, enterprise.uscc)
    (entry,) = after.other_lists
    assert entry == {
        "list_name": ROW["list_name"], "list_colour": "black", "authority": ROW["authority_name"],
        "document_no": ROW["document_no"], "grounds": entry["grounds"], "basis": "暂行办法第五条",
        "listed_on": "2026-03-18", "listed_until": "2027-03-17", "source": "信用中国", "recorded_on": "2026-11-24",
    }  # fmt: skip
    assert "13800138000" not in entry["grounds"]
    assert (after.lists, after.measures, after.grade) == ((), (), before.grade)
    assert after.list_version == before.list_version
    with database.read() as session:
        profile = profiles.get(session, an_operator(), enterprise.uscc, now=NOW)
        assert (profile.lists, profile.measures, profile.other_lists) == ((), (), (entry,))
        for kind in ("black", "red"):
            assert publications.rows(session, kind, on=ON) == ()
        assert listings.listing_rows(session, on=ON, known_at=LATER) == []


def test_it_moves_no_grade_and_asks_for_no_reassessment(database):
    enterprise = an_enterprise(database, registered_on=date(2015, 1, 1))
    database.run(lambda session: assessments.assess(session, an_operator(), on=ON, now=NOW))

    an_import(database, "other_lists", a_list(the(enterprise)))

    again = database.run(
        lambda session: assessments.assess(session, an_operator(), on=ON, now=LATER, only_due=True)
    )
    assert again.assessed == 0


def test_an_entry_is_shown_while_it_stands_and_no_longer(database):
    ended, removed, future, open_end = (an_enterprise(database) for _ in range(4))
    an_import(
        database,
        "other_lists",
        a_list(
            the(ended, listed_until="2026-11-23"),
            the(removed, removed_on="2026-11-24"),
            the(future, listed_on="2026-11-24", listed_until=""),
            the(open_end, listed_until="长期"),
        ),
    )

    standing = [bool(answer(database, each.uscc).other_lists) for each in (ended, removed, future, open_end)]

    assert standing == [False, False, True, True]
    # An officer still sees what has ended, told apart.
    assert [view.is_standing for view in known(database, removed)] == [False]
    assert [view.is_standing for view in known(database, removed, date(2026, 11, 23))] == [True]


def test_a_code_that_the_register_does_not_hold_is_kept_and_answered(database):
    stranger = {"name": "外地示例有限公司", "uscc": a_code()}

    result = an_import(database, "other_lists", a_list(stranger))

    assert counts(result) == (1, 0, 0, 0)
    assert (2, "W-NOT-REGISTERED", "warning") in told(result)
    view = answer(database, stranger["uscc"])
    assert (view.is_known, view.grade, view.lists, len(view.other_lists)) == (False, None, (), 1)
    # Once the enterprise is registered, the entry is its own.
    enterprise = an_enterprise(database, stranger["name"], uscc=stranger["uscc"])
    assert len(known(database, enterprise)) == 1


def test_an_entry_is_found_under_every_code_of_the_enterprise(database):
    old, new = a_code(), a_code()
    enterprise = an_enterprise(database, uscc=old)
    an_import(database, "other_lists", a_list(the(enterprise)))
    change = {
        "name": enterprise.name, "uscc": new, "former_uscc": old, "change_kind": "代码变更", "dated_on": "2026-11-20",
    }  # fmt: skip
    assert an_import(database, "enterprise_changes", a_file("enterprise_changes", [change])).accepted == 1

    assert [len(answer(database, code).other_lists) for code in (old, new)] == [1, 1]


def test_the_same_list_twice_changes_nothing(database):
    enterprise, other = an_enterprise(database), an_enterprise(database)
    data = a_list(the(enterprise), the(other), the(enterprise))

    first = an_import(database, "other_lists", data)
    again = an_import(database, "other_lists", data)
    overlapping = an_import(database, "other_lists", a_list(the(other), the(enterprise)), now=LATER)

    assert (counts(first), again.replayed, counts(overlapping)) == ((2, 1, 0, 0), True, (0, 2, 0, 0))
    assert len(known(database, enterprise)) == 1


def test_a_removal_that_arrives_later_is_a_further_version(database):
    enterprise = an_enterprise(database)
    an_import(database, "other_lists", a_list(the(enterprise)))

    result = an_import(database, "other_lists", a_list(the(enterprise, removed_on="2026-11-20")), now=LATER)

    assert counts(result) == (1, 0, 0, 0)
    (view,) = known(database, enterprise)
    assert (view.removed_on, view.is_standing) == (date(2026, 11, 20), False)
    # The older export once more brings nobody back.
    old = an_import(database, "other_lists", a_list(the(enterprise), the(enterprise)), now=LATER)
    assert counts(old)[0] == 0
    assert not answer(database, enterprise.uscc, LATER).other_lists


def test_a_contradiction_waits_and_a_person_may_call_it_a_correction(database):
    enterprise = an_enterprise(database)
    an_import(database, "other_lists", a_list(the(enterprise)))
    result = an_import(database, "other_lists", a_list(the(enterprise, grounds="其他事由")), now=LATER)

    assert told(result) == [(2, "X-CONFLICT", "hold")]
    with pytest.raises(InvalidInput) as still:
        resolve(database, result.batch, Decision())
    assert still.value.code == "row-still-held"
    resolve(database, result.batch, Decision(is_correction=True))
    (view,) = known(database, enterprise)
    assert view.grounds == "其他事由"


def test_without_a_code_or_under_another_name_a_person_decides(database):
    enterprise = an_enterprise(database, "示例甲有限公司")
    result = an_import(
        database, "other_lists", a_list(the(enterprise, uscc=""), the(enterprise, name="示例乙有限公司"))
    )

    assert [(row, code) for row, code, how in told(result) if how == "hold"] == [
        (2, "R-USCC-MISSING"), (3, "R-NAME-MISMATCH"),
    ]  # fmt: skip
    with database.read() as session:
        first, second = batches.rows(session, an_operator(), result.batch, "held").items
    assert [proposal["how"] for proposal in first.proposals] == ["name"]
    resolve(database, result.batch, Decision(enterprise_id=enterprise.enterprise_id))
    assert len(known(database, enterprise)) == 1
    assert second.problems[0]["code"] == "R-NAME-MISMATCH"


def test_a_withdrawn_batch_takes_back_what_it_said(database):
    enterprise, other = an_enterprise(database), an_enterprise(database)
    an_import(database, "other_lists", a_list(the(enterprise)))
    data = a_list(the(enterprise, removed_on="2026-11-20"), the(other))
    second = an_import(database, "other_lists", data, now=LATER)
    assert counts(second) == (2, 0, 0, 0)

    made = take_back(database, second.batch)

    assert (made.withdrawn, made.set_back, made.left) == (1, 1, ())
    assert [view.is_standing for view in known(database, enterprise)] == [True]
    assert known(database, other) == ()
    again = an_import(database, "other_lists", data, now=LATER + timedelta(hours=1))
    assert (again.replayed, counts(again)) == (False, (2, 0, 0, 0))
    assert (len(known(database, other)), known(database, enterprise)[0].is_standing) == (1, False)


def test_what_somebody_added_to_later_is_left_and_named(database):
    enterprise = an_enterprise(database)
    an_import(database, "other_lists", a_list(the(enterprise, listed_until="")))
    second = an_import(database, "other_lists", a_list(the(enterprise)), now=LATER)
    an_import(database, "other_lists", a_list(the(enterprise, removed_on="2026-11-20")), now=LATER)

    made = take_back(database, second.batch, LATER + timedelta(hours=1))

    assert (made.withdrawn, made.set_back, len(made.left)) == (0, 0, 1)
    assert [view.removed_on for view in known(database, enterprise)] == [date(2026, 11, 20)]


def test_an_office_sends_its_own_list_and_nobody_elses(database):
    enterprise = an_enterprise(database)
    office = an_office(
        database, "海淀区人力资源和社会保障局（演示）", authority_code="11230500001755309F", domain=None
    )
    clerk = an_actor(database, Role.CLERK, office=office)

    result = an_import(
        database,
        "other_lists",
        a_list(
            the(enterprise), the(enterprise, document_no="4号", authority_code=office.authority_code or "")
        ),
        actor=clerk,
    )

    assert (clerk.is_keeper, counts(result)) == (False, (1, 0, 0, 1))
    assert (2, "R-NOT-OWN", "refuse_row") in told(result)


def test_only_who_may_import_imports(database):
    with pytest.raises(NotAllowed):
        an_import(
            database,
            "other_lists",
            a_list({"name": "x", "uscc": ""}),
            actor=an_actor(database, Role.REVIEWER),
        )


def test_the_red_list_asks_other_lists_too(database):
    enterprise = an_exemplar(database)
    an_import(
        database,
        "other_lists",
        a_list(
            the(enterprise, listed_until="2026-01-01", listed_on="2025-01-01"),
            the(enterprise, document_no="5号", list_name="经营异常名录", list_colour="异常"),
        ),
    )

    with database.read() as session:
        now = red_conditions.examine(session, enterprise.enterprise_id, on=ON)["r-6"]
        long_after = red_conditions.examine(session, enterprise.enterprise_id, on=date(2029, 1, 2))["r-6"]
    assert (now.is_refuted, now.queried_on) == (True, ON)
    assert "拖欠农民工工资" in now.evidence and "2026-11-24 收到" in now.evidence
    assert "经营异常" not in now.evidence
    assert long_after.is_refuted is False


# --- the exports of 信用中国, as their pages give them ------------------------------------------------------------


def export(titles: Sequence[str], *rows: Sequence[str], encoding: str = "gb18030") -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows([titles, *rows])
    return target.getvalue().encode(encoding)


EXPORTS = {
    "credit_china_safety": (
        ["序号", "单位名称", "统一社会信用代码/工商注册号", "主要负责人", "注册地址", "失信行为简况", "信息报送机关", "纳入理由", "数据来源"],
        lambda name, code: ["1", name, code, "张某某", "北京市海淀区示例路1号", "发生较大事故", "北京市应急管理局", "发生较大生产安全责任事故", "应急管理部"],
        ("安全生产领域严重失信惩戒名单", "black", "北京市应急管理局"),
    ),
    "credit_china_tax_cases": (
        ["纳税人名称", "法定代表人或负责人姓名", "统一社会信用代码", "组织机构代码", "纳税人识别号", "案件上报期", "注册地址",
         "负有直接责任的财务负责人姓名", "负有直接责任的中介机构信息及其从业人员信息", "案件性质", "主要违法事实",
         "相关法律依据及税务处理处罚情况", "数据来源"],
        lambda name, code: [name, "张某某", code, "", code, "2026年第1期", "北京市海淀区示例路1号", "李某某", "", "虚开增值税专用发票", "虚开发票12份", "税收征收管理法第六十三条", "国家税务总局"],
        ("重大税收违法失信主体", "black", None),
    ),
    "credit_china_red_tax": (
        ["纳税人名称", "统一社会信用代码", "纳税人识别号", "评价年度", "数据来源"],
        lambda name, code: [name, code, code, "2025", "国家税务总局"],
        ("A级纳税人", "red", None),
    ),
    "credit_china_red_customs": (
        ["企业名称", "统一社会信用代码", "海关注册编码", "首次注册日期", "信用等级", "等级认定时间", "注销标志", "数据来源"],
        lambda name, code: [name, code, "1108960001", "2012-05-01", "高级认证企业", "2024-05-01", "正常", "海关总署"],
        ("海关高级认证企业", "red", None),
    ),
    "credit_china_abnormal": (
        ["企业名称", "统一社会信用代码", "法定代表人", "主体身份代码", "注册号", "列入经营异常名录原因类型名称", "设立日期", "列入决定机关名称", "数据来源"],
        lambda name, code: [name, code, "张某某", "", "110108012660422", "通过登记的住所无法联系", "2020年7月6日", "北京市海淀区市场监督管理局", "市场监管总局"],
        ("经营异常名录", "attention", "北京市海淀区市场监督管理局"),
    ),
    "credit_china_procurement": (
        ["机构名称", "统一社会信用代码/组织机构代码", "企业地址", "不良行为的具体情形", "处罚依据", "处罚结果", "记录日期", "登记地点", "处罚截止日期", "数据来源"],
        lambda name, code: [name, code, "北京市海淀区示例路1号", "提供虚假材料谋取中标", "政府采购法第七十七条", "禁止参加政府采购活动一年", "2026-05-01", "北京市", "2027-04-30", "财政部"],
        ("政府采购严重违法失信行为记录名单", "black", None),
    ),
}  # fmt: skip


@pytest.mark.parametrize("layout", EXPORTS)
def test_an_export_of_credit_china_goes_from_the_file_to_the_answer(database, layout):
    titles, row, (list_name, colour, authority) = EXPORTS[layout]
    enterprise = an_enterprise(database)

    result = an_import(database, "other_lists", export(titles, row(enterprise.name, enterprise.uscc)))

    assert counts(result) == (1, 0, 0, 0)
    with database.read() as session:
        assert batches.get(session, an_operator(), result.batch).layout == layout
    (entry,) = answer(database, enterprise.uscc).other_lists
    assert (entry["list_name"], entry["list_colour"], entry["authority"]) == (list_name, colour, authority)
    with database.engine.connect() as connection:
        stored = str(connection.exec_driver_sql("SELECT * FROM other_listings").all())
    # A list of enterprises names persons; the register has no need of them.
    assert "张某某" not in stored and "李某某" not in stored


def test_an_export_of_debtors_keeps_persons_out_and_old_codes_for_a_person(database):
    enterprise = an_enterprise(database)
    titles = ["失信被执行人姓名/名称", "身份证号码/组织机构代码", "执行法院", "省份", "执行依据文号", "立案时间", "案号",
              "做出执行依据单位", "生效法律文书确定的义务", "被执行人的履行情况", "失信被执行人行为具体情形", "发布时间",
              "已履行部分", "未履行部分", "数据来源"]  # fmt: skip

    def row(name: str, number: str) -> list[str]:
        return [name, number, "北京市海淀区人民法院", "北京", "（2025）京0108民初1号", "2025-11-01", f"（2025）京0108执{name}号",
                "北京市海淀区人民法院", "支付10万元", "全部未履行", "有履行能力而拒不履行", "2026年01月05日", "", "", "最高人民法院"]  # fmt: skip

    rows = [
        row(enterprise.name, enterprise.uscc), row("张某某", "11010519491231002X"), row("李某某", "110105****231002X"),
        row(enterprise.name, "MA0000010"), row(enterprise.name, "MA000001-0"),
    ]  # fmt: skip
    result = an_import(database, "other_lists", export(titles, *rows))

    assert counts(result) == (1, 0, 2, 2)
    assert [(row, code) for row, code, how in told(result) if how == "hold"] == [
        (5, "R-USCC-MISSING"), (6, "R-USCC-MISSING"),
    ]  # fmt: skip
    assert (3, "R-NATURAL-PERSON", "refuse_row") in told(result)
    assert "11010519491231002X" not in str(result.problems)
