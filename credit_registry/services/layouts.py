"""Layouts of files: those in use, an installation's own ones, a draft for an office whose files are not known yet."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import importers
from credit_registry.domain.errors import InvalidInput
from credit_registry.services import imports


def draft(
    data: bytes,
    filename: str,
    *,
    kind: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
) -> str:
    """The YAML of a layout drawn from a file, for a person to finish; nothing is read into the register.

    Args:
        kind: what the file is; None for the kind whose titles are nearest.

    Raises:
        InvalidInput: ``file-refused``.
        NotFound: ``unknown-kind``.
    """
    if kind is not None:
        imports.layout_of(kind, None)
    drawn, problems = importers.suggest_layout(
        data, filename=filename, kind=kind, sheet=sheet, encoding=encoding
    )
    if problems:
        worst = problems[0]
        raise InvalidInput(
            f"不能起草版式：{worst.message}。{worst.hint}。",
            code="file-refused",
            facts={"problem": worst.code, "problems": [problem.as_dict() for problem in problems]},
        )
    return drawn


@dataclass(frozen=True)
class LayoutView:
    """A layout in use, or an installation's file that cannot be used and why."""

    name: str
    kind: str | None
    title: str | None
    is_own: bool
    problem: str | None = None

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def adopt(folder: Path) -> Mapping[str, str]:
    """Take the installation's own layouts into use; the files that cannot be used, each with its reason."""
    return {name: str(error) for name, error in importers.adopt(folder).items()}


def page(folder: Path) -> tuple[LayoutView, ...]:
    """Every layout that imports may name, the installation's own and unusable ones among them."""
    broken = adopt(folder)
    own = {path.stem for path in folder.glob("*.yaml")}
    found = [LayoutView(each.name, each.kind, each.title, each.name in own) for each in importers.layouts()]
    return (
        *sorted(found, key=lambda each: (each.kind or "", each.name)),
        *(LayoutView(Path(name).stem, None, None, True, problem) for name, problem in broken.items()),
    )


def check(file: Path) -> LayoutView:
    """An installation's layout as it would be adopted.

    Raises:
        InvalidInput: ``layout-broken`` with the place in the file.
    """
    try:
        layout = importers.own_layout(file)
    except importers.LayoutError as error:
        raise InvalidInput(
            f"版式 {file.name} 不能使用：{error}。请对照 importers/sources/README.md 修改。",
            code="layout-broken",
        ) from error
    return LayoutView(layout.name, layout.kind, layout.title, is_own=True)
