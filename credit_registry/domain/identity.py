"""Identity numbers: sealed for keeping, hashed for matching, masked for showing.

Law:
    个人信息保护法(2021-08-20) 第六条、第五十一条
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_ID_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(\d{6})(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
)
# Numbers in groups, as people write them down: 110105 19491231 002X, 6222 0202 0011 2230.
_ID_IN_GROUPS = re.compile(
    r"(?<![0-9A-Za-z])\d{6}[ -](?:19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])[ -]?\d{3}[\dXx](?![0-9A-Za-z])"
)
_OLD_ID_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-6]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![0-9A-Za-z])"
)
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d(?:\d{8}|[ -]\d{4}[ -]\d{4})(?!\d)")
_CARD = re.compile(
    r"(?<![0-9A-Za-z])(?:[3-6]\d{15,16}|[3-6]\d{18}|[3-6]\d{3}(?:[ -]\d{4}){3}(?:[ -]\d{1,3})?)(?![0-9A-Za-z])"
)
_HOME = re.compile(
    r"((?:家庭住址|家庭地址|住址|现住址?|户籍(?:所在地|地址|地)?|家住)[:：为在]?)[\u4e00-\u9fff0-9A-Za-z\-－#]{6,}"
)
_NARROW = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789Xx")


@dataclass(frozen=True)
class Vault:
    """Seals and opens personal data with AES-256-GCM; matches by a keyed hash.

    The two keys differ, so that a leaked hash key (which web workers need for matching) opens nothing.
    """

    key: bytes = field(repr=False)
    pepper: bytes = field(repr=False)

    @cached_property
    def _cipher(self) -> AESGCM:
        # A file of half a million rows seals as often; the key schedule is the same each time.
        return AESGCM(self.key)

    def seal(self, text: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), None)

    def open(self, sealed: bytes) -> str:
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None).decode()

    def digest(self, number: str) -> str:
        """The keyed hash by which equal numbers are found without opening either."""
        return hmac.new(self.pepper, number.strip().upper().encode(), hashlib.sha256).hexdigest()


def mask_number(number: str) -> str:
    """Keep the first three and last four characters: ``110***********1234``; short numbers keep one."""
    if len(number) <= 8:
        return number[:1] + "*" * (len(number) - 1)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def mask_name(name: str) -> str:
    """``张三丰`` becomes ``张**``: the family name tells an officer enough to find the file."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else name


def mask_text(text: str) -> str:
    """Free text with every identity number, mobile number, bank card and home address in it masked."""
    if not any(char.isdigit() or char in "住户" for char in text):
        return text
    narrow = masked = text.translate(_NARROW)
    for pattern in (_ID_NUMBER, _ID_IN_GROUPS, _OLD_ID_NUMBER):
        masked = pattern.sub(lambda found: mask_number(found.group()), masked)
    masked = _CARD.sub(
        lambda found: mask_number(found.group()) if _is_card(found.group()) else found.group(), masked
    )
    masked = _MOBILE.sub(lambda found: found.group()[:3] + "****" + found.group()[-4:], masked)
    masked = _HOME.sub(r"\1***", masked)
    return text if masked == narrow else masked


def _is_card(number: str) -> bool:
    """Luhn's check, which tells a bank card from other long numbers."""
    digits = [int(char) for char in reversed(number) if char.isdigit()]
    return (
        sum(digit if place % 2 == 0 else sum(divmod(digit * 2, 10)) for place, digit in enumerate(digits))
        % 10
        == 0
    )
