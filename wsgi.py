"""The server's entry: settings, application."""

from credit_registry.app import create_app
from credit_registry.settings import Settings

app = create_app(Settings.from_env())
