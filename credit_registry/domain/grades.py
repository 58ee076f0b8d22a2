"""Announced grades: when a change is a fall that wants notice first, and whether today's grade bears it out.

Grades are compared by their place in the rule set's bands, best first; N (not graded) has no place.
"""

from collections.abc import Sequence

NOT_GRADED = "N"


def is_fall(proposed: str, announced: str | None, *, order: Sequence[str], noticed: Sequence[str]) -> bool:
    """Whether announcing ``proposed`` would bring somebody down to 中 or 差.

    Args:
        announced: ``None`` where nothing was announced; to begin with 中 or 差 is a fall too.
        noticed: the grades that count as 中 and 差.
    """
    if proposed not in noticed:
        return False
    return announced not in order or order.index(proposed) > order.index(announced)


def bears_out(computed: str, proposed: str, *, is_fall: bool, order: Sequence[str]) -> bool:
    """Whether the grade computed today still carries ``proposed``: for a fall at least as bad, else at least as good."""
    if computed == proposed:
        return True
    if computed not in order or proposed not in order:
        return False
    worse = order.index(computed) > order.index(proposed)
    return worse if is_fall else not worse
