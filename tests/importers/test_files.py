"""What people send for a table: each is named for what it is, with what to do about it."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from importers import read
from tests.importers.files import TODAY, csv_bytes, grid, xlsx_bytes


def zipped(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return target.getvalue()


GOOD = grid("inspections", [{}])
WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(600)


def refused(data: bytes, filename: str) -> tuple[str, str, str]:
    batch = read(data, filename=filename, kind="inspections", today=TODAY)
    assert batch.is_refused
    problem = batch.problems[0]
    return problem.code, problem.message, problem.hint


@pytest.mark.parametrize(
    ("data", "filename", "named", "remedy"),
    [
        (zipped({"word/document.xml": b"<w/>"}), "检查.xlsx", "Word 文档", "复制到 Excel"),
        (zipped({"word/document.xml": b"<w/>"}), "检查.docx", "Word 文档", "复制到 Excel"),
        (WORD, "检查.xls", "Word 文档", "复制到 Excel"),
        (zipped({"ppt/presentation.xml": b"<p/>"}), "检查.xlsx", "演示文稿", "复制到 Excel"),
        (zipped({"检查.csv": csv_bytes(GOOD)}), "检查.zip", "ZIP 压缩包", "先解压"),
        (zipped({"检查.csv": csv_bytes(GOOD)}), "检查.xlsx", "ZIP 压缩包", "先解压"),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "检查.xlsx", "ODS 表格", "另存为 .xlsx"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(50) + b"x", "检查.xlsx", "RAR 压缩包", "先解压"),
        (b"%PDF-1.7\n1 0 obj", "检查.csv", "PDF 文件", "复制到 Excel"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "检查.csv", "图片", "取得电子表格"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>', "检查.xls", "网页", "另存为 .xlsx"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_named_and_told_what_to_do_with(
    data: bytes, filename: str, named: str, remedy: str
):
    code, message, hint = refused(data, filename)

    assert code == "F-TYPE-MISMATCH"
    assert named in message
    assert remedy in hint


def test_a_workbook_of_wps_is_read_by_its_bytes_under_its_own_ending():
    batch = read(xlsx_bytes(GOOD), filename="检查.et", kind="inspections", today=TODAY)

    assert (batch.rows, batch.problems) == (1, [])


def test_a_stray_byte_is_placed_in_the_encoding_that_the_rest_of_the_file_has():
    whole = csv_bytes(grid("inspections", [{}] * 3), encoding="gb18030")
    line = whole.index(b"\r\n", whole.index(b"\r\n") + 2) + 2
    at = line + whole[line:].index(b",")
    code, message, _ = refused(whole[:at] + b"\xff" + whole[at:], "检查.csv")

    assert code == "F-ENCODING"
    assert message == f"第3行不是有效的 GB18030 文本：文件第{at + 1}个字节处无法识别"
