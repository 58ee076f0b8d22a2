"""The first version of the interface: one file per resource.

Never here: a decision, the form of errors, the reading of keys.
Imports: api (auth, context, fields, schemas), services.
Called by: api.blueprints.
"""
