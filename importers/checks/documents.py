"""Document and certificate numbers: one spelling for one document."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Every bracket that offices put round the year becomes the one of the official style 〔2024〕; brackets round anything
# else stay round brackets, because （简） is part of the number and not of its year.
_YEAR: Final = re.compile(r"[(\[{【〔〖「［｛]((?:19|20)\d{2})(年?)[)\]}】〕〗」］｝]")
_SPACES: Final = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")


def normalise_document_no(text: str) -> str:
    """Width, spaces and the brackets of the year folded; digits, words and their order untouched.

    第1322号 and 1322号 stay two numbers: some offices use both.
    """
    folded = _SPACES.sub("", unicodedata.normalize("NFKC", text))
    return _YEAR.sub(r"〔\1\2〕", folded)
