"""What another rule set would move: two rule sets are chosen, the difference is shown, filtered and downloaded."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, make_response, render_template, request, url_for

from credit_registry.domain.errors import InvalidInput, Refusal
from credit_registry.domain.impacts import (
    ASPECT_TITLES,
    UNKNOWN_SUBDISTRICT,
    Comparison,
    Move,
    Share,
    industry_title,
)
from credit_registry.domain.industries import SECTIONS
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.exports.csv import csv_bytes
from credit_registry.exports.impacts import impact_table
from credit_registry.exports.xlsx import xlsx_bytes
from credit_registry.services import drafts, rulesets, vocabulary
from credit_registry.web import access, context, forms
from credit_registry.web.console.console import blueprint
from credit_registry.web.downloads import as_download
from credit_registry.web.errors import status_of

_SHOWN = 30
# A chart with more bars is a table.
_BARS = 16
_UNKNOWN = "unknown"
_WRITERS = {
    "csv": (csv_bytes, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@dataclass(frozen=True)
class _Question:
    """Which rule sets, for which day, and which of the moves; as the address says it."""

    before: str
    after: str
    on: date
    change: tuple[str, str] | None
    aspect: str | None
    industry: str | None
    subdistrict: str | None

    @classmethod
    def asked(cls) -> "_Question":
        """Raises InvalidInput for what no link of ours says."""
        given = request.args
        one, _, other = given.get("change", "")[:40].partition(":")
        return cls(
            before=given.get("from", "")[:100]
            or next(each.id for each in rulesets.page(on=context.today()) if each.is_in_force),
            after=given.get("to", "")[:100],
            on=forms.day(given.get("on"), "测算日") or context.today(),
            change=(one, other) if one and other else None,
            aspect=forms.choice(given.get("aspect"), "变动", tuple(ASPECT_TITLES)),
            industry=forms.choice(given.get("industry"), "行业", (*SECTIONS, _UNKNOWN)),
            subdistrict=forms.choice(given.get("subdistrict"), "街镇", (*vocabulary.places(), _UNKNOWN)),
        )

    def address(self, endpoint: str = "console.impact", **changes: Any) -> str:
        """The page with these choices, some of them changed; None takes one away."""
        said = {
            "from": self.before,
            "to": self.after,
            "on": self.on.isoformat(),
            "change": ":".join(self.change) if self.change else None,
            "aspect": self.aspect,
            "industry": self.industry,
            "subdistrict": self.subdistrict,
        }
        return url_for(endpoint, **{name: value for name, value in {**said, **changes}.items() if value})

    def compared(self, actor: Actor) -> Comparison:
        folder = context.settings().drafts
        one, other = (drafts.find(actor, key, folder) for key in (self.before, self.after))
        return context.read(
            lambda session: context.comparisons().get(
                session, actor, one, other, on=self.on, now=context.now()
            )
        )

    def selected(self, comparison: Comparison) -> tuple[Move, ...]:
        industry, subdistrict = (
            "" if code == _UNKNOWN else code for code in (self.industry, self.subdistrict)
        )
        return comparison.select(
            change=self.change, aspect=self.aspect, industry=industry, subdistrict=subdistrict
        )


@blueprint.get("/impact")
@access.needs(Permission.REGISTER_READ)
def impact() -> Response:
    """Choose two rule sets; see whom the second would move."""
    actor = context.actor()
    question = _Question.asked()
    refusal: Refusal | None = None
    shown: dict[str, Any] = {}
    if question.after:
        try:
            shown = _shown(question, question.compared(actor))
        except InvalidInput as error:
            refusal = error
    page = render_template(
        "console/impact.html",
        question=question,
        choices=_choices(actor),
        drafts=drafts.page(actor, context.settings().drafts),
        refusal=refusal,
        aspects=ASPECT_TITLES,
        **shown,
    )
    return make_response(page, int(status_of(refusal)) if refusal else 200)


@blueprint.get("/impact.<any(csv, xlsx):file_format>")
@access.needs(Permission.REGISTER_READ)
def impact_file(file_format: str) -> Response:
    """The selected moves with their reasons as a file."""
    question = _Question.asked()
    comparison = question.compared(context.actor())
    table = impact_table(comparison, question.selected(comparison), places=vocabulary.places())
    write, media_type = _WRITERS[file_format]
    return as_download(write(table), f"规则调整的影响-{comparison.on:%Y%m%d}.{file_format}", media_type)


def _choices(actor: Actor) -> list[tuple[str, str]]:
    """Key and title of what may be compared; a draft is called by its folder, since it may bear another's title."""
    found = drafts.comparable(actor, context.settings().drafts)
    known = {summary.id: summary for summary in rulesets.page(on=context.today())}
    titles = []
    for key, ruleset in found.items():
        if key in known:
            told = f"{ruleset.title}{'，现行' if known[key].is_in_force else ''}"
        else:
            told = f"草案 {key.partition(':')[2]}" if ":" in key else f"示例 {ruleset.title}"
        titles.append((key, told))
    return titles


def _shown(question: _Question, comparison: Comparison) -> dict[str, Any]:
    selected = question.selected(comparison)
    page = _cut(selected, forms.number(request.args.get("after"), "翻页"))
    standing = [comparison.standing(end) for end in (0, 1)]
    places = vocabulary.places()
    groups = [
        ("industry", "行业门类", comparison.industries, industry_title),
        (
            "subdistrict",
            "街镇",
            comparison.subdistricts,
            lambda code: places.get(code, code) if code else UNKNOWN_SUBDISTRICT,
        ),
    ]
    return {
        "comparison": comparison,
        "lowered": sum(move.fall > 0 for move in comparison.moves),
        "raised": sum(move.fall < 0 for move in comparison.moves),
        "page": page,
        "selected": len(selected),
        "standing": standing,
        "falls": {(move.grade_before, move.grade_after): move.fall for move in comparison.moves},
        "grade_chart": _grade_chart(*standing),
        "groups": [
            {
                "name": name,
                "title": title,
                "rows": [(share.code or _UNKNOWN, called(share.code), share) for share in shares],
                "chart": _share_chart(shares, called),
            }
            for name, title, shares, called in groups
        ],
        "anchors": rulesets.anchors(question.before),
        "first": question.address() if request.args.get("after") else None,
        "following": question.address(after=page.after),
    }


def _cut(moves: tuple[Move, ...], after: int | None) -> Page[Move]:
    """The page behind an enterprise; from the beginning where it no longer moves."""
    start = next((at for at, move in enumerate(moves, 1) if move.enterprise_id == after), 0)
    items = moves[start : start + _SHOWN]
    return Page(items, str(items[-1].enterprise_id) if start + _SHOWN < len(moves) else None)


def _grade_chart(before: dict[str, int], after: dict[str, int]) -> dict[str, Any]:
    grades = list(
        dict.fromkeys(
            [*(grade for grade in before if grade != "N"), *(grade for grade in after if grade != "N"), "N"]
        )
    )
    return {
        "names": ["未评定" if grade == "N" else grade for grade in grades],
        "series": [
            {"name": name, "values": [counts.get(grade, 0) for grade in grades]}
            for name, counts in (("调整前", before), ("调整后", after))
        ],
    }


def _share_chart(shares: tuple[Share, ...], called: Any) -> dict[str, Any]:
    """The groups with most moves, stacked by where these lead."""
    moving = [share for share in shares if share.moved][:_BARS]
    return {
        "names": [called(share.code) for share in moving],
        "series": [
            {"name": "等级下降", "values": [share.lowered for share in moving]},
            {"name": "等级上升", "values": [share.raised for share in moving]},
            {"name": "等级不变", "values": [share.moved - share.lowered - share.raised for share in moving]},
        ],
    }
