"""Dossiers and papers on paper: one page to print, the same as PDF where the extra is installed, and as JSON."""

import json
from collections.abc import Mapping
from typing import Any

from flask import render_template, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.errors import NotFound
from credit_registry.domain.objection_steps import OUTCOMES
from credit_registry.domain.papers import FIELD_TITLES, SERVICE_METHODS
from credit_registry.domain.permissions import Permission
from credit_registry.exports import pdf
from credit_registry.services import dossiers
from credit_registry.services.case_views import PaperView
from credit_registry.services.dossiers import Dossier, RepairDossier
from credit_registry.web import access, context, screen
from credit_registry.web.console.console import blueprint
from credit_registry.web.downloads import as_download

_STYLE = "document.css"


@blueprint.get("/cases/<int:case_id>/history")
@access.needs(Permission.REGISTER_READ)
def case_history(case_id: int) -> str:
    """The complete history of a case: who did what, when, why, on what papers, and which clocks were met."""
    return _page(
        _dossier(_case(case_id)),
        back=url_for("console.case", case_id=case_id),
        back_title=f"案件 {case_id}",
        json_address=url_for("console.case_history_file", case_id=case_id, file_format="json"),
        pdf_address=url_for("console.case_history_file", case_id=case_id, file_format="pdf"),
    )


@blueprint.get("/cases/<int:case_id>/history.<any(json, pdf):file_format>")
@access.needs(Permission.REGISTER_READ)
def case_history_file(case_id: int, file_format: str) -> Response:
    dossier = _case(case_id)
    return _file(_dossier(dossier), dossier.as_dict(), file_format, f"case-{case_id}-v{dossier.case.version}")


@blueprint.get("/repairs/<int:repair_id>/history")
@access.needs(Permission.REGISTER_READ)
def repair_history(repair_id: int) -> str:
    """The complete history of an application to repair a penalty."""
    return _page(
        _repair_dossier(_repair(repair_id)),
        back=url_for("console.repair", repair_id=repair_id),
        back_title=f"修复申请 {repair_id}",
        json_address=url_for("console.repair_history_file", repair_id=repair_id, file_format="json"),
        pdf_address=url_for("console.repair_history_file", repair_id=repair_id, file_format="pdf"),
    )


@blueprint.get("/repairs/<int:repair_id>/history.<any(json, pdf):file_format>")
@access.needs(Permission.REGISTER_READ)
def repair_history_file(repair_id: int, file_format: str) -> Response:
    dossier = _repair(repair_id)
    name = f"repair-{repair_id}-v{dossier.repair.version}"
    return _file(_repair_dossier(dossier), dossier.as_dict(), file_format, name)


@blueprint.get("/<any(cases, repairs):kind>/<int:owner_id>/papers/<int:paper_id>")
@access.needs(Permission.REGISTER_READ)
def paper(kind: str, owner_id: int, paper_id: int) -> str:
    """One paper, ready for the printer."""
    found = _paper(kind, owner_id, paper_id)
    of_case = kind == "cases"
    back = (
        url_for("console.case", case_id=owner_id)
        if of_case
        else url_for("console.repair", repair_id=owner_id)
    )
    return _page(
        _letter(found),
        back=back,
        back_title=f"{'案件' if of_case else '修复申请'} {owner_id}",
        json_address=None,
        pdf_address=url_for("console.paper_pdf", kind=kind, owner_id=owner_id, paper_id=paper_id),
    )


@blueprint.get("/<any(cases, repairs):kind>/<int:owner_id>/papers/<int:paper_id>.pdf")
@access.needs(Permission.REGISTER_READ)
def paper_pdf(kind: str, owner_id: int, paper_id: int) -> Response:
    found = _paper(kind, owner_id, paper_id)
    return _file(_letter(found), None, "pdf", found.document_no or f"{found.title}-{paper_id}")


def _case(case_id: int) -> Dossier:
    actor, now = context.actor(), context.now()
    return context.read(lambda session: dossiers.of_case(session, actor, case_id, now=now))


def _repair(repair_id: int) -> RepairDossier:
    actor, now = context.actor(), context.now()
    return context.read(lambda session: dossiers.of_repair(session, actor, repair_id, now=now))


def _paper(kind: str, owner_id: int, paper_id: int) -> PaperView:
    """A paper of this case or repair, whoever may see that."""
    papers = _case(owner_id).case.papers if kind == "cases" else _repair(owner_id).papers
    for each in papers:
        if each.paper_id == paper_id:
            return each
    raise NotFound("没有这份文书。请从案件页面进入。", code="unknown-paper")


def _dossier(dossier: Dossier) -> dict[str, Any]:
    document = dossier.as_dict()
    listed = f"{document['from']} 至 {document['until']}" if document["from"] else None
    return _about(
        document,
        f"{document['series_title']}案卷",
        {
            "案件": f"{document['case']}（第 {document['version']} 版）",
            "企业": document["name"],
            "统一社会信用代码": document["uscc"],
            "办理部门": document["authority"],
            "状态": document["state_title"],
            "立案": document["opened_on"],
            "决定": " ".join(filter(None, (document["decided_on"], document["decision_no"]))),
            "在列期间": listed,
            "拟公布等级": document["matter"] and document["matter"]["grade"],
            "暂停公示": document["hidden_since"],
            "结束": document["ended_on"],
        },
    )


def _repair_dossier(dossier: RepairDossier) -> dict[str, Any]:
    document = dossier.as_dict()
    return _about(
        document,
        "处罚信息信用修复案卷",
        {
            "修复申请": f"{document['repair']}（第 {document['version']} 版）",
            "企业": document["name"],
            "统一社会信用代码": document["uscc"],
            "处罚决定书": document["document_no"] or f"记录 {document['record']}",
            "状态": document["state_title"],
            "收到申请": document["applied_on"],
            "受理": document["accepted_on"],
            "决定": document["decided_on"],
        },
    )


def _about(document: dict[str, Any], title: str, heading: Mapping[str, Any]) -> dict[str, Any]:
    printed = (
        f"{screen.beijing(context.now())} 由 {context.actor().name}（{context.actor().office_name}）制作"
    )
    return {
        "body": "print/dossier.html",
        "title": title,
        "heading": [(name, value) for name, value in heading.items() if value],
        "document": document,
        "outcomes": OUTCOMES,
        "printed": printed,
        **_WORDS,
    }


def _letter(found: PaperView) -> dict[str, Any]:
    return {"body": "print/paper.html", "title": found.title, "paper": found, **_WORDS}


_WORDS = {"field_titles": FIELD_TITLES, "methods": SERVICE_METHODS}


def _page(content: Mapping[str, Any], **ways: str | None) -> str:
    return render_template("console/printed.html", has_pdf=pdf.is_available(), **content, **ways)


def _file(
    content: Mapping[str, Any], document: Mapping[str, Any] | None, file_format: str, name: str
) -> Response:
    if file_format == "json":
        data = json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
        return as_download(data, f"{name}.json", "application/json")
    html = render_template("print/page.html", **content)
    data = pdf.pdf_bytes(html, context.style_sheet(_STYLE))
    return as_download(data, f"{name}.pdf", "application/pdf")
