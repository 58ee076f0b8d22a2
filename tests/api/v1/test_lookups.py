from datetime import UTC, datetime

from credit_registry.storage.database import Database
from tests.api.conftest import Caller
from tests.factories import a_case, a_code, an_enterprise

BEGUN = datetime(2026, 9, 1, 2, tzinfo=UTC)


def test_one_code_is_answered(caller: Caller, database: Database) -> None:
    case = a_case(database, begun=BEGUN)

    response = caller.get(f"/lookups/{case.uscc}?matter=permit&purpose=京海审〔2026〕7号")

    answer = response.get_json()
    assert response.status_code == 200
    assert (answer["known"], answer["uscc"], answer["matter"]) == (True, case.uscc, "permit")
    assert answer["lists"][0]["list"] == "black"
    assert answer["measures"]
    assert response.headers["Cache-Control"] == "no-store"


def test_an_unknown_code_is_an_answer_not_an_error(caller: Caller) -> None:
    response = caller.get(f"/lookups/{a_code()}")

    assert (response.status_code, response.get_json()["known"]) == (200, False)


def test_a_batch_is_answered(caller: Caller, database: Database) -> None:
    codes = [an_enterprise(database).uscc or "", a_code(), "x"]

    response = caller.post("/lookups", json={"codes": codes, "matter": "funding"})

    answer = response.get_json()
    assert response.status_code == 200
    assert [view["known"] for view in answer["answers"]] == [True, False]
    assert [(refused["query"], refused["code"]) for refused in answer["refused"]] == [("X", "invalid-uscc")]


def test_the_log_names_the_key(caller: Caller, database: Database) -> None:
    caller.get(f"/lookups/{a_code()}")

    with database.engine.connect() as connection:
        actor = connection.exec_driver_sql("SELECT actor FROM lookups").scalar_one()
    assert actor == f"key:{caller.secret.rpartition('_')[0]}"
