"""Changes of enterprises on both engines: dated names and codes, attributes as versions."""

from datetime import date

from credit_registry.domain.permissions import Role
from credit_registry.services import enterprises
from tests.factories import a_code, a_file, an_actor, an_enterprise, an_import, an_office, an_operator


def told(database, *rows, actor=None):
    return an_import(
        database, "enterprise_changes", a_file("enterprise_changes", [{"dated_on": "2026-03-01", **row} for row in rows]),
        actor=actor,
    )  # fmt: skip


def view(database, uscc):
    with database.read() as session:
        return enterprises.get(session, an_operator(), uscc)


def codes(result):
    return [problem["code"] for problem in result.problems]


def test_a_rename_keeps_the_old_name_findable_and_dated(database):
    old = an_enterprise(database, "示例旧名有限公司")

    result = told(
        database,
        {
            "uscc": old.uscc,
            "name": "示例新名有限公司",
            "former_name": "示例旧名有限公司",
            "change_kind": "更名",
        },
    )

    now = view(database, old.uscc)
    assert (result.accepted, now.name, now.version) == (1, "示例新名有限公司", 2)
    assert [(name.name, name.valid_until) for name in now.former_names] == [
        ("示例旧名有限公司", date(2026, 3, 1))
    ]
    with database.read() as session:
        assert [each.name for each in enterprises.search(session, an_operator(), "旧名").items] == [
            "示例新名有限公司"
        ]


def test_the_same_change_again_is_a_duplicate(database):
    old = an_enterprise(database, "示例旧名有限公司")
    row = {
        "uscc": old.uscc,
        "name": "示例新名有限公司",
        "former_name": "示例旧名有限公司",
        "change_kind": "更名",
    }
    told(database, row)

    again = told(database, {**row, "details.remark": "重报"})

    assert (again.accepted, again.duplicate) == (0, 1)
    assert view(database, old.uscc).version == 2


def test_two_renames_in_one_file_follow_each_other(database):
    first = an_enterprise(database, "示例甲有限公司")

    result = told(
        database,
        {
            "uscc": first.uscc,
            "name": "示例乙有限公司",
            "former_name": "示例甲有限公司",
            "change_kind": "更名",
        },
        {
            "uscc": first.uscc,
            "name": "示例丙有限公司",
            "former_name": "示例乙有限公司",
            "change_kind": "更名",
        },
    )

    now = view(database, first.uscc)
    assert (result.accepted, now.name) == (2, "示例丙有限公司")
    assert sorted(name.name for name in now.former_names) == ["示例乙有限公司", "示例甲有限公司"]


def test_a_new_code_leaves_the_old_one_finding_the_enterprise(database):
    old, new = an_enterprise(database), a_code()

    result = told(
        database, {"uscc": new, "former_uscc": old.uscc, "name": old.name, "change_kind": "代码变更"}
    )

    assert result.accepted == 1
    assert view(database, old.uscc).uscc == new
    assert view(database, new).codes == (old.uscc, new)


def test_status_and_address_become_versions(database):
    enterprise = an_enterprise(database, address="北京市海淀区甲路1号")

    told(
        database,
        {
            "uscc": enterprise.uscc,
            "name": enterprise.name,
            "change_kind": "迁址",
            "address": "北京市海淀区乙路2号",
        },
        {"uscc": enterprise.uscc, "name": enterprise.name, "change_kind": "注销"},
    )

    now = view(database, enterprise.uscc)
    assert (now.address, now.status, now.version) == ("北京市海淀区乙路2号", "deregistered", 3)


def test_an_earlier_name_can_be_added_afterwards(database):
    enterprise = an_enterprise(database, "示例今名有限公司")

    told(
        database,
        {
            "uscc": enterprise.uscc,
            "name": enterprise.name,
            "former_name": "示例古名作坊",
            "change_kind": "曾用名",
        },
    )

    now = view(database, enterprise.uscc)
    assert (now.name, [name.name for name in now.former_names]) == ("示例今名有限公司", ["示例古名作坊"])


def test_unknown_enterprises_wrong_names_and_other_offices_wait(database):
    enterprise, other = an_enterprise(database), an_enterprise(database)
    clerk = an_actor(database, Role.CLERK, office=an_office(database, "海淀区某局（演示）"))
    struck_off = {"uscc": enterprise.uscc, "name": enterprise.name, "change_kind": "注销"}

    result = told(
        database,
        {**struck_off, "uscc": a_code()},
        {**struck_off, "name": "示例别名有限公司"},
        {"uscc": other.uscc, "former_uscc": enterprise.uscc, "name": other.name, "change_kind": "代码变更"},
    )
    foreign = told(database, struck_off, actor=clerk)

    assert (result.held, codes(result)) == (3, ["R-SUBJECT-UNKNOWN", "X-CONFLICT", "X-CONFLICT"])
    assert codes(foreign) == ["R-NOT-OWN"]
    assert view(database, enterprise.uscc).status == "active"
