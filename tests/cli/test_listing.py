"""`listing steps`, as a script and a lawyer read it."""

import json

from click.testing import CliRunner

from credit_registry.cli import main
from credit_registry.domain.repair_steps import STEPS


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


def test_without_a_list_every_procedure_is_printed_in_one_shape() -> None:
    rows = json.loads(run("--json"))

    assert {"black", "red", "grade", "repair", "objection", "reconsideration", "lawsuit"} <= {
        row["list"] for row in rows
    }
    assert {tuple(sorted(row)) for row in rows} == {
        ("action", "clock", "from", "guards", "law", "list", "paper", "titles", "to", "who")
    }


def test_the_repair_of_a_penalty_is_printed_from_the_table_that_is_asked() -> None:
    rows = json.loads(run("--list", "repair", "--json"))

    assert {(row["from"], row["action"]): row["to"] for row in rows if row["from"]} == {
        move: step.to for move, step in STEPS.items()
    }
    assert rows[0]["paper"] == ["处罚信息修复申请书", "已履行行政处罚决定义务的证明", "信用承诺书"]
    assert "决定是否受理处罚信息修复申请：3 个工作日" in rows[0]["clock"]
    allow = next(row for row in rows if row["action"] == "allow")
    assert allow["guards"] == ["apart-from:apply"]


def test_an_objection_is_printed_with_its_clock_and_papers() -> None:
    filed, *answers = json.loads(run("--list", "objection", "--json"))

    assert (filed["paper"], filed["clock"]) == (["异议受理通知书"], ["答复异议：5 个工作日"])
    assert {row["to"] for row in answers} == {"upheld", "rejected", "withdrawn"}
    assert all("apart-from:took-part" in row["guards"] for row in answers)


def test_people_read_titles() -> None:
    text = run("--list", "red")

    assert "已核查 —公示征求意见→ 公示中" in text
    assert "守信激励名单公示期：5 个工作日" in text
