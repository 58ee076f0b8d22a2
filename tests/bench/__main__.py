"""`python -m tests.bench [NAME ...] [--quick]`: run the benches named (all of them by default)."""

import argparse
import importlib
import pkgutil
import sys

import tests.bench
from tests.bench.measure import Ratio, record

TOOLS = {"measure", "naive", "stock", "__main__"}


def main() -> int:
    names = sorted({found.name for found in pkgutil.iter_modules(tests.bench.__path__)} - TOOLS)
    parser = argparse.ArgumentParser(description="The performance goals, as ratios within one run.")
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(names)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows: does it run at all?")
    options = parser.parse_args()
    if unknown := set(options.names) - set(names):
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    results: list[Ratio] = []
    for name in options.names or names:
        print(f"== {name}", flush=True)
        for result in importlib.import_module(f"tests.bench.{name}").run(quick=options.quick):
            results.append(result)
            print(_line(result), flush=True)
    for warning in record(results) if not options.quick else ():
        print(warning)
    return 0


def _line(result: Ratio) -> str:
    sign = "≤" if result.kind == "time" else "≥"
    mark = "reached" if result.is_reached else "NOT reached"
    return (
        f"{result.goal:<62} {result.ratio:6.2f} [{result.low:.2f}-{result.high:.2f}]  goal {sign} {result.target:g}"
        f"  ({result.ours:.3f} s : {result.theirs:.3f} s, {result.rows:,} rows)  {mark}"
    )


if __name__ == "__main__":
    sys.exit(main())
