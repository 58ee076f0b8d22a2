"""Triggers that hold the lists' due process even against a hand at the SQL prompt, alike on both engines.

A CHECK sees one row; what needs other rows (papers, steps, the other list) stands here. The services refuse
earlier and say why; if one of these fires, the software above has a defect.
"""

from credit_registry.storage.tables.listings import IN_FORCE
from credit_registry.storage.tables.metadata import make_after_tables

_STATES = ", ".join(repr(state) for state in IN_FORCE)

_BLACK_PAPERS = (
    "listing_notice",
    "service_receipt",
    "review_opinion",
    "legal_review",
    "collective_discussion",
    "listing_decision",
    "repair_notice",
)
_RED_PAPERS = ("condition_check", "comment_notice", "red_decision")
_BLACK_STEPS = ("notify", "review", "decide", "serve")
_RED_STEPS = ("check", "open_comment", "approve")


def _lacks_paper(kind: str) -> str:
    return f"NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = '{kind}')"  # noqa: S608 - constants


def _lacks_step(action: str) -> str:
    return f"NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = '{action}')"  # noqa: S608 - constants


# (name of the breach, SQL that is true when a row about to come into force commits it)
ENTRY_BREACHES: tuple[tuple[str, str], ...] = (
    (
        "other list in force",
        (
            "EXISTS (SELECT 1 FROM listing_cases c WHERE c.enterprise_id = NEW.enterprise_id"  # noqa: S608 - constants
            f" AND c.list_kind <> NEW.list_kind AND c.state IN ({_STATES}))"
        ),
    ),
    *(
        (f"black entry without step {step}", f"NEW.list_kind = 'black' AND {_lacks_step(step)}")
        for step in _BLACK_STEPS
    ),
    *(
        (f"black entry without paper {kind}", f"NEW.list_kind = 'black' AND {_lacks_paper(kind)}")
        for kind in _BLACK_PAPERS
    ),
    *(
        (f"red entry without step {step}", f"NEW.list_kind = 'red' AND {_lacks_step(step)}")
        for step in _RED_STEPS
    ),
    *(
        (f"red entry without paper {kind}", f"NEW.list_kind = 'red' AND {_lacks_paper(kind)}")
        for kind in _RED_PAPERS
    ),
    (
        "approver took part in the preparation",
        (
            "EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.account_id = NEW.approver_id"
            " AND s.action IN ('propose', 'notify', 'review', 'apply', 'check'))"
        ),
    ),
    (
        "no standing penalty of this authority",
        (
            "NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_grounds g"
            " JOIN record_versions v ON v.record_id = g.record_id AND v.superseded_at IS NULL"
            " JOIN offices o ON o.id = NEW.office_id"
            " WHERE g.case_id = NEW.id AND g.fell_at IS NULL AND v.kind = 'penalty' AND v.state = 'live'"
            " AND v.authority_code = o.authority_code)"
        ),
    ),
)

# Tables whose rows are never changed, and those whose rows are never deleted.
UNCHANGING = ("listing_steps", "listing_papers", "list_versions")
UNDELETED = (*UNCHANGING, "listing_cases", "listing_grounds")


def _sqlite() -> tuple[str, ...]:
    checks = "\n".join(
        f"  SELECT RAISE(ABORT, 'listing guard: {name}') WHERE {breach};" for name, breach in ENTRY_BREACHES
    )
    enters = f"NEW.state IN ({_STATES})"
    made = [
        (
            f"CREATE TRIGGER IF NOT EXISTS tr_listing_cases_entry_insert BEFORE INSERT ON listing_cases\n"
            f"WHEN {enters} BEGIN\n{checks}\nEND"
        ),
        (
            f"CREATE TRIGGER IF NOT EXISTS tr_listing_cases_entry_update BEFORE UPDATE ON listing_cases\n"
            f"WHEN {enters} AND OLD.state NOT IN ({_STATES}) BEGIN\n{checks}\nEND"
        ),
    ]
    for verb, tables in (("UPDATE", UNCHANGING), ("DELETE", UNDELETED)):
        made += [
            f"CREATE TRIGGER IF NOT EXISTS tr_{table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN\n"
            f"  SELECT RAISE(ABORT, 'listing guard: {table} is append-only');\nEND"
            for table in tables
        ]
    return tuple(made)


def _postgresql() -> tuple[str, ...]:
    checks = "\n".join(
        f"  IF {breach} THEN\n    RAISE EXCEPTION 'listing guard: {name}' USING ERRCODE = 'check_violation';\n  END IF;"
        for name, breach in ENTRY_BREACHES
    )
    enters = f"NEW.state IN ({_STATES})"
    made = [
        # The row lock makes two entries of different kinds for one enterprise wait for each other: without it
        # each would look before the other has written (write skew).
        (
            "CREATE OR REPLACE FUNCTION listing_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n"
            f"  PERFORM 1 FROM enterprises WHERE id = NEW.enterprise_id FOR UPDATE;\n{checks}\n  RETURN NEW;\nEND $$"
        ),
        (
            "CREATE OR REPLACE FUNCTION listing_append_only() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n"
            "  RAISE EXCEPTION 'listing guard: append-only' USING ERRCODE = 'check_violation';\nEND $$"
        ),
        (
            "CREATE OR REPLACE TRIGGER tr_listing_cases_entry_insert BEFORE INSERT ON listing_cases\n"
            f"FOR EACH ROW WHEN ({enters}) EXECUTE FUNCTION listing_entry_guard()"
        ),
        (
            "CREATE OR REPLACE TRIGGER tr_listing_cases_entry_update BEFORE UPDATE ON listing_cases\n"
            f"FOR EACH ROW WHEN ({enters} AND OLD.state NOT IN ({_STATES})) EXECUTE FUNCTION listing_entry_guard()"
        ),
    ]
    for verb, tables in (("UPDATE", UNCHANGING), ("DELETE", UNDELETED)):
        made += [
            f"CREATE OR REPLACE TRIGGER tr_{table}_no_{verb.lower()} BEFORE {verb} ON {table}\n"
            "FOR EACH ROW EXECUTE FUNCTION listing_append_only()"
            for table in tables
        ]
    return tuple(made)


# What a migration executes, by dialect.
GUARDS: dict[str, tuple[str, ...]] = {"sqlite": _sqlite(), "postgresql": _postgresql()}

make_after_tables(GUARDS)
