"""Hangs the HTML door into the application: pages, forms' tokens, who is who."""

import itertools
from datetime import timedelta

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from credit_registry.domain.permissions import PERMISSION_TITLES, ROLE_TITLES, Permission
from credit_registry.web import access, context, forms, proof, screen, sign_in
from credit_registry.web.console import (
    accounts,
    annotations,
    announcements,
    attachments,
    audit,
    cases,
    console,
    dashboard,
    enterprises,
    histories,
    impacts,
    imports,
    invitations,
    jobs,
    offices,
    overdue,
    passwords,
    records,
    recusals,
    registrations,
    repairs,
    reports,
)
from credit_registry.web.portal import entrance, filings, own_file, portal
from credit_registry.web.public import pages as public

csrf = CSRFProtect()

# Importing a page hangs it on its blueprint.
PAGES = (
    accounts,
    announcements,
    annotations,
    attachments,
    audit,
    cases,
    dashboard,
    enterprises,
    histories,
    impacts,
    imports,
    invitations,
    jobs,
    offices,
    overdue,
    passwords,
    records,
    recusals,
    registrations,
    repairs,
    entrance,
    filings,
    own_file,
    reports,
)


def register(app: Flask) -> None:
    """Give the application its pages."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # asked below, after the API's paths are told apart
    app.config["WTF_CSRF_TIME_LIMIT"] = int(timedelta(hours=12).total_seconds())
    csrf.init_app(app)
    screen.register(app)
    app.register_blueprint(public.blueprint)
    app.register_blueprint(sign_in.blueprint)
    app.register_blueprint(console.blueprint)
    app.register_blueprint(portal.blueprint)

    @app.before_request
    def admit() -> Response | None:
        if request.path.startswith("/api/"):
            return None  # keys in a header: no cookie is read, so no page elsewhere can borrow one
        if request.endpoint is None:
            return None  # no such page, or not by this method: the answer is the error page
        given = request.view_args or {}
        texts = (text for values in (request.args, request.form) for _, text in values.items(multi=True))
        forms.require_readable(
            itertools.chain(texts, (value for value in given.values() if isinstance(value, str))),
            (value for value in given.values() if isinstance(value, int)),
        )
        access.recognise()
        access.admit(app)
        csrf.protect()
        return proof.demand()

    @app.context_processor
    def shared() -> dict[str, object]:
        return {
            "district": context.settings().district,
            "officer": context.officer(),
            "representative": context.representative(),
            "Permission": Permission,
            "role_titles": ROLE_TITLES,
            "permission_titles": PERMISSION_TITLES,
            "today": context.today(),
        }
