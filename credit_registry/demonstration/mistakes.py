"""Mistakes that real files have: rows that the importers hold for a person or refuse, each with its reason."""

from collections.abc import Iterator

from credit_registry.demonstration.enterprises import fictional_code
from credit_registry.demonstration.facts import EMERGENCY, Reporter
from credit_registry.demonstration.files import Row
from credit_registry.demonstration.stories import Stage


def mistaken_penalties(rows: list[Row], reporter: Reporter, stage: Stage) -> Iterator[Row]:
    """Bad copies of good rows of one file; ``rows`` has at least five."""
    good = [dict(row) for row in rows[:5]]

    def fresh(place: int, **changes: object) -> Row:
        number = reporter.numbers.next(EMERGENCY, stage.today, "罚")
        return {**good[place], "document_no": number, **changes}

    code = str(good[0]["uscc"])
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    yield fresh(0, uscc=wrong)  # a check character that does not fit: refused
    yield fresh(1, uscc=None)  # no code: held, with proposals by name
    yield fresh(2, name="北京示例另一家机械制造有限公司（演示）")  # the name of nobody under this code: held
    yield fresh(
        3, uscc=fictional_code(777_777), name="北京示例未登记商贸有限公司（演示）"
    )  # unknown enterprise: held
    yield fresh(4, dated_on="2026-02-30")  # no such day: refused
    yield fresh(0, penalty_kinds="警示教育")  # no such kind of penalty: refused
    yield {
        **good[1],
        "fine_fen": 9_900_000,
        "content": "罚款99000元。",
    }  # the same decision with another amount: held
    yield {**good[2]}  # the same row twice: duplicate
