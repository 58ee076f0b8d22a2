"""Unified social credit codes, GB 32100-2015.

python-stdnum's ``cn.uscc`` refuses letters in the first two places, so valid N-, A- and Y-codes fail there; it looks
neither at the category nor at the inner GB 11714 digit.  The arithmetic is therefore here.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from importers.checks.persons import is_identity_number
from importers.problems import Finding, masked

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_VALUES: Final = {char: value for value, char in enumerate(ALPHABET)}

_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_VALUES: Final = {
    char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}

# Third-party lists of the standard's table 1; a code outside them is only warned of.
CATEGORIES: Final = frozenset(
    [
        "11",
        "12",
        "13",
        "19",
        "21",
        "29",
        "31",
        "32",
        "33",
        "34",
        "35",
        "39",
        "41",
        "49",
        "51",
        "52",
        "53",
        "54",
        "55",
        "59",
        "61",
        "62",
        "69",
        "71",
        "72",
        "79",
        "81",
        "89",
        "91",
        "92",
        "93",
        "99",
        "A1",
        "A9",
        "N1",
        "N2",
        "N3",
        "N9",
        "Y1",
    ]
)
# Provinces of GB/T 2260, and 10 for the national registrar.  Not the whole list: one real Beijing code in nine
# carries a county that no longer exists.
PROVINCES: Final = frozenset(
    [
        "10",
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
    ]
)
_SHAPE: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_SCIENTIFIC: Final = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+")
_DROPPED: Final = re.compile(r"[\s\-‐-―−'’‘`\u200b-\u200f\u2060\ufeff\u00ad]+")
# Letters that the alphabet leaves out because people read them as these.
_MISREAD: Final = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}

# What the 2018 double-publication standard writes for a sole trader without a code.
PLACEHOLDER: Final = "0" * 17 + "X"


def normalise(text: str) -> str:
    """Width, case, spaces, hyphens, invisible characters and a leading apostrophe folded away; nothing else."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_character(first17: str) -> str:
    """The eighteenth character that belongs to seventeen others.

    Raises:
        KeyError: a character outside the alphabet.
    """
    total = sum(_VALUES[char] * weight for char, weight in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def is_valid(code: str) -> bool:
    """Whether a normalised code has the shape and the check character of GB 32100."""
    return bool(_SHAPE.fullmatch(code)) and check_character(code[:17]) == code[17]


def check(code: str) -> list[Finding]:
    """Everything to be said of a normalised, non-empty code; empty for a plain good one.

    The check character decides.  The inner organisation digit, the region and the category only warn, because real
    codes exist that fail them.
    """
    refused = _shape_findings(code)
    if refused:
        return refused
    if not is_valid(code):
        if is_identity_number(code):
            return [_PERSON]
        return [
            Finding(
                "R-USCC-CHECK",
                "refuse_row",
                "校验码不正确，代码中至少有一位写错",
                _swap_hint(code) or "请对照营业执照核对这18位代码后重新填写",
            )
        ]
    if is_identity_number(code):
        return [
            Finding(
                "R-SUBJECT-AMBIGUOUS",
                "hold",
                "既符合统一社会信用代码规则，也符合居民身份证号码规则，不能确定是企业还是个人",
                "请人工核实当事人是企业还是自然人；是自然人的，不得按企业导入",
                personal=True,
            )
        ]
    return _warnings(code)


_PERSON: Final = Finding(
    "R-NATURAL-PERSON",
    "refuse_row",
    "填写的是居民身份证号码，不是统一社会信用代码",
    "企业名册只登记企业；请填写企业的统一社会信用代码，个人信息不要填在此列",
    personal=True,
)


def _shape_findings(code: str) -> list[Finding]:
    if _SCIENTIFIC.fullmatch(code):
        return [
            Finding(
                "R-USCC-SCIENTIFIC",
                "refuse_row",
                "是科学计数法，代码的后几位已经丢失",
                "请将此列设为“文本”格式后，从原件重新录入18位代码",
            )
        ]
    if len(code) != 18:
        return [_PERSON] if len(code) == 15 and is_identity_number(code) else [_length_finding(code)]
    if _SHAPE.fullmatch(code) or is_identity_number(code):
        return []
    return [_charset_finding(code)]


def _length_finding(code: str) -> Finding:
    looks = {15: "像是旧的15位工商注册号", 9: "像是9位组织机构代码"}.get(len(code), "")
    return Finding(
        "R-USCC-LENGTH",
        "refuse_row",
        f"应为18位，实为{len(code)}位" + (f"，{looks}" if looks else ""),
        "请填写营业执照上的18位统一社会信用代码；旧号码请填在对应的旧号码列",
    )


def _charset_finding(code: str) -> Finding:
    bad = [(place, char) for place, char in enumerate(code, 1) if char not in _VALUES]
    if bad and all(char in _MISREAD for _, char in bad):
        place, char = bad[0]
        proposal = "".join(_MISREAD.get(char, char) for char in code)
        hint = (
            f"是否为 {_MISREAD[char]}？改为 {proposal} 后校验码正确"
            if is_valid(proposal)
            else "请对照营业执照核对；把字母换成形似的数字后校验码仍不正确"
        )
        return Finding(
            "R-USCC-CHARSET", "hold", f"第{place}位为字母 {char}；该代码不使用 I、O、S、V、Z", hint
        )
    if bad:
        place, char = bad[0]
        says = f"第{place}位为“{masked(char)}”，不是该代码使用的字符"
    else:
        says = "第3至8位应为登记机关行政区划的6位数字"
    return Finding("R-USCC-CHARSET", "refuse_row", says, "请对照营业执照核对这18位代码后重新填写")


def _swap_hint(code: str) -> str | None:
    """The one pair of neighbours that, changed back, gives a valid code; found from the sum, not by trying."""
    values = [_VALUES[char] for char in code]
    total = sum(value * weight for value, weight in zip(values, _WEIGHTS, strict=False))
    places = [
        place
        for place in range(16)
        if values[place] != values[place + 1]
        and (
            total + (values[place + 1] - values[place]) * (_WEIGHTS[place] - _WEIGHTS[place + 1]) + values[17]
        )
        % 31
        == 0
    ]
    fits = [
        swapped
        for place in (*places, 16)
        if is_valid(swapped := code[:place] + code[place + 1] + code[place] + code[place + 2 :])
        and swapped != code
    ]
    return f"是否有相邻两位写反？例如 {fits[0]} 的校验码正确，请对照营业执照核对" if len(fits) == 1 else None


def _warnings(code: str) -> list[Finding]:
    found = []
    if code[2:4] not in PROVINCES:
        found.append(
            Finding(
                "R-USCC-REGION",
                "warning",
                f"登记机关行政区划 {code[2:8]} 不存在",
                "校验码正确，已接收；请核对原件",
            )
        )
    if code[:2] not in CATEGORIES:
        found.append(
            Finding(
                "R-USCC-CATEGORY",
                "warning",
                f"登记管理部门与机构类别“{code[:2]}”不在国家标准的类别表中",
                "校验码正确，已接收；请核对原件",
            )
        )
    if organisation_check_character(code[8:16]) != code[16]:
        found.append(
            Finding(
                "R-USCC-ORGANISATION",
                "warning",
                "内含的组织机构代码（第9至17位）校验码不符",
                "整体校验码正确，已接收；请核对原件",
            )
        )
    return found


def organisation_check_character(first8: str) -> str:
    """The ninth character of a GB 11714 organisation code."""
    total = sum(_ORGANISATION_VALUES[c] * w for c, w in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]
