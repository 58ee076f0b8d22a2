"""The JSON door: parse, open a transaction, call a service, answer.

Never here: a decision, SQL, HTML but for the page of the documentation.
Imports: services, domain (errors, permissions), settings, clock.
Called by: app.
"""

from credit_registry.api.blueprints import register
from credit_registry.api.errors import explain

__all__ = ["explain", "register"]
