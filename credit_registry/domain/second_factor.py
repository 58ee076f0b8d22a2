"""The second factor: a six-digit code of the moment from a secret that the owner's device keeps (RFC 6238).

Law:
    GB/T 22239-2019(2019-05-10) 8.1.4.1
"""

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime

import pyotp

ISSUER = "企业安全信用管理"
_CODE = re.compile(r"[0-9]{6}")
_STEP_SECONDS = 30
_DRIFT = 1  # steps before and after: clocks of telephones are not exact


@dataclass(frozen=True)
class Factor:
    """What is kept (sealed) of an account's second factor.

    Attributes:
        is_confirmed: the owner has shown one right code; before that it is not asked for.
        last_step: the newest time step that was used; a code opens once.
    """

    secret: str
    is_confirmed: bool = False
    last_step: int = 0

    def dumped(self) -> str:
        return json.dumps(
            {"secret": self.secret, "is_confirmed": self.is_confirmed, "last_step": self.last_step}
        )

    @classmethod
    def loaded(cls, text: str) -> "Factor":
        return cls(**json.loads(text))

    def address(self, login: str) -> str:
        """What an authenticator application reads."""
        return pyotp.TOTP(self.secret).provisioning_uri(name=login, issuer_name=ISSUER)


def new() -> Factor:
    return Factor(pyotp.random_base32())


def used(factor: Factor, code: str, now: datetime) -> Factor | None:
    """The factor after ``code`` was used; None when it is wrong, too old, or was used before."""
    given = code.strip().replace(" ", "")
    if not _CODE.fullmatch(given):
        return None
    totp, here = pyotp.TOTP(factor.secret), int(now.timestamp()) // _STEP_SECONDS
    for step in range(max(here - _DRIFT, factor.last_step + 1), here + _DRIFT + 1):
        if pyotp.utils.strings_equal(totp.generate_otp(step), given):
            return replace(factor, last_step=step, is_confirmed=True)
    return None
