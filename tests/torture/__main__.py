"""``python -m tests.torture [SEED]``: every kill, every full disk, many power cuts; a line each in the ledger.

The ledger is ``torture-results/ledger.jsonl``: the seed and the commit of a line repeat what it tells.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from credit_registry import clock
from credit_registry.storage.database import Database
from credit_registry.storage.migrations import migrate
from tests.conftest import VAULT
from tests.torture.faults import Ground, a_ground, full_disks, kills
from tests.torture.power import cuts
from tests.torture.uploads import upload_kills

LEDGER = Path(__file__).resolve().parents[2] / "torture-results" / "ledger.jsonl"
IMAGES = 500

Harness = Callable[[Ground, Path, int], tuple[int, list[str]]]

# What must hold, and beside each the mutant in which it must not.
ROUNDS: tuple[tuple[str, bool, Harness], ...] = (
    ("T2 kill", True, lambda ground, folder, _: kills(ground, folder)),
    ("T2 mutant: commits as it goes", False, lambda g, f, _: kills(g, f, step=5, commits_each=True)),
    ("T2 kill on the way to the worker", True, lambda ground, folder, _: upload_kills(ground, folder)),
    ("T2 mutant: keeps the file late", False, lambda g, f, _: upload_kills(g, f, keeps_late=True)),
    ("T3 power cut", True, lambda g, f, seed: cuts(g, f, images=IMAGES, seed=seed)),
    ("T3 mutant: NORMAL", False, lambda g, f, s: cuts(g, f, images=100, seed=s, synchronous="NORMAL")),
    ("T3 mutant: OFF", False, lambda g, f, s: cuts(g, f, images=100, seed=s, synchronous="OFF")),
    ("T12 full disk", True, lambda ground, folder, _: full_disks(ground, folder)),
    ("T12 mutant: commits as it goes", False, lambda g, f, _: full_disks(g, f, step=5, commits_each=True)),
)


def main(seed: int) -> int:
    LEDGER.parent.mkdir(exist_ok=True)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()  # fmt: skip
    bad = 0
    with tempfile.TemporaryDirectory(prefix="torture-") as name, LEDGER.open("a", encoding="utf-8") as ledger:
        folder = Path(name)
        template = folder / "template.sqlite3"
        database = Database(f"sqlite:///{template}", VAULT)
        migrate(database)
        database.dispose()
        ground = a_ground(template, folder)
        for number, (title, must_hold, harness) in enumerate(ROUNDS):
            started = time.perf_counter()
            points, found = harness(ground, folder / str(number), seed)
            is_good = points > 0 and bool(found) != must_hold
            bad += not is_good
            line = {
                "at": clock.now().isoformat(timespec="seconds"), "commit": commit, "seed": seed, "round": title,
                "points": points, "found": len(found), "first": found[:3], "is_good": is_good,
                "seconds": round(time.perf_counter() - started, 1),
            }  # fmt: skip
            ledger.write(json.dumps(line, ensure_ascii=False) + "\n")
            ledger.flush()
            print(
                f"{'good' if is_good else 'BAD '}  {title}: {points} points, {len(found)} findings, seed {seed}"
            )
            for each in found if must_hold else ():
                print(f"      {each}")
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(2**32)))
