"""A legacy workbook read in a process of its own; run as a file, never imported by the room.

A BIFF file names its own sizes, and the reader reserves what it names: one damaged byte asks for gigabytes, which ends
a process at once and cannot be caught.  Here that is this process, under a limit of memory and of time that its caller
measured for the file.

Arguments: bytes of memory, seconds.  Standard input: the bytes.  Standard output: a pickle of ``[(name, kind, visible, rows or None), …]``, or of a word for
what was refused.
"""

import io
import os
import pickle
import resource
import sys

import python_calamine as calamine


def main() -> None:
    memory, seconds = map(int, sys.argv[1:])
    # A trace of the reader's panic takes more memory than is given here, and a panic that runs out of it waits for ever.
    os.putenv("RUST_BACKTRACE", "0")
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer: object
    try:
        with calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read())) as book:
            answer = [
                (
                    meta.name,
                    str(meta.typ).rpartition(".")[2],
                    meta.visible == calamine.SheetVisibleEnum.Visible,
                    _rows(book, meta),
                )
                for meta in book.sheets_metadata
            ]
    except calamine.PasswordError:
        answer = "encrypted"
    except (calamine.CalamineError, OSError, ValueError, OverflowError):
        answer = "damaged"
    sys.stdout.buffer.write(pickle.dumps(answer, protocol=5))


def _rows(book: calamine.CalamineWorkbook, meta: calamine.SheetMetadata) -> list[list[object]] | None:
    if meta.typ != calamine.SheetTypeEnum.WorkSheet:
        return None
    rows: list[list[object]] = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)  # type: ignore[assignment]  # list is invariant
    return rows


if __name__ == "__main__":
    main()
