"""What is downloaded: the columns of a list, the formats, the templates of reporting offices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from credit_registry.domain.series import LIST_TITLES, ListKind
from credit_registry.exports.csv import csv_bytes
from credit_registry.exports.json import json_bytes
from credit_registry.exports.tables import Column, Table
from credit_registry.exports.xlsx import xlsx_bytes
from credit_registry.services import imports
from credit_registry.services.publications import PublicEntry


@dataclass(frozen=True)
class Format:
    title: str
    media_type: str
    write: Callable[[Table], bytes]


FORMATS = {
    "csv": Format("CSV（UTF-8）", "text/csv; charset=utf-8", csv_bytes),
    "xlsx": Format(
        "Excel（XLSX）", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_bytes
    ),
    "json": Format("JSON", "application/json", json_bytes),
}

COLUMNS = (
    Column("name", "单位名称", 36),
    Column("uscc", "统一社会信用代码", 22),
    Column("address", "登记注册地址", 40),
    Column("conditions", "列入情形", 12),
    Column("reasons", "列入事由", 48),
    Column("basis", "列入依据", 48),
    Column("authority", "作出决定的部门", 28),
    Column("decision_no", "决定书文号", 24),
    Column("decided_on", "决定日期", 13),
    Column("listed_from", "公示起始日期", 13),
    Column("listed_until", "管理期限截止日期", 13),
    Column("persons", "有关人员（已遮盖）", 36),
    Column("notes", "标注", 14),
)
ROLE_TITLES = {
    "principal": "主要负责人",
    "responsible": "有关责任人员",
    "direct": "直接责任人员",
    "other": "其他责任人员",
}
_NOTES = (
    "本表只列出数据截止日当天仍在公示期内的主体；移出、撤销、期满的不再列出，请勿继续传播旧表。",
    "未列入名单不等于没有其他信用记录，不作为信用良好的证明。",
)
_TEMPLATE_TITLES = {
    "enterprises": "企业名册",
    "penalties": "行政处罚（双公示）",
    "inspections": "监督检查",
    "accidents": "生产安全事故和火灾",
    "hazards": "事故隐患",
    "honours": "荣誉、证书和正面信息",
    "sealings": "临时查封",
    "false_commitments": "虚假承诺",
    "false_reports": "服务机构虚假报告",
    "order_breaches": "违抗停产停业令或者破坏查封",
    "payments": "罚款缴纳情况",
    "rechecks": "整改复查结果",
    "hazard_closings": "隐患销号",
    "responsibilities": "事故责任认定批复",
    "compliances": "停产停业和查封决定的履行",
    "enterprise_changes": "企业变更（更名、换码、注销、吊销）",
    "other_lists": "其他部门的名单（信用中国等）",
}


def list_table(kind: ListKind, entries: Sequence[PublicEntry], *, on: date, version: int) -> Table:
    """The whole list; persons are masked by the service already."""
    title = LIST_TITLES[kind]
    columns = COLUMNS if kind is ListKind.BLACK else tuple(each for each in COLUMNS if each.name != "persons")
    rows = [
        {
            **{column.name: getattr(entry, column.name) for column in columns if column.name != "persons"},
            "persons": [
                f"{ROLE_TITLES[person.role]} {person.name} {person.number}" for person in entry.persons
            ],
        }
        for entry in entries
    ]
    return Table(kind.value, title, columns, rows, on, version, _NOTES)


def templates() -> tuple[tuple[str, str], ...]:
    """(kind, title) of every template an office can fill in."""
    return tuple((kind, title) for kind, title in _TEMPLATE_TITLES.items() if kind in imports.kinds())
