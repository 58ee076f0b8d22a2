"""The API described by itself: OpenAPI 3.1, and a page that shows it without anything from elsewhere.

Never here: an operation.
Imports: flask-smorest, api.errors.
Called by: api.blueprints.
"""
