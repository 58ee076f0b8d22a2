"""`listing steps`, as a script and a lawyer read it."""

import json

from click.testing import CliRunner

from credit_registry.cli import main


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["listing", "steps", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_the_table_of_one_list_is_one_json_array() -> None:
    rows = json.loads(run("--list", "black", "--json"))

    assert {row["list"] for row in rows} == {"black"}
    assert {row["from"] for row in rows if row["action"] == "publish"} == {"SERVED", "RESTORED"}
    decide = next(row for row in rows if row["action"] == "decide")
    assert decide["who"] == "listings:decide"
    assert "apart-from:notify" in decide["guards"]
    assert decide["law"] == "安全生产严重失信主体名单管理办法(2023-08-08) 第十条"


def test_without_a_list_all_are_printed() -> None:
    assert {row["list"] for row in json.loads(run("--json"))} == {"black", "red", "grade"}


def test_people_read_titles() -> None:
    text = run("--list", "red")

    assert "已核查 —公示征求意见→ 公示中" in text
    assert "守信激励名单公示期：5 个工作日" in text
