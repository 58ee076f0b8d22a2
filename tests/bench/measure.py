"""Measuring: two sides in turn, five pairs or more, the median of the ratios and their spread."""

import gc
import json
import math
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path("bench-results")
PAIRS = 5

Side = Callable[[], object]


@dataclass(frozen=True)
class Ratio:
    """One goal as measured.

    Attributes:
        goal: number and sentence of the goal, such as ``P1 import of 500,000 rows (SQLite)``.
        ours, theirs: median seconds of either side.
        ratio: median over the pairs; `kind` says which way is good.
        kind: ``time`` (ours/theirs, smaller is better) or ``speed`` (theirs/ours, larger is better).
    """

    goal: str
    kind: str
    ours: float
    theirs: float
    ratio: float
    low: float
    high: float
    target: float
    rows: int

    @property
    def is_reached(self) -> bool:
        return self.ratio <= self.target if self.kind == "time" else self.ratio >= self.target


def seconds(side: Side) -> float:
    gc.collect()
    start = time.perf_counter()
    side()
    return time.perf_counter() - start


def compare(
    goal: str,
    ours: Side,
    theirs: Side,
    *,
    kind: str,
    target: float,
    rows: int,
    pairs: int = PAIRS,
    before: Side = lambda: None,
) -> Ratio:
    """Run both sides in turn, the first of each pair alternating, after one warm-up of each.

    ``before`` comes before each side and is not timed.
    """

    def timed(side: Side) -> float:
        before()
        return seconds(side)

    timed(ours)
    timed(theirs)
    taken: list[tuple[float, float]] = []
    for number in range(pairs):
        if number % 2:
            other, own = timed(theirs), timed(ours)
        else:
            own, other = timed(ours), timed(theirs)
        taken.append((own, other))
    ratios = sorted((own / other) if kind == "time" else (other / own) for own, other in taken)
    return Ratio(
        goal=goal,
        kind=kind,
        ours=statistics.median(own for own, _ in taken),
        theirs=statistics.median(other for _, other in taken),
        ratio=statistics.median(ratios),
        low=ratios[0],
        high=ratios[-1],
        target=target,
        rows=rows,
    )


def exponent(small: Ratio, large: Ratio) -> float:
    """How our time grows with the rows: 1.0 is linear."""
    return math.log(large.ours / small.ours) / math.log(large.rows / small.rows)


def record(results: list[Ratio]) -> Iterator[str]:
    """Write the run as JSON and say loudly what fell by half since the last one."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / "latest.json"
    before = {row["goal"]: row for row in json.loads(file.read_text())} if file.exists() else {}
    for result in results:
        old = before.get(result.goal)
        if old:
            worse = result.ratio / old["ratio"] if result.kind == "time" else old["ratio"] / result.ratio
            if worse >= 2:
                yield f"!! {result.goal}: {old['ratio']:.2f} -> {result.ratio:.2f}, worse by {worse:.1f} times"
    merged = {**before, **{result.goal: asdict(result) for result in results}}
    file.write_text(json.dumps(list(merged.values()), ensure_ascii=False, indent=2))
