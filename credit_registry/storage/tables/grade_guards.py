"""Triggers that hold the announced grade's due process even against a hand at the SQL prompt, on both engines."""

from credit_registry.storage.tables.metadata import make_after_tables

_STEP = "EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.case_id AND s.action = '{0}')"
_DECIDED_CASE = f"(NEW.case_id IS NOT NULL AND {_STEP.format('decide_grade')})"
_MADE = "EXISTS (SELECT 1 FROM grade_announcements a WHERE a.id = NEW.announcement_id AND a.state = 'MADE')"
_TOLD = " AND ".join(_STEP.format(action) for action in ("notify_grade", "review"))

# (name of the breach, SQL that is true when a row about to be announced commits it)
GRADE_BREACHES: tuple[tuple[str, str], ...] = (
    ("fall without notice and review", f"NEW.is_fall AND NOT (NEW.case_id IS NOT NULL AND {_TOLD})"),
    ("announced without decision", f"NOT ({_DECIDED_CASE} OR (NOT NEW.is_fall AND {_MADE}))"),
    (
        "decided by who prepared it",
        (
            "EXISTS (SELECT 1 FROM listing_cases c JOIN listing_steps s ON s.case_id = c.id"
            " WHERE c.id = NEW.case_id AND s.account_id = c.approver_id"
            " AND s.action IN ('propose', 'notify_grade', 'review'))"
        ),
    ),
)
# What a frozen grade says never changes; only its case, its day and whether it is withheld.
_FROZEN = ("enterprise_id", "computed_on", "ruleset_digest", "score", "grade", "is_fall")


def _changed(engine: str) -> str:
    differs = "IS NOT" if engine == "sqlite" else "IS DISTINCT FROM"
    said = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in _FROZEN)
    return f"{said} OR (OLD.announced_on IS NOT NULL AND NEW.announced_on {differs} OLD.announced_on)"


_ANNOUNCES = "NEW.announced_on IS NOT NULL"


def _sqlite() -> tuple[str, ...]:
    checks = "\n".join(
        f"  SELECT RAISE(ABORT, 'grade guard: {name}') WHERE {breach};" for name, breach in GRADE_BREACHES
    )
    return (
        (
            "CREATE TRIGGER IF NOT EXISTS tr_announced_grades_insert BEFORE INSERT ON announced_grades\n"
            f"WHEN {_ANNOUNCES} BEGIN\n{checks}\nEND"
        ),
        (
            "CREATE TRIGGER IF NOT EXISTS tr_announced_grades_update BEFORE UPDATE ON announced_grades\n"
            f"WHEN {_ANNOUNCES} AND OLD.announced_on IS NULL BEGIN\n{checks}\nEND"
        ),
        (
            "CREATE TRIGGER IF NOT EXISTS tr_announced_grades_frozen BEFORE UPDATE ON announced_grades\n"
            f"WHEN {_changed('sqlite')} BEGIN\n  SELECT RAISE(ABORT, 'grade guard: frozen');\nEND"
        ),
        (
            "CREATE TRIGGER IF NOT EXISTS tr_announced_grades_no_delete BEFORE DELETE ON announced_grades BEGIN\n"
            "  SELECT RAISE(ABORT, 'grade guard: announced_grades is append-only');\nEND"
        ),
    )


def _postgresql() -> tuple[str, ...]:
    checks = "\n".join(
        f"  IF {breach} THEN\n    RAISE EXCEPTION 'grade guard: {name}' USING ERRCODE = 'check_violation';\n  END IF;"
        for name, breach in GRADE_BREACHES
    )
    return (
        (
            "CREATE OR REPLACE FUNCTION announced_grade_guard() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n"
            f"{checks}\n  RETURN NEW;\nEND $$"
        ),
        (
            "CREATE OR REPLACE FUNCTION announced_grade_frozen() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n"
            "  RAISE EXCEPTION 'grade guard: frozen' USING ERRCODE = 'check_violation';\nEND $$"
        ),
        (
            "CREATE OR REPLACE TRIGGER tr_announced_grades_insert BEFORE INSERT ON announced_grades\n"
            f"FOR EACH ROW WHEN ({_ANNOUNCES}) EXECUTE FUNCTION announced_grade_guard()"
        ),
        (
            "CREATE OR REPLACE TRIGGER tr_announced_grades_update BEFORE UPDATE ON announced_grades\n"
            f"FOR EACH ROW WHEN ({_ANNOUNCES} AND OLD.announced_on IS NULL) EXECUTE FUNCTION announced_grade_guard()"
        ),
        (
            "CREATE OR REPLACE TRIGGER tr_announced_grades_frozen BEFORE UPDATE ON announced_grades\n"
            f"FOR EACH ROW WHEN ({_changed('postgresql')}) EXECUTE FUNCTION announced_grade_frozen()"
        ),
        (
            "CREATE OR REPLACE TRIGGER tr_announced_grades_no_delete BEFORE DELETE ON announced_grades\n"
            "FOR EACH ROW EXECUTE FUNCTION announced_grade_frozen()"
        ),
    )


# What a migration executes, by dialect.
GUARDS: dict[str, tuple[str, ...]] = {"sqlite": _sqlite(), "postgresql": _postgresql()}

make_after_tables(GUARDS)
