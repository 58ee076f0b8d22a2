"""The enterprises that another rule set would move, as a table to read, sort and print."""

from collections.abc import Mapping, Sequence

from credit_registry.domain.impacts import Comparison, Move, industry_title, reasons_text
from credit_registry.exports.tables import Column, Table

_COLUMNS = (
    Column("name", "单位名称", 36),
    Column("uscc", "统一社会信用代码", 22),
    Column("industry", "行业门类", 24),
    Column("subdistrict", "街镇", 14),
    Column("grade_before", "调整前等级", 11),
    Column("grade_after", "调整后等级", 11),
    Column("score_before", "调整前得分", 11),
    Column("score_after", "调整后得分", 11),
    Column("opened", "新成立的列入情形", 18),
    Column("closed", "不再成立的列入情形", 18),
    Column("supervision_before", "调整前监管频次", 26),
    Column("supervision_after", "调整后监管频次", 26),
    Column("reasons", "原因", 80),
)
_PARTLY = "监管信息未列出"


def impact_table(comparison: Comparison, moves: Sequence[Move], *, places: Mapping[str, str]) -> Table:
    """The moves as rows.

    Args:
        places: names of sub-districts by code.
    """
    before, after = comparison.before, comparison.after
    return Table(
        name="impact",
        title="评分规则调整的影响",
        columns=_COLUMNS,
        rows=[_row(move, places) for move in moves],
        as_of=comparison.on,
        version=None,
        notes=(
            f"调整前：{before.title}（{before.id}，指纹 {before.digest}）",
            f"调整后：{after.title}（{after.id}，指纹 {after.digest}）",
            "本表只是两套规则的比较，没有改动任何记录、等级或者名单；列入情形成立不等于列入。",
        ),
    )


def _row(move: Move, places: Mapping[str, str]) -> Mapping[str, object]:
    told = reasons_text(move.reasons)
    if not move.is_complete:
        told = f"{told}；{_PARTLY}" if told else _PARTLY
    return {
        "name": move.name,
        "uscc": move.uscc,
        "industry": industry_title(move.section),
        "subdistrict": places.get(move.subdistrict_code or "", move.subdistrict_code),
        "grade_before": move.grade_before,
        "grade_after": move.grade_after,
        "score_before": move.score_before,
        "score_after": move.score_after,
        "opened": move.opened,
        "closed": move.closed,
        "supervision_before": move.supervision_before,
        "supervision_after": move.supervision_after,
        "reasons": told,
    }
