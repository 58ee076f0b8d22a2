"""The application as any server gets it: what a defect leaves in the log."""

import json
from pathlib import Path

import pytest

from credit_registry.app import create_app
from credit_registry.settings import Settings
from credit_registry.storage.database import Database


def test_a_defect_is_one_line_of_json_without_the_variables_around_it(
    tmp_path: Path, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(
        sqlite_database.engine.url.render_as_string(), tmp_path, "secret of the cookies", bytes(32)
    )
    app = create_app(settings, sqlite_database)

    @app.get("/api/broken")
    def broken() -> str:
        password = "a-word-that-nobody-may-read"
        raise RuntimeError(f"broken by {len(password)}")

    answer = app.test_client().get("/api/broken")

    said = capsys.readouterr()
    (line,) = [json.loads(text) for text in said.err.splitlines() if "defect" in text]
    assert answer.status_code == 500
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert "broken by 27" in line["exception"]
    assert "a-word-that-nobody-may-read" not in said.out + said.err
    assert "secret of the cookies" not in said.out + said.err
