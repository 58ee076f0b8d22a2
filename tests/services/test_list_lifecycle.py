"""The life of cases at random: any act by anybody on any day, and the law holds after every one.

The model is a plain log of what succeeded, read by an oracle that knows neither the step table nor the database.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from random import Random

import chinese_calendar
import holidays
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import ColumnElement, and_
from sqlalchemy.exc import IntegrityError

from credit_registry.domain import listing
from credit_registry.domain.errors import Refusal
from credit_registry.domain.guards import CHECKS, Guard
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.series import PUBLIC_LISTS, ListKind
from credit_registry.domain.steps import Action, State
from credit_registry.services import (
    annotations,
    clockwork,
    fallen_grounds,
    listings,
    publications,
    records,
    standings,
    suspensions,
)
from credit_registry.services.case_views import CaseView
from credit_registry.storage.database import Database, Session
from credit_registry.storage.queries import audit, entries
from credit_registry.storage.tables.listings import IN_FORCE, ListingCaseRow
from tests.conftest import VAULT
from tests.factories import (
    NOW,
    RED_CONDITIONS,
    Team,
    a_candidate,
    a_penalty,
    a_red_case,
    a_team,
    an_exemplar,
    an_operator,
    carry,
    papers_for,
)
from tests.postgres import Cluster

FIRST = date(2026, 1, 5)
BEGUN = datetime.combine(FIRST, time(2), UTC)
LEAVING = {"revoke", "allow_repair", "expire", "supersede", "remove", "withdraw"}

# The next step of the ordinary road, by list and state.
ROAD: dict[str, dict[str, str]] = {
    "black": {
        "CANDIDATE": "notify", "NOTIFIED": "close_window", "NO_STATEMENT": "review", "STATED": "review",
        "REVIEWED": "decide", "DECIDED": "serve", "SERVED": "publish", "ACTIVE": "apply_repair",
        "REPAIR_APPLIED": "accept_repair", "REPAIR_ACCEPTED": "allow_repair", "REMOVAL_DECIDED": "restore",
        "RESTORED": "publish",
    },
    "red": {
        "APPLIED": "check", "PROPOSED": "check", "CHECKED": "open_comment", "OPEN_COMMENT": "approve",
        "APPROVED": "publish",
    },
}  # fmt: skip


@dataclass
class Told:
    """What the oracle knows of one case: its acts, in order, each with its day and its person."""

    enterprise_id: int
    kind: str
    record_id: int | None
    acts: list[tuple[str, date, int | None]] = field(default_factory=list)

    def last(self, *actions: str) -> date | None:
        return next((day for action, day, _ in reversed(self.acts) if action in actions), None)

    def people(self, *actions: str) -> set[int | None]:
        return {person for action, _, person in self.acts if action in actions}


@dataclass
class Stage:
    """A prepared database, copied for every run, and who and what is in it."""

    copy: Callable[[], AbstractContextManager[Database]]
    team: Team
    subjects: list[tuple[str, int, int]]


def set_the_stage(database: Database) -> tuple[Team, list[tuple[str, int, int]]]:
    team = a_team(database, now=BEGUN)
    subjects = []
    for _ in range(2):
        enterprise = an_exemplar(database, now=BEGUN)
        # Older than the red list looks back, so that one enterprise may travel to either list.
        penalty = a_penalty(database, enterprise.uscc or "", dated_on="2022-10-10", now=BEGUN).record
        subjects.append((enterprise.uscc or "", enterprise.enterprise_id, penalty.record_id))
    return team, subjects


@pytest.fixture
def sqlite_stage(sqlite_template: Path, tmp_path: Path) -> Stage:
    file = tmp_path / "stage.sqlite3"
    shutil.copy(sqlite_template, file)
    database = Database(f"sqlite:///{file}", VAULT)
    team, subjects = set_the_stage(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    numbers = count()

    @contextmanager
    def copy() -> Iterator[Database]:
        made = file.with_name(f"run{next(numbers)}.sqlite3")
        shutil.copy(file, made)
        database = Database(f"sqlite:///{made}", VAULT)
        try:
            yield database
        finally:
            database.dispose()
            for part in made.parent.glob(f"{made.name}*"):
                part.unlink()

    return Stage(copy, team, subjects)


@pytest.fixture
def postgres_stage(cluster: Cluster) -> Iterator[Stage]:
    name = cluster.create_from("registry_template")
    database = Database(cluster.url(name), VAULT)
    team, subjects = set_the_stage(database)
    database.dispose()

    @contextmanager
    def copy() -> Iterator[Database]:
        made = cluster.create_from(name)
        database = Database(cluster.url(made), VAULT)
        try:
            yield database
        finally:
            database.dispose()
            cluster.drop(made)

    yield Stage(copy, team, subjects)
    cluster.drop(name)


STATUTORY = holidays.country_holidays("CN", years=range(2027, 2060))


def nth_working_day_after(day: date, number: int) -> date:
    """By other hands' tables."""
    while number:
        day += timedelta(days=1)
        is_known = day.year <= 2026
        number -= chinese_calendar.is_workday(day) if is_known else day.weekday() < 5 and day not in STATUTORY
    return day


def three_years_after(day: date) -> date:
    return day.replace(year=day.year + 3) if (day.month, day.day) != (2, 29) else date(day.year + 3, 2, 28)


def law_allows(told: Told, today: date, fallen: set[int]) -> bool:
    """Whether the public may see the entry today, from the log of acts alone.

    Args:
        fallen: penalties that were revoked, or whose execution is stopped today.
    """
    shown_since = told.last("publish", "reinstate")
    left_since = [day for action, day, _ in told.acts if action in LEAVING]
    order = [action for action, _, _ in told.acts]
    if shown_since is None or told.record_id in fallen:
        return False
    entered = max(place for place, action in enumerate(order) if action in ("publish", "reinstate"))
    if any(action in LEAVING for action in order[entered + 1 :]) and left_since:
        return False
    suspended = [action for action in order if action in ("suspend", "resume", "lose_ground")]
    if suspended and suspended[-1] != "resume":
        return False
    decided = told.last("decide", "approve", "restore")
    return decided is not None and shown_since <= today <= three_years_after(decided)


def due_process_held(told: Told) -> bool:
    """Whether everything that must precede a black publication preceded it, by other people where it must."""
    if told.kind == "red":
        checked, opened, approved = told.last("check"), told.last("open_comment"), told.last("approve")
        return bool(
            checked and opened and approved and nth_working_day_after(opened, 5) < approved
            and not told.people("approve") & told.people("propose", "apply", "check")
        )  # fmt: skip
    noticed, reviewed, decided, served = (told.last(each) for each in ("notify", "review", "decide", "serve"))
    return bool(
        noticed and reviewed and decided and served
        and nth_working_day_after(noticed, 5) < reviewed <= decided <= served
        and not told.people("decide") & told.people("propose", "notify", "review")
        and not told.people("review") & told.people("propose", "notify")
    )  # fmt: skip


class Lives(RuleBasedStateMachine):
    """Cases of two enterprises under one office."""

    stage: Stage
    reached: Counter[str]
    suits: int  # how often courts are asked, in the dice's measure

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.database = self.opened.enter_context(self.stage.copy())
        self.today, self.revoked = FIRST, set[int]()
        # Penalties that a court has stopped, each with the suit in which it did.
        self.stopped: dict[int, int] = {}
        self.cases: dict[int, Told] = {}
        self.versions = 0

    def teardown(self) -> None:
        with self.opened:
            self._require_whole_audit()

    def _require_whole_audit(self) -> None:
        with self.database.read() as session:
            assert audit.verify(session) is None

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(2), UTC)

    def attempt(self, act: Callable[[Session], CaseView]) -> CaseView | None:
        try:
            return self.database.run(act)
        except Refusal:
            return None

    @rule(seed=st.integers(0, 2**32 - 1), length=st.integers(10, 25))
    def turmoil(self, seed: int, length: int) -> None:
        """Some acts in a row. The dice are Python's own: Hypothesis's lean to small draws and few rules."""
        dice = Random(seed)
        for _ in range(length):
            (act,) = dice.choices(
                (self.onward, self.act, self.days_pass, self.years_pass, self.propose, self.leave, self.clocks_run,
                 self.penalty_revoked, self.suit_stops_or_ends),
                (44, 14, 10, 3, 10, 6, 8, 2, self.suits),
            )  # fmt: skip
            act(dice)
            self.the_public_sees_exactly_what_the_law_allows()

    def days_pass(self, dice: Random) -> None:
        self.today += timedelta(days=dice.choice([1, 1, 2, 3, 7, 8]))

    def years_pass(self, dice: Random) -> None:
        self.today += timedelta(days=366 * dice.choice([1, 3]))

    def propose(self, dice: Random) -> None:
        uscc, enterprise_id, record_id = dice.choice(self.stage.subjects)
        is_red = dice.random() < 0.5
        series = "safety-red-133" if is_red else "safety-order-11"
        given = papers_for(("red_application", "commitment"), self.today) if is_red else {}
        officer = self.stage.team.officer
        view = self.attempt(
            lambda session: listings.propose(
                session, officer, uscc, series=series, reason="理由", now=self.now, papers=given,
                grounds=[] if is_red else [("7-4", record_id)],
            )
        )  # fmt: skip
        if view is not None:
            told = Told(enterprise_id, "red" if is_red else "black", None if is_red else record_id)
            told.acts.append(("apply" if is_red else "propose", self.today, officer.account_id))
            self.cases[view.case_id] = told

    def act(self, dice: Random) -> None:
        """What the table offers by who may, or anything by anybody."""
        view = self.some_case(dice)
        if view is None:
            return
        offered = listing.actions(view.list_kind, view.state)
        wild = dice.random() < 0.3 or not offered
        action = dice.choice(list(Action) if wild else offered)
        row = listing.STEPS[view.list_kind].get((view.state, action))
        people = self.stage.team.people()
        self._take(
            view, action, dice.choice(people) if wild else self.stage.team.who(row.who if row else None)
        )

    def onward(self, dice: Random) -> None:
        """The next step of the ordinary road, mostly waiting for windows and months as people do."""
        view = self.some_case(dice)
        action = ROAD[view.list_kind].get(view.state) if view is not None else None
        if view is None or action is None:
            return
        stages = ("NOTIFIED", "NO_STATEMENT", "STATED", "OPEN_COMMENT")
        until = view.window_until if view.state in stages else None
        if view.list_kind is ListKind.BLACK and view.state is State.ACTIVE:
            until = view.repair_from
        if until is not None and until >= self.today and dice.random() < 0.85:
            self.today = until + timedelta(days=1)
        who = listing.STEPS[view.list_kind][view.state, Action(action)].who
        self._take(view, Action(action), self.stage.team.who(who))

    def leave(self, dice: Random) -> None:
        """A decider ends an entry."""
        view = self.some_case(dice, listing_in_force())
        if view is not None:
            action = Action.REVOKE if view.list_kind is ListKind.BLACK else Action.REMOVE
            self._take(view, action, self.stage.team.decider)

    def clocks_run(self, _: Random) -> None:
        run = self.database.run(lambda session: clockwork.run_clocks(session, an_operator(), now=self.now))
        for case_id in run.closed_windows:
            self.cases[case_id].acts.append(("close_window", self.today, None))
        for case_id in run.expired:
            self.cases[case_id].acts.append(("expire", self.today, None))

    def penalty_revoked(self, dice: Random) -> None:
        record_id = dice.choice(self.stage.subjects)[2]
        if record_id not in self.revoked:
            self.database.run(
                lambda session: records.revoke(
                    session, self.stage.team.officer, record_id, version=self._version(session, record_id),
                    reason="撤销", now=self.now,
                )
            )  # fmt: skip
            self.revoked.add(record_id)
            self.stopped.pop(record_id, None)

    def _version(self, session: Session, record_id: int) -> int:
        return records.get(session, self.stage.team.officer, record_id, on=self.today).record.version

    def suit_stops_or_ends(self, dice: Random) -> None:
        """A court stops a penalty, or a suit in which one was stopped is lost."""
        record_id = dice.choice(self.stage.subjects)[2]
        if record_id in self.revoked:
            return
        if record_id not in self.stopped:
            self.stopped[record_id] = self.database.run(lambda session: self._stop(session, record_id))
            self.reached["penalty:stop"] += 1
        else:
            suit = self.stopped.pop(record_id)
            self.database.run(
                lambda session: annotations.answer(
                    session,
                    self.stage.team.decider,
                    suit,
                    outcome="rejected",
                    answer="驳回",
                    version=1,
                    now=self.now,
                )
            )

    def _stop(self, session: Session, record_id: int) -> int:
        officer = self.stage.team.officer
        suit = annotations.file(
            session,
            officer,
            kind="lawsuit",
            filed_on=self.today,
            # A suit in the same words on the same day would be the one that was lost.
            content=f"请求撤销（第{self.reached['penalty:stop'] + 1}次起诉）",
            record_id=record_id,
            now=self.now,
        ).annotation_id
        suspensions.suspend(session, officer, suit, received_on=self.today, content="停止执行", now=self.now)
        return suit

    def some_case(self, dice: Random, states: Collection[State] = frozenset(State)) -> CaseView | None:
        with self.database.read() as session:
            views = [
                listings.get(session, self.stage.team.officer, each, now=self.now)
                for each in sorted(self.cases)[-4:]
            ]
        fitting = [view for view in views if view.state in states]
        return dice.choice(fitting) if fitting else None

    def _take(self, view: CaseView, action: Action, actor: Actor) -> None:
        row = listing.STEPS[view.list_kind].get((view.state, action))
        done = self.attempt(
            lambda session: listings.advance(
                session, actor, view.case_id, action, version=view.version, now=self.now, reason="理由",
                papers=papers_for(row.papers if row else (), self.today),
                facts={"met": list(RED_CONDITIONS)} if action in (Action.CHECK, Action.REVIEW_YEARLY) else None,
            )
        )  # fmt: skip
        if done is not None:
            self.cases[view.case_id].acts.append((action.value, self.today, actor.account_id))
            self.reached[f"{view.list_kind}:{action.value}"] += 1

    @invariant()
    def the_public_sees_exactly_what_the_law_allows(self) -> None:
        with self.database.read() as session:
            shown = {
                entry.case_id
                for kind in PUBLIC_LISTS
                for entry in publications.rows(session, kind, on=self.today)
            }
            version = publications.list_version(session)
            breaches = standings.due_process_breaches(session, an_operator())
        assert breaches == [], "I8: the view of what is shown without due process is empty"
        allowed = {
            case_id
            for case_id, told in self.cases.items()
            if law_allows(told, self.today, self.revoked | set(self.stopped))
        }
        assert shown == allowed
        assert all(due_process_held(self.cases[case_id]) for case_id in shown)
        assert version >= self.versions, "the version of the lists never goes back"
        self.versions = version

    @invariant()
    def nobody_stands_on_both_lists_or_has_two_cases_under_way(self) -> None:
        with self.database.read() as session:
            page = listings.page(session, self.stage.team.officer, now=self.now, state="open", limit=500)
        in_force = [
            (item.enterprise_id, item.list_kind) for item in page.items if item.state in listing_in_force()
        ]
        assert len({enterprise for enterprise, _ in in_force}) == len(set(in_force)) == len(in_force)
        pending = [
            (item.enterprise_id, item.series) for item in page.items if item.state not in listing_in_force()
        ]
        assert len(pending) == len(set(pending))

    @invariant()
    def the_scorer_sees_what_the_public_sees(self) -> None:
        with self.database.read() as session:
            rows = listings.listing_rows(session, on=self.today, known_at=self.now + timedelta(hours=1))
            shown = publications.rows(session, "black", on=self.today)
            entries = listings.entries_of(
                session, [told.enterprise_id for told in self.cases.values()], on=self.today
            )
        assert {row["record"] for row in rows} == {-entry.case_id for entry in shown}
        assert {
            entry.case_id for each in entries.values() for entry in each if entry.list_kind == "black"
        } == {entry.case_id for entry in shown}


def listing_in_force() -> set[State]:
    return {State.ACTIVE, State.REPAIR_APPLIED, State.REPAIR_ACCEPTED}


def live(stage: Stage, *, lives: int, suits: int = 2) -> Counter[str]:
    """Run some lives and count what they reached."""
    reached: Counter[str] = Counter()
    run_state_machine_as_test(
        type("Staged", (Lives,), {"stage": stage, "reached": reached, "suits": suits}),
        settings=settings(
            max_examples=lives,
            stateful_step_count=6,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
            report_multiple_bugs=False,
        ),
    )
    return reached


def test_no_life_of_a_case_leaves_the_law(sqlite_stage: Stage) -> None:
    reached = live(sqlite_stage, lives=20)

    # A machine that never gets anywhere proves nothing.
    seldom = {
        "black:publish": 5,
        "black:revoke": 3,
        "black:apply_repair": 1,
        "red:publish": 5,
        "red:remove": 3,
        "penalty:stop": 3,
    }
    assert {action: reached[action] for action, least in seldom.items() if reached[action] < least} == {}


def test_no_life_of_a_case_leaves_the_law_on_postgresql(postgres_stage: Stage) -> None:
    """Fewer lives: each step is a commit over a socket."""
    reached = live(postgres_stage, lives=4)

    assert reached["black:publish"] + reached["red:publish"] > 0


def _whatever_the_period(_on: date) -> ColumnElement[bool]:
    return and_(ListingCaseRow.state.in_(IN_FORCE), ListingCaseRow.hidden_since.is_(None), entries.stands())


def _whatever_is_suspended(on: date) -> ColumnElement[bool]:
    return and_(
        ListingCaseRow.state.in_(IN_FORCE),
        ListingCaseRow.listed_from <= on,
        ListingCaseRow.listed_until >= on,
    )


# Mistakes of our own, each of which must end some life: by an invariant, or by the database.
MISTAKES: dict[str, tuple[object, str, object]] = {
    "an entry outlives its period": (entries, "shown", _whatever_the_period),
    "a suspended entry is shown": (entries, "shown", _whatever_is_suspended),
    "a stopped penalty goes on listing": (fallen_grounds, "ground_stopped", lambda *_, **__: ()),
    "what has ended goes on counting": (standings, "_counts", lambda *_: True),
    "windows close at once": (listing, "CHECKS", {**CHECKS, Guard.WINDOW_CLOSED: lambda _: None}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_planted_in_the_services_ends_some_life(
    sqlite_stage: Stage, monkeypatch: pytest.MonkeyPatch, mistake: str
) -> None:
    where, name, wrong = MISTAKES[mistake]
    monkeypatch.setattr(where, name, wrong)

    with pytest.raises((AssertionError, IntegrityError)):
        live(sqlite_stage, lives=24, suits=10)


FAULTS: dict[str, tuple[dict[tuple[State, Action], dict[str, object]], tuple[str, ...]]] = {
    "review inside the window": (
        {(State.STATED, Action.REVIEW): {"guards": ()}},
        ("notify", "hear_statement", "review", "decide", "serve", "publish"),
    ),
    "no review": (
        {(State.NOTIFIED, Action.HEAR_STATEMENT): {"to": State.REVIEWED}},
        ("notify", "hear_statement", "decide", "serve", "publish"),
    ),
    "review without its papers": (
        {(State.NO_STATEMENT, Action.REVIEW): {"papers": ("review_opinion",)}},
        ("notify", "close_window", "review", "decide", "serve", "publish"),
    ),
    "no service": (
        {(State.REVIEWED, Action.DECIDE): {"to": State.SERVED}},
        ("notify", "close_window", "review", "decide", "publish"),
    ),
    "no repair notice with the decision": (
        {(State.DECIDED, Action.SERVE): {"papers": ("service_receipt",)}},
        ("notify", "close_window", "review", "decide", "serve", "publish"),
    ),
    "decision by the drafter": (
        {(State.REVIEWED, Action.DECIDE): {"apart_from": (), "who": Permission.LISTINGS_PROPOSE}},
        ("notify", "close_window", "review", "decide"),
    ),
    "review by the drafter": (
        {(State.NO_STATEMENT, Action.REVIEW): {"apart_from": (), "who": Permission.LISTINGS_PROPOSE}},
        ("notify", "close_window", "review"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_planted_in_the_table_is_stopped_by_the_database(
    database: Database, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """The table is changed for the test: it stands for a mistake in our own code that slipped through review."""
    changes, road = FAULTS[fault]
    for key, change in changes.items():
        row = listing.STEPS[ListKind.BLACK][key]
        monkeypatch.setitem(listing.STEPS[ListKind.BLACK], key, replace(row, **change))  # type: ignore[arg-type]
    team = a_team(database)
    case = a_candidate(database, team)
    today = NOW
    for action in road[:-1]:
        if action == "close_window":
            today = NOW + timedelta(days=8)
        case = carry(database, team, case, action, today)

    with pytest.raises(IntegrityError):
        carry(database, team, case, road[-1], today)


def test_without_its_guards_black_is_stopped_beside_red_by_the_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = (State.SERVED, Action.PUBLISH)
    monkeypatch.setitem(
        listing.STEPS[ListKind.BLACK], key, replace(listing.STEPS[ListKind.BLACK][key], guards=())
    )
    team = a_team(database)
    red = a_red_case(database, team=team)
    penalty = a_penalty(database, red.uscc or "", dated_on="2023-10-10").record
    later = NOW + timedelta(days=16)
    case = database.run(
        lambda session: listings.propose(
            session, team.officer, red.uscc or "", series="safety-order-11",
            grounds=[("7-4", penalty.record_id)], reason="性质恶劣", now=NOW,
        )
    )  # fmt: skip
    for action in ("notify", "close_window", "review", "decide", "serve"):
        case = carry(database, team, case, action, NOW if action == "notify" else later)

    with pytest.raises(IntegrityError, match="other list in force"):
        carry(database, team, case, "publish", later)
