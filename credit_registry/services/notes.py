"""What everybody is told beside an entry or a record while it is contested; never who said what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from credit_registry.storage.database import Session
from credit_registry.storage.queries import annotations
from credit_registry.storage.tables.listings import AnnotationRow

STOPPED = "停止执行"
NOTES = {"objection": "异议处理中", "reconsideration": "行政复议中", "lawsuit": "行政诉讼中"}


def notes_of_cases(session: Session, case_ids: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
    """Per case, each kind of open challenge once; cases without any are absent."""
    return _notes([(row.case_id, row) for row in annotations.of_cases(session, case_ids)])


def notes_of_records(session: Session, record_ids: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
    """Per record, each kind of open challenge once, and whether it is stopped; others are absent."""
    wanted = list(record_ids)
    told = dict(_notes([(row.record_id, row) for row in annotations.of_records(session, wanted)]))
    for number in annotations.stopped_records(session, wanted):
        told[number] = (*told.get(number, ()), STOPPED)
    return told


def _notes(found: Sequence[tuple[int | None, AnnotationRow]]) -> Mapping[int, tuple[str, ...]]:
    notes: dict[int, dict[str, None]] = defaultdict(dict)
    for owner, row in found:
        if owner is not None and row.state == "open":
            notes[owner][NOTES[row.kind]] = None
    return {owner: tuple(each) for owner, each in notes.items()}
