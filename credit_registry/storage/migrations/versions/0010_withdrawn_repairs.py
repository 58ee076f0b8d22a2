"""An application for the repair of a penalty is taken back by who made it."""

from credit_registry.storage.migrations.rebuilding import replace_checks

revision = "0010"
down_revision = "0009"

_STATES = "'APPLIED', 'ACCEPTED', 'ALLOWED', 'NOT_ACCEPTED', 'DENIED', 'RESTORED'"
_KINDS = "'statement', 'hearing', 'removal', 'repair', 'objection', 'withdrawal'"
# (table, check, column, values before, what is added)
_CHECKS = (
    ("penalty_repairs", "ck_penalty_repairs_state_known", "state", _STATES, "'WITHDRAWN'"),
    ("filings", "ck_filings_kind_known", "kind", _KINDS, "'repair_withdrawal'"),
)


def upgrade() -> None:
    for table, check, column, before, added in _CHECKS:
        replace_checks(table, (check,), {check: f"{column} IN ({before}, {added})"})


def downgrade() -> None:
    for table, check, column, before, _ in _CHECKS:
        replace_checks(table, (check,), {check: f"{column} IN ({before})"})
