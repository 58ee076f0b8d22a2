"""Pages that everybody may read. Whether an entry is shown is asked of its dates at the moment of the answer."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, make_response, render_template, request

from credit_registry.domain.errors import NotFound
from credit_registry.domain.series import LIST_TITLES, PUBLIC_LISTS, ListKind
from credit_registry.services import codes, imports, publications, rulesets
from credit_registry.web import context
from credit_registry.web.public import tables

blueprint = Blueprint("public", __name__)

_PAGE = 30
_LATEST = 6
V = TypeVar("V", bound=Callable[..., Any])

# Legal names as they are printed; the short ones stand in addresses only.
TITLES = {kind.value: LIST_TITLES[kind] for kind in PUBLIC_LISTS}
MATTER_TITLES = {
    "permit": "行政许可", "bidding": "招标投标", "procurement": "政府采购", "funding": "财政资金", "honours": "评先评优",
    "commitment": "告知承诺", "inspection": "监督检查", "insurance": "保险费率", "credit": "融资授信",
    "market_access": "市场准入",
}  # fmt: skip


def fresh(view: V) -> V:
    """Let caches keep the page, but ask each time: an entry that has ended vanishes at once.

    Search engines are asked to keep no copy of their own, which would outlive the entry.
    """

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Response:
        response = make_response(view(*args, **kwargs))
        response.headers["Cache-Control"] = "public, no-cache"
        response.headers["X-Robots-Tag"] = "noarchive"
        response.add_etag()
        response.make_conditional(request)
        return response

    return answered  # type: ignore[return-value]


@blueprint.app_context_processor
def shared() -> dict[str, object]:
    return {"list_titles": TITLES, "is_demonstration": context.settings().is_demonstration}


@blueprint.get("/")
@fresh
def home() -> str:
    """What this is, a search box, how many stand on each list, the latest entries."""
    on = context.today()
    with context.database().read() as session:
        entries = {kind: publications.rows(session, kind, on=on) for kind in TITLES}
        version = publications.list_version(session)
    latest = sorted(
        (entry for each in entries.values() for entry in each), key=lambda entry: entry.listed_from
    )
    return render_template(
        "public/home.html",
        counts={kind: len(each) for kind, each in entries.items()},
        latest=latest[: -_LATEST - 1 : -1],
        version=version,
        on=on,
    )


@blueprint.get("/lists/<list_kind>")
@fresh
def listing(list_kind: str) -> str:
    """One list, by pages, all of it or those whose name or code contains a text."""
    publications.kind_of(list_kind)
    text = request.args.get("text", "").strip()[:100]
    on = context.today()
    with context.database().read() as session:
        page = publications.page(
            session, list_kind, on=on, text=text or None, after=request.args.get("after"), limit=_PAGE
        )
        version = publications.list_version(session)
    return render_template(
        "public/listing.html", kind=list_kind, page=page, text=text, slip=codes.slip(text), on=on, version=version, is_first="after" not in request.args
    )  # fmt: skip


@blueprint.get("/lists/<list_kind>/<uscc>")
@fresh
def entry(list_kind: str, uscc: str) -> str:
    """An enterprise's entries on a list, with the law behind them and the ways out."""
    on = context.today()
    with context.database().read() as session:
        entries = publications.get(session, list_kind, uscc, on=on)
        version = publications.list_version(session)
    measures = [
        measure
        for measure in _rules_in_force()["measures"]
        if measure["list"] == list_kind
        and measure["valid_from"] <= on.isoformat()
        and (measure["valid_until"] is None or on.isoformat() <= measure["valid_until"])
    ]
    return render_template(
        "public/entry.html", kind=list_kind, entries=entries, measures=measures, matters=MATTER_TITLES, on=on, version=version
    )  # fmt: skip


@blueprint.get("/search")
@fresh
def search() -> str:
    """Published entries by part of a name, or a whole code. Nothing else is searched here."""
    text = request.args.get("text", "").strip()[:100]
    on = context.today()
    found: dict[str, tuple[publications.PublicEntry, ...]] = {}
    if len(text) >= 2:
        with context.database().read() as session:
            found = {
                kind: publications.page(session, kind, on=on, text=text, limit=_PAGE).items for kind in TITLES
            }
    slip = codes.slip(text)
    shown = "" if slip and slip.is_person else text
    return render_template("public/search.html", text=text, shown=shown, slip=slip, found=found, on=on)


@blueprint.get("/rules")
@fresh
def rules() -> str:
    """The rule set in force: what counts, how much, by which law."""
    return _ruleset_page(_rules_in_force())


@blueprint.get("/rules/<ruleset_id>")
@fresh
def ruleset(ruleset_id: str) -> str:
    return _ruleset_page(rulesets.get(ruleset_id))


@blueprint.get("/downloads")
@fresh
def downloads() -> str:
    """Whole lists for programs and spreadsheets, and the templates for reporting offices."""
    with context.database().read() as session:
        version = publications.list_version(session)
    return render_template(
        "public/downloads.html", version=version, on=context.today(), formats=tables.FORMATS, templates=tables.templates()
    )  # fmt: skip


@blueprint.get("/downloads/<list_kind>.<file_format>")
@fresh
def download(list_kind: str, file_format: str) -> Response:
    """One list as a file; its name says of which day and version it is."""
    publications.kind_of(list_kind)
    written = tables.FORMATS.get(file_format)
    if written is None:
        raise NotFound("没有这种文件格式。可下载 CSV、XLSX 或 JSON。", code="unknown-format")
    on = context.today()
    with context.database().read() as session:
        rows = publications.rows(session, list_kind, on=on)
        version = publications.list_version(session)
    table = tables.list_table(ListKind(list_kind), rows, on=on, version=version)
    return _file(
        written.write(table), written.media_type, f"{list_kind}-{on:%Y%m%d}-v{version}.{file_format}"
    )


@blueprint.get("/downloads/templates/<kind>.xlsx")
@fresh
def template(kind: str) -> Response:
    """The workbook that an office fills in: an example line, and a sheet that explains the columns."""
    return _file(imports.template(kind), tables.FORMATS["xlsx"].media_type, f"template-{kind}.xlsx")


@blueprint.get("/help")
@fresh
def help_page() -> str:
    return render_template("public/help.html")


def _rules_in_force() -> dict[str, Any]:
    present = next(summary for summary in rulesets.page(on=context.today()) if summary.is_in_force)
    return rulesets.get(present.id)


def _ruleset_page(document: dict[str, Any]) -> str:
    return render_template(
        "public/rules.html",
        rules=document,
        all_rules=rulesets.page(on=context.today()),
        matters=MATTER_TITLES,
    )


def _file(data: bytes, media_type: str, filename: str) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
