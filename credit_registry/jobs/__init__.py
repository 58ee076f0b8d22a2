"""The door without a caller: takes jobs from the table and calls the service that does them.

Never here: a decision, SQL, HTTP, a queue beside the table.
Imports: services, storage.database, clock.
Called by: cli (`worker`, and `serve`, which keeps one beside it).
"""
