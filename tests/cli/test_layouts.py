"""`credit-registry layout`: an office's own shapes of file, from the draft to the import."""

import json

import pytest
from click.testing import CliRunner

import importers
from credit_registry.cli import main
from tests.factories import a_code
from tests.importers.offices import LATER, OFFICES

LAYOUT = """
kind: enterprises
record: enterprise
title: Companies
version: "1"
separator: ";"
columns:
  name: {title: Company, header: true}
  uscc: {title: Code, header: true}
"""


@pytest.fixture
def run(tmp_path, monkeypatch, sqlite_template):
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path))
    (tmp_path / "registry.sqlite3").write_bytes(sqlite_template.read_bytes())
    (tmp_path / "layouts").mkdir()
    yield lambda *arguments: CliRunner().invoke(main, [str(each) for each in arguments])
    importers.adopt(tmp_path / "none")


def test_a_layout_in_the_folder_is_checked_listed_and_used(run, tmp_path):
    draft, data = tmp_path / "companies.yaml", tmp_path / "a.csv"
    draft.write_text(LAYOUT, encoding="utf-8")
    data.write_text(f"Company;Code\nExample Widgets Ltd;{a_code(1)}\n", encoding="utf-8")
    checked = json.loads(run("layout", "check", draft, "--json").stdout)
    before = run("import", "enterprises", data, "--json")
    draft.rename(tmp_path / "layouts" / "companies.yaml")

    listed = json.loads(run("layout", "list", "--json").stdout)["layouts"]
    taken = run("import", "enterprises", data, "--json")

    assert (checked["layout"]["name"], checked["layout"]["is_own"]) == ("companies", True)
    assert checked["folder"] == str(tmp_path / "layouts")
    assert before.exit_code == 2
    assert [each["name"] for each in listed if each["is_own"]] == ["companies"]
    assert json.loads(taken.stdout)["accepted"] == 1


def test_a_broken_layout_is_told_and_does_not_stand_in_the_way(run, tmp_path):
    broken = tmp_path / "layouts" / "broken.yaml"
    data = tmp_path / "a.csv"
    data.write_text(f"企业名称,统一社会信用代码\n示例甲有限公司,{a_code(1)}\n", encoding="utf-8")
    broken.write_text(LAYOUT.replace("separator", "separater"), encoding="utf-8")

    refused = run("layout", "check", broken, "--json")
    (shown,) = [
        each for each in json.loads(run("layout", "list", "--json").stdout)["layouts"] if each["problem"]
    ]
    taken = run("import", "enterprises", data, "--json")

    assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (2, "layout-broken")
    assert "separater" in shown["problem"]
    assert json.loads(taken.stdout)["accepted"] == 1
    assert "broken.yaml 不能使用" in taken.stderr


def test_a_layout_is_tried_on_a_file_and_what_is_not_finished_is_told(run, tmp_path):
    office = next(each for each in OFFICES if each.name == "inspection-ledger")
    file, draft = tmp_path / "ledger.xlsx", tmp_path / "ledger.yaml"
    file.write_bytes(office.data)
    draft.write_text(run("import", "--suggest-layout", file).stdout, encoding="utf-8")

    told = run("layout", "check", draft, file)
    document = json.loads(run("layout", "check", draft, file, "--json").stdout)

    assert told.exit_code == 0
    assert "还有下列各项没有写完" in told.stdout
    assert "试读 ledger.xlsx：共12行，可读 9　待人工处理 3　拒绝 0" in told.stdout
    assert {key: document["trial"][key] for key in ("rows", "readable", "held", "refused")} == {
        "rows": 12, "readable": 9, "held": 3, "refused": 0,
    }  # fmt: skip
    assert any("method" in each for each in document["layout"]["left"])


def test_a_file_that_tells_no_kind_is_refused_with_the_candidates(run, tmp_path):
    office = next(each for each in LATER if each.name == "street-checks")
    file = tmp_path / "list.xlsx"
    file.write_bytes(office.data)

    refused = run("import", "--suggest-layout", file, "--json")

    error = json.loads(refused.stdout)["error"]
    assert (refused.exit_code, error["code"]) == (2, "kind-unclear")
    assert error["facts"]["candidates"][0]["grounds"] == ["标题行有“检查情况”", "列“存在的问题”"]
