"""Tables: typed rows, one file per area; `metadata` knows them all.

Never here: queries, decisions, relationships that load by themselves.
Imports: sqlalchemy.
Called by: storage/queries, storage/bulk, migrations.
"""

from credit_registry.storage.tables import (  # noqa: F401 - importing registers the tables
    accounts,
    assessments,
    attachments,
    audit,
    enterprises,
    grade_guards,
    grades,
    imports,
    jobs,
    listing_guards,
    listings,
    lookups,
    other_lists,
    person_penalties,
    records,
    recusals,
    reports,
    representatives,
)
