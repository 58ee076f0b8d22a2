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
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


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
    """Free text with every identity number and mobile number in it masked."""
    text = _ID_NUMBER.sub(lambda found: mask_number(found.group(0)), text)
    return _MOBILE.sub(lambda found: found.group(0)[:3] + "****" + found.group(0)[-4:], text)
