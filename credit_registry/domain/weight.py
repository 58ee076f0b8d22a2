"""Acts that have weight in public: before one of them a signed-in officer proves once more who sits there.

Which steps these are follows from the permission that the step tables ask for.
"""

from credit_registry.domain import listing, repair_steps
from credit_registry.domain.permissions import Permission

# A second signature, a decision, a publication.
WEIGHTY = frozenset({Permission.LISTINGS_REVIEW, Permission.LISTINGS_DECIDE, Permission.LISTINGS_PUBLISH})
CASE_ACTS = frozenset(
    action.value
    for table in listing.STEPS.values()
    for (_, action), step in table.items()
    if step.who in WEIGHTY
)
REPAIR_ACTS = frozenset(action for (_, action), step in repair_steps.STEPS.items() if step.who in WEIGHTY)
