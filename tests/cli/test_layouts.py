"""`credit-registry layout`: an office's own shapes of file, from the draft to the import."""

import json

import pytest
from click.testing import CliRunner

import importers
from credit_registry.cli import main
from tests.factories import a_code

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
