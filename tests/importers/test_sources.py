"""Every shipped layout reads a file of its own titles, and the right one is chosen among those of its kind."""

import pytest

from importers import Layout, layouts, read
from importers.columns import Column
from tests.importers.files import AUTHORITY, CODE, TODAY, csv_bytes

# A free text of which nothing is expected.
PLAIN = "某项内容"
WORDS = {
    "uscc": CODE,
    "name": "示例科技有限公司",
    "authority_code": AUTHORITY,
    "source_code": AUTHORITY,
    "former_uscc": "",
}


def plausible(column: Column) -> str:
    """A cell that the column takes without a word."""
    if column.name in WORDS:
        return WORDS[column.name]
    if column.example:
        return column.example
    return {
        "date": "2026-03-18",
        "money": "1",
        "integer": "1",
        "flag": "否",
        "choice": column.shown[0] if column.shown else "",
        "choices": column.shown[0] if column.shown else "",
        "id_number": "11010519491231002X",
        "uscc": CODE,
    }.get(column.type, PLAIN)


def row_of(layout: Layout) -> list[str]:
    cells = {column.name: plausible(column) for column in layout.columns}
    if "party_type" in cells:
        cells["party_type"] = "法人及非法人组织"
    if "content" in cells and "penalty_kinds" in cells:
        cells |= {
            "content": "罚款10000元",
            "penalty_kinds": "罚款",
            "fine_state": "",
            "breach_class": "一般",
            "publish_until": "",
            "confiscated_fen": "",
        }
        cells |= {"fine_fen": "1"} if "fine_fen" in cells else {}
    if "due_on" in cells:
        cells |= {"due_on": "2026-04-18", "rechecked_on": "2026-04-18", "closed_on": "2026-04-18"}
    return [cells[column.name] for column in layout.columns]


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.name)
def test_a_file_of_its_own_titles_is_read_by_its_own_layout(layout):
    data = csv_bytes([[column.title for column in layout.columns], row_of(layout)])
    # The joined layout has the very columns of the legal one: only a sender can say that persons are meant to be in it.
    name = layout.name if layout.name == "penalties_2018_joined" else None
    batch = read(data, filename="a.csv", kind=layout.kind, layout=name, today=TODAY)

    assert batch.layout == layout
    assert batch.rows == 1
    allowed = {"R-NATURAL-PERSON"} if layout.persons == "hold" and "party_type" in layout.fixed else set()
    assert {
        problem.code for problem in batch.problems if problem.disposition not in ("warning", "normalised")
    } <= allowed


@pytest.mark.parametrize("layout", layouts("penalties"), ids=lambda layout: layout.name)
def test_penalties_may_come_under_the_codes_of_the_standard(layout):
    titles = [
        next((alias for alias in column.aliases if alias.startswith(("CF_", "BZ"))), column.title)
        for column in layout.columns
    ]
    batch = read(csv_bytes([titles, row_of(layout)]), filename="a.csv", kind="penalties", today=TODAY)

    assert batch.rows == 1
    assert {problem.code for problem in batch.problems if problem.disposition.startswith("refuse")} == set()


def penalty_of(name: str, **cells: str):
    layout = next(each for each in layouts() if each.name == name)
    row = dict(zip((column.name for column in layout.columns), row_of(layout), strict=True)) | cells
    data = csv_bytes(
        [[column.title for column in layout.columns], [row[column.name] for column in layout.columns]]
    )
    return read(data, filename="a.csv", kind="penalties", layout=name, today=TODAY)


@pytest.mark.parametrize(
    ("word", "state", "disposition"),
    [
        ("正常", "live", "accept"),
        ("0", "live", "accept"),
        ("1", "revoked", "accept"),
        ("异议", None, "hold"),
        ("异常", None, "hold"),
        ("", None, "hold"),
    ],
)
def test_the_old_standard_tells_the_state(word, state, disposition):
    batch = penalty_of("penalties_2015", state=word)

    assert (batch.frame["state"][0], batch.frame["disposition"][0]) == (state, disposition)


def test_the_old_standard_has_its_amounts_in_the_result():
    batch = penalty_of(
        "penalties_2015", content="罚款27709 .61 元，没收违法所得100元", penalty_kinds="罚款;没收违法所得"
    )

    assert (batch.frame["fine_fen"][0], batch.frame["confiscated_fen"][0]) == (2_770_961, 10_000)


def test_persons_of_the_joined_layout_wait_for_a_person_and_companies_do_not():
    person = penalty_of("penalties_2018_joined", party_type="自然人")
    company = penalty_of("penalties_2018_joined")

    assert person.frame["disposition"][0] == "hold"
    assert company.frame["disposition"][0] == "accept"


def test_the_number_of_a_person_is_shown_nowhere():
    batch = penalty_of("penalties_2018_person")

    assert batch.frame["details"][0]["person_id"] == "11010519491231002X"
    assert "11010519491231002X" not in str([problem.as_dict() for problem in batch.problems])
    assert {"证件号码"} <= batch.layout.personal_titles


# Headers as offices write them: 信用中国 and 双公示 downloads, 公示系统 exports, ledgers of 应急管理局 and 消防救援支队,
# lists of insurers and of the registrar.  Fictional files of real shapes; contact columns are left out with a note.
HEADERS = [
    ("penalties_2018_legal", "行政相对人名称|统一社会信用代码|行政处罚决定书文号|处罚类别|处罚决定日期|处罚内容|罚款金额(万元)|没收违法所得、没收非法财物的金额（万元）|暂扣或吊销证照名称及编号|违法行为类型|违法事实|处罚依据|处罚机关|处罚机关统一社会信用代码|数据来源|数据来源单位统一社会信用代码|处罚有效期|公示截止期"),
    ("penalties_2018_legal", "序号|案件名称|当事人|统一社会信用代码|违法行为|处罚依据|处罚种类|处罚内容|处罚金额(元)|处罚决定书文号|处罚时间|执法单位|执法人员|结案日期|联系电话"),
    ("penalties_2018_legal", "企业名称|统一社会信用代码|决定书文号|违法行为类型|行政处罚内容|决定机关名称|处罚决定日期|公示日期"),
    ("penalties_2015", "行政处罚决定书文号|处罚名称|处罚类别1|处罚类别2|处罚事由|处罚依据|行政相对人名称|行政相对人代码_1 (统一社会信用代码)|行政相对人代码_2 (组织机构代码)|行政相对人代码_5 (居民身份证号)|法定代表人姓名|处罚结果|处罚决定日期|处罚机关|当前状态|地方编码|数据更新时间戳|备注"),
    ("inspections", "序号|检查时间|被检查单位名称|社会信用代码|检查部门|检查方式|所属领域|检查结果|发现问题|整改情况|检查人员|联系人|联系电话|属地街道"),
    ("random_inspections", "序号|统一社会信用代码|企业名称|抽查计划编号|抽查计划名称|抽查任务编号|抽查任务名称|抽查类型|抽查机关|抽查完成日期|抽查事项|抽查结果"),
    ("random_inspections", "序号|任务编号|任务名称|检查对象名称|统一社会信用代码|检查部门|检查事项|检查结果|检查日期|公示日期|执法人员"),
    ("rechecks", "序号|被检查单位|统一社会信用代码|检查文书编号|检查机关|复查时间|复查结果|整改完成时间|复查人员"),
    ("accidents", "序号|事故单位|统一社会信用代码|事故发生时间|事故地点|事故等级|事故类型|死亡人数（人）|重伤人数（人）|轻伤人数|直接经济损失（元）|事故简要经过|事故原因|责任认定|调查机关|领域"),
    ("responsibilities", "事故单位|统一社会信用代码|关联事件编号|事故发生时间|领域|批复文号|批复机关|批复日期|责任认定|死亡人数|重伤人数|直接经济损失（万元）"),
    ("hazards", "序号|隐患单位|统一社会信用代码|隐患名称|隐患内容|隐患级别|发现时间|整改时限|督办级别|督办单位|整改责任人|是否销号|领域|隐患来源"),
    ("hazard_closings", "序号|单位名称|统一社会信用代码|隐患编号|认定机关|整改完成时间|复查时间|是否逾期|验收人"),
    ("standardisation", "序号|企业名称|统一社会信用代码|证书编号|标准化级别|发证时间|有效期至|发证单位|所属行业|所在区|评审单位"),
    ("insurance", "序号|被保险人名称|统一社会信用代码|保单号码|保险公司|保险起期|保险止期|累计责任限额（万元）|保费（元）|投保人数|行业类别"),
    ("honours", "序号|企业名称|统一社会信用代码|领域|类别|等级|命名文号|命名时间|有效期至|命名机关"),
    ("safety_engineers", "企业名称|统一社会信用代码|领域|应配人数|实配人数|增配人数|核查日期|核查单位"),
    ("fire_stations", "序号|微型消防站名称|建站单位名称|统一社会信用代码|所属街道|队员人数|站长|联系电话|验收日期|验收单位|等级"),
    ("commitments", "承诺单位名称|统一社会信用代码|领域|承诺内容|承诺日期|承诺书编号|受理机关|法定代表人|公示网址"),
    ("rescue_commendations", "序号|受表彰单位名称|统一社会信用代码|领域|表彰名称|表彰事由|表彰文号|表彰时间|表彰机关"),
    ("sealings", "序号|被查封单位|统一社会信用代码|查封部位|临时查封决定书文号|查封原因|查封时间|查封期限|解除查封日期|决定机关|领域"),
    ("false_commitments", "序号|企业名称|统一社会信用代码|领域|承诺事项|虚假承诺情形|认定时间|认定机关|认定文号"),
    ("false_reports", "序号|机构名称|统一社会信用代码|领域|报告名称|违法行为|认定日期|认定机关|文号"),
    ("payments", "序号|当事人|统一社会信用代码|处罚决定书文号|执收单位|罚款金额（万元）|实缴金额（元）|缴款时间|是否缴清|确认日期|缴款书号"),
    ("enterprises", "序号|企业名称|统一社会信用代码|注册号|法定代表人|企业类型|成立日期|注册资本|核准日期|登记机关|登记状态|住所|经营范围|营业期限自|营业期限至"),
    ("enterprises", "企业名称|经营状态|法定代表人|注册资本|成立日期|核准日期|所属省份|所属城市|所属区县|电话|更多电话|邮箱|统一社会信用代码|纳税人识别号|注册号|组织机构代码|参保人数|企业类型|所属行业|曾用名|网址|企业地址|最新年报地址|经营范围"),
    ("deregistrations", "序号|企业名称|统一社会信用代码|核准注销日期|注销原因|登记机关"),
    ("revocations", "企业名称|统一社会信用代码|登记状态|吊销日期|登记机关"),
    ("renames", "序号|统一社会信用代码|变更前名称|变更后名称|核准日期"),
    ("credit_china_safety", "序号|单位名称|统一社会信用代码/工商注册号|主要负责人|注册地址|失信行为简况|信息报送机关|纳入理由|数据来源"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "header"), HEADERS, ids=[f"{name}-{n}" for n, (name, _) in enumerate(HEADERS)]
)
def test_the_headers_that_offices_really_write_are_understood(name, header):
    titles = header.split("|")
    layout = next(each for each in layouts() if each.name == name)
    row = dict(zip((column.name for column in layout.columns), row_of(layout), strict=True))
    cells = [row[column.name] if (column := layout.titled(title)) else "1" for title in titles]
    batch = read(csv_bytes([titles, cells]), filename="a.csv", kind=layout.kind, today=TODAY)

    assert batch.layout == layout, [problem.message for problem in batch.problems]
    assert [problem.message for problem in batch.problems if problem.disposition == "refuse_file"] == []
    assert batch.rows == 1


@pytest.mark.parametrize(
    ("title", "cell", "fen"),
    [
        ("罚款金额（万元）", "2", 2_000_000),
        ("罚款金额（元）", "20000", 2_000_000),
        ("处罚金额(元)", "20000.50", 2_000_050),
        ("罚款金额（单位：万元）", "2", 2_000_000),
        ("罚款金额 (单位:元)", "20000", 2_000_000),
    ],
)
def test_an_amount_counts_in_the_unit_of_its_own_title(title, cell, fen):
    header = [
        "当事人",
        "统一社会信用代码",
        "决定书文号",
        "案由",
        "处罚种类",
        "处罚内容",
        title,
        "处罚日期",
        "处罚机关",
    ]
    row = [
        "示例科技有限公司",
        CODE,
        "京海应急罚〔2026〕18号",
        "某",
        "罚款",
        "予以罚款",
        cell,
        "2026-03-18",
        "某局",
    ]
    batch = read(csv_bytes([header, row]), filename="a.csv", kind="penalties", today=TODAY)

    assert batch.frame["fine_fen"][0] == fen


def test_an_amount_without_a_unit_is_asked_for_it_and_never_guessed():
    header = [
        "当事人",
        "统一社会信用代码",
        "决定书文号",
        "案由",
        "处罚内容",
        "罚款金额",
        "处罚日期",
        "处罚机关",
    ]
    batch = read(csv_bytes([header, ["某"] * 8]), filename="a.csv", kind="penalties", today=TODAY)

    assert [problem.code for problem in batch.problems] == ["H-UNKNOWN"]
    assert "（元）" in batch.problems[0].hint
    assert "（万元）" in batch.problems[0].hint


def test_columns_about_clerks_are_left_out_with_a_word():
    header = ["企业名称", "统一社会信用代码", "联系人", "联系电话"]
    batch = read(
        csv_bytes([header, ["示例公司", CODE, "张三", "13800138000"]]),
        filename="a.csv",
        kind="enterprises",
        today=TODAY,
    )

    assert [(problem.code, problem.row) for problem in batch.problems] == [("N-COLUMN-DROPPED", None)]
    assert "“联系电话”" in batch.problems[0].message
    assert "13800138000" not in str(batch.frame.drop(columns="raw").to_dict("records"))


@pytest.mark.parametrize(
    ("words", "content", "kinds", "disposition"),
    [
        (
            "限制开展生产经营活动、责令停产停业、责令关闭、限制从业",
            "责令停产停业整顿",
            "suspension",
            "accept",
        ),
        ("限制开展生产经营活动、责令停产停业、责令关闭、限制从业", "依法处理", None, "hold"),
        ("警告、通报批评", "警告", "warning", "accept"),
        ("警告、通报批评", "警告并通报批评", None, "hold"),
        ("暂扣许可证件、降低资质等级、吊销许可证件", "吊销安全生产许可证", "licence_revoked", "accept"),
        ("暂扣或者吊销许可证、暂扣或者吊销执照", "处理", None, "hold"),
    ],
)
def test_a_joint_category_is_never_all_of_its_kinds(words, content, kinds, disposition):
    batch = penalty_of("penalties_2018_legal", penalty_kinds=words, content=content, fine_fen="")

    assert (batch.frame["penalty_kinds"][0], batch.frame["disposition"][0]) == (kinds, disposition)


PERSONAL = [
    "11010519491231002X", "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002X", "110105491231002",
    "13800138000", "138 0013 8000", "6222020200112230", "张三11010519491231002X号", "家庭住址：中关村大街1号院2号楼301",
]  # fmt: skip


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.name)
def test_no_problem_repeats_a_personal_number_from_whatever_column_it_stands_in(layout):
    titles = [column.title for column in layout.columns]
    for at in range(len(titles)):
        rows = [row_of(layout) for _ in PERSONAL]
        for row, number in zip(rows, PERSONAL, strict=True):
            row[at] = number
        batch = read(
            csv_bytes([titles, *rows]), filename="a.csv", kind=layout.kind, layout=layout.name, today=TODAY
        )
        said = str(
            [(problem.column, problem.value, problem.message, problem.hint) for problem in batch.problems]
        )

        for number in (
            "9491231002",
            "9491231 002",
            "491231002",
            "３１００２Ｘ",
            "0138000",
            "0013 8000",
            "200112230",
            "号楼301",
        ):
            assert number not in said, titles[at]
