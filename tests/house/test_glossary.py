"""The glossary and the code agree."""

import ast
import re
from pathlib import Path

from credit_registry.domain.permissions import Permission, Role
from credit_registry.storage.tables.records import KINDS, STATES

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    file for room in ("credit_registry", "scoring_rules", "importers") for file in (ROOT / room).rglob("*.py")
]


def _rows() -> list[list[str]]:
    rows = []
    for line in (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if (
            line.startswith("|")
            and len(cells) == 6
            and cells[0] != "Chinese"
            and not set(cells[0]) <= {"-", " "}
        ):
            rows.append(cells)
    return rows


def _identifiers() -> set[str]:
    """Every name, attribute, argument, keyword and short string constant of the code, in lower case."""
    found: set[str] = set()
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                    found.add(name.lower())
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    found.add(name.lower())
                case ast.Constant(value=str(text)) if len(text) <= 40:
                    found.add(text.lower())
    return found


IDENTIFIERS = _identifiers()
PARTS = {
    part for name in IDENTIFIERS if re.fullmatch(r"[a-z0-9_]+", name) for part in name.split("_")
} | IDENTIFIERS


def _named(row: list[str]) -> list[str]:
    return re.findall(r"`([^`]+)`", row[2])


def test_every_identifier_of_the_glossary_is_in_the_code() -> None:
    missing = [name for row in _rows() for name in _named(row) if name.lower() not in PARTS]

    assert missing == []


def test_every_kind_state_and_role_has_a_row() -> None:
    named = {name for row in _rows() for name in _named(row)}

    assert {*KINDS, *STATES, *(role.value for role in Role)} - named == set()


def test_every_permission_is_made_of_words_of_the_glossary() -> None:
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")

    areas = {permission.value.partition(":")[0].rstrip("s") for permission in Permission}
    assert {area for area in areas if area not in text} == set()


def test_no_banned_word_is_an_identifier() -> None:
    named = {name for row in _rows() for name in _named(row)}
    banned = {word.strip() for row in _rows() for word in row[5].split(",") if word.strip()} - named
    used = [
        word for word in banned if word in {name for name in IDENTIFIERS if re.fullmatch(r"[a-z0-9_]+", name)}
    ]

    assert used == []
