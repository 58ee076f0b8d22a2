"""A page of anything, cut by key: stable while rows are added, as quick on the last page as on the first."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """``after`` asks for the next page; None when there is none."""

    items: tuple[T, ...]
    after: str | None = None
