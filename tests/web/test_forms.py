"""What comes in from forms."""

from datetime import date

import pytest

from credit_registry.domain.errors import InvalidInput
from credit_registry.web import forms


@pytest.mark.parametrize(
    ("written", "fen"),
    [("", None), ("0", 0), ("5", 500), ("50000.5", 5_000_050), ("50,000.05", 5_000_005), (" 12.30 ", 1230)],
)
def test_an_amount_in_yuan_becomes_fen(written: str, fen: int | None) -> None:
    assert forms.fen(written, "罚款") == fen


@pytest.mark.parametrize(
    "written", ["-1", "1e5", "1.234", "５", "NaN", "1_000", "5万", "0x10", "+1", "9" * 14]
)
def test_an_amount_written_otherwise_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        forms.fen(written, "罚款")


@pytest.mark.parametrize(
    "written", ["2026-02-30", "2026-W09-4", "20261124", "2026-1-1", "２０２６-01-01", "昨天"]
)
def test_a_day_written_otherwise_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        forms.day(written, "日期")


def test_a_day_is_read() -> None:
    assert forms.day("2026-11-24", "日期") == date(2026, 11, 24)
    assert forms.day("", "日期") is None
    with pytest.raises(InvalidInput):
        forms.required_day("", "日期")


@pytest.mark.parametrize("written", ["-1", "1.0", "１", " 1 2", "9" * 16, "0x1"])
def test_a_count_written_otherwise_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        forms.number(written, "人数")


@pytest.mark.parametrize("written", ["a\0b", "a\x1bb", "x" * 11])
def test_text_with_controls_or_too_long_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        forms.text(written, "理由", limit=10)


def test_text_keeps_its_lines() -> None:
    assert forms.text(" 一\r\n二 ", "理由", limit=10) == "一\n二"


def test_a_form_without_its_version_is_not_ours() -> None:
    with pytest.raises(InvalidInput):
        forms.version(None)
