"""Staleness: an old file sent again as if it were new."""

from datetime import datetime, timedelta

from credit_registry.domain.accounts import local_day
from credit_registry.domain.permissions import Actor
from credit_registry.domain.records import CONTENT
from credit_registry.services.plans import Plan
from credit_registry.storage.database import Session
from credit_registry.storage.queries import imports
from importers import Batch, Problem
from importers.problems import Finding, place

# Files of more than a year ago are old; a yearly report about last year is not.
_OLD = timedelta(days=365)


def doubt(session: Session, actor: Actor, batch: Batch, made: Plan, *, now: datetime) -> Problem | None:
    """Why a person should look: all of it is old, and the same office's files of this kind go on much later.

    The first files of an installation may be as old as they are, and a file that would add nothing harms nobody.
    """
    assert batch.layout is not None
    if not made.accepted or batch.layout.record not in CONTENT:
        return None
    days = [day for day in made.columns["dated_on"] if day is not None]
    newest = max(days, default=None)
    if newest is None or newest >= local_day(now) - _OLD:
        return None
    known = imports.newest_day(session, batch.layout.kind, actor.office_id)
    if known is None or known - newest <= _OLD:
        return None
    says = f"最晚的日期是{newest}，而本单位报送的这类文件已到{known}，像是以前的文件"
    finding = Finding("F-STALE", "hold", says, "请核对是否选错了文件；确需补报以前的信息的，确认后导入")
    return place(finding, sheet=batch.sheet, row=None, column=None, value=None)
