"""The main command: what is said of a command line that cannot be read."""

import json

import pytest
from click.testing import CliRunner

from credit_registry.cli import main


@pytest.mark.parametrize(
    "typed", [["nonsense"], ["import", "penalties"], ["grade", "x", "--nonsense"], ["account", "nonsense"]]
)
def test_an_unreadable_command_line_is_one_document_too(typed: list[str]) -> None:
    answer = CliRunner().invoke(main, [*typed, "--json"])

    assert answer.exit_code == 2
    assert json.loads(answer.stdout)["error"]["code"] == "usage"
    assert "Error: " in answer.stderr


def test_without_json_nothing_is_said_on_standard_output() -> None:
    answer = CliRunner().invoke(main, ["nonsense"])

    assert (answer.exit_code, answer.stdout) == (2, "")
