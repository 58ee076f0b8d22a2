CREATE VIRTUAL TABLE enterprise_search USING fts5(grams, content='', tokenize='unicode61 remove_diacritics 0')
-- next
CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END
-- next
CREATE TRIGGER audit_entries_remain BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END
-- next
CREATE TRIGGER IF NOT EXISTS tr_listing_cases_entry_insert BEFORE INSERT ON listing_cases
WHEN NEW.state IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED') BEGIN
  SELECT RAISE(ABORT, 'listing guard: other list in force') WHERE EXISTS (SELECT 1 FROM listing_cases c WHERE c.enterprise_id = NEW.enterprise_id AND c.list_kind <> NEW.list_kind AND c.state IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED'));
  SELECT RAISE(ABORT, 'listing guard: black entry without step notify') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'notify');
  SELECT RAISE(ABORT, 'listing guard: black entry without step review') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'review');
  SELECT RAISE(ABORT, 'listing guard: black entry without step decide') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'decide');
  SELECT RAISE(ABORT, 'listing guard: black entry without step serve') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'serve');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper listing_notice') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'listing_notice');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper service_receipt') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'service_receipt');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper review_opinion') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'review_opinion');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper legal_review') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'legal_review');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper collective_discussion') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'collective_discussion');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper listing_decision') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'listing_decision');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper repair_notice') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'repair_notice');
  SELECT RAISE(ABORT, 'listing guard: red entry without step check') WHERE NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'check');
  SELECT RAISE(ABORT, 'listing guard: red entry without step open_comment') WHERE NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'open_comment');
  SELECT RAISE(ABORT, 'listing guard: red entry without step approve') WHERE NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'approve');
  SELECT RAISE(ABORT, 'listing guard: red entry without paper condition_check') WHERE NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'condition_check');
  SELECT RAISE(ABORT, 'listing guard: red entry without paper comment_notice') WHERE NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'comment_notice');
  SELECT RAISE(ABORT, 'listing guard: red entry without paper red_decision') WHERE NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'red_decision');
  SELECT RAISE(ABORT, 'listing guard: approver took part in the preparation') WHERE EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.account_id = NEW.approver_id AND s.action IN ('propose', 'notify', 'review', 'apply', 'check'));
  SELECT RAISE(ABORT, 'listing guard: no standing penalty of this authority') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_grounds g JOIN record_versions v ON v.record_id = g.record_id AND v.superseded_at IS NULL JOIN offices o ON o.id = NEW.office_id WHERE g.case_id = NEW.id AND g.fell_at IS NULL AND v.kind = 'penalty' AND v.state = 'live' AND v.authority_code = o.authority_code);
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_listing_cases_entry_update BEFORE UPDATE ON listing_cases
WHEN NEW.state IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED') AND OLD.state NOT IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED') BEGIN
  SELECT RAISE(ABORT, 'listing guard: other list in force') WHERE EXISTS (SELECT 1 FROM listing_cases c WHERE c.enterprise_id = NEW.enterprise_id AND c.list_kind <> NEW.list_kind AND c.state IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED'));
  SELECT RAISE(ABORT, 'listing guard: black entry without step notify') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'notify');
  SELECT RAISE(ABORT, 'listing guard: black entry without step review') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'review');
  SELECT RAISE(ABORT, 'listing guard: black entry without step decide') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'decide');
  SELECT RAISE(ABORT, 'listing guard: black entry without step serve') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'serve');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper listing_notice') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'listing_notice');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper service_receipt') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'service_receipt');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper review_opinion') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'review_opinion');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper legal_review') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'legal_review');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper collective_discussion') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'collective_discussion');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper listing_decision') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'listing_decision');
  SELECT RAISE(ABORT, 'listing guard: black entry without paper repair_notice') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'repair_notice');
  SELECT RAISE(ABORT, 'listing guard: red entry without step check') WHERE NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'check');
  SELECT RAISE(ABORT, 'listing guard: red entry without step open_comment') WHERE NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'open_comment');
  SELECT RAISE(ABORT, 'listing guard: red entry without step approve') WHERE NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.action = 'approve');
  SELECT RAISE(ABORT, 'listing guard: red entry without paper condition_check') WHERE NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'condition_check');
  SELECT RAISE(ABORT, 'listing guard: red entry without paper comment_notice') WHERE NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'comment_notice');
  SELECT RAISE(ABORT, 'listing guard: red entry without paper red_decision') WHERE NEW.list_kind = 'red' AND NOT EXISTS (SELECT 1 FROM listing_papers p WHERE p.case_id = NEW.id AND p.kind = 'red_decision');
  SELECT RAISE(ABORT, 'listing guard: approver took part in the preparation') WHERE EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.id AND s.account_id = NEW.approver_id AND s.action IN ('propose', 'notify', 'review', 'apply', 'check'));
  SELECT RAISE(ABORT, 'listing guard: no standing penalty of this authority') WHERE NEW.list_kind = 'black' AND NOT EXISTS (SELECT 1 FROM listing_grounds g JOIN record_versions v ON v.record_id = g.record_id AND v.superseded_at IS NULL JOIN offices o ON o.id = NEW.office_id WHERE g.case_id = NEW.id AND g.fell_at IS NULL AND v.kind = 'penalty' AND v.state = 'live' AND v.authority_code = o.authority_code);
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_listing_steps_no_update BEFORE UPDATE ON listing_steps BEGIN
  SELECT RAISE(ABORT, 'listing guard: listing_steps is append-only');
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_listing_papers_no_update BEFORE UPDATE ON listing_papers BEGIN
  SELECT RAISE(ABORT, 'listing guard: listing_papers is append-only');
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_list_versions_no_update BEFORE UPDATE ON list_versions BEGIN
  SELECT RAISE(ABORT, 'listing guard: list_versions is append-only');
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_listing_steps_no_delete BEFORE DELETE ON listing_steps BEGIN
  SELECT RAISE(ABORT, 'listing guard: listing_steps is append-only');
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_listing_papers_no_delete BEFORE DELETE ON listing_papers BEGIN
  SELECT RAISE(ABORT, 'listing guard: listing_papers is append-only');
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_list_versions_no_delete BEFORE DELETE ON list_versions BEGIN
  SELECT RAISE(ABORT, 'listing guard: list_versions is append-only');
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_listing_cases_no_delete BEFORE DELETE ON listing_cases BEGIN
  SELECT RAISE(ABORT, 'listing guard: listing_cases is append-only');
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_listing_grounds_no_delete BEFORE DELETE ON listing_grounds BEGIN
  SELECT RAISE(ABORT, 'listing guard: listing_grounds is append-only');
END
