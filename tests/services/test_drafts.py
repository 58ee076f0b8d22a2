"""Rule sets to compare: shipped ones that fit the register, and drafts in a folder, checked and never in force."""

from datetime import date
from pathlib import Path

import pytest

from credit_registry.domain.errors import InvalidInput, NotAllowed, NotFound
from credit_registry.domain.permissions import Role
from credit_registry.services import drafts
from credit_registry.storage.database import Database
from scoring_rules import ruleset_in_force
from tests.factories import a_draft, an_actor, an_operator

OPERATOR = an_operator()


def test_the_series_comes_first_then_examples_that_fit_then_drafts(tmp_path: Path, on: date) -> None:
    a_draft(tmp_path / "一般处罚扣10分")

    found = drafts.comparable(OPERATOR, tmp_path)

    assert list(found) == ["haidian-default-1", "shandong-four-classes", "draft:一般处罚扣10分"]
    assert found["haidian-default-1"] is ruleset_in_force(on)


def test_without_a_folder_there_are_no_drafts(tmp_path: Path) -> None:
    assert drafts.page(OPERATOR, tmp_path / "none") == ()


def test_a_draft_that_does_not_load_says_where_and_is_not_offered(tmp_path: Path) -> None:
    a_draft(tmp_path / "broken", new="poins: 10\n")

    (draft,) = drafts.page(OPERATOR, tmp_path)

    text = (tmp_path / "broken" / "items.yaml").read_text(encoding="utf-8").splitlines()
    line = next(at for at, row in enumerate(text, 1) if "poins" in row)
    assert draft.ruleset is None
    assert ("items.yaml", line, "是否应为 points？") in [
        (p.file, p.line, p.suggestion) for p in draft.problems
    ]
    assert "draft:broken" not in drafts.comparable(OPERATOR, tmp_path)
    with pytest.raises(InvalidInput, match=f"items.yaml:{line}") as refused:
        drafts.find(OPERATOR, "draft:broken", tmp_path)
    assert refused.value.code == "ruleset-malformed"


def test_yaml_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    a_draft(tmp_path / "broken", new=" points: 10\n")

    (draft,) = drafts.page(OPERATOR, tmp_path)

    assert [(p.file, "YAML 语法错误" in p.message, p.line > 1) for p in draft.problems] == [
        ("items.yaml", True, True)
    ]


def test_examples_that_a_draft_no_longer_fulfils_are_told_and_it_is_offered_all_the_same(
    tmp_path: Path,
) -> None:
    a_draft(tmp_path / "harsher")

    (draft,) = drafts.page(OPERATOR, tmp_path)

    assert draft.ruleset is not None
    assert any("得分 应为" in line for line in draft.failed)
    assert drafts.find(OPERATOR, "draft:harsher", tmp_path) is draft.ruleset


def test_a_draft_is_read_anew_when_it_changes(tmp_path: Path) -> None:
    folder = a_draft(tmp_path / "harsher")
    (first,) = drafts.page(OPERATOR, tmp_path)
    a_draft(folder, new="points: 7\n")

    (second,) = drafts.page(OPERATOR, tmp_path)

    assert first.ruleset is not None
    assert second.ruleset is not None
    assert first.ruleset.digest != second.ruleset.digest


def test_a_draft_that_reads_what_the_register_does_not_hold_is_refused(tmp_path: Path) -> None:
    declared = "vocabulary: registry\nrecords:\n  noise: {type: integer, meaning: 噪声}\n"
    a_draft(tmp_path / "strange", "ruleset.yaml", "vocabulary: registry\n", declared)

    (draft,) = drafts.page(OPERATOR, tmp_path)

    assert [problem.message for problem in draft.problems] == ["本登记没有属性 noise，不能据以测算"]


@pytest.mark.parametrize(
    "key", ["draft:../secret", "draft:", "nothing", "draft:.hidden", "us-hours-of-service"]
)
def test_a_key_is_a_name_and_never_a_path(tmp_path: Path, key: str) -> None:
    a_draft(tmp_path / "secret")
    a_draft(tmp_path / "rulesets" / ".hidden")
    a_draft(tmp_path / "rulesets" / "visible")

    with pytest.raises(NotFound) as refused:
        drafts.find(OPERATOR, key, tmp_path / "rulesets")

    assert refused.value.code == "unknown-ruleset"


def test_the_terminal_takes_an_id_or_a_folder(tmp_path: Path) -> None:
    folder = a_draft(tmp_path / "harsher")

    assert drafts.read("haidian-default-1").id == "haidian-default-1"
    assert drafts.read(str(folder)).id == "haidian-default-1"
    with pytest.raises(NotFound, match="haidian-default-1、shandong-four-classes"):
        drafts.read("us-hours-of-service")
    with pytest.raises(InvalidInput, match=r"没有 ruleset\.yaml"):
        drafts.read(str(tmp_path))


def test_the_administrator_sees_no_drafts(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        drafts.page(an_actor(sqlite_database, Role.ADMINISTRATOR), tmp_path)
