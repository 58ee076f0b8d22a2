"""Plain files through any rule set, without a database: CSV or JSON in, one JSON-ready answer per subject out."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scoring_rules.engine.columns import Columns, InputError
from scoring_rules.engine.exact import decimal_of
from scoring_rules.engine.findings import NO_DATA
from scoring_rules.engine.scoring import Scores, score
from scoring_rules.engine.settling import settle_next_change
from scoring_rules.language.attributes import AttributeShape
from scoring_rules.language.problems import nearest
from scoring_rules.language.shapes import RuleSet


@dataclass(frozen=True)
class Table:
    """Rows as texts (None is missing), the columns in their order, and what each row is called in messages."""

    rows: list[dict[str, str | None]]
    columns: list[str]
    places: list[str]


def read_table(path: Path) -> Table:
    """A CSV file with a header, or a JSON array of objects; numbers keep every digit they were written with.

    Raises:
        InputError: the file is neither, or a row has a value that no column can hold.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"文件 {path.name} 不是 UTF-8 编码，请另存为 UTF-8") from None
    if path.suffix.lower() == ".json" or text.lstrip().startswith("["):
        return _of_json(text, path.name)
    return _of_csv(text, path.name)


def _of_csv(text: str, name: str) -> Table:
    lines = csv.reader(io.StringIO(text), strict=True)
    try:
        header = [title.strip() for title in next(lines, [])]
        if not header or len(set(header)) != len(header):
            raise InputError(f"文件 {name} 的表头为空或有重复的列")
        rows: list[dict[str, str | None]] = []
        places: list[str] = []
        for line in lines:
            if not any(line):
                continue
            if len(line) != len(header):
                raise InputError(
                    f"文件 {name} 第 {lines.line_num} 行有 {len(line)} 列，表头有 {len(header)} 列"
                )
            places.append(f"文件 {name} 第 {lines.line_num} 行")
            rows.append({title: cell.strip() or None for title, cell in zip(header, line, strict=True)})
    except csv.Error as error:
        raise InputError(f"文件 {name} 第 {lines.line_num} 行不是合格的 CSV：{error}") from None
    return Table(rows, header, places)


def _of_json(text: str, name: str) -> Table:
    try:
        found = json.loads(text, parse_float=str, parse_int=str)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"文件 {name} 不是合格的 JSON：{error}") from None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise InputError(f"文件 {name} 须为对象的数组")
    rows = [{key: _text(value, name, key) for key, value in row.items()} for row in found]
    places = [f"文件 {name} 第 {at} 个对象" for at in range(1, len(rows) + 1)]
    return Table(rows, list(dict.fromkeys(key for row in rows for key in row)), places)


def _text(value: Any, name: str, key: str) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ";".join(value) or None
    raise InputError(f"文件 {name} 的列 {key} 有不能使用的值：{value!r}")


@dataclass(frozen=True)
class Facts:
    """Two tables as the engine takes them. Names of subjects and records are kept aside and given back in answers.

    ``remarks`` say what of the files is not as declared and so has no effect.
    """

    records: pd.DataFrame
    subjects: pd.DataFrame
    subject_names: list[str]
    record_names: list[str]
    remarks: list[str]


def facts_of(ruleset: RuleSet, records: Table, subjects: Table) -> Facts:
    """Raises InputError when a subject is missing, doubled, or a record speaks of one that is not there, or when a
    value cannot be read as its attribute is declared."""
    names = _subjects(subjects)
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"主体 {twice} 在主体文件中重复")
    position = {name: at for at, name in enumerate(names, start=1)}
    owners = _subjects(records)
    for owner, place in zip(owners, records.places, strict=True):
        if owner not in position:
            raise InputError(f"{place}：记录中的主体 {owner} 不在主体文件中")
    # A record is known by its label among those of its subject.
    labels = [
        (row.get("record") or str(at), owner)
        for at, (row, owner) in enumerate(zip(records.rows, owners, strict=True), start=1)
    ]
    if len(set(labels)) != len(labels):
        twice, owner = next(label for label in labels if labels.count(label) > 1)
        raise InputError(f"主体 {owner} 的记录 {twice} 在记录文件中重复")
    # Same-day records without another order go by their label: numbers as numbers, else as text.
    order = sorted(
        labels, key=lambda label: (0, int(label[0]), "") if label[0].isdecimal() else (1, 0, label[0])
    )
    number = {label: at for at, label in enumerate(order, start=1)}
    declared = ruleset.attributes
    frame = _frame(records, _titles(declared.records) | _event_title(ruleset, records))
    frame.insert(0, "subject", [position[owner] for owner in owners])
    frame.insert(1, "record", [number[label] for label in labels])
    people = _frame(subjects, _titles(declared.subjects))
    people.insert(0, "subject", range(1, len(names) + 1))
    events = {"event", *_event_title(ruleset, records).values()}
    unknown = _unknown(records, {*_titles(declared.records).values(), "subject", "record", *events})
    unknown += _unknown(subjects, {*_titles(declared.subjects).values(), "subject"})
    remarks = [
        *unknown,
        *_values(records, frame, declared.records),
        *_values(subjects, people, declared.subjects),
    ]
    return Facts(
        frame, people, names, [label for label, _ in order], remarks + _undated(ruleset, records, frame)
    )


def _subjects(table: Table) -> list[str]:
    names = [row.get("subject") or "" for row in table.rows]
    if "" in names:
        raise InputError(f"{table.places[names.index('')]}没有 subject")
    return names


def _values(table: Table, frame: pd.DataFrame, declared: dict[str, AttributeShape]) -> list[str]:
    """Remarks about texts outside the declared values. Raises InputError, with the row, for what cannot be read."""
    found = []
    for name, shape in declared.items():
        if name not in frame.columns:
            continue
        for value in frame[name].dropna().unique():
            message = _misread(str(value), name, shape)
            if message:
                place = table.places[int((frame[name] == value).to_numpy().argmax())]
                if shape.type not in ("text", "codes"):
                    raise InputError(f"{place}：{message}")
                found.append(f"{place}：{message}")
    return found


def _misread(value: str, name: str, shape: AttributeShape) -> str:
    if shape.type in ("text", "codes"):
        parts = value.split(";") if shape.type == "codes" else [value]
        strange = next((part for part in parts if shape.values and part not in shape.values), None)
        if strange is None:
            return ""
        return (
            f"列 {shape.column or name} 的值“{strange}”不在声明的取值之内（{nearest(strange, shape.values)}）"
        )
    title = shape.column or name
    column = Columns(pd.DataFrame({title: pd.Series([value], dtype=object)}), {title: shape.type})
    try:
        column.days(title) if shape.type == "date" else column.numbers(title)
    except InputError as error:
        return str(error)
    return ""


def _undated(ruleset: RuleSet, table: Table, frame: pd.DataFrame) -> list[str]:
    """Records that take part in nothing for want of a date; an event's date counts for each of its records."""
    dated = ruleset.dated
    if dated is None or not len(frame):
        return []
    title = _titles(ruleset.attributes.records)[dated]
    if dated not in frame.columns:
        return [f"记录文件没有日期列 {title}，没有一条记录参加计算"]
    missing = frame[dated].isna().to_numpy()
    if dated in ruleset.event_attributes and ruleset.event in frame.columns:
        known = frame[~missing][["subject", ruleset.event]].dropna().itertuples(index=False, name=None)
        events = frame[["subject", ruleset.event]].itertuples(index=False, name=None)
        had = set(known)
        missing = missing & np.array([event not in had for event in events])
    return [f"{table.places[at]}没有日期 {title}，未参加计算" for at in missing.nonzero()[0]]


def _titles(declared: dict[str, AttributeShape]) -> dict[str, str]:
    """The column of each attribute."""
    return {name: shape.column or name for name, shape in declared.items()}


def _event_title(ruleset: RuleSet, table: Table) -> dict[str, str]:
    """The attribute that links records stands in a column of its own name or, without one, in ``event``."""
    shape = ruleset.attributes.records.get(ruleset.event)
    title = (shape.column if shape else "") or ruleset.event
    return {ruleset.event: title if title in table.columns else "event"}


def _frame(table: Table, titles: dict[str, str]) -> pd.DataFrame:
    columns = {
        name: pd.Series([row.get(title) for row in table.rows], dtype=object)
        for name, title in titles.items()
        if title in table.columns
    }
    return pd.DataFrame(columns, index=range(len(table.rows)))


def _unknown(table: Table, known: set[str]) -> list[str]:
    return [
        f"列 {name} 未在规则集中声明，已忽略"
        + (f"（{hint}）" if (hint := nearest(name, known)) and "？" in hint else "")
        for name in table.columns
        if name not in known
    ]


def run(ruleset: RuleSet, facts: Facts, *, on: date, with_conditions: bool = False) -> list[dict[str, Any]]:
    """One document per subject: subject, score, grade, domains, findings, next_change; exact numbers as text.

    With ``with_conditions`` also ``conditions``: the list conditions met, each with its records.
    """
    scores = score(ruleset, facts.records, facts.subjects, on=on)
    settled = settle_next_change(ruleset, facts.records, facts.subjects, scores, on=on)
    findings: dict[int, list[dict[str, Any]]] = {}
    for line in scores.findings.to_dict("records"):
        findings.setdefault(line["subject"], []).append(_finding(line, facts))
    parts = _parts(ruleset, scores)
    answers = [
        {
            "subject": facts.subject_names[row["subject"] - 1],
            "score": _score(row["score"], ruleset.scale),
            "grade": row["grade"],
            "domains": {
                domain: {
                    "score": _score(row[f"{domain}_score"], ruleset.scale),
                    "grade": row[f"{domain}_grade"],
                    "parts": parts[(row["subject"], domain)],
                }
                for domain in [shape.id for shape in ruleset.domains] or ["all"]
            },
            "findings": findings.get(row["subject"], []),
            "next_change": None
            if pd.isna(row["next_change_on"])
            else row["next_change_on"].date().isoformat(),
        }
        for row in settled.to_dict("records")
    ]
    if with_conditions:
        met = _conditions(scores, facts)
        answers = [{**answer, "conditions": met.get(answer["subject"], [])} for answer in answers]
    return answers


def unscored(answers: list[dict[str, Any]]) -> list[str]:
    """What fired but could be given no points, to be said beside the answers."""
    return [
        f"记录 {finding['record']} 的项目 {finding['item']} 没有分值：{finding['note']}"
        for answer in answers
        for finding in answer["findings"]
        if finding["note"].startswith(NO_DATA)
    ]


def _conditions(scores: Scores, facts: Facts) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for line in scores.conditions.to_dict("records"):
        subject = facts.subject_names[line.pop("subject") - 1]
        records = [facts.record_names[number - 1] for number in line["records"]]
        plain = {str(key): value for key, value in line.items()}
        found.setdefault(subject, []).append({**plain, "records": records})
    return found


def _parts(ruleset: RuleSet, scores: Scores) -> dict[tuple[int, str], dict[str, str | None]]:
    return {
        (row["subject"], row["domain"]): {
            part.id: None if pd.isna(row[part.id]) else row[part.id] for part in ruleset.parts
        }
        for row in scores.parts.to_dict("records")
    }


def _score(units: Any, scale: int) -> str | None:
    if pd.isna(units):
        return None
    return decimal_of(int(units), scale)


def _finding(line: dict[Any, Any], facts: Facts) -> dict[str, Any]:
    record = None if pd.isna(line["record"]) else facts.record_names[int(line["record"]) - 1]
    plain = {
        key: None if pd.isna(value) else value
        for key, value in line.items()
        if key not in ("subject", "record", "records")
    }
    records = [facts.record_names[number - 1] for number in line["records"]]
    return {"domain": plain.pop("domain"), "record": record, "records": records, **plain}
