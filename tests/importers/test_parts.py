"""Large files in parts: the same rows, problems and digests as read whole; refusals wherever they stand."""

import pytest

from importers import parts, read
from tests.importers.files import TODAY, csv_bytes, grid


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch):
    # Otherwise every case would have to make eight megabytes.
    monkeypatch.setattr(parts, "LEAST_BYTES", 1)
    monkeypatch.setattr(parts, "_ROWS_AT_ONCE", 4)


def a_table(count=25, **changes):
    return grid("penalties", [{"document_no": f"{n}号", **changes.get(f"row{n}", {})} for n in range(count)])


def in_parts(data, *, rows=10, filename="大文件.csv", **options):
    return list(
        parts.read_parts(data, filename=filename, kind="penalties", today=TODAY, rows=rows, **options)
    )


def whole(data, **options):
    return read(data, filename="大文件.csv", kind="penalties", today=TODAY, **options)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_parts_say_together_what_the_whole_says(tmp_path, encoding, newline):
    table = a_table(
        row3={"uscc": ""},
        row12={"fine_fen": "-1"},
        row14={"facts": "三\r\n行\r事实"},
        row20={"facts": "两行\n事实"},
    )
    # Exports repeat the titles in the codes of the standard.
    codes = {"行政相对人名称": "CF_XDR_MC", "行政处罚决定书文号": "CF_WSH", "处罚决定日期": "CF_JDRQ"}
    table.insert(1, [codes.get(title, "") for title in table[0]])
    data = csv_bytes(table, encoding=encoding, newline=newline)
    file = tmp_path / "大文件.csv"
    file.write_bytes(data)

    one = whole(data)
    for found in (in_parts(data), in_parts(file)):
        assert [batch.rows for batch in found] == [9, 10, 7]
        assert {batch.digest for batch in found} == {one.digest}
        assert {batch.file_digest for batch in found} == {one.file_digest}
        assert sum((list(batch.frame["row"]) for batch in found), []) == list(one.frame["row"])
        for name in one.frame.columns.drop("raw"):
            assert sum((list(batch.frame[name]) for batch in found), []) == list(one.frame[name]), name
        assert sum((batch.problems for batch in found), []) == one.problems
        assert sum((batch.refused for batch in found), [])[0].row == one.refused[0].row


def test_a_quote_that_never_ends_refuses_the_file_at_its_line():
    data = csv_bytes(a_table()) + b'"'

    found = in_parts(data)

    assert [batch.is_refused for batch in found] == [False, False, True]
    assert found[-1].problems == whole(data).problems


def test_a_line_far_too_wide_refuses_the_file_at_its_line():
    table = a_table(row2={"facts": "两行\n事实"})
    table[17] = [*table[17], *["多"] * 300]

    found = in_parts(csv_bytes(table))

    assert [batch.is_refused for batch in found] == [False, True]
    assert [problem.row for problem in found[-1].problems] == [19]
    assert found[-1].problems == whole(csv_bytes(table)).problems


@pytest.mark.parametrize(("bad", "is_refused"), [(12, False), (13, True)])
def test_the_share_of_refused_rows_is_that_of_the_whole_file(bad, is_refused):
    table = a_table(60, **{f"row{n}": {"fine_fen": "-1"} for n in range(60 - bad, 60)})

    found = in_parts(csv_bytes(table))

    assert whole(csv_bytes(table)).is_refused == is_refused
    assert found[-1].is_refused == is_refused
    assert [problem.code for problem in found[-1].problems if problem.row is None] == (
        ["F-TOO-MANY-ERRORS"] if is_refused else []
    )


@pytest.mark.parametrize(
    "data",
    [
        csv_bytes(a_table(), encoding="utf-16"),
        csv_bytes(a_table())[:-30] + b"\xff\xfe\n",
        b"\xef\xbb\xbf\xef\xbb\xbf" + csv_bytes(a_table()),
        csv_bytes([["甲", "乙"], ["1", "2"]]),
        b"",
    ],
)  # fmt: skip
def test_whatever_is_not_plain_is_read_whole_with_the_same_answer(data):
    (found,) = in_parts(data)
    one = whole(data)

    assert (found.problems, found.rows, found.digest) == (one.problems, one.rows, one.digest)


def test_a_small_file_is_one_batch(monkeypatch):
    monkeypatch.setattr(parts, "LEAST_BYTES", 10**6)

    assert [batch.rows for batch in in_parts(csv_bytes(a_table()))] == [25]
