import importlib
import pkgutil

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound, TooManyRequests

from credit_registry import domain, services
from credit_registry.api import errors
from credit_registry.domain.errors import InvalidInput, NotSignedIn, Refusal, Unavailable


def _every_refusal() -> set[type[Refusal]]:
    for room in (domain, services):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)
    found, open_ = {Refusal}, [Refusal]
    while open_:
        below = open_.pop().__subclasses__()
        found.update(below)
        open_.extend(below)
    return found


def test_every_refusal_has_its_number() -> None:
    assert _every_refusal() == set(errors.STATUS)


@pytest.mark.parametrize("kind", sorted(errors.STATUS, key=lambda kind: kind.__name__))
def test_every_refusal_is_a_problem_detail(kind: type[Refusal]) -> None:
    response = errors.explain(kind("一句话。", facts={"what": "某"}), "r1")

    assert response.status_code == errors.STATUS[kind]
    assert response.content_type == "application/problem+json"
    assert response.get_json() == {
        "type": f"urn:credit-registry:problem:{kind.code}",
        "code": kind.code,
        "title": "一句话。",
        "status": errors.STATUS[kind],
        "facts": {"what": "某"},
        "request_id": "r1",
    }


def test_a_code_of_the_form_has_the_exact_number() -> None:
    assert errors.explain(InvalidInput("。", code="A-JSON"), "").status_code == 400
    assert errors.explain(InvalidInput("。", code="A-MEDIA-TYPE"), "").status_code == 415
    assert errors.explain(InvalidInput("。", code="A-TYPE"), "").status_code == 422


def test_a_defect_tells_nothing_but_its_number() -> None:
    response = errors.explain(None, "r2")

    assert response.status_code == 500
    assert response.get_json()["code"] == "defect"
    assert response.get_json()["facts"] == {}
    assert response.get_json()["request_id"] == "r2"


def test_what_http_wants_said_beside_the_error_is_said() -> None:
    assert errors.explain(MethodNotAllowed(valid_methods=["GET"]), "").headers["Allow"] == "GET"
    assert errors.explain(TooManyRequests(retry_after=7), "").headers["Retry-After"] == "7"
    assert errors.explain(NotSignedIn("。"), "").headers["WWW-Authenticate"].startswith("Bearer")
    assert errors.explain(Unavailable("。"), "").headers["Retry-After"] == "5"
    assert errors.explain(NotFound(), "").get_json()["code"] == "A-NOT-FOUND"


def test_a_lone_surrogate_in_the_facts_breaks_no_answer() -> None:
    response = errors.explain(InvalidInput("\ud800", facts={"sent": "\udfff"}), "")

    assert response.get_json()["facts"] == {"sent": "?"}
