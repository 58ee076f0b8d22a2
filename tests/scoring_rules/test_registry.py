from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import scoring_rules
from scoring_rules import ruleset_in_force, shipped_rulesets
from scoring_rules.language.loader import digest_of

ROOM = Path(scoring_rules.__file__).parent / "rulesets"
PINNED = Path(__file__).with_name("pinned.txt")


def test_a_rule_set_that_is_pinned_is_never_edited() -> None:
    """A change is a new folder with its own effective day; pinned.txt gains a line and loses none."""
    pinned = dict(reversed(line.split(maxsplit=1)) for line in PINNED.read_text().splitlines())
    folders = {path.parent.relative_to(ROOM).as_posix(): path.parent for path in ROOM.rglob("ruleset.yaml")}

    assert {name: digest_of(folder) for name, folder in folders.items()} == pinned


def test_the_default_is_in_force_on_every_day_of_the_demonstration() -> None:
    for day in (date(2019, 1, 1), date(2020, 2, 29), date(2026, 11, 24)):
        assert ruleset_in_force(day).id == "haidian-default-1"


def test_before_the_first_rule_set_there_is_none() -> None:
    with pytest.raises(LookupError, match="没有生效的评分规则"):
        ruleset_in_force(date(2018, 12, 31))


def test_the_foreign_examples_are_not_of_the_registry() -> None:
    assert [info.id for info in shipped_rulesets()] == ["haidian-default-1"]


def test_a_folder_is_named_after_its_effective_day() -> None:
    for info in shipped_rulesets():
        assert info.folder.name == f"{info.effective_from.isoformat()}_{info.id}"


def test_every_measure_names_its_basis_and_weak_ones_say_so() -> None:
    measures = ruleset_in_force(date(2026, 11, 24)).measures

    assert {measure.list_kind for measure in measures} == {"black", "red"}
    assert all(measure.basis and measure.source and measure.department for measure in measures)
    weak = {measure.id for measure in measures if measure.is_weak_basis}
    assert weak == {
        measure.id for measure in measures if {ref.key for ref in measure.source} == {"aj-2017-133"}
    }


def test_supervision_speaks_of_every_class_and_of_the_ungraded() -> None:
    ruleset = ruleset_in_force(date(2026, 11, 24))

    assert {row.class_ for row in ruleset.supervision} == {grade.class_ for grade in ruleset.grades} | {"N"}
