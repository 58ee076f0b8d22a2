"""P6, its growth and P7: the whole default rule set over columns, against a hand-written polars query of the same rules.

P7 has each side in a process of its own, which holds the columns and waits for its turn: what a side takes beyond its
columns is then its own. Ten times the rows of P6 need 12 GB or so for both.
"""

import datetime
import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from scoring_rules import RuleSet, ruleset_in_force, score
from tests.bench.measure import Ratio, compare, exponent

ON = datetime.date(2026, 11, 1)
SEED = 20261101


def material(records: int, subjects: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Six years of records, a power law over enterprises, codes as categories: as the register hands them over."""
    rng = np.random.default_rng(SEED)

    def words(options: list[str], shares: list[float] | None = None, missing: float = 0.0) -> pd.Categorical:
        codes = rng.choice(len(options), records, p=shares).astype(np.int8)
        if missing:
            codes[rng.random(records) < missing] = -1
        return pd.Categorical.from_codes(codes, options)

    def days(since: str, span: int, missing: float = 0.0) -> Any:
        found = np.datetime64(since) + rng.integers(0, span, records).astype("timedelta64[D]")
        found = found.astype("datetime64[s]")
        if missing:
            found[rng.random(records) < missing] = np.datetime64("NaT")
        return found

    weights = 1.0 / np.arange(1, subjects + 1) ** 0.6
    owners = rng.choice(subjects, records, p=weights / weights.sum()) + 1
    linked = np.where(rng.random(records) < 0.01, rng.integers(0, max(records // 200, 2), records), -1)
    kinds = [
        "penalty",
        "inspection",
        "accident",
        "hazard",
        "honour",
        "sealing",
        "false_commitment",
        "listing",
    ]
    frame = pd.DataFrame(
        {
            "subject": owners.astype(np.int64),
            "record": np.arange(1, records + 1, dtype=np.int64),
            "kind": words(kinds, [0.35, 0.5, 0.01, 0.04, 0.085, 0.01, 0.004, 0.001]),
            "domain": words(["safety", "fire"], [0.6, 0.4]),
            "state": words(["live", "repaired", "pending"], [0.93, 0.05, 0.02]),
            "event_key": pd.Categorical.from_codes(linked, [f"e{n}" for n in range(max(records // 200, 2))]),
            "dated_on": days("2020-11-02", 2190),
            "document_no": np.arange(records).astype(str).astype(object),
            "cause": words([f"案由{n}" for n in range(40)], missing=0.05),
            "breach_class": words(["minor", "general", "serious"], [0.4, 0.5, 0.1], 0.1),
            "penalty_kinds": words(
                ["warning", "fine", "suspension", "confiscation;fine"], [0.3, 0.55, 0.05, 0.1]
            ),
            "fine_fen": rng.integers(100_000, 120_000_000, records),
            "fine_state": words(["unknown", "paid", "unpaid"], [0.3, 0.67, 0.03]),
            "fine_due_on": days("2020-12-02", 2190, 0.1),
            "method": words(["random", "routine", "special"], [0.5, 0.3, 0.2]),
            "result": words(
                ["clean", "fixed_in_time", "fixed_late", "not_fixed", "obstructed", "open"],
                [0.5, 0.4, 0.05, 0.03, 0.001, 0.019],
            ),
            "closed_on": days("2020-12-02", 2250, 0.2),
            "is_overdue": rng.random(records) < 0.1,
            "hazard_grade": words(["general", "major"], [0.7, 0.3]),
            "found_by": words(["authority", "self", "public"]),
            "supervision_level": words(["none", "district", "city"], [0.95, 0.04, 0.01]),
            "accident_level": words(["general", "larger", "major"], [0.97, 0.028, 0.002]),
            "responsibility": words(["main", "equal", "minor", "none", "pending"]),
            "deaths": rng.choice([0, 0, 0, 1], records).astype(np.int64),
            "serious_injuries": rng.choice([0, 0, 1], records).astype(np.int64),
            "is_late_report": rng.random(records) < 0.02,
            "is_concealed": rng.random(records) < 0.005,
            "is_fire": rng.random(records) < 0.2,
            "honour_kind": words(
                [
                    "standardisation",
                    "insurance",
                    "safety_culture",
                    "engineer",
                    "commitment",
                    "fire_station",
                    "rescue",
                ]
            ),
            "honour_level": words(["first", "second", "third", "national", "city"]),
            "quantity": rng.integers(1, 3, records),
            "valid_until": days("2024-01-01", 2000, 0.3),
            "list_kind": words(["black", "red"]),
        }
    )
    people = pd.DataFrame(
        {
            "subject": np.arange(1, subjects + 1, dtype=np.int64),
            "registered_on": (
                np.datetime64("2000-01-01") + rng.integers(0, 9800, subjects).astype("timedelta64[D]")
            ).astype("datetime64[s]"),
        }
    )
    return frame, people


def by_polars(records: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """`haidian-default-1` by hand, in half points: score and grade of each domain of each enterprise."""
    on = pl.lit(ON)
    c = pl.col
    day = c("dated_on")

    def until(date: pl.Expr, months: int) -> pl.Expr:
        return date.dt.offset_by(f"{months}mo") >= on

    r = records.lazy().filter(day <= on)
    kind, live = c("kind"), c("state") == "live"
    given, kinds = c("breach_class"), c("penalty_kinds")
    class_ = (
        pl.when(given.is_not_null())
        .then(given.cast(pl.String))
        .when(kinds == "warning")
        .then(pl.lit("minor"))
        .when(kinds == "suspension")
        .then(pl.lit("serious"))
        .when(c("fine_fen") >= 100_000_000)
        .then(pl.lit("serious"))
        .otherwise(pl.lit("general"))
    )
    penalty = (kind == "penalty") & live
    accident = (kind == "accident") & live
    responsible = accident & c("responsibility").is_in(["main", "equal", "minor"])
    inspection = (kind == "inspection") & live
    hazard = (kind == "hazard") & live & (c("hazard_grade") == "major")
    closed = c("closed_on").is_not_null() & (c("closed_on") <= on)
    fire, safety = c("domain") == "fire", c("domain") == "safety"
    unhurt = (c("deaths") < 1) & (c("serious_injuries") < 1)
    mended = c("event_repaired") & ~c("event_penalised")
    harmless = fire & c("is_fire") & unhurt
    level = c("accident_level")

    r = r.with_columns(
        class_=pl.when(kind == "penalty").then(class_),
        event=pl.coalesce(c("event_key").cast(pl.String), pl.lit("#") + c("record").cast(pl.String)),
    )
    linked = (
        r.filter(c("event_key").is_not_null())
        .group_by("subject", "event_key")
        .agg(
            event_repaired=((kind == "penalty") & (c("state") == "repaired")).any(),
            event_penalised=((kind == "penalty") & live).any(),
        )
    )
    r = r.join(linked, on=["subject", "event_key"], how="left").with_columns(
        c("event_repaired").fill_null(kind.eq("penalty") & c("state").eq("repaired")),
        c("event_penalised").fill_null(penalty),
    )

    def steps(full: int, half: int | None, points: int, date: pl.Expr = day) -> pl.Expr:
        later = pl.lit(0) if half is None else pl.when(until(date, half)).then(points).otherwise(0)
        return pl.when(until(date, full)).then(2 * points).otherwise(later)

    def mendable(full: int, half: int | None, points: int) -> pl.Expr:
        return (
            pl.when(mended)
            .then(pl.when(until(day, 12)).then(2 * points).otherwise(0))
            .otherwise(steps(full, half, points))
        )

    lines = {
        "P1": (penalty & (c("class_") == "minor"), steps(3, None, 2)),
        "P2": (penalty & (c("class_") == "general"), steps(3, 12, 6)),
        "P3": (penalty & (c("class_") == "serious"), steps(12, 36, 20)),
        "A1": (responsible & (level == "general") & (c("deaths") < 1) & ~harmless, steps(12, None, 10)),
        "A2": (responsible & (level == "general") & (c("deaths") >= 1), mendable(12, 36, 30)),
        "A3": (responsible & (level == "larger"), mendable(36, None, 60)),
        "A4": (responsible & level.is_in(["major", "extreme"]), mendable(36, None, 100)),
        "A5": (accident & c("is_late_report"), steps(12, None, 15)),
        "F1": (responsible & harmless & (level == "general"), steps(12, None, 8)),
        "I1": (inspection & (c("result") == "not_fixed"), steps(12, None, 8)),
        "I2": (inspection & (c("result") == "fixed_late"), steps(12, None, 4)),
        "I3": (inspection & (c("result") == "obstructed"), steps(12, 24, 15)),
        "H1": (hazard & (c("found_by") != "self") & ~c("is_overdue"), pl.when(closed).then(0).otherwise(16)),
        "H2": (
            hazard & (c("found_by") != "self") & ~c("is_overdue") & closed,
            pl.when(until(c("closed_on"), 12)).then(6).otherwise(0),
        ),
        "H3": (
            hazard & c("is_overdue"),
            pl.when(~closed).then(40).when(until(c("closed_on"), 12)).then(20).otherwise(0),
        ),
        "F2": (fire & (kind == "sealing") & live, steps(12, None, 12)),
        "F3": ((kind == "false_commitment") & live, steps(12, 36, 20)),
        "T1": ((kind == "false_report") & live, steps(36, None, 60)),
    }
    end = c("valid_until")
    best = {
        "B1": (
            safety
            & (c("honour_kind") == "standardisation")
            & c("honour_level").is_in(["first", "second", "third"]),
            pl.when(pl.when(end.is_null()).then(until(day, 36)).otherwise(end >= on))
            .then(
                c("honour_level")
                .cast(pl.String)
                .replace_strict({"first": 12, "second": 8, "third": 4}, default=0)
            )
            .otherwise(0),
        ),
        "B2": (
            safety & (c("honour_kind") == "insurance"),
            pl.when(pl.when(end.is_null()).then(until(day, 12)).otherwise(end >= on)).then(2).otherwise(0),
        ),
        "B3": (
            (c("honour_kind") == "safety_culture") & c("honour_level").is_in(["national", "city"]),
            pl.when(until(day, 36))
            .then(pl.when(c("honour_level") == "national").then(6).otherwise(4))
            .otherwise(0),
        ),
        "B5": (c("honour_kind") == "commitment", steps(12, None, 1)),
        "B7": (fire & (c("honour_kind") == "fire_station"), steps(12, None, 2)),
        "B8": (c("honour_kind") == "rescue", steps(12, None, 2)),
    }
    # Repetition: the same cause again within twelve months, in the order of day, number and record.
    repeats = (
        r.filter(penalty & c("cause").is_not_null())
        .select("subject", "domain", "cause", "dated_on", "document_no", "record")
        .sort("subject", "domain", "cause", "dated_on", "document_no", "record")
        .with_columns(place=pl.int_range(pl.len()).over("subject", "domain", "cause"))
        .filter(pl.len().over("subject", "domain", "cause") > 1)
    )
    earlier = repeats.join(repeats, on=["subject", "domain", "cause"], suffix="_before").filter(
        (c("place_before") < c("place")) & (c("dated_on_before").dt.offset_by("12mo") >= c("dated_on"))
    )
    return _absorb(r, lines, best, earlier, people.lazy(), on).collect()


def _absorb(
    r: pl.LazyFrame,
    lines: dict[str, tuple[pl.Expr, pl.Expr]],
    best: dict[str, tuple[pl.Expr, pl.Expr]],
    earlier: pl.LazyFrame,
    people: pl.LazyFrame,
    on: pl.Expr,
) -> pl.LazyFrame:
    c, day = pl.col, pl.col("dated_on")
    key = ["subject", "domain"]
    wide = r.with_columns(
        **{name: pl.when(holds).then(points).otherwise(0) for name, (holds, points) in lines.items()}
    )
    names = list(lines)
    least = pl.max_horizontal(names)

    def doubled(nth: pl.Expr) -> pl.Expr:
        # In quarter points from here on: half points times 1, 1.5 or 2.
        factor = pl.when(nth == 0).then(2).when(nth == 1).then(3).otherwise(4)
        return pl.max_horizontal(
            pl.max_horizontal("P1", "P2", "P3") * factor,
            pl.max_horizontal([n for n in names if n[0] != "P"]) * 2,
        )

    first = earlier.group_by("record").agg(nth=pl.len())
    counted = wide.join(first, on="record", how="left").with_columns(value=doubled(c("nth").fill_null(0)))
    # Events shared by several deductions keep their largest; what they absorb adds to no repetition.
    hit = counted.filter((least > 0) | (pl.col("kind") == "penalty") & (c("state") == "live"))
    alive = hit.filter(c("value") > 0).sort(
        "value", "dated_on", "document_no", "record", descending=[True, False, False, False]
    )
    several = alive.filter(c("event_key").is_not_null())
    lost = several.filter(pl.int_range(pl.len()).over("subject", "domain", "event") > 0).select(
        c("record").alias("record_before"), gone=pl.lit(value=True)
    )
    again = (
        earlier.join(lost, on="record_before", how="left")
        .filter(c("gone").is_null())
        .group_by("record")
        .agg(again=pl.len())
    )
    final = hit.join(again, on="record", how="left").with_columns(value=doubled(c("again").fill_null(0)))
    single = final.filter(c("event_key").is_null()).group_by(key).agg(c("value").sum())
    shared = (
        final.filter(c("event_key").is_not_null())
        .group_by("subject", "domain", "event")
        .agg(c("value").max())
        .group_by(key)
        .agg(c("value").sum())
    )
    deductions = pl.concat([single, shared]).group_by(key).agg(c("value").sum())

    live, kind = c("state") == "live", c("kind")
    honours = r.filter((kind == "honour") & live).with_columns(
        **{name: pl.when(holds).then(points).otherwise(0) for name, (holds, points) in best.items()},
        B4=pl.when((c("honour_kind") == "engineer") & (c("valid_until").is_null() | (c("valid_until") >= on)))
        .then(2 * c("quantity"))
        .otherwise(0),
    )
    bonuses = honours.group_by(key).agg(
        *(c(name).max() for name in best), B4=pl.min_horizontal(c("B4").sum(), 4)
    )
    clean = (
        r.filter((kind == "inspection") & live & (c("method") == "random") & (c("result") == "clean"))
        .filter(day.dt.offset_by("12mo") >= on)
        .group_by(key)
        .agg(B6=pl.min_horizontal(2 * pl.len(), 6))
    )
    penalty = (kind == "penalty") & live
    unpaid = (
        penalty
        & (c("fine_state") == "unpaid")
        & pl.when(c("fine_due_on").is_null())
        .then(day.dt.offset_by("15d") < on)
        .otherwise(c("fine_due_on") < on)
    )
    open_ = c("closed_on").is_null() | (c("closed_on") > on)
    overdue = (kind == "hazard") & live & (c("hazard_grade") == "major") & c("is_overdue") & open_
    responsible = (kind == "accident") & live & c("responsibility").is_in(["main", "equal", "minor"])
    within = lambda months: day.dt.offset_by(f"{months}mo") >= on  # noqa: E731
    general = ["P2", "F2", "A1", "A5", "F1", "I1"]
    facts = wide.group_by(key).agg(
        known=(c("state").is_in(["live", "pending", "not_responsible"]) & within(24)).any(),
        PN=unpaid.sum(),
        K1=pl.any_horizontal(c(name) > 0 for name in general).any(),
        K2=(pl.any_horizontal(c(name) > 0 for name in ("P3", "A2", "F3")) | overdue).any(),
        K3=overdue.any(),
        K4=((kind == "inspection") & live & (c("result") == "obstructed") & within(12)).any(),
        S1=(penalty & c("class_").is_in(["general", "serious"]) & within(12)).sum() >= 2,
        V1=((kind == "listing") & (c("list_kind") == "black") & live).any(),
        V2=(responsible & (c("accident_level") == "larger") & within(12)).any(),
        V3=(responsible & c("accident_level").is_in(["major", "extreme"]) & within(36)).any(),
        V4=((kind == "accident") & live & c("is_concealed") & within(36)).any(),
        V5=(overdue & c("supervision_level").is_in(["city", "province", "national"])).any(),
    )
    general_accidents = (
        r.filter(responsible & (c("accident_level") == "general"))
        .sort("dated_on", "document_no", "record")
        .unique(["subject", "domain", "event"], keep="first", maintain_order=True)
        .with_columns(before=day.shift(1).over("subject", "domain"))
        .filter(c("before").dt.offset_by("12mo") >= day)
        .filter(within(12))
        .group_by(key)
        .agg(V2b=pl.lit(value=True).first())
    )
    cases = people.join(
        pl.LazyFrame({"domain": ["safety", "fire"]}, schema={"domain": pl.String}), how="cross"
    )
    joined = cases
    for part in (deductions, bonuses, clean, facts, general_accidents):
        joined = joined.join(part.with_columns(c("domain").cast(pl.String)), on=key, how="left")
    bonus = pl.sum_horizontal([*(c(name).fill_null(0) for name in (*best, "B4", "B6"))])
    quarters = 400 + 2 * pl.min_horizontal(bonus, 20) - c("value").fill_null(0) - 20 * c("PN").fill_null(0)
    tenths = (quarters.clip(0, 400) * 10 + 2) // 4
    yes = lambda name: c(name).fill_null(value=False)  # noqa: E731
    band = pl.sum_horizontal(
        [(c("units") < bound * 10).cast(pl.Int32) for bound in (95, 90, 85, 80, 75, 70, 65, 60)]
    )
    graded = (
        joined.with_columns(units=tenths)
        .with_columns(
            is_none=(c("registered_on").dt.offset_by("12mo") >= on) | ~yes("known"),
            grade=pl.max_horizontal(
                band,
                yes("K1").cast(pl.Int32) * 2,
                yes("K2").cast(pl.Int32) * 5,
                yes("K3").cast(pl.Int32) * 6,
                yes("K4").cast(pl.Int32) * 7,
                (c("PN").fill_null(0) > 0).cast(pl.Int32) * 4,
            ),
        )
        .with_columns(grade=pl.min_horizontal(c("grade") + yes("S1").cast(pl.Int32), 8))
        .with_columns(grade=pl.when(c("is_none")).then(-1).otherwise(c("grade")))
    )
    veto = pl.any_horizontal(yes(name) for name in ("V1", "V2", "V2b", "V3", "V4", "V5"))
    return graded.select(
        "subject",
        "domain",
        units=pl.when(c("is_none")).then(None).otherwise(c("units")),
        grade=pl.when(veto).then(8).otherwise(c("grade")),
    ).sort("subject", "domain", descending=[False, True])


def equal(ours: pd.DataFrame, theirs: pl.DataFrame, ruleset: RuleSet) -> bool:
    """Score and grade of every enterprise in every domain."""
    names = [*(grade.grade for grade in ruleset.grades), "N"]
    for domain in ("safety", "fire"):
        part = theirs.filter(pl.col("domain") == domain).sort("subject")
        units = part["units"].fill_null(-1).to_numpy()
        grades = np.array(names)[part["grade"].to_numpy()]
        if not (ours[f"{domain}_score"].fillna(-1).to_numpy().astype(np.int64) == units).all():
            return False
        if not (ours[f"{domain}_grade"].to_numpy() == grades).all():
            return False
    return True


def run(*, quick: bool = False) -> Iterator[Ratio]:
    ruleset = ruleset_in_force(ON)
    sizes = ((30_000, 3_000), (300_000, 30_000)) if quick else ((300_000, 30_000), (3_000_000, 300_000))
    found = []
    for records, subjects in sizes:
        facts, people = material(records, subjects)
        columns = pl.from_pandas(facts).with_columns(pl.col(pl.Datetime).cast(pl.Date))
        others = pl.from_pandas(people).with_columns(pl.col(pl.Datetime).cast(pl.Date))
        ours = score(ruleset, facts, people, on=ON, findings=False).results
        if not equal(ours, by_polars(columns, others), ruleset):
            raise AssertionError("the two sides differ: the ratio would mean nothing")
        result = compare(
            f"P6 whole default rule set over {records:,} records, findings off",
            lambda facts=facts, people=people: score(ruleset, facts, people, on=ON, findings=False),
            lambda columns=columns, others=others: by_polars(columns, others),
            kind="time",
            target=1.0,
            rows=records,
        )
        found.append(result)
        yield result
    print(f"   growth of P6: exponent {exponent(*found):.2f} (goal ≤ 1.1)")
    yield from _large(records * 10, subjects * 10)


def _large(records: int, subjects: int) -> Iterator[Ratio]:
    ours, theirs = (_Waiting(side, records, subjects) for side in ("ours", "theirs"))
    try:
        yield compare(
            f"P7 the same over {records:,} records",
            ours.turn,
            theirs.turn,
            kind="time",
            target=1.2,
            rows=records,
        )
        own, other = ours.peak, theirs.peak
        yield Ratio(
            goal=f"P7 memory beyond the columns, {records:,} records (MB)", kind="time", ours=own, theirs=other,
            ratio=own / other, low=own / other, high=own / other, target=1.5, rows=records,
        )  # fmt: skip
    finally:
        ours.end()
        theirs.end()


class _Waiting:
    """A process that holds its columns, scores once for each line it is given, and answers its peak in MB."""

    def __init__(self, side: str, records: int, subjects: int) -> None:
        command = [sys.executable, "-m", "tests.bench.scoring", side, str(records), str(subjects)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.peak = 0.0
        self._answer()

    def turn(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        self.peak = max(self.peak, float(self._answer()))

    def _answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process ended with {self.process.wait()}: out of memory?")
        return line

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def wait(side: str, records: int, subjects: int) -> None:
    ruleset = ruleset_in_force(ON)
    facts, people = material(records, subjects)
    if side == "theirs":
        columns = pl.from_pandas(facts).with_columns(pl.col(pl.Datetime).cast(pl.Date))
        others = pl.from_pandas(people).with_columns(pl.col(pl.Datetime).cast(pl.Date))
        del facts, people
    gc.collect()
    print("ready", flush=True)
    for _ in sys.stdin:
        before = _kilobytes("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins anew
        if side == "ours":
            score(ruleset, facts, people, on=ON, findings=False)
        else:
            by_polars(columns, others)
        print((_kilobytes("VmHWM") - before) / 1024, flush=True)


def _kilobytes(name: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(f"{name}:")[2].split()[0])


if __name__ == "__main__":
    wait(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
