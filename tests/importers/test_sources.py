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
