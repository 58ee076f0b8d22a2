"""Reading the files of this folder. They ship with the code and change with it, so they are read once."""

from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML


@cache
def read(name: str) -> Any:
    """The document ``name``.yaml; a duplicate key or an unreadable file stops the program at its start."""
    text = files("credit_registry.domain").joinpath("law", f"{name}.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe", pure=True).load(text)


@cache
def template(name: str) -> str:
    """The text of the paper template ``name``."""
    return files("credit_registry.domain").joinpath("law", "papers", name).read_text(encoding="utf-8")
