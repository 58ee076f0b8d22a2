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
    assert "错误：" in answer.stderr


def test_without_json_nothing_is_said_on_standard_output() -> None:
    answer = CliRunner().invoke(main, ["nonsense"])

    assert (answer.exit_code, answer.stdout) == (2, "")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["nonsense"], "没有“nonsense”这个命令"),
        (["lokup"], "是否要用：lookup？"),
        (["--nonsense"], "没有 --nonsense 这个选项"),
        (["listing", "list", "--enterprize", "x"], "是否要用：--enterprise？"),
        (["listing", "show"], "缺少参数 CASE 。请给出：整数"),
        (["listing", "show", "x"], "参数 CASE 的值不能用。应为 整数"),
        (["listing", "show", "1", "2"], "多余的参数：2"),
        (["listing", "steps", "--list", "green"], "选项 --list 的值不能用。应为 black、red"),
        (["account", "disable", "--login", "x"], "缺少选项 --reason"),
        (
            ["key", "new", "--title", "x", "--office", "x", "--scope", "x", "--days", "900"],
            "不小于 1 的不大于 366 的整数",
        ),
        (
            [
                "account",
                "delegate",
                "--from",
                "a",
                "--to",
                "b",
                "--role",
                "c",
                "--until",
                "x",
                "--reason",
                "y",
            ],
            "形如 2026-06-30",
        ),
        (["listing", "list", "--enterprise"], "选项 --enterprise 的用法不对"),
    ],
)
def test_what_cannot_be_read_is_said_in_chinese(typed: list[str], said: str) -> None:
    answer = CliRunner().invoke(main, typed)

    assert answer.exit_code == 2
    assert said in answer.stderr
    assert "用法" in answer.stderr
    assert "Error" not in answer.stderr


def test_a_group_alone_prints_its_help() -> None:
    answer = CliRunner().invoke(main, ["listing"])

    assert answer.exit_code == 2
    assert "办理一个步骤" in answer.stderr
