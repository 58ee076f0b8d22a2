"""What the scorer is given about enterprises."""

import pandas as pd

import scoring_rules
from credit_registry.services import facts
from credit_registry.services.assessments import ruleset_on
from tests.factories import NOW, a_penalty, an_enterprise


def test_subjects_carry_the_span_of_what_is_known(database, on):
    busy, quiet = an_enterprise(database), an_enterprise(database)
    a_penalty(database, busy.uscc, dated_on="2026-05-20")
    a_penalty(database, busy.uscc, dated_on="2024-01-02")

    with database.read() as session:
        found = facts.of(session, None, on=on, now=NOW).subjects.set_index("subject")
        alone = facts.of(session, [quiet.enterprise_id], on=on, now=NOW).subjects

    assert found.loc[busy.enterprise_id, "first_known_on"] == pd.Timestamp("2024-01-02")
    assert found.loc[busy.enterprise_id, "last_known_on"] == pd.Timestamp("2026-05-20")
    assert pd.isna(found.loc[quiet.enterprise_id, "first_known_on"])
    assert alone["first_known_on"].isna().all() and str(alone["first_known_on"].dtype) == "datetime64[s]"


def test_what_the_rules_do_not_read_changes_no_result(database, on):
    busy = an_enterprise(database)
    for day in ("2026-05-20", "2026-09-02"):
        a_penalty(database, busy.uscc, dated_on=day, breach_class="一般")
    ruleset = ruleset_on(on)
    attributes = scoring_rules.attributes_read(ruleset)

    with database.read() as session:
        every = facts.of(session, None, on=on, now=NOW)
        some = facts.of(session, None, on=on, now=NOW, attributes=attributes)

    results = [
        scoring_rules.score(ruleset, held.records, held.subjects, on=on).results for held in (every, some)
    ]
    pd.testing.assert_frame_equal(*results)
    assert set(some.records.columns) < set(every.records.columns)
    assert {"kind", "cause", "document_no", "dated_on", "fine_fen", "breach_class"} <= attributes
    assert "authority_name" not in attributes
