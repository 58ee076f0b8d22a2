"""Which blueprints the JSON door has, and how they enter the application."""

from flask import Flask

from credit_registry.api import context, health, limits
from credit_registry.api.documentation import page
from credit_registry.api.documentation.specification import specification_of
from credit_registry.api.paths import Word
from credit_registry.api.v1 import (
    annotations,
    announcements,
    cases,
    enterprises,
    imports,
    lists,
    lookups,
    overdue,
    recusals,
    repairs,
    reports,
    rows,
    rulesets,
    sessions,
    suspensions,
)
from credit_registry.services import rulesets as rules

RESOURCES = tuple(
    resource.blueprint
    for resource in (
        enterprises,
        lookups,
        lists,
        rulesets,
        imports,
        rows,
        sessions,
        cases,
        recusals,
        annotations,
        suspensions,
        repairs,
        announcements,
        overdue,
        reports,
    )
)


def register(app: Flask) -> None:
    """Put the whole JSON door into ``app``."""
    app.url_map.converters["word"] = Word
    limits.limit(app)
    context.keep_lookups(app)
    rules.load()
    specification = specification_of(app)
    specification.register_converter(Word, lambda _: {"type": "string", "minLength": 1, "maxLength": 64})
    for resource in RESOURCES:
        specification.register_blueprint(resource)
    app.register_blueprint(page.blueprint)
    app.register_blueprint(health.blueprint)
