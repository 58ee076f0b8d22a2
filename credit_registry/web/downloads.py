"""Files that leave: always as attachments, under a name that any browser takes, never sniffed."""

import re
from urllib.parse import quote

from flask import Response

_PLAIN = re.compile(r"[^0-9A-Za-z._-]+")


def as_download(data: bytes, filename: str, media_type: str) -> Response:
    """A response that the browser saves; Chinese names by RFC 6266, with a plain one for old readers."""
    plain = _PLAIN.sub("_", filename).strip("_") or "download"
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
