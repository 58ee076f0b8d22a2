"""What may stand in an address: a word of ordinary length, so that the rest is simply not found."""

from werkzeug.routing import BaseConverter


class Word(BaseConverter):
    """One path segment of 1 to 64 characters without control characters or broken encoding."""

    regex = r"[^/\x00-\x1f\x7f\ufffd]{1,64}"
