"""Layouts of files: a draft for an office whose files are not known yet."""

import importers
from credit_registry.domain.errors import InvalidInput


def draft(data: bytes, filename: str, *, sheet: str | None = None, encoding: str | None = None) -> str:
    """The YAML of a layout drawn from a file, for a person to finish; nothing is read into the register.

    Raises:
        InvalidInput: ``file-refused``.
    """
    drawn, problems = importers.suggest_layout(data, filename=filename, sheet=sheet, encoding=encoding)
    if problems:
        worst = problems[0]
        raise InvalidInput(
            f"不能起草版式：{worst.message}。{worst.hint}。",
            code="file-refused",
            facts={"problem": worst.code, "problems": [problem.as_dict() for problem in problems]},
        )
    return drawn
