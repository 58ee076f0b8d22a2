CREATE TRIGGER IF NOT EXISTS tr_announced_grades_insert BEFORE INSERT ON announced_grades
WHEN NEW.announced_on IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'grade guard: fall without notice and review') WHERE NEW.is_fall AND NOT (NEW.case_id IS NOT NULL AND EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.case_id AND s.action = 'notify_grade') AND EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.case_id AND s.action = 'review'));
  SELECT RAISE(ABORT, 'grade guard: announced without decision') WHERE NOT ((NEW.case_id IS NOT NULL AND EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.case_id AND s.action = 'decide_grade')) OR (NOT NEW.is_fall AND EXISTS (SELECT 1 FROM grade_announcements a WHERE a.id = NEW.announcement_id AND a.state = 'MADE')));
  SELECT RAISE(ABORT, 'grade guard: decided by who prepared it') WHERE EXISTS (SELECT 1 FROM listing_cases c JOIN listing_steps s ON s.case_id = c.id WHERE c.id = NEW.case_id AND s.account_id = c.approver_id AND s.action IN ('propose', 'notify_grade', 'review'));
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_announced_grades_update BEFORE UPDATE ON announced_grades
WHEN NEW.announced_on IS NOT NULL AND OLD.announced_on IS NULL BEGIN
  SELECT RAISE(ABORT, 'grade guard: fall without notice and review') WHERE NEW.is_fall AND NOT (NEW.case_id IS NOT NULL AND EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.case_id AND s.action = 'notify_grade') AND EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.case_id AND s.action = 'review'));
  SELECT RAISE(ABORT, 'grade guard: announced without decision') WHERE NOT ((NEW.case_id IS NOT NULL AND EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.case_id AND s.action = 'decide_grade')) OR (NOT NEW.is_fall AND EXISTS (SELECT 1 FROM grade_announcements a WHERE a.id = NEW.announcement_id AND a.state = 'MADE')));
  SELECT RAISE(ABORT, 'grade guard: decided by who prepared it') WHERE EXISTS (SELECT 1 FROM listing_cases c JOIN listing_steps s ON s.case_id = c.id WHERE c.id = NEW.case_id AND s.account_id = c.approver_id AND s.action IN ('propose', 'notify_grade', 'review'));
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_announced_grades_frozen BEFORE UPDATE ON announced_grades
WHEN NEW.enterprise_id IS NOT OLD.enterprise_id OR NEW.computed_on IS NOT OLD.computed_on OR NEW.ruleset_digest IS NOT OLD.ruleset_digest OR NEW.score IS NOT OLD.score OR NEW.grade IS NOT OLD.grade OR NEW.is_fall IS NOT OLD.is_fall OR (OLD.announced_on IS NOT NULL AND NEW.announced_on IS NOT OLD.announced_on) BEGIN
  SELECT RAISE(ABORT, 'grade guard: frozen');
END
-- next
CREATE TRIGGER IF NOT EXISTS tr_announced_grades_no_delete BEFORE DELETE ON announced_grades BEGIN
  SELECT RAISE(ABORT, 'grade guard: announced_grades is append-only');
END
