"""The page from which something was posted and refused: the sentence beside the form, and what was typed in it."""

from werkzeug.wrappers import Response

from credit_registry.domain.errors import Refusal
from credit_registry.web.console.cases import case_page
from credit_registry.web.console.records import record_page
from credit_registry.web.errors import refused


def answer_refusal(
    refusal: Refusal, tried: str, *, case_id: int | None = None, record_id: int | None = None
) -> Response:
    """The case or the record again.

    Args:
        tried: names the form, so that it stands open with what was typed.
    """
    if case_id is not None:
        page = case_page(case_id, tried, refusal)
    else:
        assert record_id is not None, "what is posted belongs to a case or a record"
        page = record_page(record_id, tried, refusal)
    return refused(page, refusal)
