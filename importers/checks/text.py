"""What is wrong with a text as text, whatever it is meant to say."""

from __future__ import annotations

import re
from typing import Final

from importers.problems import Finding

# One look that clears an ordinary cell; only what it finds goes through the questions below.
SUSPICIOUS: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069\u00ad"
    r"\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff\ud800-\udfff]"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_PRIVATE: Final = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_INVISIBLE: Final = re.compile(r"[\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069\u00ad]")

_DIRECTION: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069]")

# GB 18030-2022 gave these eighteen positions their characters; Python's codec still answers the private area.
PRIVATE_2022: Final = {
    "\ue78d": "\ufe10", "\ue78e": "\ufe12", "\ue78f": "\ufe11", "\ue790": "\ufe13", "\ue791": "\ufe14",
    "\ue792": "\ufe15", "\ue793": "\ufe16", "\ue794": "\ufe17", "\ue795": "\ufe18", "\ue796": "\ufe19",
    "\ue81e": "\u9fb4", "\ue826": "\u9fb5", "\ue82b": "\u9fb6", "\ue82c": "\u9fb7", "\ue832": "\u9fb8",
    "\ue843": "\u9fb9", "\ue854": "\u9fba", "\ue864": "\u9fbb",
}  # fmt: skip

# Characters that appear when UTF-8 bytes of common Chinese were once read as GBK; rare in real names.
_MOJIBAKE: Final = re.compile(
    r"[鏄鏂鏃鏈鏉鐨鍖鍏鍙鍥鍦鎴鐢鑲浜涓鐞闄鍒鎶绉鏀鎭瀹绋犳璐锛銆鍚噺荤儴绠鈥閿鎷枻]"
)
_FORMULA: Final = re.compile(r"[=+@\t＝＋＠]|-(?=[^\s\d])")


def check_text(text: str) -> tuple[str, list[Finding]]:
    """The text to keep and what is to be said; the first refusal ends the questions."""
    if not SUSPICIOUS.search(text):
        return text, []
    if "\ufffd" in text:
        return text, [
            Finding(
                "R-REPLACEMENT-CHAR",
                "refuse_row",
                "含有“�”，原来的字已经丢失",
                "请从原始系统重新导出，或手工补上丢失的字",
            )
        ]
    if found := _CONTROL.search(text):
        return text, [
            Finding(
                "R-CONTROL-CHAR",
                "refuse_row",
                f"含有控制字符（U+{ord(found.group()):04X}）",
                "请删除该单元格内容后重新录入",
            )
        ]
    if directed := _DIRECTION.findall(text):
        return text, [
            Finding(
                "R-LOOKALIKE",
                "refuse_row",
                f"含有改变文字方向的不可见字符（{_points(directed)}）",
                "请删除该单元格内容后手工重新录入",
            )
        ]
    findings: list[Finding] = []
    if private := _PRIVATE.findall(text):
        proposal = "".join(PRIVATE_2022.get(char, char) for char in text)
        findings.append(
            Finding(
                "R-PUA-CHAR",
                "hold",
                "含有自造字区的字符（"
                + "、".join(dict.fromkeys(f"U+{ord(char):04X}" for char in private))
                + "）",
                f"按 GB 18030-2022 应为“{proposal[:40]}”，请人工核对"
                if proposal != text
                else "请人工核对这个字，并改用规范字符录入",
            )
        )
    cleaned = _INVISIBLE.sub("", text)
    if cleaned != text:
        points = _points(_INVISIBLE.findall(text))
        findings.append(
            Finding(
                "R-INVISIBLE-CHAR",
                "warning",
                f"含有不可见字符（{points}），已删除",
                "已保留原文；请核对是否需要",
            )
        )
    return cleaned, findings


def _points(chars: list[str]) -> str:
    return "、".join(dict.fromkeys(f"U+{ord(char):04X}" for char in chars))


def mojibake_finding(text: str) -> Finding | None:
    """UTF-8 that was once read as GBK and saved so: 鏌愬叕鍙 for 某公司."""
    if len(_MOJIBAKE.findall(text)) * 4 < len(text):
        return None
    restored = _restored(text)
    if restored is None:
        return None
    return Finding(
        "R-MOJIBAKE", "hold", "是乱码（编码转换错误）", f"是否为“{restored[:40]}”？请人工核对后更正"
    )


def _restored(text: str) -> str | None:
    raw = text.encode("gb18030", errors="ignore")
    restored = raw.decode("utf-8", errors="replace").rstrip("\ufffd?")
    good = [char for char in restored if "\u4e00" <= char <= "\u9fff"]
    return restored if good and len(good) * 2 >= len(restored) else None


def visible(text: str) -> str:
    """What a reader sees of a text: without spaces and invisible characters."""
    return re.sub(r"\s+", "", _INVISIBLE.sub("", text))


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text; it is kept as text here and escaped by every export."""
    return bool(_FORMULA.match(text))


FORMULA_LIKE: Final = Finding(
    "W-FORMULA-LIKE",
    "warning",
    "以公式符号开头，已作为普通文字保存",
    "导出时会自动转义；如系误填请更正",
)
