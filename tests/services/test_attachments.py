"""Attachments on both engines."""

import pytest
from sqlalchemy import func, select

from credit_registry.domain.errors import InvalidInput, NotAllowed, NotFound, Unavailable
from credit_registry.domain.permissions import Role
from credit_registry.services import attachments, journal
from credit_registry.storage import files
from credit_registry.storage.queries.attachments import digests
from credit_registry.storage.tables.attachments import AttachmentRow
from tests.factories import NOW, a_penalty, an_actor, an_enterprise, an_operator

PDF = b"%PDF-1.7\nscan"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "attachments"


@pytest.fixture
def record(database):
    return a_penalty(database, an_enterprise(database, subdistrict_code="110108012").uscc).record


def attach(database, folder, record_id, *, actor=None, data=PDF, **options):
    by = actor or an_operator()
    said = {"title": "决定书扫描件", "filename": "../决定书.pdf", **options}
    return database.run(
        lambda session: attachments.attach(
            session, by, record_id=record_id, data=data, folder=folder, now=NOW, **said
        )
    )


def test_what_was_attached_is_what_is_opened(database, folder, record):
    view = attach(database, folder, record.record_id)

    with database.read() as session:
        opened, data = attachments.open(session, an_operator(), view.attachment_id, folder)
        listed = attachments.page(session, an_operator(), record_id=record.record_id)
    assert data == PDF
    assert (opened.filename, opened.media_type, opened.size) == ("决定书.pdf", "application/pdf", len(PDF))
    assert listed == (opened,)


def test_the_same_bytes_are_kept_once(database, folder, record):
    one, other = (attach(database, folder, record.record_id) for _ in range(2))

    assert one.sha256 == other.sha256
    assert len([file for file in folder.rglob("*") if file.is_file()]) == 1


def test_damaged_bytes_are_never_handed_out(database, folder, record):
    view = attach(database, folder, record.record_id)
    files.path_of(folder, view.sha256).write_bytes(PDF[:-1] + b"m")

    with database.read() as session, pytest.raises(Unavailable) as refused:
        attachments.open(session, an_operator(), view.attachment_id, folder)
    assert refused.value.code == "attachment-damaged"


def test_a_failed_transaction_leaves_an_orphan_file_and_no_row(database, folder, record):
    def fail_after(session):
        attachments.attach(
            session, an_operator(), record_id=record.record_id, title="扫描", filename="a.pdf", data=PDF,
            folder=folder, now=NOW,
        )  # fmt: skip
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.run(fail_after)

    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(AttachmentRow)) == 0
        assert len(list(files.orphans(folder, digests(session)))) == 1


def test_a_disguised_program_is_refused_and_nothing_is_written(database, folder, record):
    with pytest.raises(InvalidInput) as refused:
        attach(database, folder, record.record_id, data=b"MZ\x90\x00")

    assert refused.value.code == "attachment-type"
    assert not folder.exists()


def test_an_attachment_belongs_to_one_thing_that_exists(database, folder, record):
    with pytest.raises(InvalidInput):
        attach(database, folder, record.record_id, case_id=1)
    with pytest.raises(NotFound) as unknown:
        attach(database, folder, None, case_id=999)
    assert unknown.value.code == "unknown-case"


def test_scope_and_permission_hold_for_papers_too(database, folder, record):
    view = attach(database, folder, record.record_id)
    elsewhere = an_actor(database, Role.OFFICER, subdistricts=["110108022"])
    auditor = an_actor(database, Role.AUDITOR)

    with database.read() as session, pytest.raises(NotAllowed):
        attachments.open(session, elsewhere, view.attachment_id, folder)
    with pytest.raises(NotAllowed):
        attach(database, folder, record.record_id, actor=auditor)


def test_the_audit_log_names_the_hash(database, folder, record):
    view = attach(database, folder, record.record_id)

    with database.read() as session:
        newest = journal.page(session, an_operator(), limit=1).items[0].entry
    assert (newest.verb, newest.subject) == ("attachment:attach", f"record:{record.record_id}")
    assert newest.facts["sha256"] == view.sha256
