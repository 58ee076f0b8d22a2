"""One-time codes by which an enterprise opens an account: how they look, what tries they stand, for which persons."""

import secrets
import unicodedata
from enum import StrEnum

from credit_registry.domain.errors import InvalidInput

# Capitals and digits that nobody mistakes for one another on paper; 16 of them are 76 bits.
_ALPHABET = "ABCDEFGHJKMNPQRTUVWXY346789"
_GROUPS, _GROUP = 4, 4
# People of one enterprise who may wait for their account at one time.
OPEN_AT_ONCE = 5


class RepresentativeRole(StrEnum):
    """In what capacity a person acts for the enterprise."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    PRINCIPAL = "principal"
    AGENT = "agent"


REPRESENTATIVE_TITLES: dict[RepresentativeRole, str] = {
    RepresentativeRole.LEGAL_REPRESENTATIVE: "法定代表人",
    RepresentativeRole.PRINCIPAL: "主要负责人",
    RepresentativeRole.AGENT: "企业经办人",
}


def new_code() -> str:
    """A fresh code in groups, easy to type from paper: ``K7QM-3RTX-9ABC-WY46``."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def readable(code: str) -> str:
    """The code as it is hashed: without spaces and hyphens, full-width forms and small letters taken as meant."""
    plain = unicodedata.normalize("NFKC", code).upper()
    return "".join(character for character in plain if character.isascii() and character.isalnum())


def new_login() -> str:
    """A login that says nothing of enterprise or person, so that nobody can lock accounts out by guessing."""
    return "e" + "".join(secrets.choice("0123456789") for _ in range(8))


def checked_role(role: str) -> RepresentativeRole:
    """
    Raises:
        InvalidInput: ``representative-role``.
    """
    try:
        return RepresentativeRole(role)
    except ValueError:
        titles = "、".join(REPRESENTATIVE_TITLES.values())
        raise InvalidInput(f"请选择您的身份：{titles}。", code="representative-role") from None
