"""Enterprises on both engines: found, entered, amended; every state of our knowledge kept."""

import pytest

from credit_registry.domain.errors import Duplicate, InvalidInput, NotAllowed, NotFound, StaleVersion
from credit_registry.domain.permissions import Role
from credit_registry.services import enterprises
from tests.factories import NOW, a_code, a_penalty, an_actor, an_enterprise, an_office, an_operator


def found(database, text, *, actor=None, **options):
    with database.read() as session:
        page = enterprises.search(session, actor or an_operator(), text, **options)
    return [each.name for each in page.items], page.after


def test_a_code_finds_its_enterprise_however_it_is_typed(database):
    enterprise = an_enterprise(database)
    typed = f" {enterprise.uscc[:8].lower()}-{enterprise.uscc[8:].lower()} "

    with database.read() as session:
        assert enterprises.get(session, an_operator(), typed).name == enterprise.name
        assert enterprises.find_by_uscc(session, an_operator(), a_code()) is None


def test_an_unknown_code_is_told_apart_from_a_wrong_one(database):
    with database.read() as session:
        with pytest.raises(NotFound, match="名册中没有") as unknown:
            enterprises.get(session, an_operator(), a_code())
        with pytest.raises(NotFound, match="不是有效的") as wrong:
            enterprises.get(session, an_operator(), "91110108MA01KPGC87")
    assert unknown.value.code == wrong.value.code == "unknown-enterprise"
    assert (unknown.value.facts["is_valid"], wrong.value.facts["is_valid"]) == (True, False)


def test_two_characters_find_names_and_one_is_refused(database):
    an_enterprise(database, "示例小米（海淀）科技有限公司")
    an_enterprise(database, "示例大米海淀科技有限公司")

    assert found(database, "小米") == (["示例小米（海淀）科技有限公司"], None)
    assert found(database, "米海淀科")[0] == ["示例小米（海淀）科技有限公司", "示例大米海淀科技有限公司"]
    assert found(database, "海米") == ([], None)
    with pytest.raises(InvalidInput) as refused:
        found(database, "米")
    assert refused.value.code == "search-too-short"


@pytest.mark.parametrize(
    "text", ['小"米', "100%", "小_米", "a OR b", "' --小米", "*小米", "小\x00米", "小\ud800米"]
)
def test_signs_of_query_languages_are_only_signs(database, text):
    an_enterprise(database, "示例普通制造有限公司")

    assert found(database, text) == ([], None)


def test_rare_characters_and_latin_names_are_found(database):
    an_enterprise(database, "示例𠮷野餐饮有限公司")
    an_enterprise(database, "示例ABB电气有限公司")

    assert found(database, "𠮷野")[0] == ["示例𠮷野餐饮有限公司"]
    assert found(database, "ａｂｂ")[0] == ["示例ABB电气有限公司"]


def test_pages_by_key_give_each_enterprise_once_and_the_exact_name_first(database):
    names = [f"示例{word}华夏制造有限公司" for word in "甲乙丙丁戊己庚"]
    for name in names:
        an_enterprise(database, name)
    exact = an_enterprise(database, "华夏")

    seen, after = found(database, "华夏", limit=3)
    pages = [seen]
    while after:
        more, after = found(database, "华夏", limit=3, after=after)
        pages.append(more)

    assert pages[0][0] == exact.name
    assert sorted(name for page in pages for name in page if name != exact.name) == sorted(names)


def test_the_beginning_of_a_code_finds_enterprises_in_order(database):
    first, second = sorted([an_enterprise(database), an_enterprise(database)], key=lambda each: each.uscc)

    assert found(database, first.uscc)[0] == [first.name]
    names, after = found(database, "91110108ma", limit=1)
    assert names == [first.name]
    assert found(database, "91110108ma", limit=1, after=after)[0] == [second.name]


def test_former_names_find_the_enterprise_and_stay_dated(database, now, on):
    enterprise = an_enterprise(database, "示例旧名有限公司")
    officer = an_actor(database, Role.OFFICER)

    view = database.run(
        lambda session: enterprises.rename(
            session,
            officer,
            enterprise.uscc,
            "示例新名有限公司",
            changed_on=on,
            version=1,
            reason="更名登记",
            now=now,
        )
    )

    assert (view.name, view.version) == ("示例新名有限公司", 2)
    assert [(name.name, name.valid_until) for name in view.former_names] == [("示例旧名有限公司", on)]
    assert found(database, "旧名")[0] == ["示例新名有限公司"]


def test_an_amendment_of_what_somebody_else_changed_is_refused(database, now):
    enterprise = an_enterprise(database)
    officer = an_actor(database, Role.OFFICER)

    def amend(**changes):
        return database.run(
            lambda session: enterprises.amend(
                session, officer, enterprise.uscc, changes, version=1, reason="核实", now=now
            )
        )

    assert amend(size="small").version == 2
    with pytest.raises(StaleVersion):
        amend(size="large")
    with database.read() as session:
        chain = enterprises.versions(session, an_operator(), enterprise.uscc)
    assert [(each.version, each.changed, each.attributes["size"]) for each in chain] == [
        (1, (), None), (2, ("size",), "small"),
    ]  # fmt: skip


def test_only_what_may_be_amended_is_amended(database, now):
    enterprise = an_enterprise(database)
    officer = an_actor(database, Role.OFFICER)

    with pytest.raises(InvalidInput) as refused:
        database.run(
            lambda session: enterprises.amend(
                session, officer, enterprise.uscc, {"id": 7}, version=1, reason="试", now=now
            )
        )
    assert refused.value.code == "unknown-field"


def test_a_known_code_is_not_registered_twice(database):
    enterprise = an_enterprise(database)

    with pytest.raises(Duplicate) as refused:
        an_enterprise(database, "示例另一个有限公司", uscc=enterprise.uscc)
    assert refused.value.code == "enterprise-known"


def test_a_subdistrict_officer_sees_only_enterprises_of_the_subdistrict(database):
    inside = an_enterprise(database, "示例中关村制造有限公司", subdistrict_code="110108012")
    outside = an_enterprise(database, "示例上地制造有限公司", subdistrict_code="110108022")
    officer = an_actor(database, Role.OFFICER, subdistricts=["110108012"])

    assert found(database, "示例", actor=officer)[0] == [inside.name]
    with database.read() as session:
        page = enterprises.page(session, officer)
        with pytest.raises(NotAllowed) as refused:
            enterprises.get(session, officer, outside.uscc)
    assert [each.name for each in page.items] == [inside.name]
    assert refused.value.code == "out-of-scope"


def test_the_administrator_sees_no_enterprise(database):
    administrator = an_actor(database, Role.ADMINISTRATOR)

    with database.read() as session, pytest.raises(NotAllowed):
        enterprises.search(session, administrator, "示例")


def test_an_enterprise_counts_its_records(database):
    enterprise = an_enterprise(database)
    a_penalty(database, enterprise.uscc)
    a_penalty(database, enterprise.uscc)

    with database.read() as session:
        assert enterprises.get(session, an_operator(), enterprise.uscc, on=NOW.date()).counts == {
            "penalty": 2
        }


def test_an_enterprise_without_a_code_can_be_entered(database):
    an_office(database)
    view = database.run(
        lambda session: enterprises.register(session, an_operator(), {"name": "示例无码作坊"}, now=NOW)
    )

    assert view.uscc is None
    assert found(database, "无码")[0] == ["示例无码作坊"]
