"""Fictional enterprises: names that nobody could take for real, codes that are valid and nobody's.

Every organisation number begins with ``XX``, which no registrar has issued; both check characters are right, so
that the importers treat the codes as they treat real ones.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from importers.checks.uscc import check_character, organisation_check_character

_PAIRS = (
    "晨光远航同心恒泰瑞丰金桥华岳清泉翠湖长河银杏松涛云帆星火和顺泰和宏图启明朝霞博远"
    "正通嘉禾紫藤青松百川众合新桥安澜天元永兴立新融汇海棠玉泉西山北苑南池东篱明湖方圆"
)
_HEADS = tuple(_PAIRS[place : place + 2] for place in range(0, len(_PAIRS), 2))


@dataclass(frozen=True)
class Trade:
    """What a fictional enterprise does; ``industry_code`` of GB/T 4754-2017."""

    name: str
    industry_code: str
    scope: str
    is_high_risk: bool = False
    is_crowded: bool = False


TRADES = (
    Trade("机械制造", "C3311", "金属结构制造；机械加工"),
    Trade("化工", "C2669", "专用化学产品制造", is_high_risk=True),
    Trade("危险品仓储", "G5942", "危险化学品仓储", is_high_risk=True),
    Trade("制药", "C2720", "化学药品制剂制造"),
    Trade("建材", "C3021", "水泥制品制造；建筑材料销售"),
    Trade("印刷", "C2319", "包装装潢及其他印刷"),
    Trade("商贸", "F5211", "百货零售；日用品销售", is_crowded=True),
    Trade("酒店管理", "H6110", "旅游饭店；住宿服务；会议服务", is_crowded=True),
    Trade("餐饮", "H6210", "正餐服务", is_crowded=True),
    Trade("软件", "I6513", "应用软件开发；技术服务"),
    Trade("物业管理", "K7020", "物业管理；停车服务"),
    Trade("检测技术", "M7452", "安全评价；检测服务"),
    Trade("燃油销售", "F5265", "机动车燃油零售", is_high_risk=True),
    Trade("影院管理", "R8760", "电影放映", is_crowded=True),
)

# Codes and written names of the sub-districts, as the files of the demonstration write them; a test compares
# with the reference of the importers.
SUBDISTRICTS: dict[str, str] = {
    "110108001": "万寿路街道", "110108002": "永定路街道", "110108003": "羊坊店街道", "110108004": "甘家口街道",
    "110108005": "八里庄街道", "110108006": "紫竹院街道", "110108007": "北下关街道", "110108008": "北太平庄街道",
    "110108010": "学院路街道", "110108011": "中关村街道", "110108012": "海淀街道", "110108013": "青龙桥街道",
    "110108014": "清华园街道", "110108015": "燕园街道", "110108016": "香山街道", "110108017": "清河街道",
    "110108018": "花园路街道", "110108019": "西三旗街道", "110108020": "马连洼街道", "110108021": "田村路街道",
    "110108022": "上地街道", "110108023": "万柳地区", "110108024": "东升镇", "110108025": "曙光街道",
    "110108026": "温泉镇", "110108027": "四季青镇", "110108028": "西北旺镇", "110108029": "苏家坨镇",
    "110108030": "上庄镇",
}  # fmt: skip


@dataclass(frozen=True)
class Enterprise:
    uscc: str
    name: str
    registered_on: date
    trade: Trade
    subdistrict_code: str
    address: str
    enterprise_type: str
    registered_capital: str
    size: str
    is_high_risk: bool
    is_fire_key_unit: bool
    status: str = "active"

    def values(self) -> dict[str, object]:
        """The row of the enterprise file, in the words of the record vocabulary."""
        return {
            "name": self.name,
            "uscc": self.uscc,
            "registered_on": self.registered_on,
            "enterprise_type": self.enterprise_type,
            "registered_capital": self.registered_capital,
            "scope": self.trade.scope,
            "address": self.address,
            "region_code": "110108",
            "subdistrict_code": SUBDISTRICTS[self.subdistrict_code],
            "industry_code": self.trade.industry_code,
            "status": self.status,
            "size": self.size,
            "is_high_risk": self.is_high_risk,
            "is_fire_key_unit": self.is_fire_key_unit,
        }


def fictional_code(number: int, *, kind: str = "91") -> str:
    """A valid code of the Haidian registrar around the organisation number ``XX`` + six digits.

    Args:
        kind: the first two characters: 91 an enterprise, 92 a sole trader, 11 an authority.
    """
    organisation = f"XX{number:06d}"
    first = f"{kind}110108{organisation}{organisation_check_character(organisation)}"
    return first + check_character(first)


def fictional_identity_number(number: int) -> str:
    """A number with a right check character, of a birth in 1900: nobody who could be listed bears it."""
    first = f"11010819000101{number % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(first, _IDENTITY_WEIGHTS, strict=True))
    return first + "10X98765432"[total % 11]


_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def make_enterprise(
    number: int, dice: random.Random, *, registered_on: date, trade: Trade | None = None
) -> Enterprise:
    """The ``number``-th fictional enterprise; numbers walk through heads, trades and sub-districts."""
    head = _HEADS[number % len(_HEADS)]
    trade = trade or TRADES[(number // len(_HEADS) + number) % len(TRADES)]
    subdistrict = list(SUBDISTRICTS)[number % len(SUBDISTRICTS)]
    place = SUBDISTRICTS[subdistrict]
    return Enterprise(
        uscc=fictional_code(number),
        # The number keeps names apart however many there are: 甲, 乙 … would run out.
        name=f"北京示例{head}{trade.name}有限公司（演示{number:03d}）",
        registered_on=registered_on,
        trade=trade,
        subdistrict_code=subdistrict,
        address=f"北京市海淀区{place}示例路{number}号",
        enterprise_type=dice.choice(
            ("有限责任公司(自然人投资或控股)", "有限责任公司(法人独资)", "其他有限责任公司")
        ),
        registered_capital=f"{dice.choice((50, 100, 300, 500, 1000, 5000))}万元人民币",
        size=dice.choices(("micro", "small", "medium", "large"), (30, 45, 18, 7))[0],
        is_high_risk=trade.is_high_risk,
        is_fire_key_unit=trade.is_crowded and dice.random() < 0.5,
    )


def any_day(dice: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=dice.randrange((last - first).days + 1))
