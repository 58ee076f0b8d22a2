"""The demonstration: fictional enterprises and six years of department files, loaded through the services.

Never here: a real enterprise, a table, a way around a service, a database that holds anything else.
Imports: services, importers, exports, storage.database, domain, settings, clock.
Called by: cli.demo, tests.
"""
