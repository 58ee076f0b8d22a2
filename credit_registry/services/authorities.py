"""Authorities that a file names: name and code against the offices that act in the registry."""

from collections.abc import Iterable

from credit_registry.domain.names import folded_name
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts
from importers.problems import Finding

Pair = tuple[str | None, str | None]


def contradicting(session: Session, pairs: Iterable[Pair]) -> set[Pair]:
    """Of pairs (code, name), those of which one is an office's of ours and the other is another's."""
    offices = accounts.offices(session)
    by_code = {office.authority_code: office.id for office in offices if office.authority_code}
    by_name = {folded_name(office.name): office for office in offices}
    found: set[Pair] = set()
    for code, name in set(pairs):
        named = by_name.get(folded_name(name)) if name else None
        if code is None or named is None:
            continue
        if by_code.get(code, named.id) != named.id or named.authority_code not in (None, code):
            found.add((code, name))
    return found


CONTRADICTION = Finding(
    "R-DEPARTMENT",
    "refuse_row",
    "不是所填机关的代码，与本系统登记的单位不一致",
    "请核对机关的名称和统一社会信用代码，更正后重新报送",
)
