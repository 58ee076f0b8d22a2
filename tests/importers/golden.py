"""One small file of every shipped layout, and what is understood of it; `make golden` writes the second anew.

The files are fictional and are changed by hand; a new layout gets its first file from `python -m tests.importers.golden`,
which fills every column with something plausible.
"""

import csv
import json
from datetime import date
from pathlib import Path

from importers import Layout, layouts, read
from tests.factories import PENALTY_ROW, a_code
from tests.importers.files import AUTHORITY, CODE, TODAY

FOLDER = Path(__file__).parent / "golden"
_NOT_TOLD = frozenset({"raw", "row", "sheet"})


def inputs() -> tuple[tuple[Layout, Path], ...]:
    return tuple((layout, FOLDER / f"{layout.name}.csv") for layout in layouts())


def understood(layout: Layout, file: Path) -> str:
    """What the layout says of its file: each row's values, and each problem by place and code."""
    batch = read(file.read_bytes(), filename=file.name, kind=layout.kind, layout=layout.name, today=TODAY)
    rows = [
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in row.items()
            if name not in _NOT_TOLD and value not in (None, {})
        }
        for row in batch.frame.to_dict("records")
    ]
    problems = [[each.row, each.column, each.code, each.disposition] for each in batch.problems]
    return json.dumps({"rows": rows, "problems": problems}, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    from tests.importers.test_sources import PLAIN, row_of

    # Codes that nobody bears; and each free text says whose it is, so that two columns cannot change places unseen.
    fictional = {CODE: a_code(1), AUTHORITY: PENALTY_ROW["authority_code"]}
    for layout, file in inputs():
        if not file.exists():
            titles = [column.title for column in layout.columns]
            cells = [
                f"{title[:20]}的内容" if cell == PLAIN else fictional.get(cell, cell)
                for title, cell in zip(titles, row_of(layout), strict=True)
            ]
            with file.open("w", encoding="utf-8", newline="") as target:
                csv.writer(target).writerows([titles, cells])
        file.with_suffix(".json").write_text(understood(layout, file), encoding="utf-8")


if __name__ == "__main__":
    main()
