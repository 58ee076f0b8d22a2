"""A case or a repair as people read it at the terminal, from the same document that `--json` prints."""

from collections.abc import Iterable, Mapping
from typing import Any

from credit_registry.domain.papers import FIELD_TITLES
from credit_registry.domain.permissions import PERMISSION_TITLES, Permission

Document = Mapping[str, Any]


def lines(items: Iterable[Document]) -> str:
    """The worklist, one case a line."""
    told = [
        f"{item['case']:>6}  {item['state_title']}  {item['name']}（{item['uscc'] or '无代码'}）"
        + (f"  {item['due_on']} 到期{'，已超期' if item['is_overdue'] else ''}" if item["due_on"] else "")
        + (f"  等待至 {item['waits_until']}" if item["waits_until"] else "")
        for item in items
    ]
    return "\n".join(told) or "没有符合条件的案件。"


def case(document: Document) -> str:
    """A whole case: what it stands on, what was done, what may be done."""
    told = [
        f"案件 {document['case']}（第 {document['version']} 版）  {document['state_title']}",
        f"{document['name']}（{document['uscc'] or '无代码'}）  {document['series_title']}  {document['authority']}",
    ]
    if document["from"]:
        told.append(f"在列：{document['from']} 至 {document['until']}")
    told += [
        f"事由：{ground['condition']} {ground['title']}（{ground['document_no'] or ground['record']}）"
        for ground in document["grounds"]
    ]
    told += [f"人员：{each['role']} {each['name']} {each['number']}" for each in document["persons"]]
    told += _notes(document["annotations"])
    return "\n".join([*told, *_file(document)])


def repair(document: Document) -> str:
    """A whole application to repair a penalty."""
    told = [
        f"处罚信息修复申请 {document['repair']}（第 {document['version']} 版）  {document['state_title']}",
        f"{document['name']}（{document['uscc'] or '无代码'}）  {document['document_no'] or document['record']}",
    ]
    return "\n".join([*told, *_file(document)])


def annotation(document: Document) -> str:
    return "\n".join(_notes([document]))


def _file(document: Document) -> list[str]:
    told = ["办理经过："]
    told += [
        f"  {step['at'][:16].replace('T', ' ')}  {step['title']} → {step['to_title']}  {step['actor']}"
        + (f"  {step['reason']}" if step["reason"] else "")
        for step in document["steps"]
    ]
    told += ["文书："] if document["papers"] else []
    for paper in document["papers"]:
        said = "；".join(
            f"{FIELD_TITLES.get(name, name)}：{value}" for name, value in paper["fields"].items()
        )
        told.append(f"  {paper['dated_on']}  {paper['title']}  {paper['document_no'] or said}")
    told += ["期限："] if document["clocks"] else []
    for clock in document["clocks"]:
        met = clock["met_on"] or ("不再计算" if clock["stopped_on"] else "未办结")
        told.append(f"  {clock['due_on']}  {clock['title']}  {met}{'  超期' if clock['is_late'] else ''}")
    for file in document.get("attachments", ()):
        told.append(f"附件：{file['title']}  {file['filename']}  SHA-256 {file['sha256']}")
    told += ["下一步："] if document["next"] else ["没有可以办理的步骤。"]
    for step in document["next"]:
        who = PERMISSION_TITLES[Permission(step["who"])]
        told.append(f"  {step['action']}  {step['title']} → {step['to_title']}（{who}）")
        is_seen = step["obstacle"] and step["obstacle"]["code"] != "person-required"
        told += [f"      {step['obstacle']['message']}"] if is_seen else []
        told += [
            f"      文书：{paper['kind']} {paper['title']}：{'、'.join(field['name'] for field in paper['fields'])}"
            for paper in step["papers"]
            if paper["fields"]
        ]
    return told


def _notes(notes: Iterable[Document]) -> list[str]:
    return [
        f"{note['title']} {note['annotation']}（第 {note['version']} 版）：{note['filed_on']} 提出，"
        + (f"{note['answered_on']} {note['answer']}" if note["answer"] else "尚未答复")
        for note in notes
    ]
