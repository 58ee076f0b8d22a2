"""Offences that may lead to the list of serious breaches: the facts, and how far each case is to be walked.

Only the emergency bureau's own penalties found a case (谁处罚、谁决定、谁负责), in the trades of article 2 of
Order 11; what is here are facts alone, `cases.py` acts on them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from credit_registry.demonstration.enterprises import TRADES, Enterprise, Trade
from credit_registry.demonstration.facts import ACCIDENT_DUTY, EMERGENCY, FALSE_REPORT, UNLICENSED, Fact
from credit_registry.demonstration.stories import Stage

_CHEMICALS, _STORAGE, _MACHINES, _TRADE_IN_FUEL, _TESTING = (TRADES[place] for place in (1, 2, 0, 12, 11))


@dataclass(frozen=True)
class Offence:
    """One offence and the end of its case.

    Attributes:
        months, days: how long before the last day the penalty was decided.
        until: the stage at which the demonstration leaves the case.
        condition: of Order 11; 7-1, 7-4 and the like are tagged by an officer.
    """

    name: str
    months: int
    days: int
    until: str
    condition: str = "6-4"
    trade: Trade = _CHEMICALS

    def decided_on(self, stage: Stage) -> date:
        return stage.ago(self.months, self.days)


OFFENCES = (
    Offence("candidate", 0, 8, "CANDIDATE"),
    Offence("dropped", 5, 0, "CLOSED", "7-1", _STORAGE),
    Offence("notified", 0, 12, "NOTIFIED"),
    Offence("stated", 0, 20, "STATED", "7-1", _TRADE_IN_FUEL),
    Offence("silent", 0, 24, "NO_STATEMENT"),
    Offence("reviewed", 1, 0, "REVIEWED", trade=_MACHINES),
    Offence("decided", 0, 28, "DECIDED"),
    Offence("served", 1, 5, "SERVED", "7-1", _STORAGE),
    Offence("listed-lately", 6, 0, "ACTIVE"),
    Offence("listed-for-concealment", 14, 0, "ACTIVE", trade=_MACHINES),
    Offence("listed-without-licence", 18, 0, "ACTIVE", "7-1", _STORAGE),
    Offence("listed-after-major-accident", 26, 0, "ACTIVE", "6-1"),
    Offence("listed-for-false-reports", 9, 0, "ACTIVE", "7-2", _TESTING),
    Offence("repair-applied", 15, 0, "REPAIR_APPLIED", "7-1", _TRADE_IN_FUEL),
    Offence("repair-accepted", 16, 0, "REPAIR_ACCEPTED"),
    Offence("removal-decided", 17, 0, "REMOVAL_DECIDED", "7-1", _STORAGE),
    Offence("removed-early", 27, 0, "REMOVED", "7-1", _TRADE_IN_FUEL),
    Offence("restored", 25, 0, "RESTORED", "7-1", _STORAGE),
    Offence("revoked", 11, 0, "REVOKED", trade=_MACHINES),
    Offence("expired", 37, 10, "EXPIRED", "7-1", _STORAGE),
    Offence("suspended", 10, 0, "SUSPENDED", "7-1", _TRADE_IN_FUEL),
)


def offence_facts(offence: Offence, subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    """The accident or breach and its penalty, sent within the seven working days of the law."""
    on = offence.decided_on(stage)
    sent_on = on + timedelta(days=4)
    reporter = stage.reporter
    mark = f"offence:{offence.name}"
    if offence.condition in ("6-1", "6-4"):
        major = offence.condition == "6-1"
        accident = reporter.accident(
            subject,
            on - timedelta(days=75),
            deaths=10 if major else 1,
            injuries=4 if major else 0,
            loss=52_000_000 if major else 1_300_000,
            is_concealed=not major,
            sent_on=sent_on,
        )
        yield accident
        yield reporter.penalty(
            subject, on, breach=ACCIDENT_DUTY, fine=2_500_000 if major else 1_200_000, kinds="fine;licence_suspended",
            breach_class="serious", event_key=accident.values["event_key"], sent_on=sent_on, mark=mark,
        )  # fmt: skip
        return
    event_key: str | None = None
    if offence.condition == "7-2":
        event_key = f"XJ-{subject.uscc[9:16]}"
        yield reporter.entry(
            "false_report", subject, on - timedelta(days=30), authority=EMERGENCY, event_key=event_key,
            cause="出具虚假安全评价报告", facts="未到现场勘验即出具安全评价报告", basis="《中华人民共和国安全生产法》第九十二条",
        )  # fmt: skip
    yield reporter.penalty(
        subject, on, breach=UNLICENSED if offence.condition == "7-1" else FALSE_REPORT, fine=150_000,
        kinds="fine;suspension", breach_class="serious", event_key=event_key, sent_on=sent_on, mark=mark,
    )  # fmt: skip
