"""Power cuts: the files of a register rebuilt from a trace, with writes that were not yet synced lost."""

import os
import random
import re
from dataclasses import dataclass
from pathlib import Path

from tests.torture.faults import Ground, traced, victim

_CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\)\s+= (\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_PATH = re.compile(r"^\d+<((?:\\x[0-9a-f]{2})*|[^>]*)>")


@dataclass(frozen=True)
class Step:
    """One call that changed a file; ``data`` None with ``size`` for a truncation."""

    call: str
    name: str
    data: bytes = b""
    at: int = 0


def _plain(text: str) -> str:
    return bytes.fromhex(text.replace("\\x", "")).decode() if text.startswith("\\x") else text


def watch(ground: Ground, folder: Path, *, synchronous: str | None = None) -> list[Step]:
    """What an import did to its files, in order; ``told`` is the moment its client heard of it."""
    file = ground.copy(folder / "watched")
    log = folder / "trace.txt"
    traced(
        victim(ground, file, synchronous=synchronous),
        "-o", str(log), "-xx", "-y", "-s", "1000000",
        "-e", "trace=pwrite64,fsync,fdatasync,ftruncate,unlink,write",
    )  # fmt: skip
    steps = []
    for line in log.read_text().splitlines():
        found = _CALL.match(line)
        if not found:
            continue
        call, said = found.group(1), found.group(2)
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(said)]
        path = _PATH.match(said)
        name = Path(_plain(path.group(1)) if path else texts[0].decode()).name
        if call == "write":
            if name.endswith(".told") and texts == [b"done"]:
                steps.append(Step("told", name))
        elif not name.startswith("registry.sqlite3") or name.endswith("-shm"):
            continue
        elif call == "pwrite64":
            steps.append(Step(call, name, texts[0], int(said.rsplit(", ", 1)[1], 0)))
        elif call == "ftruncate":
            steps.append(Step(call, name, at=int(said.rsplit(", ", 1)[1], 0)))
        else:
            steps.append(Step(call, name))
    assert any(step.call == "told" for step in steps), "the import did not come to its end"
    return steps


def image(ground: Ground, steps: list[Step], folder: Path, chance: random.Random) -> Path:
    """The files as a power cut after the last of ``steps`` may leave them."""
    file = ground.copy(folder)
    contents = {file.name: bytearray(file.read_bytes())}
    synced = {step.name: at for at, step in enumerate(steps) if step.call in ("fsync", "fdatasync")}
    kept = chance.choice((0.0, 0.5, 0.9))
    for at, step in enumerate(steps):
        if step.call == "unlink":
            contents.pop(step.name, None)
            continue
        if step.call not in ("pwrite64", "ftruncate"):
            continue
        if at > synced.get(step.name, -1) and chance.random() >= kept:
            continue
        if step.call == "ftruncate":
            del contents.setdefault(step.name, bytearray())[step.at :]
        else:
            _write(contents.setdefault(step.name, bytearray()), step)
    for name, held in contents.items():
        (folder / name).write_bytes(held)
    return file


def _write(held: bytearray, step: Step) -> None:
    if len(held) < step.at:
        held.extend(bytes(step.at - len(held)))
    held[step.at : step.at + len(step.data)] = step.data


def cuts(
    ground: Ground, folder: Path, *, images: int, seed: int, synchronous: str | None = None
) -> tuple[int, list[str]]:
    """T3: cut the power at moments spread over the import; how many images, and what was found wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    steps = watch(ground, folder, synchronous=synchronous)
    heard = next(at for at, step in enumerate(steps) if step.call == "told")
    chance, found = random.Random(seed), []
    for n in range(images):
        # Half of them just after the answer, before the tidying at the end syncs everything: there an acknowledged
        # import may be lost.
        end = min(heard + chance.randint(1, 3), len(steps)) if n % 2 else chance.randint(0, len(steps))
        file = image(ground, steps[:end], folder / f"image-{n}", chance)
        found += [f"cut {n} after {end} calls: {each}" for each in ground.look(file, is_told=end > heard)]
        for left in file.parent.iterdir():
            os.unlink(left)
    return images, found
