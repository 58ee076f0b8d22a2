"""Sub-districts: which one an address names in full."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

REFERENCE: Final = Path(__file__).parent.parent / "reference" / "subdistricts.yaml"


# The province whose districts a file may name without it: 朝阳 is a district here and a city in 辽宁.
PROVINCE: Final = "北京"
PROVINCE_CODE: Final = "11"


@cache
def spellings() -> Mapping[str, tuple[str, ...]]:
    """Code → its official name and every other full name."""
    entries = YAML(typ="safe", pure=True).load(REFERENCE.read_text(encoding="utf-8"))["subdistricts"]
    return {code: (entry["name"], *entry["aliases"]) for code, entry in entries.items()}


@cache
def _names() -> tuple[re.Pattern[str], Mapping[str, str]]:
    by_name = {name: code for code, names in spellings().items() for name in names}
    longest_first = sorted(by_name, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), by_name


def subdistrict_in(address: str) -> str | None:
    """The code of the one sub-district of Haidian that an address names in full, else None.

    中关村大街 is a road and names none; an address in another district is never looked at, because 清河 and 上地
    exist elsewhere too.
    """
    pattern, by_name = _names()
    if _ELSEWHERE.search(address) and "海淀" not in address:
        return None
    codes = {by_name[name] for name in pattern.findall(address)}
    return codes.pop() if len(codes) == 1 else None


_ELSEWHERE: Final = re.compile(
    r"(?:东城|西城|朝阳|丰台|石景山|门头沟|房山|通州|顺义|大兴|昌平|怀柔|平谷|密云|延庆)[区县]|[省]|(?<!北京)市(?!场|政|民)"
)
