"""Pages as PDF, by the optional extra ``pdf`` (WeasyPrint): the HTML and the style sheet that a browser prints.

Fonts are the system's. Without one that has Chinese glyphs a paper would be a page of boxes, so it is refused.
"""

import ctypes
from importlib.util import find_spec
from pathlib import Path

from credit_registry.domain.errors import Unavailable


def is_available() -> bool:
    """Whether the extra is installed."""
    return find_spec("weasyprint") is not None


def pdf_bytes(html: str, style_sheet: Path) -> bytes:
    """A page as PDF, with its fonts embedded; nothing is fetched from anywhere.

    Args:
        html: with ``lang="zh-CN"``, which decides between the Chinese and Japanese forms of a character.

    Raises:
        Unavailable: ``pdf-missing``, ``pdf-no-font``.
    """
    try:
        import weasyprint
    except (ImportError, OSError):  # OSError: the extra is there, the system's Pango is not
        raise Unavailable(
            "本系统没有安装生成 PDF 的组件。请改用浏览器打印，或由系统管理员安装（requirements/pdf.txt，见部署手册）。",
            code="pdf-missing",
        ) from None
    if not has_chinese_font():
        raise Unavailable(
            "系统没有中文字体，生成的 PDF 将无法阅读。请由系统管理员安装中文字体（如 fonts-noto-cjk）后重试。",
            code="pdf-no-font",
        )
    nowhere = weasyprint.urls.URLFetcher(allowed_protocols=())
    style = weasyprint.CSS(string=style_sheet.read_text(encoding="utf-8"), url_fetcher=nowhere)
    written: bytes = weasyprint.HTML(string=html, url_fetcher=nowhere).write_pdf(stylesheets=[style])
    return written


class _FontSet(ctypes.Structure):
    _fields_ = (("count", ctypes.c_int), ("room", ctypes.c_int), ("fonts", ctypes.c_void_p))


def has_chinese_font() -> bool:
    """Whether fontconfig, which chooses the fonts, knows one for simplified Chinese."""
    try:
        library = ctypes.CDLL("libfontconfig.so.1")
    except OSError:
        return False
    for name in ("FcPatternCreate", "FcLangSetCreate", "FcObjectSetCreate"):
        getattr(library, name).restype = ctypes.c_void_p
    library.FcFontList.restype = ctypes.POINTER(_FontSet)
    pattern, languages, wanted = (
        ctypes.c_void_p(library.FcPatternCreate()),
        ctypes.c_void_p(library.FcLangSetCreate()),
        ctypes.c_void_p(library.FcObjectSetCreate()),
    )
    library.FcLangSetAdd(languages, b"zh-cn")
    library.FcPatternAddLangSet(pattern, b"lang", languages)
    library.FcObjectSetAdd(wanted, b"family")
    found = library.FcFontList(None, pattern, wanted)
    try:
        return bool(found) and found.contents.count > 0
    finally:
        library.FcFontSetDestroy(found)
        library.FcObjectSetDestroy(wanted)
        library.FcLangSetDestroy(languages)
        library.FcPatternDestroy(pattern)
