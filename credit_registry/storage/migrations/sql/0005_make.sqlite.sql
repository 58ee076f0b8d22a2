CREATE TRIGGER IF NOT EXISTS tr_listing_cases_persons_insert BEFORE INSERT ON listing_cases BEGIN
  SELECT RAISE(ABORT, 'person guard: two accounts of one person are not four eyes') WHERE EXISTS (SELECT 1 FROM accounts a JOIN accounts b ON b.person_digest = a.person_digest WHERE a.id = NEW.approver_id AND b.id = NEW.drafter_id) OR EXISTS (SELECT 1 FROM accounts a JOIN accounts b ON b.person_digest = a.person_digest WHERE a.id = NEW.approver_id AND b.id = NEW.reviewer_id) OR EXISTS (SELECT 1 FROM accounts a JOIN accounts b ON b.person_digest = a.person_digest WHERE a.id = NEW.reviewer_id AND b.id = NEW.drafter_id) OR EXISTS (SELECT 1 FROM listing_steps s JOIN accounts a ON a.id = s.account_id JOIN accounts b ON b.person_digest = a.person_digest WHERE s.case_id = NEW.id AND b.id = NEW.approver_id AND s.action IN ('propose', 'notify', 'review', 'apply', 'check', 'notify_grade'));
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_listing_cases_persons_update BEFORE UPDATE ON listing_cases BEGIN
  SELECT RAISE(ABORT, 'person guard: two accounts of one person are not four eyes') WHERE EXISTS (SELECT 1 FROM accounts a JOIN accounts b ON b.person_digest = a.person_digest WHERE a.id = NEW.approver_id AND b.id = NEW.drafter_id) OR EXISTS (SELECT 1 FROM accounts a JOIN accounts b ON b.person_digest = a.person_digest WHERE a.id = NEW.approver_id AND b.id = NEW.reviewer_id) OR EXISTS (SELECT 1 FROM accounts a JOIN accounts b ON b.person_digest = a.person_digest WHERE a.id = NEW.reviewer_id AND b.id = NEW.drafter_id) OR EXISTS (SELECT 1 FROM listing_steps s JOIN accounts a ON a.id = s.account_id JOIN accounts b ON b.person_digest = a.person_digest WHERE s.case_id = NEW.id AND b.id = NEW.approver_id AND s.action IN ('propose', 'notify', 'review', 'apply', 'check', 'notify_grade'));
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_penalty_repairs_persons_insert BEFORE INSERT ON penalty_repairs BEGIN
  SELECT RAISE(ABORT, 'person guard: two accounts of one person are not four eyes') WHERE EXISTS (SELECT 1 FROM accounts a JOIN accounts b ON b.person_digest = a.person_digest WHERE a.id = NEW.approver_id AND b.id = NEW.drafter_id);
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_penalty_repairs_persons_update BEFORE UPDATE ON penalty_repairs BEGIN
  SELECT RAISE(ABORT, 'person guard: two accounts of one person are not four eyes') WHERE EXISTS (SELECT 1 FROM accounts a JOIN accounts b ON b.person_digest = a.person_digest WHERE a.id = NEW.approver_id AND b.id = NEW.drafter_id);
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_grade_announcements_persons_insert BEFORE INSERT ON grade_announcements BEGIN
  SELECT RAISE(ABORT, 'person guard: two accounts of one person are not four eyes') WHERE EXISTS (SELECT 1 FROM accounts a JOIN accounts b ON b.person_digest = a.person_digest WHERE a.id = NEW.approver_id AND b.id = NEW.drafter_id);
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_grade_announcements_persons_update BEFORE UPDATE ON grade_announcements BEGIN
  SELECT RAISE(ABORT, 'person guard: two accounts of one person are not four eyes') WHERE EXISTS (SELECT 1 FROM accounts a JOIN accounts b ON b.person_digest = a.person_digest WHERE a.id = NEW.approver_id AND b.id = NEW.drafter_id);
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_listing_steps_recusal_insert BEFORE INSERT ON listing_steps BEGIN
  SELECT RAISE(ABORT, 'person guard: taken by a recused officer') WHERE EXISTS (SELECT 1 FROM recusals r JOIN accounts a ON a.id = r.account_id JOIN accounts b ON b.id = a.id OR b.person_digest = a.person_digest JOIN listing_cases c ON c.id = NEW.case_id WHERE b.id = NEW.account_id AND r.ended_at IS NULL AND (r.case_id = c.id OR r.enterprise_id = c.enterprise_id));
END
