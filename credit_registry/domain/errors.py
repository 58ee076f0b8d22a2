"""Refusals: what the registry can explain.

A refusal carries a stable kebab-case ``code``, one Chinese sentence that names the remedy, and facts that a
machine can read. It knows nothing of HTTP; each door has its own table.
"""

from collections.abc import Mapping


class Refusal(Exception):
    """An act that the registry declines and can explain.

    Args:
        message: one Chinese sentence, with the remedy.
        code: stable kebab-case identifier; defaults to that of the class.
        facts: JSON-ready details.
    """

    code = "refused"

    def __init__(
        self, message: str, code: str | None = None, facts: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.facts = dict(facts or {})

    def __reduce__(self) -> tuple[type["Refusal"], tuple[str, str, dict[str, object]]]:
        # Worker processes send refusals home; the default would call __init__ with the message alone.
        return type(self), (self.message, self.code, self.facts)


class NotFound(Refusal):
    code = "not-found"


class NotAllowed(Refusal):
    """The actor lacks the permission, or the scope, or may not act twice on one case."""

    code = "not-allowed"


class NotSignedIn(Refusal):
    code = "not-signed-in"


class InvalidInput(Refusal):
    code = "invalid-input"


class IllegalTransition(Refusal):
    """The case is in a state from which this step does not lead on."""

    code = "illegal-transition"


class StaleVersion(Refusal):
    """Somebody changed the thing since it was read."""

    code = "stale-version"


class Duplicate(Refusal):
    code = "duplicate"


class TooMuch(Refusal):
    """A limit on size or rate; the facts name it."""

    code = "too-much"


class Unavailable(Refusal):
    """The store is busy or a part is switched off; trying again later may help."""

    code = "unavailable"
