"""A folder of YAML to one RuleSet, or every reason why not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from scoring_rules.language.attributes import ATTRIBUTE, AttributeShape, Vocabulary
from scoring_rules.language.checking import Checker
from scoring_rules.language.grammar import NAME, MapOf, Shape, need
from scoring_rules.language.problems import RuleSetError, nearest
from scoring_rules.language.reading import Mapping, Node, Place, Reader
from scoring_rules.language.shapes import RULESET, RuleSet

LANGUAGE = 1
_ATTRIBUTES = MapOf(ATTRIBUTE, NAME)
_VOCABULARY = Shape(
    "vocabulary", Vocabulary, {"records": need(_ATTRIBUTES), "subjects": need(_ATTRIBUTES)}, placed=False
)


def digest_of(folder: Path) -> str:
    """SHA-256 over names and bytes of every file of the folder; a moved comment changes it too."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        total.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


@lru_cache(maxsize=1)
def registry_vocabulary() -> Vocabulary:
    reader = Reader()
    root = reader.parse(Path(__file__).with_name("registry.yaml"), "registry.yaml")
    found = _VOCABULARY.read(root, reader) if root is not None else None
    if reader.problems:
        raise RuleSetError(reader.problems)
    assert isinstance(found, Vocabulary)
    return found


def load_ruleset(folder: Path) -> RuleSet:
    """Read, check and freeze a rule set.

    Every ``*.yaml`` of the folder is one part of it; a key stands in one file only.

    Raises:
        RuleSetError: with each problem's file, line and suggestion.
    """
    reader = Reader()
    root = _merged(folder, reader)
    found = RULESET.read(root, reader)
    if reader.problems:
        raise RuleSetError(reader.problems)
    assert isinstance(found, RuleSet)
    ruleset = _with_vocabulary(replace(found, places=root.key_places), reader)
    if not reader.problems:
        Checker(ruleset, reader).check()
    if reader.problems:
        raise RuleSetError(reader.problems)
    return replace(ruleset, digest=digest_of(folder))


def _merged(folder: Path, reader: Reader) -> Mapping:
    entries: dict[str, Node] = {}
    places: dict[str, Place] = {}
    paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if not any(path.name == "ruleset.yaml" for path in paths):
        raise_for = Place("ruleset.yaml", 0)
        reader.refuse(
            raise_for,
            f"文件夹 {folder.name} 中没有 ruleset.yaml",
            "规则集是一个文件夹，至少要有 ruleset.yaml",
        )
        raise RuleSetError(reader.problems)
    unread = False
    for path in paths:
        root = reader.parse(path, path.name)
        if root is None:
            unread = True
            continue
        if not isinstance(root, Mapping):
            reader.refuse(root.place, "文件须为“键: 值”", "每行一个键，如 scale: 10")
            unread = True
            continue
        for key, node in root.entries.items():
            place = root.key_places[key]
            if key in entries:
                first = places[key]
                reader.refuse(place, f"键 {key} 重复", f"{first.file} 第 {first.line} 行已经写过")
                continue
            if key not in RULESET.fields:
                reader.refuse(place, f"规则集没有键 {key}", nearest(key, RULESET.fields))
                continue
            entries[key], places[key] = node, place
    if unread:
        # What the file would have said is not known: that keys are missing would be noise.
        raise RuleSetError(reader.problems)
    return Mapping(entries, places, Place("ruleset.yaml", 1))


def _with_vocabulary(ruleset: RuleSet, reader: Reader) -> RuleSet:
    if ruleset.language != LANGUAGE:
        reader.refuse(
            ruleset.place_of("language"),
            f"规则语言版本 {ruleset.language} 不受支持",
            f"请写 language: {LANGUAGE}",
        )
    records: dict[str, AttributeShape] = dict(ruleset.record_attributes)
    subjects: dict[str, AttributeShape] = dict(ruleset.subject_attributes)
    dated, event, order = ruleset.dated, ruleset.event, ruleset.order
    if ruleset.vocabulary == "registry":
        shipped = registry_vocabulary()
        for own, theirs in ((records, shipped.records), (subjects, shipped.subjects)):
            for name in own.keys() & theirs.keys():
                reader.refuse(own[name].place, f"属性 {name} 已在本系统词汇中声明", "请删除或换一个名称")
        records, subjects = shipped.records | records, shipped.subjects | subjects
        dated, event = dated or "dated_on", "event_key" if event == "event" else event
        order = order or ("dated_on", "document_no")
    order = order or ((dated,) if dated else ())
    return replace(
        ruleset,
        record_attributes=records,
        subject_attributes=subjects,
        dated=dated,
        event=event,
        order=order,
        attributes=Vocabulary(records | ruleset.event_attributes, subjects),
    )
