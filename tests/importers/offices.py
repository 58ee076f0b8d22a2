"""Files of offices that no shipped layout was made for, invented after how such sheets look.

Title lines, 填报单位, units in the title line, two-line headers with merged cells, 序号, 合计, 备注, other languages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from importers.checks.uscc import check_character
from tests.importers.files import csv_bytes, xlsx_bytes
from tests.importers.legacy import table_xls

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class Office:
    """A file and what it is; ``kind`` is None where nobody could tell from the file, or none of ours fits."""

    name: str
    filename: str
    kind: str | None
    data: bytes


def code(number: int) -> str:
    first = f"91110108MA{number:07d}"
    return first + check_character(first)


def _merged(*ranges: str) -> Callable[[object, object], None]:
    """Merges whose first cell keeps what was written there: (reference, text) pairs joined by a bar."""

    def touch(book: object, sheet: object) -> None:
        for each in ranges:
            reference, _, text = each.partition("|")
            sheet.merge_range(reference, text)  # type: ignore[attr-defined]

    return touch


_TRADES = ("餐饮管理", "建材", "化工", "物业管理", "机械设备", "酒店管理", "仓储", "印刷")


def _name(number: int) -> str:
    return f"北京海淀示例{_TRADES[number % len(_TRADES)]}{number}号有限公司"


def _inspection_ledger() -> bytes:
    rows: list[list[object]] = [
        ["2026年第三季度安全生产执法检查台账"],
        ["填报单位：海淀区应急管理局", "", "", "", "", "", "", "填报日期：2026年10月9日"],
        [
            "序号",
            "受检单位",
            "信用代码",
            "检查时间",
            "检查人员",
            "检查情况",
            "发现问题",
            "限期整改日期",
            "备注",
        ],
    ]
    states = ["合格", "限期整改", "移交属地处理", "合格", "当场改正"]
    for n in range(1, 13):
        state = states[n % 5]
        problem = "" if state == "合格" else "配电箱未上锁"
        due = "2026.9.30" if state == "限期整改" else ""
        rows.append([n, _name(n), code(n), f"2026年8月{n + 1}日", "张某、李某", state, problem, due, ""])
    rows.append(["合计", "12家"])
    return xlsx_bytes(rows)


def _fire_checks_merged() -> bytes:
    rows: list[list[object]] = [
        ["消防监督检查情况汇总表"],
        ["序号", "单位基本情况", "", "", "检查情况", "", "", "备注"],
        ["", "单位名称", "统一社会信用代码", "所属街道", "检查日期", "检查结果", "检查单编号", ""],
    ]
    for n in range(1, 9):
        result = "不合格" if n % 3 == 0 else "合格"
        rows.append(
            [n, _name(n), code(n), "中关村街道", f"2026/7/{n}", result, f"海消监查字〔2026〕{n}号", ""]
        )
    merges = _merged(
        "A1:H1|消防监督检查情况汇总表", "A2:A3|序号", "B2:D2|单位基本情况", "E2:G2|检查情况", "H2:H3|备注"
    )
    return xlsx_bytes(rows, touch=merges)


def _hazard_ledger() -> bytes:
    rows: list[list[object]] = [
        ["海淀区重大事故隐患排查治理台账（2026年）", "", "", "", "", "", "", "", "", ""],
        [
            "编号",
            "隐患单位",
            "统一社会信用代码",
            "隐患内容",
            "隐患等级",
            "排查日期",
            "整改责任人",
            "整改时限",
            "是否完成整改",
            "隐患登记号",
        ],
    ]
    for n in range(1, 11):
        grade = "重大" if n % 4 == 0 else "一般"
        done = "是" if n % 2 else "否"
        rows.append(
            [str(n), _name(n), code(n), "安全出口锁闭", grade, f"2026-05-{n:02d}", "王某", f"2026-06-{n:02d}", done, f"HD-YH-2026-{n:03d}"]
        )  # fmt: skip
    return csv_bytes(rows, encoding="gb18030").replace(b",", b"\t")


def _accidents() -> bytes:
    rows: list[list[object]] = [
        ["生产安全事故统计表"],
        ["制表单位：海淀区应急管理局　　　　单位：万元、人"],
        [
            "序号",
            "事故发生时间",
            "事故单位",
            "社会信用代码",
            "事故类型",
            "事故简要经过",
            "死亡",
            "重伤",
            "直接经济损失",
            "事故等级",
            "责任划分",
        ],
    ]
    for n in range(1, 6):
        rows.append(
            [
                n,
                f"2026.{n}.12",
                _name(n),
                code(n),
                "高处坠落",
                "作业人员从脚手架坠落",
                n % 2,
                1,
                12.5 * n,
                "一般事故",
                "主要责任",
            ]
        )
    rows.append(["合计", "", "", "", "", "", 3, 5, "", "", ""])
    return xlsx_bytes(rows)


def _standardisation() -> bytes:
    rows: list[list[object]] = [
        ["北京市安全生产标准化三级达标企业名单（2026年第二批）"],
        ["序号", "达标企业", "社会信用代码", "专业", "达标级别", "证书号", "公告日期", "有效期限至"],
    ]
    for n in range(1, 10):
        rows.append(
            [n, _name(n), code(n), "工贸其他", "三级", f"京AQBⅢ2026{n:05d}", "2026年4月20日", "2029年4月19日"]
        )
    rows.append(["备注：证书有效期三年"])
    return xlsx_bytes(rows)


def _insurance() -> bytes:
    rows: list[list[object]] = [
        ["安责险承保明细表"],
        [
            "投保人",
            "统一社会信用代码",
            "保单号码",
            "起保日期",
            "终止日期",
            "每人责任限额（万元）",
            "累计责任限额（万元）",
            "保费（元）",
            "承保公司",
        ],
    ]
    for n in range(1, 8):
        rows.append(
            [
                _name(n),
                code(n),
                f"PZAQ2026110108{n:08d}",
                "2026-01-01",
                "2026-12-31",
                "80",
                "1000",
                "12,300.00",
                "示例财产保险股份有限公司",
            ]
        )
    return csv_bytes(rows, encoding="gb18030")


def _payments() -> bytes:
    rows: list[list[object]] = [
        ["行政处罚罚款缴纳情况表"],
        ["填报单位（盖章）：海淀区消防救援支队", "", "", "", "", "", "单位：元"],
        ["序号", "被处罚单位", "信用代码", "处罚决定书文号", "罚款金额", "缴款日期", "是否缴清", "登记日期"],
    ]
    for n in range(1, 9):
        paid = n % 4 != 0
        day = f"2026-03-{n:02d}" if paid else ""
        rows.append(
            [
                n,
                _name(n),
                code(n),
                f"海消行罚决字〔2026〕{n:04d}号",
                5000 * n,
                day,
                "是" if paid else "否",
                "2026-04-01",
            ]
        )
    rows.append(["合计", "", "", "", 180000])
    return xlsx_bytes(rows)


def _hazard_closings() -> bytes:
    rows: list[list[object]] = [
        ["挂牌督办隐患整改销号表"],
        ["序号", "隐患编号", "隐患单位", "社会信用代码", "督办单位", "整改措施", "销号时间", "验收人"],
    ]
    for n in range(1, 6):
        rows.append(
            [
                n,
                f"海应急改〔2026〕{n}号",
                _name(n),
                code(n),
                "海淀区安委会",
                "已拆除违规隔断",
                f"2026年6月{n}日",
                "赵某",
            ]
        )
    return xlsx_bytes(rows)


def _enterprise_list() -> bytes:
    rows: list[list[object]] = [
        ["辖区生产经营单位基本信息一览表"],
        [
            "序号",
            "企业名称",
            "社会信用代码",
            "注册地址",
            "法人",
            "联系电话",
            "成立时间",
            "行业",
            "从业人数",
            "规模",
        ],
    ]
    for n in range(1, 15):
        rows.append(
            [
                n,
                _name(n),
                code(n),
                f"北京市海淀区四季青镇示例路{n}号",
                "张某",
                f"138{n:08d}",
                "2015-06-01",
                "批发零售",
                10 + n,
                "小型",
            ]
        )
    return xlsx_bytes(rows)


def _wage_blacklist() -> bytes:
    rows: list[list[object]] = [
        ["拖欠农民工工资失信联合惩戒对象名单"],
        [
            "序号",
            "单位名称",
            "统一社会信用代码",
            "法定代表人",
            "身份证号码",
            "列入事由",
            "列入日期",
            "列入机关",
            "失信期限",
        ],
    ]
    for n in range(1, 7):
        rows.append(
            [n, _name(n), code(n), "钱某", "11010119900101001X", "拖欠工资", f"2026-02-{n:02d}", "北京市海淀区人力资源和社会保障局", "2029-02-28"]
        )  # fmt: skip
    return xlsx_bytes(rows)


def _abnormal() -> bytes:
    rows: list[list[object]] = [
        [
            "企业名称",
            "注册号/统一社会信用代码",
            "列入经营异常名录原因",
            "列入日期",
            "作出决定机关(列入)",
            "移出日期",
        ]
    ]
    for n in range(1, 9):
        rows.append(
            [_name(n), code(n), "通过登记的住所无法联系", f"2025-11-{n:02d}", "海淀区市场监督管理局", ""]
        )
    return csv_bytes(rows)


def _taiwan_penalties() -> bytes:
    rows: list[list[object]] = [
        ["違反職業安全衛生法事業單位裁罰名冊"],
        [
            "項次",
            "事業單位名稱",
            "統一編號",
            "裁處日期",
            "裁處書字號",
            "違反法條",
            "違法事實",
            "罰鍰金額（新臺幣元）",
            "裁處機關",
        ],
    ]
    for n in range(1, 9):
        rows.append(
            [str(n), f"示例{n}號營造股份有限公司", f"2345678{n}", f"115/03/{n:02d}", f"府勞檢字第115000{n}號", "第6條第1項", "未設護欄", "60,000", "臺北市政府勞動局"]
        )  # fmt: skip
    return csv_bytes(rows)


def _japanese_dispositions() -> bytes:
    rows: list[list[object]] = [
        ["建設業者に対する監督処分一覧"],
        [
            "No.",
            "商号又は名称",
            "処分年月日",
            "処分を行った者",
            "処分の種類",
            "根拠法令",
            "処分の原因となった事実",
        ],
    ]
    for n in range(1, 8):
        rows.append(
            [
                str(n),
                f"見本建設{n}株式会社",
                f"令和8年3月{n}日",
                "関東地方整備局",
                "指示",
                "建設業法第28条第1項",
                "労働安全衛生法違反",
            ]
        )
    return csv_bytes(rows)


def _english_penalties() -> bytes:
    rows: list[list[object]] = [
        ["Workplace Safety Enforcement - Penalties Issued"],
        [
            "Case No",
            "Employer Name",
            "Date of Offence",
            "Date Issued",
            "Contravention",
            "Penalty Amount ($)",
            "Issued By",
        ],
    ]
    for n in range(1, 8):
        rows.append(
            [
                f"AP-{n:04d}",
                f"Example Roofing {n} Ltd",
                f"0{n}/14/2026",
                f"0{n}/20/2026",
                "Fall protection, s. 11.2",
                "2,500.00",
                "Safety Board",
            ]
        )
    return xlsx_bytes(rows)


def _penalty_month() -> bytes:
    rows: list[list[object]] = [
        ["附件2"],
        ["安全生产行政处罚案件情况月报表"],
        ["单位：万元"],
        ["序号", "案件名称", "被处罚单位", "", "处罚情况", "", "", "", "执法单位"],
        ["", "", "名称", "统一社会信用代码", "决定书文号", "处罚日期", "处罚种类", "罚款数额", ""],
    ]
    for n in range(1, 7):
        rows.append(
            [
                n,
                f"示例{n}号案",
                _name(n),
                code(n),
                f"京海应急罚〔2026〕{n}号",
                date(2026, 5, n),
                "罚款",
                1.5 * n,
                "海淀区应急管理局",
            ]
        )
    rows.append(["合计", "", "", "", "", "", "", 31.5, ""])
    merges = _merged("A4:A5|序号", "B4:B5|案件名称", "C4:D4|被处罚单位", "E4:H4|处罚情况", "I4:I5|执法单位")
    return xlsx_bytes(rows, touch=merges)


def _sealings() -> bytes:
    rows: list[list[object]] = [
        ["临时查封情况登记表", "", "", "", "", "", ""],
        ["序号", "被查封场所", "信用代码", "查封时间", "查封部位及原因", "决定书编号", "解封时间"],
    ]
    for n in range(1, 5):
        rows.append(
            [str(n), _name(n), code(n), f"2026年5月{n}日", "二层疏散通道封堵", f"海消封字〔2026〕第{n}号", ""]
        )
    return table_xls(rows)


def _commitments() -> bytes:
    rows: list[list[object]] = [
        ["承诺企业", "社会信用代码", "承诺书编号", "签订日期", "承诺事项", "到期时间"]
    ]
    for n in range(1, 6):
        rows.append(
            [_name(n), code(n), f"CN-2026-{n:04d}", "2026-01-15", "落实安全生产主体责任", "2026-12-31"]
        )
    return csv_bytes(rows)


def _rechecks() -> bytes:
    rows: list[list[object]] = [
        ["整改复查情况表"],
        ["序号", "单位", "信用代码", "原检查记录编号", "复查时间", "复查意见", "复查人"],
    ]
    for n in range(1, 7):
        state = "已按期整改" if n % 2 else "未整改"
        rows.append([n, _name(n), code(n), f"海应急检〔2026〕{n}号", f"2026-09-{n:02d}", state, "孙某"])
    return xlsx_bytes(rows)


def _deregistrations() -> bytes:
    rows: list[list[object]] = [["企业名称", "统一社会信用代码", "变更事项", "变更前", "变更后", "核准日期"]]
    for n in range(1, 6):
        rows.append([_name(n), code(n), "名称变更", f"北京旧名{n}号有限公司", _name(n), f"2026-01-{n:02d}"])
    return csv_bytes(rows, encoding="gb18030")


def _fire_brigades() -> bytes:
    rows: list[list[object]] = [
        ["微型消防站建设达标情况"],
        ["序号", "建站单位名称", "社会信用代码", "站名", "队员数", "验收达标时间"],
    ]
    for n in range(1, 6):
        rows.append([n, _name(n), code(n), f"{n}号微型消防站", 6, f"2026-03-{n:02d}"])
    return xlsx_bytes(rows)


def _staff() -> bytes:
    return xlsx_bytes(
        [
            ["花名册"],
            ["工号", "姓名", "性别", "手机号", "入职日期"],
            *([f"G{n}", "李某", "女", f"139{n:08d}", "2020-01-01"] for n in range(1, 9)),
        ]
    )


def _thin() -> bytes:
    return csv_bytes(
        [
            ["单位名称", "社会信用代码", "日期", "备注"],
            *([_name(n), code(n), "2026-03-01", ""] for n in range(1, 6)),
        ]
    )


def _html() -> bytes:
    cells = "".join(f"<tr><td>{_name(n)}</td><td>{code(n)}</td></tr>" for n in range(1, 4))
    return f"<html><body><table><tr><td>企业名称</td><td>代码</td></tr>{cells}</table></body></html>".encode(
        "gb18030"
    )


OFFICES = (
    Office("inspection-ledger", "检查台账.xlsx", "inspections", _inspection_ledger()),
    Office("fire-checks-merged", "汇总表.xlsx", "inspections", _fire_checks_merged()),
    Office("hazard-ledger", "台账.csv", "hazards", _hazard_ledger()),
    Office("accidents", "统计表.xlsx", "accidents", _accidents()),
    Office("standardisation", "达标.xlsx", "honours", _standardisation()),
    Office("insurance", "明细.csv", "honours", _insurance()),
    Office("payments", "缴纳.xlsx", "payments", _payments()),
    Office("hazard-closings", "销号.xlsx", "hazard_closings", _hazard_closings()),
    Office("enterprise-list", "一览表.xlsx", "enterprises", _enterprise_list()),
    Office("wage-blacklist", "名单.xlsx", "other_lists", _wage_blacklist()),
    Office("abnormal", "导出.csv", "other_lists", _abnormal()),
    Office("taiwan-penalties", "115.csv", "penalties", _taiwan_penalties()),
    Office("japanese-dispositions", "shobun.csv", "penalties", _japanese_dispositions()),
    Office("english-penalties", "list.xlsx", "penalties", _english_penalties()),
    Office("penalty-month", "附件2.xlsx", "penalties", _penalty_month()),
    Office("sealings", "登记表.xls", "sealings", _sealings()),
    Office("commitments", "承诺.csv", "honours", _commitments()),
    Office("rechecks", "复查.xlsx", "rechecks", _rechecks()),
    Office("changes", "变更.csv", "enterprise_changes", _deregistrations()),
    Office("fire-brigades", "建站.xlsx", "honours", _fire_brigades()),
    Office("staff", "花名册.xlsx", None, _staff()),
    Office("thin", "数据.csv", None, _thin()),
)


def _lined(*heads: str, row: str) -> list[list[object]]:
    """Lines with cells between bars: those of the head, and eight of the row with its number, name and code."""
    lines = [*heads, *(row.format(n=n, name=_name(n), code=code(n)) for n in range(1, 9))]
    return [
        [int(cell) if cell.isdigit() and len(cell) < 6 else cell for cell in line.split("|")]
        for line in lines
    ]


# Written after the words and weights of the first ones were settled.
LATER = (
    Office("street-checks", "8月.xlsx", "inspections", xlsx_bytes(_lined(
        "四季青镇安全生产检查情况登记表", "序号|检查日期|企业名称|地址|负责人|电话|存在的问题|整改措施|是否整改完毕",
        row="{n}|8.{n}|{name}|西四环北路1号|张某|1390000000{n}|灭火器过期|更换|是"))),
    Office("trade-hazards", "工贸.xlsx", "hazards", xlsx_bytes(_lined(
        "工贸企业重大事故隐患清单", "序号|所属街镇|企业名称|重大隐患描述|判定依据|发现时间|整改期限|整改责任部门|目前进展",
        row="{n}|上地街道|{name}|粉尘未清理|工贸标准第十一条|2026-04-0{n}|2026-05-30|安全部|整改中"))),
    Office("court-defaulters", "shixin.csv", "other_lists", csv_bytes(_lined(
        "被执行人姓名/名称|组织机构代码|执行法院|案号|立案时间|失信被执行人行为具体情形|发布时间",
        row="{name}|{code}|海淀区人民法院|（2026）京0108执{n}号|2026年03月01日|有履行能力而拒不履行|2026年05月01日"))),
    Office("insured", "保险.xlsx", "honours", xlsx_bytes(_lined(
        "2026年度安全生产责任保险投保情况统计表", "序号|被保险企业|统一社会信用代码|保险公司|保险单号|保险期间起|保险期间止|保额（万元）",
        row="{n}|{name}|{code}|示例财险|PZAQ0000000{n}|2026-01-01|2026-12-31|500"))),
    Office("fire-notices", "处罚公示.csv", "penalties", csv_bytes(_lined(
        "行政处罚决定书文号|处罚名称|处罚类别|处罚事由|处罚依据|行政相对人名称|统一社会信用代码|法定代表人姓名|处罚结果|处罚生效期|处罚机关",
        row="京海消罚〔2026〕{n}号|示例案|罚款|未保持疏散通道畅通|消防法第六十条|{name}|{code}|李某|罚款五千元|2026/05/01|海淀区消防救援支队"),
        encoding="gb18030")),
    Office("osha", "osha.csv", "penalties", csv_bytes(_lined(
        "Activity Nr|Establishment Name|Site Address|Open Date|Case Status|Violation Type|Current Penalty|Standard Cited",
        row="123456{n}|Sample Foods {n} Inc|1 Main St|05/14/2026|OPEN|Serious|$4,200.00|19100132"))),
    Office("closed-down", "注销.xlsx", "enterprise_changes", xlsx_bytes(_lined(
        "2026年上半年注销企业名单", "企业名称|统一社会信用代码|注销日期|登记机关", row="{name}|{code}|2026-02-0{n}|海淀区市场监督管理局"))),
    Office("two-lines", "台账.xlsx", "penalties", xlsx_bytes(_lined(
        "消防行政处罚台账", "|当事人||处罚||", "序号|名称|统一社会信用代码|文书号|日期|金额（元）",
        row="{n}|{name}|{code}|海消行罚决字〔2026〕000{n}号|2026-05-02|5000"), touch=_merged("B2:C2|当事人", "D2:F2|处罚"))),
    Office("labour-bureau", "公表.csv", "penalties", csv_bytes(_lined(
        "企業・事業場名称|所在地|公表日|違反法条|事案概要|その他参考事項",
        row="見本工業{n}（株）|東京都|R8.3.1|労働安全衛生法第20条|手すりを設けなかった|R8.2.20送検"), encoding="cp932")),
    Office("safety-culture", "表彰.xlsx", "honours", xlsx_bytes(_lined(
        "海淀区安全文化建设示范企业名单", "序号|企业名称|社会信用代码|命名级别|命名时间|有效期至|命名机关",
        row="{n}|{name}|{code}|市级|2026-06-01|2029-05-31|北京市应急管理局"))),
    Office("fires", "火灾.xlsx", "accidents", xlsx_bytes(_lined(
        "海淀区火灾事故统计表（2026年1-8月）", "起火时间|起火单位|单位代码|起火原因|死亡人数|受伤人数|过火面积（㎡）|直接财产损失（元）|火灾等级",
        row="2026-0{n}-03|{name}|{code}|电气故障|0|1|30|20000|一般"))),
    Office("giveaway", "通知.xlsx", None, xlsx_bytes(_lined(
        "关于开展宣传月活动的物资领取表", "序号|单位名称|横幅（条）|手册（本）|领取人|领取日期", row="{n}|{name}|2|50|张某|2026-06-01"))),
    Office("big5-notices", "big5.csv", "penalties", csv_bytes(_lined(
        "編號|事業單位名稱|處分日期|處分字號|違反法規條款|罰鍰金額",
        row="{n}|示例{n}號工業股份有限公司|114/02/03|府勞字第{n}號|第24條|20,000"), encoding="big5")),
)  # fmt: skip
HTML = _html()
