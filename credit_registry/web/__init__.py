"""The HTML door: the public site and the officers' console.

Never here: a decision, SQL, JSON contracts.
Imports: services, exports, domain (errors, permissions), settings, clock.
Called by: app.
"""

from credit_registry.web.doors import register
from credit_registry.web.errors import explain

__all__ = ["explain", "register"]
