CREATE OR REPLACE FUNCTION announced_grade_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.is_fall AND NOT (NEW.case_id IS NOT NULL AND EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.case_id AND s.action = 'notify_grade') AND EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.case_id AND s.action = 'review')) THEN
    RAISE EXCEPTION 'grade guard: fall without notice and review' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT ((NEW.case_id IS NOT NULL AND EXISTS (SELECT 1 FROM listing_steps s WHERE s.case_id = NEW.case_id AND s.action = 'decide_grade')) OR (NOT NEW.is_fall AND EXISTS (SELECT 1 FROM grade_announcements a WHERE a.id = NEW.announcement_id AND a.state = 'MADE'))) THEN
    RAISE EXCEPTION 'grade guard: announced without decision' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM listing_cases c JOIN listing_steps s ON s.case_id = c.id WHERE c.id = NEW.case_id AND s.account_id = c.approver_id AND s.action IN ('propose', 'notify_grade', 'review')) THEN
    RAISE EXCEPTION 'grade guard: decided by who prepared it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE OR REPLACE FUNCTION announced_grade_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'grade guard: frozen' USING ERRCODE = 'check_violation';
END $$
-- next
CREATE OR REPLACE TRIGGER tr_announced_grades_insert BEFORE INSERT ON announced_grades
FOR EACH ROW WHEN (NEW.announced_on IS NOT NULL) EXECUTE FUNCTION announced_grade_guard()
-- next
CREATE OR REPLACE TRIGGER tr_announced_grades_update BEFORE UPDATE ON announced_grades
FOR EACH ROW WHEN (NEW.announced_on IS NOT NULL AND OLD.announced_on IS NULL) EXECUTE FUNCTION announced_grade_guard()
-- next
CREATE OR REPLACE TRIGGER tr_announced_grades_frozen BEFORE UPDATE ON announced_grades
FOR EACH ROW WHEN (NEW.enterprise_id IS DISTINCT FROM OLD.enterprise_id OR NEW.computed_on IS DISTINCT FROM OLD.computed_on OR NEW.ruleset_digest IS DISTINCT FROM OLD.ruleset_digest OR NEW.score IS DISTINCT FROM OLD.score OR NEW.grade IS DISTINCT FROM OLD.grade OR NEW.is_fall IS DISTINCT FROM OLD.is_fall OR (OLD.announced_on IS NOT NULL AND NEW.announced_on IS DISTINCT FROM OLD.announced_on)) EXECUTE FUNCTION announced_grade_frozen()
-- next
CREATE OR REPLACE TRIGGER tr_announced_grades_no_delete BEFORE DELETE ON announced_grades
FOR EACH ROW EXECUTE FUNCTION announced_grade_frozen()
