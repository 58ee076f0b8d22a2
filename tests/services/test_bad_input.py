"""The rows of the bad-input table that need the register, on both engines; and that no row B1 to B93 is missing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.permissions import Role
from tests.factories import (
    NOW,
    a_file,
    a_penalty_row,
    an_actor,
    an_enterprise,
    an_import,
    an_office,
)
from tests.importers import test_bad_input

Said = tuple[int | None, str | None, str, str]
CODE = "行政相对人代码_1(统一社会信用代码)"
NAME = "行政相对人名称"
NUMBER = "行政处罚决定书文号"
AUTHORITY = "海淀区应急管理局（演示）"
AUTHORITY_CODE = "11110108000000000F"
STRANGER_CODE = "11230500001755309F"


@dataclass(frozen=True)
class Case:
    """Rows about one enterprise, by what differs from a good penalty; ``before`` came in an earlier file."""

    id: str
    rows: Sequence[Mapping[str, str]]
    expected: Sequence[Said]
    counts: tuple[int, int, int, int]
    before: Sequence[Mapping[str, str]] = ()
    kind: str = "penalties"
    status: str = "active"
    office: tuple[str, str | None] | None = None
    sender: tuple[str, str] | None = None


CASES = [
    Case("B13", [{"cause": "某\0类"}], [(2, "违法行为类型", "R-CONTROL-CHAR", "refuse_row")], (0, 0, 0, 1)),
    Case("B52", [{"name": "示例另一家有限公司"}], [(2, NAME, "R-NAME-MISMATCH", "hold")], (0, 0, 1, 0)),
    Case("B53", [{}], [(2, CODE, "R-SUBJECT-STATUS", "hold")], (0, 0, 1, 0), status="deregistered"),
    Case("B53-revoked", [{}], [(2, CODE, "R-SUBJECT-STATUS", "warning")], (1, 0, 0, 0), status="revoked"),
    Case(
        "B84", [{"content": "罚款30000元", "fine_fen": "3"}], [(2, NUMBER, "X-CONFLICT", "hold")], (0, 0, 1, 0),
        before=[{}],
    ),
    Case(
        "B84-in-file", [{}, {"content": "罚款30000元", "fine_fen": "3"}], [(3, NUMBER, "X-CONFLICT", "hold")],
        (1, 0, 1, 0),
    ),
    Case("B85", [{}, {}], [(3, NUMBER, "X-DUPLICATE", "duplicate")], (1, 1, 0, 0)),
    Case(
        "B85-earlier", [{}, {"document_no": "2号"}], [(2, NUMBER, "X-DUPLICATE", "duplicate")], (1, 1, 0, 0),
        before=[{}],
    ),
    Case("B86", [{}, {"other": "yes"}], [], (2, 0, 0, 0)),
    Case("B87", [{"fine_state": "已缴", "fine_paid_on": "2026-06-01"}], [(2, NUMBER, "X-NO-ORIGINAL", "hold")], (0, 0, 1, 0), kind="payments"),
    Case(
        "B88-not-own", [{}], [(2, "数据来源单位统一社会信用代码", "R-NOT-OWN", "refuse_row")], (0, 0, 0, 1),
        sender=("海淀区市场监督管理局（演示）", STRANGER_CODE),
    ),
    Case(
        "B88-name-and-code-of-two-offices", [{"authority_code": STRANGER_CODE}],
        [(2, "处罚机关统一社会信用代码", "R-DEPARTMENT", "refuse_row")], (0, 0, 0, 1),
        office=(AUTHORITY, AUTHORITY_CODE),
    ),
    Case("B88-office-without-a-code", [{}], [], (1, 0, 0, 0), office=(AUTHORITY, None)),
    Case(
        "B93", [{"dated_on": "2025-03-18", "document_no": "旧1号"}], [(None, None, "F-STALE", "hold")], (1, 0, 0, 0),
        before=[{"dated_on": "2026-11-02"}],
    ),
    Case(
        "B93-nothing-new", [{"dated_on": "2025-03-18"}], [(2, NUMBER, "X-DUPLICATE", "duplicate")], (0, 1, 0, 0),
        before=[{"dated_on": "2025-03-18"}, {"dated_on": "2026-11-02", "document_no": "新1号"}],
    ),
    Case("B93-first-files", [{"dated_on": "2020-03-18"}], [], (1, 0, 0, 0)),
    Case(
        "B93-some-new", [{"dated_on": "2025-03-18", "document_no": "旧1号"}, {"dated_on": "2026-11-20", "document_no": "新2号"}],
        [], (2, 0, 0, 0), before=[{"dated_on": "2026-11-02"}],
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_case_gives_exactly_its_code_place_and_disposition(database, case):
    enterprise, other = an_enterprise(database, status=case.status), an_enterprise(database)
    if case.office:
        an_office(database, case.office[0], authority_code=case.office[1])
    sender = None
    if case.sender:
        office = an_office(database, case.sender[0], authority_code=case.sender[1], domain=None)
        sender = an_actor(database, Role.CLERK, office=office)

    def rows(changes):
        return [
            a_penalty_row(other if "other" in each else enterprise, "1号")
            | {k: v for k, v in each.items() if k != "other"}
            for each in changes
        ]

    def send(changes, now, **options):
        return an_import(
            database, case.kind, a_file(case.kind, rows(changes)), actor=sender, now=now, **options
        )

    if case.before:
        assert send(case.before, NOW).accepted == len(case.before)
    later = NOW + timedelta(days=1)
    try:
        result = send(case.rows, later)
        problems = result.problems
    except InvalidInput as asked:
        problems = asked.facts["problems"]
        # A person looked: the same file goes on.
        result = send(case.rows, later, is_confirmed=True)

    assert [(p["row"], p["column"], p["code"], p["disposition"]) for p in problems] == list(case.expected)
    assert (result.accepted, result.duplicate, result.held, result.refused) == case.counts
    for problem in problems:
        assert re.search(r"[\u4e00-\u9fff]{2}", str(problem["message"])), problem
        assert re.search(r"[\u4e00-\u9fff]{2}", str(problem["hint"])), problem


def test_no_row_of_the_table_is_missing():
    """Each of B1 to B93 has a case that runs: the reader's, the two of whole files, or one of the above."""
    ids = [case.id for case in (*test_bad_input.ALL, *CASES)]
    ids += [name for name in vars(test_bad_input) if name.startswith("test_B")]
    told = {int(found.group(1)) for name in ids if (found := re.match(r"(?:test_)?B(\d+)", name))}

    assert set(range(1, 94)) - told == set()
