"""The whole material of the demonstration: enterprises, department files, entries by hand. Same seed, same bytes."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from credit_registry.demonstration.enterprises import Enterprise, Trade, any_day, make_enterprise
from credit_registry.demonstration.facts import AUTHORITIES, EMERGENCY, Fact, Reporter
from credit_registry.demonstration.files import ENCODINGS, DepartmentFile, Row, csv_file, layout_of, xlsx_file
from credit_registry.demonstration.mistakes import mistaken_penalties
from credit_registry.demonstration.offences import OFFENCES, Offence, offence_facts
from credit_registry.demonstration.ordinary import ordinary_life
from credit_registry.demonstration.stories import (
    STORIES,
    Stage,
    known_for_years,
    known_in_one_domain,
    only_old_facts,
)

SEED = 20201117
FIRST_DAY = date(2020, 11, 2)
LAST_DAY = date(2026, 11, 20)
_FILE_KINDS = ("penalties", "inspections", "accidents", "hazards", "honours")
_RED_CANDIDATES = 11
_SHORT_NAMES = {authority.key: authority.short_name for authority in AUTHORITIES}


@dataclass(frozen=True)
class Material:
    """Everything to be loaded.

    Attributes:
        stories: the enterprise of each story, by its name.
        entries: facts of the kinds that an officer enters by hand.
        offences: the enterprise of each offence.
        marked: facts that the loader must find again, by their mark.
    """

    today: date
    enterprises: tuple[Enterprise, ...]
    stories: dict[str, Enterprise]
    files: tuple[DepartmentFile, ...]
    entries: tuple[Fact, ...]
    offences: tuple[tuple[Offence, Enterprise], ...]
    exemplary: tuple[Enterprise, ...]
    marked: dict[str, Fact]

    def write(self, folder: Path) -> None:
        """Put the files into ``folder``, as an office would hand them over."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in self.files:
            (folder / file.filename).write_bytes(file.data)


def make_material(*, today: date = LAST_DAY, ordinary: int = 360, seed: int = SEED) -> Material:
    """Make the demonstration up to ``today``.

    Args:
        ordinary: how many enterprises live ordinary lives, beside those of the stories.
    """
    dice = random.Random(seed)  # noqa: S311 - a reproducible demonstration, not a secret
    stage = Stage(Reporter(dice), today)
    numbers = iter(range(1, 10_000))
    first = today.replace(year=today.year - 6, day=2)
    facts: list[Fact] = []

    def newcomer(registered_on: date | None = None, trade: Trade | None = None) -> Enterprise:
        day = registered_on or any_day(dice, date(1998, 1, 5), stage.ago(30))
        return make_enterprise(next(numbers), dice, registered_on=day, trade=trade)

    stories: dict[str, Enterprise] = {}
    for name, story in STORIES.by_name.items():
        stories[name] = subject = newcomer()
        facts += [*known_for_years(subject, stage), *story(subject, stage)]
    for name, story in {"only-old-facts": only_old_facts, "known-in-one-domain": known_in_one_domain}.items():
        stories[name] = subject = newcomer()
        facts += story(subject, stage)
    stories["registered-lately"] = subject = newcomer(stage.ago(5))
    facts.append(stage.reporter.inspection(subject, stage.ago(2), "clean", method="random"))
    stories["without-any-record"] = newcomer()

    offences = []
    for offence in OFFENCES:
        subject = newcomer(any_day(dice, date(2004, 1, 5), date(2018, 12, 20)), offence.trade)
        offences.append((offence, subject))
        facts += [*known_for_years(subject, stage), *offence_facts(offence, subject, stage)]
    exemplary = tuple(
        newcomer(any_day(dice, date(2000, 1, 5), date(2017, 12, 20))) for _ in range(_RED_CANDIDATES)
    )
    for subject in exemplary:
        facts += [*known_for_years(subject, stage), *_exemplary_life(subject, stage)]
    common = [newcomer() for _ in range(ordinary)]
    for subject in common:
        facts += ordinary_life(subject, stage.reporter, first, today)

    everybody = (*stories.values(), *(subject for _, subject in offences), *exemplary, *common)
    entries = tuple(fact for fact in facts if fact.kind not in _FILE_KINDS)
    reported = [fact for fact in facts if fact.kind in _FILE_KINDS]
    return Material(
        today,
        everybody,
        stories,
        tuple(_files(everybody, reported, stage, first)),
        tuple(sorted(entries, key=lambda fact: (fact.dated_on, fact.subject.uscc))),
        tuple(offences),
        exemplary,
        {fact.mark: fact for fact in facts if fact.mark},
    )


def _exemplary_life(subject: Enterprise, stage: Stage) -> Iterator[Fact]:
    yield stage.reporter.honour(subject, stage.ago(44), "standardisation", level="first", months=72)
    yield stage.reporter.honour(subject, stage.ago(9), "insurance", months=12)
    for months in (3, 8, 20, 32):
        yield stage.reporter.inspection(subject, stage.ago(months), "clean", method="random")


def _files(
    everybody: Iterable[Enterprise], facts: list[Fact], stage: Stage, first: date
) -> list[DepartmentFile]:
    """Regular files by period, sender and kind, files of their own for what was urgent; in the order of sending."""
    ends = list(_period_ends(first, stage.today))
    parcels: dict[tuple[date, str, str], list[Fact]] = {}
    for fact in facts:
        for on in _sendings(fact, ends):
            parcels.setdefault((on, fact.sender.key, fact.kind), []).append(fact)
    made = _register_files(everybody, ends, first)
    last_penalties = max(key for key in parcels if key[1:] == (EMERGENCY.key, "penalties"))
    for number, key in enumerate(sorted(parcels)):
        on, sender, kind = key
        told = sorted(parcels[key], key=lambda fact: (fact.dated_on, fact.subject.uscc))
        rows: list[Row] = [fact.known_at(on) for fact in told]
        if key == last_penalties:
            rows += mistaken_penalties(rows, stage.reporter, stage)
        made.append(_file(number, on, sender, kind, rows))
    # An enterprise is in the register before anything is reported of it.
    return sorted(made, key=lambda file: (file.sent_on, file.kind != "enterprises", file.filename))


def _register_files(everybody: Iterable[Enterprise], ends: list[date], first: date) -> list[DepartmentFile]:
    """The register at the beginning, then the newcomers of each period."""
    made, since = [], date.min
    for on in (first, *ends):
        if rows := [subject.values() for subject in everybody if since < subject.registered_on <= on]:
            data = xlsx_file("enterprises", rows)
            made.append(DepartmentFile(f"{on:%Y%m%d}-企业名册.xlsx", "enterprises", EMERGENCY.key, on, data))
        since = on
    return made


def _file(number: int, on: date, sender: str, kind: str, rows: list[Row]) -> DepartmentFile:
    """Formats take turns: every third a workbook, the others CSV in the encodings that occur."""
    name = f"{on:%Y%m%d}-{_SHORT_NAMES[sender]}-{layout_of(kind).title.partition('（')[0]}"
    if number % 3 == 0:
        return DepartmentFile(f"{name}.xlsx", kind, sender, on, xlsx_file(kind, rows))
    titles = "code" if kind == "penalties" and number % 4 == 1 else "title"
    data = csv_file(kind, rows, encoding=ENCODINGS[number % len(ENCODINGS)], titles=titles)
    return DepartmentFile(f"{name}.csv", kind, sender, on, data)


def _period_ends(first: date, last: date) -> Iterator[date]:
    """Half-years at first, quarters in the last two years, the last day at last."""
    for year, month in (
        (year, month) for year in range(first.year, last.year + 1) for month in (3, 6, 9, 12)
    ):
        end = date(year + (month == 12), month % 12 + 1, 1) - timedelta(days=1)
        is_half_year = month in (6, 12)
        if first < end < last and (is_half_year or year >= last.year - 1):
            yield end
    yield last


def _sendings(fact: Fact, ends: list[date]) -> list[date]:
    """The days of the files in which a fact is told: when it became known, and again when it ended."""
    told = [fact.dated_on if fact.sent_on is None else fact.sent_on, *(on for on, _ in fact.later)]
    days = [fact.sent_on] if fact.sent_on is not None else [_next_end(told[0], ends)]
    days += [_next_end(on, ends) for on in told[1:] if on <= ends[-1]]
    return [day for day, _ in groupby(sorted(day for day in days if day is not None))]


def _next_end(on: date, ends: list[date]) -> date:
    return next((end for end in ends if end >= on), ends[-1])
