"""Types by content, names that are safe to keep."""

import io
import zipfile

import pytest

from credit_registry.domain import attachments
from credit_registry.domain.attachments import DOCX, JPEG, OFD, PDF, PNG, TIFF, XLSX, kept_name, type_of
from credit_registry.domain.errors import InvalidInput, TooMuch


def packed(*names):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, b"<x/>")
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"%PDF-1.7\n", PDF), (b"\xff\xd8\xff\xe0rest", JPEG), (b"\x89PNG\r\n\x1a\nrest", PNG), (b"II*\x00rest", TIFF),
        (b"MM\x00*rest", TIFF), (packed("OFD.xml", "Doc_0/Document.xml"), OFD), (packed("word/document.xml"), DOCX),
        (packed("xl/workbook.xml"), XLSX),
    ],
)  # fmt: skip
def test_the_bytes_say_the_type(data, found):
    assert type_of(data) is found


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>", b"MZ\x90\x00", b"PK\x03\x04broken", packed("evil.exe"), b"GIF89a",
        packed("word/document.xml", "word/vbaProject.bin"), b" %PDF-1.7",
    ],
)  # fmt: skip
def test_anything_else_is_refused(data):
    with pytest.raises(InvalidInput) as refused:
        type_of(data)
    assert refused.value.code == "attachment-type"


def test_empty_and_oversized_files_are_refused():
    with pytest.raises(InvalidInput) as empty:
        type_of(b"")
    with pytest.raises(TooMuch) as large:
        type_of(b"%PDF-" + bytes(attachments.MOST_BYTES))
    assert (empty.value.code, large.value.code) == ("attachment-empty", "attachment-too-large")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("送达回证.pdf", "送达回证.pdf"), ("送达回证.PDF", "送达回证.PDF"), ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\扫描.pdf", "扫描.pdf"), ("a\x00b\r\n.pdf", "ab.pdf"), ("照片\u202efdp.exe", "照片fdp.exe.pdf"),
        ("", "附件.pdf"), ("...", "附件.pdf"), (".pdf", "附件.pdf"), ("CON.pdf", "附件-CON.pdf"),
        ("扫描.jpg", "扫描.pdf"), ('a"b<c>|d.pdf', "abcd.pdf"),
    ],
)  # fmt: skip
def test_a_kept_name_is_one_plain_name_that_ends_as_its_content(given, kept):
    assert kept_name(given, PDF) == kept


def test_a_long_name_is_cut_between_characters():
    kept = kept_name("长" * 300 + ".pdf", PDF)

    assert len(kept.encode()) <= 255
    assert kept.endswith("长.pdf")


def test_a_jpeg_may_be_called_jpeg():
    assert kept_name("照片.jpeg", JPEG) == "照片.jpeg"
