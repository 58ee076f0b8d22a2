"""Answers to other departments, and the log of them, on both engines."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from credit_registry.domain.answers import MATTERS, LookupView
from credit_registry.domain.errors import InvalidInput, NotAllowed, TooMuch
from credit_registry.domain.permissions import Actor, Role
from credit_registry.services import annotations, assessments, enterprises, lookups, publications
from credit_registry.storage.database import Database
from credit_registry.storage.queries import lookups as queries
from credit_registry.storage.tables.lookups import LookupRow
from tests.factories import a_case, a_code, a_penalty, a_team, an_actor, an_enterprise, an_operator
from tests.services.test_assessments import LONG_AGO

BEGUN = datetime(2026, 9, 1, 2, tzinfo=UTC)


def _answer(
    database: Database, uscc: str | None, now: datetime, actor: Actor | None = None, **asked: Any
) -> LookupView:
    by = actor or an_operator()
    return database.run(lambda session: lookups.answer(session, by, uscc or "", now=now, **asked))


def _log(database: Database) -> list[dict[str, Any]]:
    with database.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.exec_driver_sql("SELECT * FROM lookups ORDER BY id")]


def test_known_and_clean_is_not_unknown(database: Database, now: datetime) -> None:
    enterprise, nobody = an_enterprise(database, registered_on=LONG_AGO), a_code()

    known, unknown = (_answer(database, code, now, matter="bidding") for code in (enterprise.uscc, nobody))

    assert (known.is_known, known.name, known.lists) == (True, enterprise.name, ())
    assert known.grade == {"grade": "N", "score": None, "provisional": True, "on": "2026-11-24"}
    assert (unknown.is_known, unknown.uscc, unknown.grade) == (False, None, None)
    assert [note["code"] for note in unknown.annotations] == ["searched"]
    assert known.not_covered == unknown.not_covered != ()


def test_lookup_prints_exactly_these_keys(database: Database, now: datetime) -> None:
    assert list(_answer(database, a_code(), now).as_dict()) == [
        "query", "known", "uscc", "name", "on", "matter", "list_version", "grade", "lists", "measures",
        "other_lists", "annotations", "not_covered",
    ]  # fmt: skip


def test_a_code_is_read_as_people_write_it(database: Database, now: datetime) -> None:
    enterprise = an_enterprise(database)
    code = enterprise.uscc or ""

    for written in (
        code.lower(),
        f" {code} ",
        f"{code[:8]}-{code[8:]}",
        "".join(chr(ord(c) + 0xFEE0) for c in code),
    ):
        view = _answer(database, written, now)
        assert (view.is_known, view.query) == (True, code)


@pytest.mark.parametrize("text", ["", " ", "x", "91110108MA01KPGC88", "110108199001011234", "某公司"])
def test_what_is_no_code_is_refused_and_not_logged(
    sqlite_database: Database, now: datetime, text: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        _answer(sqlite_database, text, now)

    assert refused.value.code == "invalid-uscc"
    assert _log(sqlite_database) == []


def test_an_entry_is_answered_with_the_measures_of_the_matter(database: Database, now: datetime) -> None:
    case = a_case(database, begun=BEGUN)

    permit, bidding, anything = (
        _answer(database, case.uscc, now, matter=matter) for matter in ("permit", "bidding", None)
    )

    assert [entry["list"] for entry in permit.lists] == ["black"]
    assert permit.lists[0]["conditions"] == ["7-4"]
    assert {measure["list"] for measure in permit.measures} == {"black"}
    assert all("permit" in measure["matters"] and measure["basis"] for measure in permit.measures)
    # No law restricts bidding for being listed; the answer says so instead of staying silent.
    assert (bidding.measures, [note["code"] for note in bidding.annotations]) == ((), ["no-measure"])
    assert len(anything.measures) > len(permit.measures) > 0


def test_an_open_challenge_is_told_beside_the_entry(database: Database, now: datetime) -> None:
    team = a_team(database, now=BEGUN)
    case = a_case(database, team=team, begun=BEGUN)
    database.run(
        lambda session: annotations.file(
            session,
            team.officer,
            kind="lawsuit",
            filed_on=date(2026, 11, 20),
            content="不服",
            case_id=case.case_id,
            now=now,
        )
    )

    view = _answer(database, case.uscc, now)

    assert view.lists[0]["notes"] == ["行政诉讼中"]
    assert {"code": "challenge", "text": "安全生产严重失信主体名单：行政诉讼中"} in view.annotations


def test_an_entry_is_told_from_its_first_to_its_last_day(database: Database) -> None:
    case = a_case(database, begun=BEGUN)
    assert case.listed_from is not None
    assert case.listed_until is not None

    def told(day: date) -> bool:
        morning = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=2)
        return _answer(database, case.uscc, morning).lists != ()

    assert not told(case.listed_from - timedelta(days=1))
    assert told(case.listed_from)
    assert told(case.listed_until)
    assert not told(case.listed_until + timedelta(days=1))


def test_the_list_version_is_that_of_the_public_list(database: Database, now: datetime) -> None:
    case = a_case(database, begun=BEGUN)

    view = _answer(database, case.uscc, now)

    with database.read() as session:
        assert view.list_version == publications.list_version(session) >= 1


def test_a_grade_is_never_older_than_the_facts(database: Database, now: datetime, on: date) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO)
    database.run(lambda session: assessments.assess(session, an_operator(), on=on, now=now))
    before = _answer(database, enterprise.uscc, now).grade

    a_penalty(database, enterprise.uscc or "", now=now)

    after = _answer(database, enterprise.uscc, now).grade
    assert before is not None
    assert after is not None
    assert (before["grade"], after["grade"], after["score"]) == ("N", "B+", "97.0")


def test_a_stored_grade_and_a_computed_one_are_the_same(database: Database, now: datetime, on: date) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO)
    a_penalty(database, enterprise.uscc or "")
    computed = _answer(database, enterprise.uscc, now)
    database.run(lambda session: assessments.assess(session, an_operator(), on=on, now=now))

    assert _answer(database, enterprise.uscc, now) == computed


def test_a_grade_whose_day_has_come_is_computed_anew(database: Database, now: datetime, on: date) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO)
    a_penalty(database, enterprise.uscc or "")
    database.run(lambda session: assessments.assess(session, an_operator(), on=on, now=now))

    later = _answer(database, enterprise.uscc, now + timedelta(days=400)).grade

    assert later is not None
    assert later["score"] != "97.0"


def test_every_answer_is_logged_before_it_is_given(database: Database, now: datetime) -> None:
    enterprise, nobody = an_enterprise(database), a_code()
    view = _answer(
        database, enterprise.uscc, now, matter="permit", purpose="京海审〔2026〕7号，联系人13812345678"
    )
    _answer(database, nobody, now)

    known, unknown = _log(database)

    assert (known["actor"], known["matter"], known["query"]) == ("terminal:tests", "permit", enterprise.uscc)
    assert known["purpose"] == "京海审〔2026〕7号，联系人138****5678"
    assert (known["enterprise_id"], bool(known["is_known"])) == (enterprise.enterprise_id, True)
    assert known["list_version"] == view.list_version
    assert "provisional" in str(known["answer"])
    assert (unknown["query"], unknown["enterprise_id"], bool(unknown["is_known"])) == (nobody, None, False)


def test_a_batch_answers_in_the_order_of_the_questions(database: Database, now: datetime) -> None:
    listed = a_case(database, begun=BEGUN)
    clean, nobody = an_enterprise(database), a_code()
    asked = [nobody, listed.uscc or "", "not a code", clean.uscc or "", listed.uscc or ""]

    found = database.run(lambda session: lookups.answer_many(session, an_operator(), asked, now=now))

    assert [view.query for view in found.answers] == [asked[0], asked[1], asked[3], asked[4]]
    assert [(query, refusal.code) for query, refusal in found.refused] == [("NOTACODE", "invalid-uscc")]
    assert [view.is_known for view in found.answers] == [False, True, True, True]
    assert found.answers[1] == _answer(database, listed.uscc, now)
    assert len(_log(database)) == 5


def test_a_large_batch_is_logged_like_as_many_single_questions(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_FEW", 1)
    asked = [an_enterprise(database).uscc or "", a_code()]

    for code in asked:
        _answer(database, code, now)
    database.run(lambda session: lookups.answer_many(session, an_operator(), asked, now=now))

    with database.read() as session:
        names = [name for name in LookupRow.__mapper__.columns.keys() if name != "id"]  # noqa: SIM118 - columns
        one, other, *batch = [
            [getattr(row, name) for name in names]
            for row in session.scalars(select(LookupRow).order_by(LookupRow.id))
        ]
    assert batch == [one, other]


def test_a_batch_has_its_limit(sqlite_database: Database, now: datetime) -> None:
    with pytest.raises(TooMuch) as refused:
        sqlite_database.run(
            lambda session: lookups.answer_many(session, an_operator(), [a_code(1)] * 1001, now=now)
        )

    assert refused.value.facts == {"limit": 1000, "given": 1001}
    assert _log(sqlite_database) == []


def test_a_batch_of_nothing_readable_is_no_error(sqlite_database: Database, now: datetime) -> None:
    found = sqlite_database.run(lambda session: lookups.answer_many(session, an_operator(), ["x"], now=now))

    assert (found.answers, len(found.refused)) == ((), 1)


def test_an_unknown_matter_is_told_what_there_is(sqlite_database: Database, now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused:
        _answer(sqlite_database, a_code(), now, matter="fishing")

    assert refused.value.code == "unknown-matter"
    assert refused.value.facts["known"] == list(MATTERS)


def test_only_today_is_answered(sqlite_database: Database, now: datetime) -> None:
    assert not _answer(sqlite_database, a_code(), now, on=date(2026, 11, 24)).is_known
    for day in (date(2026, 11, 23), date(2026, 11, 25)):
        with pytest.raises(InvalidInput):
            _answer(sqlite_database, a_code(), now, on=day)


def test_a_former_code_is_answered_and_said_to_be_one(sqlite_database: Database, now: datetime) -> None:
    enterprise = an_enterprise(sqlite_database)
    officer, fresh = an_actor(sqlite_database, Role.OFFICER), a_code()
    sqlite_database.run(
        lambda session: enterprises.change_code(
            session,
            officer,
            enterprise.uscc or "",
            fresh,
            changed_on=date(2026, 11, 1),
            version=1,
            reason="换照",
            now=now,
        )
    )

    view = _answer(sqlite_database, enterprise.uscc, now)

    assert (view.query, view.uscc) == (enterprise.uscc, fresh)
    assert [note["code"] for note in view.annotations] == ["former-code"]


def test_a_deregistered_enterprise_is_said_to_be_one(sqlite_database: Database, now: datetime) -> None:
    enterprise = an_enterprise(sqlite_database, status="deregistered")

    assert [note["code"] for note in _answer(sqlite_database, enterprise.uscc, now).annotations] == [
        "deregistered"
    ]


def test_who_may_not_ask_is_refused(sqlite_database: Database, now: datetime) -> None:
    administrator = an_actor(sqlite_database, Role.ADMINISTRATOR)

    with pytest.raises(NotAllowed):
        _answer(sqlite_database, a_code(), now, administrator)
