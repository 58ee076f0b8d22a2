"""What a worker performs: imports and the draft of a yearly act; what was handed in, who takes it, what came of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Code, Id, Row


class ImportJobRow(Row):
    """One upload on its way into the register; the batch it became says what is in it."""

    __tablename__ = "import_jobs"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'queued', 'running', 'done', 'refused')", name="state_known"),
        CheckConstraint("state <> 'running' OR (claim IS NOT NULL AND heartbeat_at IS NOT NULL)", name="claimed"),
        Index(None, "state"),
        Index(None, "key"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    state: Mapped[str] = mapped_column(Code)
    key: Mapped[str | None] = mapped_column(String(100), comment="the client's, of its office")
    kind: Mapped[str] = mapped_column(Code)
    year: Mapped[int | None] = mapped_column(comment="of the yearly act to draft; null: an import")
    layout: Mapped[str | None] = mapped_column(String(100))
    sheet: Mapped[str | None] = mapped_column(String(100))
    encoding: Mapped[str | None] = mapped_column(Code)
    is_confirmed: Mapped[bool] = mapped_column(comment="a person looked at a file that needs it")
    filename: Mapped[str] = mapped_column(String(300))
    upload: Mapped[str] = mapped_column(String(80), comment="name of the stored file: its SHA-256 and a mark")
    size: Mapped[int] = mapped_column(comment="bytes")
    actor: Mapped[str] = mapped_column(String(100))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    created_at: Mapped[datetime] = mapped_column()
    started_at: Mapped[datetime | None] = mapped_column()
    heartbeat_at: Mapped[datetime | None] = mapped_column()
    finished_at: Mapped[datetime | None] = mapped_column()
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(
        Code, comment="of the worker that runs it: nobody else may end it"
    )
    stage: Mapped[str | None] = mapped_column(Code)
    done_rows: Mapped[int] = mapped_column(default=0)
    all_rows: Mapped[int] = mapped_column(default=0, comment="0: not known yet")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batches.id"))
    result: Mapped[dict[str, Any] | None] = mapped_column()
    refusal: Mapped[dict[str, Any] | None] = mapped_column()
