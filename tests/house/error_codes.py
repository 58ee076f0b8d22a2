"""The table of codes, read from the source: which refusals and problems there are, and what they say.

``python -m tests.house.error_codes`` writes docs/error-codes.md; a test holds the two together.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from credit_registry.api.errors import STATUS, STATUS_OF_CODE
from credit_registry.domain import errors
from credit_registry.domain.guards import GUARD_TITLES

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "error-codes.md"

HEAD = """# Error codes

Made by `make golden` from the source; a test compares.

## Refusals

What the registry declines and can explain.
The API answers `application/problem+json` with `type`, `code`, `title`, `status`, `facts`, `request_id`; the console shows the sentence; a command prints it on standard error and leaves with 2 (with `--json` also `{"error": {"code", "message", "facts"}}` on standard output).
`…` stands for a value of the case.

| code | status | sentence |
| --- | --- | --- |
"""
GUARDS = """
## Guards of a case

A step of a listing case that the table or its guards do not allow answers 409 with the code of the guard.

| code | what must hold |
| --- | --- |
"""
PROBLEMS = """
## Problems of an imported file

Data about a cell, a row or a file: `{"sheet", "row", "column", "code", "disposition", "value", "message", "hint"}`.
Dispositions: `refuse_file`, `refuse_row`, `hold` (waits for a person), `normalised`, `warning`.

| code | disposition | what it says | hint |
| --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Row:
    code: str
    status: int
    sentence: str


def _refusals() -> dict[str, type[errors.Refusal]]:
    return {kind.__name__: kind for kind in errors.Refusal.__subclasses__()} | {"Refusal": errors.Refusal}


def _status(kind: type[errors.Refusal], code: str) -> int:
    return STATUS_OF_CODE.get(code) or STATUS.get(kind, 400)


def _calls(room: str) -> Iterator[ast.Call]:
    for file in sorted((ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node


def _text(node: ast.expr | None) -> str | None:
    """A constant or an f-string with ``…`` for what is filled in; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values]
        return "".join(parts)
    if isinstance(node, ast.BinOp):
        return f"{_text(node.left) or '…'}{_text(node.right) or '…'}"
    return None


def refusals() -> list[Row]:
    """Every refusal with a code written in the source; one row per code, the first sentence found."""
    kinds = _refusals()
    found: dict[str, Row] = {}
    for call in _calls("credit_registry"):
        kind = kinds.get(call.func.id)  # type: ignore[attr-defined]
        if kind is None or not call.args:
            continue
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        code = _text(keywords["code"]) if "code" in keywords else kind.code
        if code is not None and "…" not in code:
            found.setdefault(code, Row(code, _status(kind, code), _text(call.args[0]) or "（见当时的提示）"))
    for kind in kinds.values():
        found.setdefault(kind.code, Row(kind.code, _status(kind, kind.code), "（见当时的提示）"))
    return sorted(found.values(), key=lambda row: row.code)


def problems() -> list[tuple[str, str, str, str]]:
    """Every finding of the importers and the intake: code, disposition, what it says, hint."""
    found: dict[str, tuple[str, str, str, str]] = {}
    for room in ("importers", "credit_registry"):
        for call in _calls(room):
            told = [_text(argument) for argument in call.args[:4]]
            if call.func.id == "FileRefused":  # type: ignore[attr-defined]
                told.insert(1, "refuse_file")
            elif call.func.id != "Finding":  # type: ignore[attr-defined]
                continue
            if len(told) < 4:
                continue
            code, disposition, says, hint = told[:4]
            if code and disposition and "-" in code and code.isupper():
                found.setdefault(code, (code, disposition, says or "…", hint or "…"))
    return [found[code] for code in sorted(found)]


def document() -> str:
    def cell(text: str) -> str:
        return text.replace("|", "\\|").replace("\n", " ")

    lines = [HEAD.rstrip("\n")]
    lines += [f"| `{row.code}` | {row.status} | {cell(row.sentence)} |" for row in refusals()]
    lines.append(GUARDS.rstrip("\n"))
    lines += [f"| `{guard.value}` | {cell(title)} |" for guard, title in sorted(GUARD_TITLES.items())]
    lines.append(PROBLEMS.rstrip("\n"))
    lines += [
        f"| `{code}` | {disposition} | {cell(says)} | {cell(hint)} |"
        for code, disposition, says, hint in problems()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
