"""Withdrawals: a whole batch taken back, by two officers, with a reason.

Nothing is deleted: each record gets a version that says it was withdrawn, and the batch's key is free again.
"""

from dataclasses import dataclass
from datetime import datetime

from credit_registry.domain.errors import IllegalTransition, InvalidInput, NotAllowed
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.services import batches, fallen_grounds, other_list_files, person_penalties
from credit_registry.services.batches import BatchView
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts, audit, enterprises, records
from credit_registry.storage.queries import imports as queries
from credit_registry.storage.tables.imports import ImportBatchRow


@dataclass(frozen=True)
class Withdrawn:
    """The batch, how many records were withdrawn, how many set back to what was said before the batch.

    Attributes:
        left: records that somebody changed after the batch had added to them; a person looks at each.
    """

    batch: BatchView
    withdrawn: int
    set_back: int
    left: tuple[int, ...]


def ask(session: Session, actor: Actor, batch_id: int, *, reason: str, now: datetime) -> BatchView:
    """The first officer asks that a batch be withdrawn.

    Raises:
        IllegalTransition: it is withdrawn, already asked for, or a batch of enterprises.
    """
    actor.require(Permission.RECORDS_IMPORT)
    row = _locked(session, actor, batch_id)
    if not reason.strip():
        raise InvalidInput("请填写撤回理由。", code="reason-missing")
    if row.withdrawal_asked_by is not None:
        raise IllegalTransition("该批次已有人申请撤回，等待另一人确认。", code="withdrawal-asked")
    row.withdrawal_asked_by, row.withdrawn_reason = actor.label, reason
    session.flush()
    audit.remember(session, actor, "batch:ask-withdrawal", f"batch:{row.id}", now, reason=reason)
    return batches.view(row)


def confirm(session: Session, actor: Actor, batch_id: int, *, now: datetime) -> Withdrawn:
    """A second officer confirms: every record of the batch gets a version that withdraws it.

    Raises:
        NotAllowed: ``same-person``; who asked does not confirm.
        IllegalTransition: nobody has asked.
    """
    actor.require(Permission.RECORDS_IMPORT)
    records.lock_writers(session)
    row = _locked(session, actor, batch_id)
    if row.withdrawal_asked_by is None:
        raise IllegalTransition(
            "还没有人申请撤回该批次。请先申请，由另一人确认。", code="withdrawal-not-asked"
        )
    if row.withdrawal_asked_by in _labels(session, actor):
        raise NotAllowed("申请撤回的人不能自己确认。请由另一位工作人员确认。", code="same-person")
    reason = row.withdrawn_reason or ""
    touched = records.enterprises_of_batch(session, row.id)
    if row.kind == "other_lists":
        withdrawn, set_back, left = other_list_files.withdraw(session, actor, row.id, reason=reason, now=now)
    else:
        withdrawn, set_back, left = _withdraw_records(session, actor, row.id, reason, now)
    row.state, row.key, row.withdrawn_at, row.withdrawn_by = "withdrawn", None, now, actor.label
    session.flush()
    enterprises.mark_dirty(session, touched, now)
    facts = {
        "withdrawn": withdrawn,
        "set_back": set_back,
        "left": list(left),
        "asked_by": row.withdrawal_asked_by,
    }
    audit.remember(session, actor, "batch:withdraw", f"batch:{row.id}", now, reason=reason, facts=facts)
    return Withdrawn(batches.view(row), withdrawn, set_back, left)


def _labels(session: Session, actor: Actor) -> set[str]:
    """The actor under every account that the person has."""
    if actor.account_id is None:
        return {actor.label}
    selves = accounts.same_person(session, actor.account_id)
    return {f"account:{accounts.get_account(session, each).login}" for each in selves}


def _withdraw_records(
    session: Session, actor: Actor, batch_id: int, reason: str, now: datetime
) -> tuple[int, int, tuple[int, ...]]:
    withdrawn = records.withdraw_batch(session, batch_id, actor.label, reason, now)
    # A listing that rests on one of them disappears with it, in this transaction.
    for record_id in records.grounds_of_batch(session, batch_id):
        fallen_grounds.ground_fell(session, actor, record_id, reason=reason, now=now)
    withdrawn += person_penalties.withdraw_batch(session, actor, batch_id, reason=reason, now=now)
    return withdrawn, *records.set_back_batch(session, batch_id, actor.label, reason, now)


def decline(session: Session, actor: Actor, batch_id: int, *, reason: str, now: datetime) -> BatchView:
    """The batch stays; whoever asked may decline too."""
    actor.require(Permission.RECORDS_IMPORT)
    row = _locked(session, actor, batch_id)
    if row.withdrawal_asked_by is None:
        raise IllegalTransition("还没有人申请撤回该批次。", code="withdrawal-not-asked")
    if not reason.strip():
        raise InvalidInput("请填写不予撤回的理由。", code="reason-missing")
    row.withdrawal_asked_by, row.withdrawn_reason = None, None
    session.flush()
    audit.remember(session, actor, "batch:decline-withdrawal", f"batch:{row.id}", now, reason=reason)
    return batches.view(row)


def _locked(session: Session, actor: Actor, batch_id: int) -> ImportBatchRow:
    row = batches.visible(actor, queries.lock(session, batch_id))
    if row.state != "done":
        raise IllegalTransition("该批次已经撤回。", code="batch-withdrawn")
    if row.kind == "enterprises":
        raise IllegalTransition(
            "企业名册批次不能整批撤回：其他记录已依附于这些企业。请逐家更正。", code="batch-not-withdrawable"
        )
    return row
