"""Loads the material through the services, every act on its own day: the whole of it or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from credit_registry import clock
from credit_registry.demonstration.cases import RED_CASES, Papers, Walker, black_legs
from credit_registry.demonstration.facts import EMERGENCY, Fact, add_months
from credit_registry.demonstration.invited import Invited, invite
from credit_registry.demonstration.material import Material
from credit_registry.demonstration.people import Credential, Staff, hire, settle_passwords
from credit_registry.demonstration.timeline import Act, Timeline
from credit_registry.domain.calendar import add_working_days
from credit_registry.domain.permissions import KEY_SCOPES, Actor, terminal_operator
from credit_registry.services import (
    announcements,
    assessments,
    demonstration,
    enterprises,
    imports,
    keys,
    penalty_repairs,
    records,
)
from credit_registry.storage.database import Database, Session

Progress = Callable[[int, int], None]
_YEAR_SETTLED = timedelta(days=120)


@dataclass(frozen=True)
class Loaded:
    """What was loaded, and what is shown once: passwords, the secret of a key, the code of a notice."""

    enterprises: int
    rows: Mapping[str, int]
    grades: Mapping[str, int]
    credentials: tuple[Credential, ...]
    key: str
    invited: Invited


def load(
    database: Database, material: Material, *, now: datetime, progress: Progress | None = None
) -> Loaded:
    """Fill an empty database.

    Args:
        now: the present: the day of the last assessment, and from when the passwords count.

    Raises:
        NotAllowed: ``database-not-empty``.
    """
    # One transaction: a demonstration that was interrupted is not there, and the next start makes it.
    with database.begin() as session:
        return _Load(session, material, now).run(progress)


class _Load:
    def __init__(self, session: Session, material: Material, now: datetime) -> None:
        self.session = session
        self.material = material
        self.now = now
        self.operator = terminal_operator("demonstration")
        self.timeline = Timeline()
        self.rows = {"rows": 0, "accepted": 0, "duplicate": 0, "held": 0, "refused": 0}
        self.staff: Staff

    def run(self, progress: Progress | None) -> Loaded:
        first = min(file.sent_on for file in self.material.files)
        opened = datetime.combine(first, datetime.min.time(), clock.SHANGHAI) + timedelta(hours=8)
        demonstration.begin(self.session, self.operator, now=opened)
        self.staff = hire(self.session, self.operator, now=opened)
        self._plan_reports()
        self._plan_changes()
        self._plan_cases()
        self.timeline.play(self.session, progress=progress)
        graded = assessments.assess(self.session, self.operator, on=clock.local_day(self.now), now=self.now)
        self._draft_yearly_act()
        _, key = keys.create_key(
            self.session, self.operator, title="演示：本单位业务系统", office_id=self.staff.offices[EMERGENCY.key],
            # A key of the keeping office's own system: it also sends files and asks for the past.
            scopes=[*sorted(KEY_SCOPES)],
            expires_on=clock.local_day(self.now) + timedelta(days=365), now=self.now,
        )  # fmt: skip
        credentials = settle_passwords(self.session, self.staff, now=self.now)
        by_name = {offence.name: subject for offence, subject in self.material.offences}
        listed = by_name["listed-without-licence"].uscc
        invited = invite(self.session, self.staff.actors["officer"], listed, now=self.now)
        return Loaded(len(self.material.enterprises), self.rows, graded.grades, credentials, key, invited)

    def _draft_yearly_act(self) -> None:
        """This year's grades are frozen and wait for the second officer; in spring it is still last year's act."""
        year = (clock.local_day(self.now) - _YEAR_SETTLED).year
        announcements.draft(self.session, self.staff.actors["officer"], year=year, now=self.now)

    # --- what offices report ---------------------------------------------------------------------------------

    def _plan_reports(self) -> None:
        for file in self.material.files:
            self.timeline.plan(file.sent_on, 9, self._take(file.kind, file.data, file.filename, file.sender))
        for fact in self.material.entries:
            assert fact.sent_on is not None, "an entry by hand has its day"
            self.timeline.plan(fact.sent_on, 11, self._enter(fact))
            for on, changes in fact.later:
                self.timeline.plan(on, 15, self._correct(fact, changes, "经复查，已遵守决定。"))

    def _take(self, kind: str, data: bytes, filename: str, sender: str) -> Act:
        def take(session: Session, now: datetime) -> None:
            result = imports.take(session, self.staff.clerk_of(sender), kind, data, filename, now=now)
            for name in self.rows:
                self.rows[name] += getattr(result, name)

        return take

    def _enter(self, fact: Fact) -> Act:
        def enter(session: Session, now: datetime) -> None:
            values = {name: value for name, value in fact.values.items() if value is not None}
            records.enter(
                session, self.staff.officer_of(fact.sender.key), fact.kind, fact.subject.uscc, values, now=now
            )

        return enter

    # --- what officers change --------------------------------------------------------------------------------

    def _plan_changes(self) -> None:
        ago = _ago(self.material.today)
        changes: dict[str, tuple[date, Callable[..., object], str]] = {
            "revoked": (ago(2, 20), records.revoke, "经行政复议，原处罚决定被依法撤销。"),
            "withdrawn": (ago(3, 0), records.withdraw, "报送单位发现当事人填写有误，申请撤回。"),
        }
        for mark, (on, verb, reason) in changes.items():
            self.timeline.plan(on, 15, self._change(self.material.marked[mark], verb, reason))
        self._plan_repair(self.material.marked["repaired"], ago(4, 0), is_decided=True)
        self._plan_repair(self.material.marked["repair-asked"], ago(0, 3), is_decided=False)
        mistyped = self.material.marked["corrected"]
        right = {"fine_fen": "2.5", "content": "罚款25000元。"}
        self.timeline.plan(ago(2, 0), 15, self._correct(mistyped, right, "罚款金额笔误，按决定书原件更正。"))
        closed = self.material.stories["honours-expired"]
        self.timeline.plan(
            ago(1, 10), 15, self._amend(closed.uscc, {"status": "deregistered"}, "企业已注销登记。")
        )

    def _record(self, session: Session, actor: Actor, fact: Fact, on: date) -> tuple[int, int]:
        """Record and version of a fact, by its document number."""
        found = records.page_of(session, actor, fact.subject.uscc, on=on)
        number = fact.values["document_no"]
        (record,) = (each for each in found.items if each.values.get("document_no") == number)
        return record.record_id, record.version

    def _change(self, fact: Fact, verb: Callable[..., object], reason: str) -> Act:
        def change(session: Session, now: datetime) -> None:
            officer = self.staff.officer_of(fact.sender.key)
            record_id, version = self._record(session, officer, fact, clock.local_day(now))
            verb(session, officer, record_id, version=version, reason=reason, now=now)

        return change

    def _plan_repair(self, fact: Fact, on: date, *, is_decided: bool) -> None:
        """The enterprise applies for repair of a penalty; where decided, acceptance and permission follow."""
        applied: Papers = {
            "repair_application": {"received_on": on, "content": "申请书及附件一式两份。"},
            "duties_proof": {"content": "处罚决定已全部履行，凭证附后。"},
            "commitment": {"content": "承诺遵守安全生产法律法规。"},
        }

        def apply(session: Session, now: datetime) -> None:
            officer, decider = self.staff.actors["officer"], self.staff.actors["decider"]
            record_id, _ = self._record(session, officer, fact, clock.local_day(now))
            asked = penalty_repairs.apply(session, officer, record_id, handed_in=applied, now=now)
            if is_decided:
                self.timeline.plan(add_working_days(on, 2).day, 15, move(asked.repair_id, officer, "accept"))
                self.timeline.plan(add_working_days(on, 6).day, 15, move(asked.repair_id, decider, "allow"))

        def move(repair_id: int, actor: Actor, action: str) -> Act:
            def act(session: Session, now: datetime) -> None:
                version = penalty_repairs.get(session, actor, repair_id).version
                penalty_repairs.advance(session, actor, repair_id, action, version=version, now=now)

            return act

        self.timeline.plan(on, 15, apply)

    def _correct(self, fact: Fact, changes: Mapping[str, object], reason: str) -> Act:
        def correct(session: Session, now: datetime) -> None:
            officer = self.staff.officer_of(fact.sender.key)
            record_id, version = self._record(session, officer, fact, clock.local_day(now))
            records.correct(session, officer, record_id, changes, version=version, reason=reason, now=now)

        return correct

    def _amend(self, uscc: str, changes: Mapping[str, object], reason: str) -> Act:
        def amend(session: Session, now: datetime) -> None:
            officer = self.staff.actors["officer"]
            version = enterprises.get(session, officer, uscc).version
            enterprises.amend(session, officer, uscc, changes, version=version, reason=reason, now=now)

        return amend

    # --- cases -----------------------------------------------------------------------------------------------

    def _plan_cases(self) -> None:
        ago = _ago(self.material.today)
        walker = Walker(self.timeline, self.staff, self.material.today)
        for offence, subject in self.material.offences:
            penalty = self.material.marked[f"offence:{offence.name}"]
            sent_on = penalty.sent_on
            assert sent_on is not None, "the penalty of an offence is sent at once"
            if offence.condition.startswith("7-"):
                tags = {"condition_tags": offence.condition}
                self.timeline.plan(
                    sent_on, 15, self._correct(penalty, tags, f"符合第{offence.condition}项情形。")
                )
            found_on = sent_on + timedelta(days=1)
            self.timeline.plan(found_on, 12, self._assess)
            walker.begin_black(offence, subject, black_legs(offence, self.material.today, ago), found_on)
            if offence.until == "REVOKED":
                self.timeline.plan(
                    ago(5, 0), 11, self._change(penalty, records.revoke, "经行政诉讼，处罚决定被依法撤销。")
                )
        by_name = {offence.name: subject for offence, subject in self.material.offences}
        day = add_working_days(self.material.today - timedelta(days=4), 1).day
        walker.challenge(by_name["listed-without-licence"], "objection", "认为处罚决定认定的期间有误。", day)
        walker.challenge(
            by_name["listed-after-major-accident"], "lawsuit", "对列入决定提起行政诉讼。", ago(3, 0)
        )
        for case, subject in zip(RED_CASES, self.material.exemplary, strict=True):
            walker.begin_red(subject, case.legs(ago), ago(case.months, case.days))

    def _assess(self, session: Session, now: datetime) -> None:
        assessments.assess(
            session, self.staff.actors["officer"], on=clock.local_day(now), now=now, only_due=True
        )


def _ago(today: date) -> Callable[[int, int], date]:
    return lambda months, days: add_months(today, -months) - timedelta(days=days)
