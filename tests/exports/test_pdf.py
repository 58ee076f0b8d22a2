"""PDF: the Chinese forms of characters, fonts inside, nothing fetched; and what is said where the extra is missing."""

import subprocess
import sys
from pathlib import Path

import pytest

from credit_registry.domain.errors import Unavailable
from credit_registry.exports import pdf

STYLE = Path(__file__).resolve().parents[2] / "credit_registry" / "web" / "static" / "css" / "document.css"
PAGE = (
    '<!doctype html><html lang="zh-CN"><head><title>列入决定书</title></head>'
    '<body><article class="document"><p>海应急信列决〔2026〕1号，直角骨骼</p>{}</article></body></html>'
)


def test_a_page_becomes_a_pdf_with_chinese_fonts_in_it() -> None:
    data = pdf.pdf_bytes(PAGE.format(""), STYLE)

    assert data.startswith(b"%PDF-")
    assert b"/FontFile3" in data or b"/ObjStm" in data
    # Without the language, or with a font of another region first, the glyphs would be the Japanese ones.
    assert b"CJK-JP" not in data


def test_nothing_is_fetched(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for the printer")
    linked = f'<link rel="attachment" href="file://{secret}"><img src="http://example.invalid/x.png">'

    data = pdf.pdf_bytes(PAGE.format(linked), STYLE)

    assert b"/EmbeddedFile" not in data
    assert caplog.text.count("disallowed protocol: ") >= 2


def test_without_the_extra_the_refusal_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    with pytest.raises(Unavailable) as refused:
        pdf.pdf_bytes(PAGE.format(""), STYLE)

    assert refused.value.code == "pdf-missing"
    assert "requirements/pdf.txt" in refused.value.message


def test_without_a_chinese_font_no_page_of_boxes_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>", encoding="utf-8")
    script = (
        "from credit_registry.exports import pdf; from pathlib import Path\n"
        "from credit_registry.domain.errors import Unavailable\n"
        f"try:\n    pdf.pdf_bytes('<p>列</p>', Path({str(STYLE)!r}))\n"
        "except Unavailable as refusal:\n    print(refusal.code)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script],
        env={"FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "PYTHONPATH": str(STYLE.parents[4])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.stdout.strip() == "pdf-no-font", answer.stderr
