"""The way out of a grade: what ends by itself and when, and the fewest lawful acts that reach a better one.

Every grade in it was scored by the engine that grades everybody, over the enterprise's own facts with the acts done
and the days passed. Nothing here knows a rule.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import combinations
from math import comb

from credit_registry.domain.answers import (
    SUPERVISION_KINDS,
    AssessmentView,
    DomainView,
    FindingView,
    beijing_day,
)
from credit_registry.domain.calendar import add_months
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.prospects import LineOutlook, ProspectView, Step, Way
from credit_registry.domain.remedies import Act, acts_on
from credit_registry.services import assessments, codes, enterprises, explanations, facts
from credit_registry.services.facts import Facts
from credit_registry.services.futures import Acts, Futures, Outcome
from credit_registry.storage.database import Session
from credit_registry.storage.tables.enterprises import EnterpriseRow

MONTHS_AHEAD = 24
# Sets of one size that are all tried; beyond, acts are left out one by one.
_TRIED = 2_000
# Acts weighed at all; the rest of an enterprise with more records than that is left to the calendar.
_WEIGHED = 60


def get(session: Session, actor: Actor, uscc: str, *, now: datetime) -> ProspectView:
    """The way out of the present grade of one enterprise, from what is known now.

    Raises:
        InvalidInput: ``invalid-uscc``; ``A-AS-OF`` where no rule set is in force.
        NotFound: ``unknown-enterprise``.
    """
    enterprise, material = _facts(session, actor, uscc, now)
    return _way_out(session, actor, enterprise, material, on=beijing_day(now))


def with_assessment(
    session: Session, actor: Actor, uscc: str, *, now: datetime
) -> tuple[AssessmentView, ProspectView]:
    """The present assessment and the way out of it, for whoever shows both: the facts are read once."""
    enterprise, material = _facts(session, actor, uscc, now)
    on = beijing_day(now)
    return (
        assessments.explained(session, actor, enterprise, material, on=on),
        _way_out(session, actor, enterprise, material, on=on),
    )


def _facts(session: Session, actor: Actor, uscc: str, now: datetime) -> tuple[EnterpriseRow, Facts]:
    actor.require(Permission.REGISTER_READ)
    enterprise = enterprises.fetch(session, actor, codes.readable(uscc))
    on = beijing_day(now)
    assessments.ruleset_on(on)
    return enterprise, facts.of(session, [enterprise.id], on=on, now=now)


def _way_out(
    session: Session, actor: Actor, enterprise: EnterpriseRow, material: Facts, *, on: date
) -> ProspectView:
    is_operating = assessments.is_operating(session, actor)
    futures = Futures(material)
    until = add_months(on, MONTHS_AHEAD)
    days, is_stable = _forecast(futures, on, until)
    first = days[0]
    better = next((day.step.on for day in days if _is_better(day.place, first.place)), None)
    known = [act for record in futures.as_mappings() for act in acts_on(record, on=on)]
    allowed = known if is_operating else [act for act in known if act.record_kind not in SUPERVISION_KINDS]
    acts = _relevant(futures, _weighed(allowed, first), on)
    is_best = first.place is None or first.place == 0
    ways = () if is_best else tuple(_ways(futures, acts, first.place, on, better or until))
    lines = tuple(_outlook(days, is_operating=is_operating))
    return ProspectView(
        uscc=enterprise.uscc,
        name=enterprise.name,
        on=on,
        until=until,
        forecast=tuple(_moves(days)),
        is_stable=is_stable,
        better_on=better,
        lines=lines,
        acts=acts,
        ways=ways,
        is_best=is_best,
        is_complete=is_operating
        or (len(known) == len(allowed) and not any(line.is_internal for line in first.lines)),
    )


@dataclass(frozen=True)
class _Day:
    """A day of the forecast with its findings."""

    step: Step
    place: int | None
    lines: tuple[FindingView, ...]


def _forecast(futures: Futures, on: date, until: date) -> tuple[list[_Day], bool]:
    """The days on which something changes, followed from one to the next; and whether nothing changes after."""
    found: list[_Day] = []
    day: date | None = on
    while day is not None and day <= until:
        ruleset, scores, records = futures.untouched(day)
        result = scores.results.iloc[0]
        domains = {
            domain.id: DomainView(
                assessments.decimal(result[f"{domain.id}_score"], ruleset.scale),
                str(result[f"{domain.id}_grade"]),
            )
            for domain in ruleset.domains
        }
        grade = str(result["grade"])
        places = {known.grade: place for place, known in enumerate(ruleset.grades)}
        score = assessments.decimal(result["score"], ruleset.scale)
        step = Step(day, grade, score, domains, ruleset.id)
        found.append(_Day(step, places.get(grade), explanations.of(ruleset, scores, records)))
        day = futures.next_on(day, assessments.day(result["next_change_on"]))
    return found, day is None


def _moves(days: Sequence[_Day]) -> Iterator[Step]:
    """The first step, and those that differ from the one before in more than their reasons."""
    before: Step | None = None
    for day in days:
        if before is None or replace(day.step, on=before.on) != before:
            yield day.step
            before = day.step


def _is_better(place: int | None, than: int | None) -> bool:
    return place is not None and than is not None and place < than


# -- what ends by itself ----------------------------------------------------------------------------------------------


def _outlook(days: Sequence[_Day], *, is_operating: bool) -> Iterator[LineOutlook]:
    for line in days[0].lines:
        if not _counts(line) or (line.is_internal and not is_operating):
            continue
        later = [(day.step.on, _same_line(line, day)) for day in days[1:]]
        ends = next((on for on, found in later if found is None), None)
        changes: list[tuple[date, str]] = []
        points = line.points
        for on, found in later:
            if found is None:
                break
            if found.points is not None and found.points != points:
                points = found.points
                changes.append((on, points))
        yield LineOutlook(
            line.domain,
            line.item,
            line.title,
            line.records,
            line.points,
            line.grade_after,
            tuple(changes),
            ends,
        )


def _counts(line: FindingView) -> bool:
    """Whether a line rests on something that may end: points of a record, or a grade that it sets."""
    if line.grade_after is not None:
        return line.grade_after != line.grade_before and bool(line.records)
    return (
        bool(line.records) and line.points is not None and any(digit in line.points for digit in "123456789")
    )


def _same_line(line: FindingView, day: _Day) -> FindingView | None:
    """The line of the same rule about the same record; of the same rule alone where it speaks of several.

    In a domain that is not graded no line sets a grade; there it lasts as long as one of its records counts.
    """
    counting = [other for other in day.lines if _counts(other) and other.domain == line.domain]
    sets_grade = line.grade_after is not None
    for other in counting:
        if other.item == line.item and (sets_grade or other.records == line.records):
            return other
    is_graded = day.step.domains[line.domain].score is not None if line.domain in day.step.domains else True
    if sets_grade and not is_graded and any(set(line.records) & set(other.records) for other in counting):
        return line
    return None


# -- what can be done -------------------------------------------------------------------------------------------------


def _weighed(acts: Sequence[Act], first: _Day) -> Acts:
    """All of them, or where there are too many those about records that count today, the earliest first."""
    if len(acts) <= _WEIGHED:
        return tuple(acts)
    named = {record.record for line in first.lines for record in line.records}
    chosen = sorted(acts, key=lambda act: (act.record not in named, act.earliest_on))[:_WEIGHED]
    kept = {act.code for act in chosen}
    return tuple(act for act in chosen if kept.issuperset(act.needs))


def _relevant(futures: Futures, acts: Acts, on: date) -> Acts:
    """Those that, done with what they need, change a reason, the result or the next day of change."""
    by_code = {act.code: act for act in acts}
    kept: set[str] = set()
    for day in sorted({act.earliest_on for act in acts}):
        mine = [act for act in acts if act.earliest_on == day]
        bundles = [(*(by_code[code] for code in act.needs), act) for act in mine]
        plain, *changed = futures.outcomes([(), *bundles], max(day, on), is_traced=True)
        for act, outcome in zip(mine, changed, strict=True):
            if outcome != plain:
                kept |= {act.code, *act.needs}
    return tuple(act for act in acts if act.code in kept)


def _ways(futures: Futures, acts: Acts, place: int | None, on: date, before: date) -> Iterator[Way]:
    """The fewest acts that reach a better grade earlier than ``before``, then the quickest where more are quicker.

    Of equally few the earliest, of equally early ones the best.
    """
    found: list[Way] = []
    for size in range(1, len(acts) + 1):
        bound = found[-1].reached_on if found else before
        if comb(len(acts), size) > _TRIED:
            quicker = _irreducible(futures, acts, place, on, bound)
        else:
            sets = [chosen for chosen in combinations(acts, size) if _is_closed(chosen)]
            quicker = _reached(futures, sets, place, on, bound)
        if quicker is not None:
            found.append(quicker)
        if comb(len(acts), size) > _TRIED:
            break
    yield from found[:1] + found[1:][-1:]


def _is_closed(acts: Acts) -> bool:
    codes_of = {act.code for act in acts}
    return all(codes_of.issuperset(act.needs) for act in acts)


def _reached(futures: Futures, sets: Sequence[Acts], place: int | None, on: date, before: date) -> Way | None:
    """Follow all sets from change to change until the first day on which one of them stands better."""
    waiting: dict[date, list[Acts]] = {on: list(sets)}
    while waiting and (day := min(waiting)) < before:
        here = waiting.pop(day)
        outcomes = futures.outcomes(here, day)
        better = [
            (outcome.place, acts, outcome)
            for acts, outcome in zip(here, outcomes, strict=True)
            if _is_better(outcome.place, place)
        ]
        if better:
            _, acts, outcome = min(better, key=lambda found: found[0] or 0)
            return Way(acts, day, outcome.grade, outcome.score, is_shortest=True)
        for acts, outcome in zip(here, outcomes, strict=True):
            following = _following(acts, outcome, day)
            if following is not None:
                waiting.setdefault(following, []).append(acts)
    return None


def _following(acts: Acts, outcome: Outcome, day: date) -> date | None:
    days = [act.earliest_on for act in acts if act.earliest_on > day]
    return min([*days, *([outcome.next_on] if outcome.next_on else [])], default=None)


def _irreducible(futures: Futures, acts: Acts, place: int | None, on: date, before: date) -> Way | None:
    """From all acts, leave out one after the other, the latest first, as long as the rest still reaches it."""
    found = _reached(futures, [acts], place, on, before)
    for act in sorted(acts, key=lambda each: each.earliest_on, reverse=True) if found else ():
        kept = tuple(other for other in (found.acts if found else ()) if other is not act)
        if kept and _is_closed(kept):
            found = _reached(futures, [kept], place, on, before) or found
    return replace(found, is_shortest=False) if found else None
