DROP TABLE IF EXISTS enterprise_search
-- next
DROP FUNCTION IF EXISTS audit_entries_stay() CASCADE
-- next
DROP FUNCTION IF EXISTS listing_append_only() CASCADE
-- next
DROP FUNCTION IF EXISTS listing_entry_guard() CASCADE
