// Looks once a day who has been quiet for too long: they come on a list for a person to decide, or are erased when their time of
// grace is over (FEATURES A5.19). Some contacts at a time, so that nobody waits for it.
import { addDuration, DAY, localDate, nextLocalTime, type Instant } from '../../shared/time.ts';
import type { RetentionRule } from '../../shared/contacts/privacy.ts';
import { transaction } from '../store/database.ts';
import { dueForErasure, lookAtSome, nextErasure, retentionRule } from '../store/retention.ts';
import { recordAudit, remember, remembered } from '../store/runner-state.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';
import { BY_RETENTION, eraseContacts } from './erasing.ts';

/** How far the look of the day has come. */
export const LOOKED = 'retention-looked';
const AT_ONCE = 2000;
const ERASED_AT_ONCE = 50;

/** `day`: the one that was looked at, or is; `after`: the contact up to whom the look has come, `null` when it is done. */
type Look = { day: string; months: number; after: number | null; listed: number };

/** Who was last heard of before this instant has been quiet for too long. */
export function cutoffOf({ months }: Pick<RetentionRule, 'months'>, now: Instant, zone: string): Instant {
  return addDuration(now, { amount: -months, unit: 'months' }, zone);
}

/** One batch; answers false when there is nothing to do. */
export function keepRetention(workspace: Workspace): boolean {
  const rule = retentionRule(workspace);
  if (rule.months === 0) return false;
  return lookOn(workspace, rule) || eraseSome(workspace, rule);
}

/** When there is something to do next; `null`: never, while contacts are kept for good. */
export function nextRetention(workspace: Workspace): Instant | null {
  const rule = retentionRule(workspace);
  if (rule.months === 0) return null;
  const { timeZone } = readSettings(workspace);
  const now = workspace.clock.now();
  const tomorrow = isLookedAt(workspace, rule, timeZone) ? nextLocalTime(now + 1, '00:00', [], timeZone) : now;
  const erasure = nextErasure(workspace);
  return erasure === null ? tomorrow : Math.min(tomorrow, Math.max(erasure, now));
}

function isLookedAt(workspace: Workspace, { months }: RetentionRule, zone: string): boolean {
  const look = remembered<Look>(workspace, LOOKED);
  return look !== null && look.months === months && look.after === null && look.day === localDate(workspace.clock.now(), zone);
}

function lookOn(workspace: Workspace, rule: RetentionRule): boolean {
  const { timeZone } = readSettings(workspace);
  if (isLookedAt(workspace, rule, timeZone)) return false;
  transaction(workspace.db, () => {
    const now = workspace.clock.now();
    const day = localDate(now, timeZone);
    const before = remembered<Look>(workspace, LOOKED);
    const look = before !== null && before.day === day && before.months === rule.months && before.after !== null ? before : { day, months: rule.months, after: 0, listed: 0 };
    const eraseAt = rule.action === 'erase' ? now + rule.graceDays * DAY : null;
    const { last, listed } = lookAtSome(workspace, look.after ?? 0, AT_ONCE, cutoffOf(rule, now, timeZone), now, eraseAt);
    const all = look.listed + listed;
    if (last === null && all > 0) recordAudit(workspace, 'retention', 'retention-listed', { contacts: all, months: rule.months, eraseAt });
    remember(workspace, LOOKED, { ...look, after: last, listed: all } satisfies Look);
  });
  workspace.changed('contacts');
  return true;
}

function eraseSome(workspace: Workspace, rule: RetentionRule): boolean {
  if (rule.action !== 'erase') return false;
  const now = workspace.clock.now();
  const due = dueForErasure(workspace, now, cutoffOf(rule, now, readSettings(workspace).timeZone), ERASED_AT_ONCE);
  if (due.length === 0) return false;
  eraseContacts(workspace, due, BY_RETENTION);
  workspace.changed('contacts', 'counts');
  return true;
}
