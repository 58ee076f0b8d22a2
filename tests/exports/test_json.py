import json
from datetime import date
from decimal import Decimal

import pytest

from credit_registry.exports.json import json_bytes
from credit_registry.exports.tables import Column, Table

COLUMNS = (Column("uscc", "统一社会信用代码"), Column("listed_from", "自"), Column("persons", "人员"))


def test_the_document_states_day_version_and_count() -> None:
    rows = [
        {
            "uscc": "911101080000000012",
            "listed_from": date(2026, 1, 2),
            "persons": ({"name": "张*", "share": Decimal("1.50")},),
        }
    ]

    document = json.loads(json_bytes(Table("black", "名单", COLUMNS, rows, date(2026, 11, 24), 7)))

    assert document == {
        "list": "black",
        "title": "名单",
        "as_of": "2026-11-24",
        "list_version": 7,
        "count": 1,
        "notes": [],
        "entries": [
            {
                "uscc": "911101080000000012",
                "listed_from": "2026-01-02",
                "persons": [{"name": "张*", "share": "1.50"}],
            }
        ],
    }


def test_only_the_named_columns_leave() -> None:
    rows = [{"uscc": "1", "secret": "x"}]

    assert b"secret" not in json_bytes(Table("black", "名单", COLUMNS, rows, date(2026, 11, 24), 7))


def test_an_unknown_type_is_a_defect_not_a_guess() -> None:
    with pytest.raises(TypeError):
        json_bytes(Table("black", "名单", COLUMNS, [{"uscc": 1.5}], date(2026, 11, 24), 7))
