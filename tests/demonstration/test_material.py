from collections import Counter
from datetime import date

import pytest

import importers
from credit_registry.demonstration.enterprises import SUBDISTRICTS, fictional_code
from credit_registry.demonstration.facts import AUTHORITIES
from credit_registry.demonstration.material import FIRST_DAY, LAST_DAY, Material, make_material
from importers.checks import uscc
from tests.conftest import SHARED, needs_shared


@pytest.fixture(scope="module")
def material() -> Material:
    return make_material()


@pytest.fixture(scope="module")
def batches(material: Material) -> list[importers.Batch]:
    return [
        importers.read(file.data, filename=file.filename, kind=file.kind, today=file.sent_on)
        for file in material.files
    ]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(material: Material) -> None:
    again, other = make_material(ordinary=20), make_material(ordinary=20, seed=1)

    assert [file.data for file in make_material(ordinary=20).files] == [file.data for file in again.files]
    assert [file.data for file in other.files] != [file.data for file in again.files]


def test_names_are_plainly_fictional_and_codes_valid_and_nobodys(material: Material) -> None:
    assert len({subject.uscc for subject in material.enterprises}) == len(material.enterprises) > 400
    assert len({subject.name for subject in material.enterprises}) == len(material.enterprises)
    for subject in material.enterprises:
        assert "示例" in subject.name
        assert "（演示" in subject.name
        assert uscc.check(subject.uscc) == []
    assert all(uscc.check(authority.code) == [] for authority in AUTHORITIES)


@needs_shared
def test_no_code_or_name_belongs_to_a_real_enterprise_of_the_district(material: Material) -> None:
    real = (SHARED / "data/real/haidian_enterprises.csv").read_text(encoding="utf-8-sig")

    assert not [subject for subject in material.enterprises if subject.uscc in real or subject.name in real]
    assert "XX00" not in {line.split(",")[1][8:12] for line in real.splitlines() if line.count(",") > 2}


def test_every_sub_district_has_enterprises_and_is_written_as_the_importers_know_it(
    material: Material, batches: list[importers.Batch]
) -> None:
    read = Counter(
        code
        for file, batch in zip(material.files, batches, strict=True)
        if file.kind == "enterprises"
        for code in batch.frame["subdistrict_code"]
    )

    assert set(read) == set(SUBDISTRICTS)
    assert len(SUBDISTRICTS) == 29


def test_the_importers_take_every_file_and_find_only_the_mistakes_that_were_put_in(
    batches: list[importers.Batch],
) -> None:
    assert not [batch for batch in batches if batch.is_refused or batch.needs_confirmation]
    found = Counter(
        (problem.code, problem.disposition)
        for batch in batches
        for problem in batch.problems
        if problem.disposition != "normalised"
    )
    assert found == {
        ("R-USCC-CHECK", "refuse_row"): 1,
        ("R-USCC-MISSING", "hold"): 1,
        ("R-DATE-FORMAT", "refuse_row"): 1,
        ("R-CATEGORY", "refuse_row"): 1,
    }


def test_the_files_hold_several_thousand_records_over_six_years_in_every_format(
    material: Material, batches: list[importers.Batch]
) -> None:
    assert sum(batch.rows for batch in batches) > 4_000
    assert {file.filename.rpartition(".")[2] for file in material.files} == {"csv", "xlsx"}
    assert {batch.encoding for batch in batches if batch.encoding} >= {"utf-8", "gb18030"}
    assert min(file.sent_on for file in material.files) == FIRST_DAY
    assert max(file.sent_on for file in material.files) == LAST_DAY
    assert {batch.layout.kind for batch in batches if batch.layout} == {
        "enterprises", "penalties", "inspections", "accidents", "hazards", "honours",
    }  # fmt: skip


def test_nothing_is_reported_before_it_happened(material: Material) -> None:
    for fact in material.marked.values():
        assert fact.dated_on <= (fact.sent_on or material.today)
    for fact in material.entries:
        assert fact.sent_on is not None
        assert fact.dated_on < fact.sent_on <= material.today


def test_the_last_day_can_be_moved() -> None:
    moved = make_material(today=date(2027, 2, 26), ordinary=5)

    assert max(file.sent_on for file in moved.files) == date(2027, 2, 26)


def test_a_fictional_code_says_what_kind_it_is() -> None:
    assert fictional_code(1, kind="92").startswith("92110108XX000001")
