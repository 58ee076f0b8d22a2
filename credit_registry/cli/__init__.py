"""The terminal door: parse, call a service, print.

Never here: a decision, SQL, a second way to do what a service does.
Imports: services, app, jobs, settings, clock, domain.errors.
Called by: the console script `credit-registry`.
"""

from credit_registry.cli.group import main

__all__ = ["main"]
