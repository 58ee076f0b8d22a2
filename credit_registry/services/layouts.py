"""Layouts of files: those in use, an installation's own ones, a draft for an office whose files are not known yet."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import importers
from credit_registry.domain.accounts import local_day
from credit_registry.domain.errors import InvalidInput
from credit_registry.services import imports


@dataclass(frozen=True)
class DraftView:
    """A draft, and the kinds that the file may be, the likeliest first; none where the caller named the kind."""

    layout: str
    candidates: tuple[Mapping[str, object], ...]

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def draft(
    data: bytes,
    filename: str,
    *,
    kind: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    now: datetime,
) -> DraftView:
    """The YAML of a layout drawn from a file, for a person to finish; nothing is read into the register.

    Args:
        kind: what the file is; None to be told by the file.

    Raises:
        InvalidInput: ``file-refused``; ``kind-unclear`` with what speaks for each kind.
        NotFound: ``unknown-kind``.
    """
    if kind is not None:
        imports.layout_of(kind, None)
    drawn = importers.suggest_layout(
        data, filename=filename, kind=kind, sheet=sheet, encoding=encoding, today=local_day(now)
    )
    if drawn.problems:
        worst = drawn.problems[0]
        raise InvalidInput(
            f"不能起草版式：{worst.message}。{worst.hint}。",
            code="file-refused",
            facts={"problem": worst.code, "problems": [problem.as_dict() for problem in drawn.problems]},
        )
    found = tuple(
        {
            "kind": each.kind,
            "title": importers.layouts(each.kind)[0].title,
            "points": each.points,
            "grounds": list(each.grounds),
        }
        for each in drawn.candidates[:_CANDIDATES]
    )
    if not drawn.is_told:
        raise _unclear(filename, found)
    return DraftView(drawn.draft, found)


_CANDIDATES = 4


def _unclear(filename: str, found: Sequence[Mapping[str, object]]) -> InvalidInput:
    """Why nothing was drafted: what speaks for each of the kinds, and how to name one."""
    speaking = [
        f"{each['kind']}（{each['title']}）：{'；'.join(each['grounds'])}"  # type: ignore[arg-type]
        for each in found
        if each["grounds"]
    ]
    kinds = {each.kind: importers.layouts(each.kind)[0].title for each in importers.layouts()}
    known = "、".join(f"{kind}（{title}）" for kind, title in sorted(kinds.items()))
    likely = (
        f"可能的类别，最像的在前：{'。'.join(speaking)}"
        if speaking
        else f"标题、列名和值都不是哪一类特有的。类别有：{known}"
    )
    return InvalidInput(
        f"从文件看不出是哪一类，不作猜测。{likely}。"
        f"请写明类别重新起草，例如：credit-registry import inspections --suggest-layout {filename}。",
        code="kind-unclear",
        facts={"candidates": list(found)},
    )


@dataclass(frozen=True)
class LayoutView:
    """A layout in use, or an installation's file that cannot be used and why.

    Attributes:
        left: what its writer has still to settle, a sentence each; asked of one layout alone.
    """

    name: str
    kind: str | None
    title: str | None
    is_own: bool
    problem: str | None = None
    left: tuple[str, ...] = ()

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
    left = importers.left_open(layout)
    return LayoutView(layout.name, layout.kind, layout.title, is_own=True, left=left)


@dataclass(frozen=True)
class TrialView:
    """How a file fares with a layout, before the register is asked: each row is exactly one of the three."""

    rows: int
    readable: int
    held: int
    refused: int
    problems: tuple[Mapping[str, object], ...]

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def try_out(file: Path, data: bytes, filename: str, *, now: datetime) -> TrialView:
    """Read a file by a layout that is not in use yet; nothing reaches the register.

    Raises:
        InvalidInput: ``layout-broken``.
    """
    check(file)
    layout = importers.own_layout(file)
    batch = importers.read(data, filename=filename, kind=layout.kind, layout=layout, today=local_day(now))
    held = int((batch.frame["disposition"] == "hold").sum()) if "disposition" in batch.frame else 0
    refused = batch.rows - len(batch.frame)
    problems = tuple(problem.as_dict() for problem in batch.problems)
    return TrialView(batch.rows, batch.rows - refused - held, held, refused, problems)
