"""Text that reaches a database: every odd one of it on both engines, which break on different things."""

import pytest

from credit_registry.storage.database import Database
from tests.api.conftest import Caller
from tests.factories import a_code, an_enterprise


@pytest.mark.parametrize(
    "text", ["%25%25", "__", "\\\\", "'; DROP TABLE enterprises; --", "%25", "%ff%fe%fd"]
)
def test_wildcards_and_quotes_are_letters(caller: Caller, text: str) -> None:
    response = caller.get(f"/enterprises?text={text}")

    assert response.status_code in (200, 422)
    assert response.status_code == 422 or response.get_json() == {"items": [], "after": None}


@pytest.mark.parametrize("after", ["x", "-1", "9" * 60, "c", "n", "n-1", "n１", "%27", "n" + "9" * 30])
@pytest.mark.parametrize("path", ["/enterprises", "/lists/black"])
def test_a_cursor_that_is_not_ours_breaks_nothing(caller: Caller, path: str, after: str) -> None:
    plain = caller.get(f"{path}?after={after}")
    searched = caller.get(f"{path}?text=示例&after={after}")

    assert plain.status_code in (200, 422)
    assert searched.status_code in (200, 422)


@pytest.mark.parametrize("purpose", ["京海〔2026〕1号", "㙓𠮷" * 100, "'\"\\%_;--", "\u202e反\u2066写", "🏭"])
def test_a_purpose_is_kept_as_it_was_written(caller: Caller, database: Database, purpose: str) -> None:
    asked = caller.get(f"/lookups/{an_enterprise(database).uscc}", query_string={"purpose": purpose})

    with database.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT purpose FROM lookups").scalars().all()
    assert (asked.status_code, kept) == (200, [purpose])


@pytest.mark.parametrize("purpose", ["%00", "a%00b", "%EF%BF%BF", "%ED%A0%80%00"])
def test_a_purpose_that_no_database_holds_is_refused(caller: Caller, purpose: str) -> None:
    response = caller.get(f"/lookups/{a_code(5)}?purpose={purpose}")

    assert (response.status_code, response.get_json()["code"]) == (422, "A-TEXT")
