"""The papers of a step as a form asks for them, and as they come back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import request

from credit_registry.domain.papers import FIELD_TITLES, PAPERS, SERVICE_METHODS
from credit_registry.web import forms


@dataclass(frozen=True)
class Input:
    """A field of a paper, as the form asks for it."""

    name: str
    title: str
    type: str
    options: Mapping[str, str]


@dataclass(frozen=True)
class PaperForm:
    """A paper of a step: what to fill in; nothing where the registry writes it itself."""

    kind: str
    title: str
    is_issued: bool
    inputs: tuple[Input, ...]


def paper_form(kind: str, *, sectors: Iterable[str] = ()) -> PaperForm:
    paper = PAPERS[kind]
    return PaperForm(
        kind=kind,
        title=paper.title,
        is_issued=paper.is_issued,
        inputs=tuple(_input(name, shape, sectors) for name, shape in (paper.fields or {}).items()),
    )


def _input(name: str, shape: type, sectors: Iterable[str]) -> Input:
    options: Mapping[str, str] = {}
    if name == "method":
        options = SERVICE_METHODS
    elif name == "sector":
        options = {sector: sector for sector in sectors}
    kind = "date" if shape is date else "choice" if options else "long" if name == "content" else "text"
    return Input(name, FIELD_TITLES[name], kind, options)


def handed_in() -> dict[str, dict[str, object]]:
    """Fields named ``paper.<kind>.<field>``, by paper; empty papers are left out."""
    handed: dict[str, dict[str, object]] = {}
    for name, value in request.form.items():
        prefix, _, rest = name.partition(".")
        kind, _, field = rest.partition(".")
        if prefix != "paper" or kind not in PAPERS or field not in FIELD_TITLES:
            continue
        said = forms.text(value, FIELD_TITLES[field], limit=20000, is_required=False)
        if said:
            handed.setdefault(kind, {})[field] = said
    return handed
