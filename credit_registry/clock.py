"""The wall clock: the only caller of ``datetime.now`` in the house.

Doors read it once per request or command and hand ``now`` down; everything below takes the time as an
argument, so that any decision can be replayed on any day.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the one place


def local_day(at: datetime) -> date:
    """The calendar day in Beijing on which the instant ``at`` falls."""
    return at.astimezone(SHANGHAI).date()


def day_end(on: date) -> datetime:
    """The last instant (exclusive) of the Beijing day ``on``, in UTC."""
    return datetime.combine(on + timedelta(days=1), time.min, SHANGHAI).astimezone(UTC)
