"""A line of a side bar, at the officers' door and the enterprises' alike."""

from dataclasses import dataclass

from flask import url_for

from credit_registry.domain.permissions import Permission


@dataclass(frozen=True)
class Entry:
    """One line; ``rooms`` are the further endpoints it stands for, ``door`` the blueprint of all of them."""

    title: str
    endpoint: str
    permissions: tuple[Permission, ...] = ()
    rooms: tuple[str, ...] = ()
    door: str = "console"

    @property
    def address(self) -> str:
        return url_for(f"{self.door}.{self.endpoint}")

    @property
    def endpoints(self) -> frozenset[str]:
        return frozenset(f"{self.door}.{name}" for name in (self.endpoint, *self.rooms))
