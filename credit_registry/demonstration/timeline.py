"""The order of the demonstration: acts with the day and hour on which somebody did them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from credit_registry.clock import SHANGHAI
from credit_registry.storage.database import Session

Act = Callable[[Session, datetime], object]


@dataclass
class Timeline:
    """Acts in the order of their instants; on one instant, in the order of planning."""

    acts: list[tuple[datetime, int, Act]] = field(default_factory=list)

    def plan(self, on: date, hour: int, act: Act) -> None:
        """Plan ``act`` for an hour of a Beijing day; the minute grows with the number of acts of that hour."""
        instant = datetime.combine(on, time(hour), SHANGHAI)
        taken = sum(1 for at, _, _ in self.acts if instant <= at < instant + timedelta(hours=1))
        self.acts.append((instant + timedelta(seconds=taken), len(self.acts), act))

    def play(self, session: Session, *, progress: Callable[[int, int], None] | None = None) -> None:
        """Do everything, each act with its own instant."""
        done = 0
        # An act may plan further ones (a case walks on from what it became), so the list is read anew each time.
        while self.acts:
            at, _, act = first = min(self.acts, key=lambda planned: planned[:2])
            self.acts.remove(first)
            act(session, at)
            # Services write set-based beside the identity map; what it remembers would be stale.
            session.flush()
            session.expunge_all()
            done += 1
            if progress is not None:
                progress(done, done + len(self.acts))
