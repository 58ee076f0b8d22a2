"""Stories: enterprises made so that every item, cap, step-down, veto and state of the rules occurs at least once.

A story is a function that yields facts for one enterprise; days are counted back from ``today``, the last day of
the demonstration. Black-list stories, whose cases are walked by `cases.py`, are in `offences.py`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from credit_registry.demonstration.enterprises import Enterprise
from credit_registry.demonstration.facts import (
    BRIGADE,
    CREDIT_LEAD,
    EMERGENCY,
    FIRE,
    FIRE_BREACHES,
    SAFETY,
    SAFETY_BREACHES,
    Fact,
    Reporter,
    add_months,
)


@dataclass(frozen=True)
class Stage:
    """Where a story plays: the reporter and the last day."""

    reporter: Reporter
    today: date

    def ago(self, months: int, days: int = 0) -> date:
        return add_months(self.today, -months) - timedelta(days=days)


Story = Callable[[Enterprise, Stage], Iterator[Fact]]


@dataclass
class Stories:
    """All stories by name, in the order in which they were written."""

    by_name: dict[str, Story] = field(default_factory=dict)

    def story(self, function: Story) -> Story:
        self.by_name[function.__name__.strip("_").replace("_", "-")] = function
        return function


STORIES = Stories()
story = STORIES.story


def known_for_years(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    """One unremarkable inspection in each domain within 24 months: without it the grade would be N."""
    yield stage.reporter.inspection(subject, stage.ago(14), "fixed_in_time", authority=EMERGENCY)
    yield stage.reporter.inspection(subject, stage.ago(13), "fixed_in_time", authority=BRIGADE)


@story
def clean(_subject: Enterprise, _stage: Stage) -> Iterator[Fact]:
    yield from ()


@story
def minor_penalty(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.penalty(subject, stage.ago(1), kinds="warning", is_simple_procedure=True)


@story
def minor_penalty_expired(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.penalty(subject, stage.ago(4), kinds="criticism", is_simple_procedure=True)


@story
def minor_penalty_repeated(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    for days in (65, 40, 12):
        yield stage.reporter.penalty(
            subject, stage.ago(0, days), kinds="warning", breach=SAFETY_BREACHES[2], is_simple_procedure=True
        )  # fmt: skip


@story
def general_penalty(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.penalty(subject, stage.ago(2), fine=25_000, breach_class="general")


@story
def general_penalty_old_with_bonus(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.penalty(subject, stage.ago(10), fine=30_000)
    yield stage.reporter.honour(subject, stage.ago(20), "standardisation", level="second")


@story
def serious_penalty_repaired(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.penalty(
        subject, stage.ago(17), kinds="fine;suspension", fine=80_000, breach_class="serious", mark="repaired"
    )


@story
def general_penalty_revoked(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.penalty(subject, stage.ago(5), fine=20_000, breach_class="general", mark="revoked")


@story
def general_penalty_withdrawn(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.penalty(subject, stage.ago(6), fine=20_000, mark="withdrawn")


@story
def general_penalty_corrected(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.penalty(subject, stage.ago(7), fine=20_000, mark="corrected")


@story
def fire_penalties_repeated(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    for months in (9, 6, 2):
        yield stage.reporter.penalty(
            subject, stage.ago(months), authority=BRIGADE, breach=FIRE_BREACHES[0], fine=8_000
        )


@story
def two_penalties_and_an_order_ignored(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.penalty(
        subject, stage.ago(2), kinds="fine;suspension", breach=SAFETY_BREACHES[5], fine=200_000
    )
    yield stage.reporter.penalty(subject, stage.ago(1), breach=SAFETY_BREACHES[0], fine=20_000)
    yield stage.reporter.inspection(subject, stage.ago(1), "not_fixed")


@story
def serious_penalty_half(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.penalty(
        subject, stage.ago(13), kinds="licence_suspended", breach_class="serious", mark="repair-asked"
    )


@story
def serious_by_size_of_fine(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.penalty(subject, stage.ago(5), breach=SAFETY_BREACHES[5], fine=1_200_000)


@story
def unpaid_fine(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    on = stage.ago(4)
    yield stage.reporter.penalty(subject, on, fine=40_000, fine_state="unpaid")


@story
def accident_without_death(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.accident(subject, stage.ago(7), injuries=1)


@story
def accident_with_death_and_penalty(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    accident = stage.reporter.accident(subject, stage.ago(4, 10), deaths=1, injuries=0, loss=1_500_000)
    yield accident
    yield stage.reporter.penalty(
        subject, stage.ago(4), kinds="fine;suspension", fine=400_000, event_key=accident.values["event_key"]
    )  # fmt: skip


@story
def two_general_accidents(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.accident(subject, stage.ago(9), injuries=1)
    yield stage.reporter.accident(subject, stage.ago(3), injuries=2)


@story
def larger_accident(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.accident(subject, stage.ago(20), deaths=3, injuries=2, loss=6_000_000)


@story
def major_accident(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.accident(subject, stage.ago(28), deaths=11, injuries=6, loss=60_000_000)


@story
def accident_reported_late(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.accident(subject, stage.ago(8), injuries=1, is_late_report=True)


@story
def accident_pending(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.accident(subject, stage.ago(1), deaths=1, injuries=0, responsibility="pending")


@story
def accident_not_responsible(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.accident(subject, stage.ago(11), injuries=1, responsibility="none")


@story
def accident_minor_responsibility(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.accident(subject, stage.ago(10), injuries=1, responsibility="minor")


@story
def fire_without_casualty(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.accident(subject, stage.ago(6), authority=BRIGADE, injuries=0, loss=80_000)


@story
def inspection_fixed_late(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.inspection(subject, stage.ago(5), "fixed_late")


@story
def inspection_obstructed(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.inspection(subject, stage.ago(6), "obstructed")
    yield stage.reporter.inspection(subject, stage.ago(16), "obstructed", authority=BRIGADE)


@story
def inspection_open(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.inspection(subject, stage.ago(0, 6), "open")


@story
def hazard_open_in_time(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.hazard(subject, stage.ago(1), due_on=stage.today + timedelta(days=40))


@story
def hazard_closed_in_time(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.hazard(subject, stage.ago(7), closed_on=stage.ago(5, 10))


@story
def hazard_overdue(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.hazard(
        subject, stage.ago(6), due_on=stage.ago(4), overdue_on=stage.ago(4, -1), level="district"
    )


@story
def hazard_overdue_closed(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.hazard(
        subject, stage.ago(12), authority=BRIGADE, due_on=stage.ago(10), overdue_on=stage.ago(10, -1), closed_on=stage.ago(5)
    )  # fmt: skip


@story
def hazard_self_reported(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.hazard(subject, stage.ago(5), found_by="self", closed_on=stage.ago(4))


@story
def hazard_under_city_supervision(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.hazard(
        subject, stage.ago(9), due_on=stage.ago(6), overdue_on=stage.ago(6, -1), level="city"
    )


@story
def premises_sealed(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.entry(
        "sealing", subject, stage.ago(1), authority=BRIGADE, cause="不及时消除火灾隐患可能严重威胁公共安全",
        facts="地下一层违规存放易燃物品", basis="《中华人民共和国消防法》第五十四条",
    )  # fmt: skip


@story
def commitment_false(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.entry(
        "false_commitment", subject, stage.ago(5), authority=BRIGADE, cause="消防安全告知承诺内容不实",
        facts="投入使用前承诺的消防设施未安装", basis="《中华人民共和国消防法》第十五条",
    )  # fmt: skip


@story
def agency_false_report(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.entry(
        "false_report", subject, stage.ago(9), authority=EMERGENCY, cause="出具虚假安全评价报告",
        facts="未到现场勘验即出具安全评价报告", basis="《中华人民共和国安全生产法》第九十二条",
    )  # fmt: skip


@story
def order_disobeyed(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.entry(
        "order_breach", subject, stage.ago(2), authority=EMERGENCY, cause="拒不执行停产停业整顿决定",
        facts="停产停业整顿期间继续生产", basis="《中华人民共和国安全生产法》第一百一十三条",
    )  # fmt: skip


@story
def order_disobeyed_then_complied(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.entry(
        "order_breach", subject, stage.ago(8), authority=EMERGENCY, cause="拒不执行停产停业整顿决定",
        facts="停产停业整顿期间继续生产，经再次责令后停产", basis="《中华人民共和国安全生产法》第一百一十三条",
        closed_on=stage.ago(7, 15),
    )  # fmt: skip


@story
def standardised_first(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.honour(subject, stage.ago(12), "standardisation", level="first")
    yield stage.reporter.penalty(subject, stage.ago(2), fine=10_000)


@story
def standardised_third(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.honour(subject, stage.ago(30), "standardisation", level="third")
    yield stage.reporter.inspection(subject, stage.ago(3), "fixed_late")


@story
def insured(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.honour(subject, stage.ago(6), "insurance", months=12)
    yield stage.reporter.inspection(subject, stage.ago(4), "fixed_late")


@story
def safety_culture(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.honour(subject, stage.ago(8), "safety_culture", level="national")
    yield stage.reporter.inspection(subject, stage.ago(4), "fixed_late")


@story
def safety_culture_of_the_city(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.honour(subject, stage.ago(9), "safety_culture", level="city")
    yield stage.reporter.inspection(subject, stage.ago(2), "not_fixed")


@story
def engineers(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.honour(subject, stage.ago(10), "engineer", months=None, quantity=3)
    yield stage.reporter.honour(
        subject, stage.ago(10), "engineer", months=None, quantity=1, authority=BRIGADE
    )
    yield stage.reporter.inspection(subject, stage.ago(4), "fixed_late")
    yield stage.reporter.inspection(subject, stage.ago(4), "fixed_late", authority=BRIGADE)


@story
def commitment_kept(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.honour(
        subject, stage.ago(5), "commitment", months=12, authority=CREDIT_LEAD, domain=SAFETY
    )
    yield stage.reporter.honour(
        subject, stage.ago(5), "commitment", months=12, authority=CREDIT_LEAD, domain=FIRE
    )
    yield stage.reporter.inspection(subject, stage.ago(4), "fixed_late")
    yield stage.reporter.inspection(subject, stage.ago(4), "fixed_late", authority=BRIGADE)


@story
def random_checks_passed(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    for months in (2, 4, 7, 10):
        yield stage.reporter.inspection(subject, stage.ago(months), "clean", method="random")
        yield stage.reporter.inspection(
            subject, stage.ago(months, 9), "clean", method="random", authority=BRIGADE
        )
    yield stage.reporter.inspection(subject, stage.ago(5), "not_fixed")
    yield stage.reporter.inspection(subject, stage.ago(5), "not_fixed", authority=BRIGADE)


@story
def fire_station_and_rescue(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.honour(subject, stage.ago(5), "fire_station", months=12, authority=BRIGADE)
    yield stage.reporter.honour(subject, stage.ago(4), "rescue", months=12, authority=BRIGADE)
    yield stage.reporter.honour(subject, stage.ago(4), "rescue", months=12, authority=EMERGENCY)
    yield stage.reporter.inspection(subject, stage.ago(4), "not_fixed", authority=BRIGADE)
    yield stage.reporter.inspection(subject, stage.ago(4), "not_fixed")


@story
def more_bonus_than_counts(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.honour(subject, stage.ago(12), "standardisation", level="first")
    yield stage.reporter.honour(subject, stage.ago(6), "insurance", months=12)
    yield stage.reporter.honour(subject, stage.ago(8), "safety_culture", level="national")
    yield stage.reporter.honour(subject, stage.ago(10), "engineer", months=None, quantity=2)
    yield stage.reporter.penalty(subject, stage.ago(5), kinds="fine;suspension", fine=100_000)


@story
def honours_expired(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.honour(subject, stage.ago(40), "standardisation", level="second")
    yield stage.reporter.honour(subject, stage.ago(20), "insurance", months=12)


# Stories without the usual inspections: what makes them N is what is missing.
def only_old_facts(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.inspection(subject, stage.ago(40), "clean")
    yield stage.reporter.inspection(subject, stage.ago(38), "clean", authority=BRIGADE)


def known_in_one_domain(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.inspection(subject, stage.ago(8), "fixed_late", authority=BRIGADE)
