"""Names of enterprises as the register compares and searches them.

The fold is that of the importers (`importers.name_key`), written here again because a decision may not import a
reader; a test holds the two equal.
"""

import re
import unicodedata

_BRACKETS = str.maketrans("〔〕【】［］[]{}｛｝", "()()()()()()")
_SPACES = re.compile(r"[\s\u3000\u200b-\u200d\u2060\ufeff]+")
_BRANCH = "分公司"
_COMPANY = "公司"


def folded_name(name: str) -> str:
    """Width, case, brackets and spaces folded; the form of organisation never stripped."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", name).translate(_BRACKETS)).upper()


def searchable(name: str) -> str:
    """The letters and digits of a folded name: brackets and dots are forgotten by those who search."""
    return "".join(char for char in folded_name(name) if char.isalnum())


def bigrams(text: str) -> list[str]:
    """Every two neighbours of a searchable text, in order: ``清华同方`` gives 清华, 华同, 同方."""
    return [text[place : place + 2] for place in range(len(text) - 1)]


def parent_names(name_key: str) -> tuple[str, ...]:
    """Names that the parent of a branch may bear, longest first; none unless the name ends in 分公司.

    Only a prefix that itself ends a company's name counts: 甲公司海淀分公司 belongs to 甲公司. Whether a company of
    that name exists is for the register to say.
    """
    if not name_key.endswith(_BRANCH):
        return ()
    ends = [found.end() for found in re.finditer(_COMPANY, name_key[: -len(_BRANCH)])]
    return tuple(name_key[:end] for end in reversed(ends))
