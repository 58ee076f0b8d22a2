CREATE TABLE enterprise_search (name_id bigint NOT NULL CONSTRAINT pk_enterprise_search PRIMARY KEY CONSTRAINT fk_enterprise_search_name_id_enterprise_names REFERENCES enterprise_names (id), folded text NOT NULL, grams text[] NOT NULL)
-- next
CREATE INDEX ix_enterprise_search_grams ON enterprise_search USING gin (grams) WITH (fastupdate = off)
-- next
CREATE OR REPLACE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'audit_entries is append-only'; END $$
-- next
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay()
-- next
CREATE OR REPLACE FUNCTION listing_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM enterprises WHERE id = NEW.enterprise_id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM listing_cases c WHERE c.enterprise_id = NEW.enterprise_id AND c.list_kind <> NEW.list_kind AND c.state IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED')) THEN
    RAISE EXCEPTION 'listing guard: other list in force' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'notify') THEN
    RAISE EXCEPTION 'listing guard: black entry without step notify' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'review') THEN
    RAISE EXCEPTION 'listing guard: black entry without step review' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'decide') THEN
    RAISE EXCEPTION 'listing guard: black entry without step decide' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'serve') THEN
    RAISE EXCEPTION 'listing guard: black entry without step serve' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'listing_notice') THEN
    RAISE EXCEPTION 'listing guard: black entry without paper listing_notice' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'service_receipt') THEN
    RAISE EXCEPTION 'listing guard: black entry without paper service_receipt' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'review_opinion') THEN
    RAISE EXCEPTION 'listing guard: black entry without paper review_opinion' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'legal_review') THEN
    RAISE EXCEPTION 'listing guard: black entry without paper legal_review' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'collective_discussion') THEN
    RAISE EXCEPTION 'listing guard: black entry without paper collective_discussion' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'listing_decision') THEN
    RAISE EXCEPTION 'listing guard: black entry without paper listing_decision' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'repair_notice') THEN
    RAISE EXCEPTION 'listing guard: black entry without paper repair_notice' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'check') THEN
    RAISE EXCEPTION 'listing guard: red entry without step check' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'open_comment') THEN
    RAISE EXCEPTION 'listing guard: red entry without step open_comment' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'approve') THEN
    RAISE EXCEPTION 'listing guard: red entry without step approve' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'condition_check') THEN
    RAISE EXCEPTION 'listing guard: red entry without paper condition_check' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'comment_notice') THEN
    RAISE EXCEPTION 'listing guard: red entry without paper comment_notice' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'red_decision') THEN
    RAISE EXCEPTION 'listing guard: red entry without paper red_decision' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.account_id = NEW.approver_id AND s.action IN ('propose', 'notify', 'review', 'apply', 'check')) THEN
    RAISE EXCEPTION 'listing guard: approver took part in the preparation' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_grounds g JOIN record_versions v ON v.record_id = g.record_id AND v.superseded_at IS NULL JOIN offices o ON o.id = NEW.office_id WHERE g.case_id = NEW.id AND g.fell_at IS NULL AND v.kind = 'penalty' AND v.state = 'live' AND v.authority_code = o.authority_code) THEN
    RAISE EXCEPTION 'listing guard: no standing penalty of this authority' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE OR REPLACE FUNCTION listing_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'listing guard: append-only' USING ERRCODE = 'check_violation';
END $$
-- next
CREATE OR REPLACE TRIGGER tr_listing_cases_entry_insert BEFORE INSERT ON listing_cases
FOR EACH ROW WHEN (NEW.state IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED')) EXECUTE FUNCTION listing_entry_guard()
-- next
CREATE OR REPLACE TRIGGER tr_listing_cases_entry_update BEFORE UPDATE ON listing_cases
FOR EACH ROW WHEN (NEW.state IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED') AND OLD.state NOT IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED')) EXECUTE FUNCTION listing_entry_guard()
-- next
CREATE OR REPLACE TRIGGER tr_listing_steps_no_update BEFORE UPDATE ON listing_steps
FOR EACH ROW EXECUTE FUNCTION listing_append_only()
-- next
CREATE OR REPLACE TRIGGER tr_listing_papers_no_update BEFORE UPDATE ON listing_papers
FOR EACH ROW EXECUTE FUNCTION listing_append_only()
-- next
CREATE OR REPLACE TRIGGER tr_list_versions_no_update BEFORE UPDATE ON list_versions
FOR EACH ROW EXECUTE FUNCTION listing_append_only()
-- next
CREATE OR REPLACE TRIGGER tr_listing_steps_no_delete BEFORE DELETE ON listing_steps
FOR EACH ROW EXECUTE FUNCTION listing_append_only()
-- next
CREATE OR REPLACE TRIGGER tr_listing_papers_no_delete BEFORE DELETE ON listing_papers
FOR EACH ROW EXECUTE FUNCTION listing_append_only()
-- next
CREATE OR REPLACE TRIGGER tr_list_versions_no_delete BEFORE DELETE ON list_versions
FOR EACH ROW EXECUTE FUNCTION listing_append_only()
-- next
CREATE OR REPLACE TRIGGER tr_listing_cases_no_delete BEFORE DELETE ON listing_cases
FOR EACH ROW EXECUTE FUNCTION listing_append_only()
-- next
CREATE OR REPLACE TRIGGER tr_listing_grounds_no_delete BEFORE DELETE ON listing_grounds
FOR EACH ROW EXECUTE FUNCTION listing_append_only()
