"""The guide for those who write rule sets: its example is checked and run as it is printed."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from credit_registry.cli import main

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"


def files() -> dict[str, str]:
    """The files that the guide has its reader write, by name."""
    text = GUIDE.read_text(encoding="utf-8")
    return dict(re.findall(r"^`([\w/.-]+)`：\n\n```(?:yaml|csv)\n(.*?)^```$", text, re.M | re.S))


def commands() -> list[tuple[list[str], str]]:
    """Each command whose answer is printed below it, with that answer."""
    text = GUIDE.read_text(encoding="utf-8")
    found = re.findall(r"^```sh\ncredit-registry (.*?)\n```\n\n```text\n(.*?)^```$", text, re.M | re.S)
    return [(command.split(), answer) for command, answer in found]


def test_the_example_of_the_guide_answers_as_it_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in files().items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(content, encoding="utf-8")
    answers = [CliRunner().invoke(main, command, catch_exceptions=False) for command, _ in commands()]

    assert set(files()) == {
        "example/ruleset.yaml", "example/items.yaml", "example/cases.yaml", "records.csv", "subjects.csv",
    }  # fmt: skip
    assert [command[:2] for command, _ in commands()] == [["ruleset", "check"], ["ruleset", "run"]]
    for answer, (_, printed) in zip(answers, commands(), strict=True):
        assert answer.exit_code == 0
        shown = [line for line in answer.stdout.splitlines() if not line.startswith("指纹")]
        assert "\n".join(shown) == printed.rstrip("\n")


def test_the_folders_that_the_guide_names_are_there() -> None:
    text = GUIDE.read_text(encoding="utf-8")

    named = re.findall(r"scoring_rules/[\w./-]*[\w/]", text)
    new = "scoring_rules/rulesets/2027-01-01_haidian-default-2/"
    assert [name for name in named if name != new and not (GUIDE.parents[1] / name).exists()] == []
    assert len(named) > 4
