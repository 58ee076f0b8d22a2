"""Problems told apart."""

from credit_registry.services.problems import told_apart


def a_problem(code: str, disposition: str, row: int | None = 2) -> dict[str, object]:
    return {"code": code, "disposition": disposition, "row": row, "message": f"第{row}行", "hint": "无需处理"}


def test_each_problem_is_on_one_side() -> None:
    kinds = ("refuse_file", "refuse_row", "hold", "duplicate", "normalised", "warning")

    told = told_apart([a_problem(kind, kind) for kind in kinds])

    assert [each["code"] for each in told.needed] == ["refuse_file", "refuse_row", "hold"]
    assert [each["code"] for each in told.noted] == ["duplicate", "normalised", "warning"]


def test_notes_are_one_line_per_code_the_most_frequent_first() -> None:
    told = told_apart(
        [
            a_problem("N-BOM", "normalised", None),
            a_problem("N-USCC", "normalised", 3),
            a_problem("N-DOCUMENT", "normalised", 5),
            a_problem("N-DOCUMENT", "normalised", 7),
            a_problem("N-DOCUMENT", "warning", None),
        ]
    )

    assert [(note.code, note.count, note.is_more, note.first["row"]) for note in told.notes] == [
        ("N-DOCUMENT", 2, True, 5), ("N-BOM", 1, False, None), ("N-USCC", 1, False, 3),
    ]  # fmt: skip
