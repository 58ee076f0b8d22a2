"""Files that leave."""

import pytest

from credit_registry.web.downloads import as_download


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("决定书.pdf", "pdf"),
        ("a b.csv", "a_b.csv"),
        ('x";evil=".exe', "x_evil_.exe"),
        ("..\r\nX: y", "X_y"),
        ("", "download"),
    ],
)
def test_no_name_breaks_the_header(name: str, plain: str) -> None:
    header = as_download(b"x", name, "text/plain").headers["Content-Disposition"]

    assert "\r" not in header
    assert "\n" not in header
    assert header.startswith("attachment; ")
    assert plain in header.partition("filename*")[0]


def test_a_chinese_name_comes_whole_by_rfc_6266() -> None:
    header = as_download(b"x", "问题清单.xlsx", "application/octet-stream").headers["Content-Disposition"]

    assert header.endswith("filename*=UTF-8''%E9%97%AE%E9%A2%98%E6%B8%85%E5%8D%95.xlsx")
