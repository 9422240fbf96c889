// Keeps up who is in the segments that are followed: those that a published flow's trigger listens to, and those that are
// marked "keep track". After something has happened only the contacts that it happened to are looked at again; a rule that
// time alone can change is looked at when a day begins in the workspace's zone, or each hour where it speaks of hours.
import { keysOf, namedInRule } from '../../shared/contacts/naming.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import { paceOf, type Pace } from '../../shared/contacts/rule-time.ts';
import { namesChosenIn } from '../../shared/flow/references.ts';
import { HOUR, localDate, nextLocalTime, type Instant } from '../../shared/time.ts';
import { triggerType } from '../../shared/triggers/index.ts';
import { transaction } from '../store/database.ts';
import { lastEventId } from '../store/events.ts';
import { publishedFlows } from '../store/flows.ts';
import { countMatching } from '../store/rules.ts';
import { remember, remembered } from '../store/runner-state.ts';
import { changedContacts, forgetMembers, settleNext, settleSome, takeStock, type Act } from '../store/segment-membership.ts';
import { recordSize, segmentAfter, segmentsOf, trackedSegments } from '../store/segments.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';
import { publishedOrError } from './published.ts';
import { tolerant } from './unaskable.ts';

const EVENTS_PER_TURN = 1000;
/** How many contacts are looked at in one transaction because time has passed. */
const CONTACTS_PER_TURN = 1000;
const READ = 'segments-read';
const FOLLOWED = 'segments-followed';
const SIZES = 'segments-counted';

/**
 * By key: when a segment that is followed was last looked at as a whole, and how often time asks for that. `look` is one that is
 * under way: when it began, and the id of the contact up to whom it has come.
 */
type Followed = Record<string, { looked: Instant; pace: Pace; look?: { began: Instant; after: number } }>;

/** One batch of upkeep, in a transaction of its own; answers false when there is nothing to do. */
export function keepMemberships(workspace: Workspace): boolean {
  return followSegments(workspace) || readChanges(workspace) || lookAgain(workspace) || countNext(workspace);
}

/** When time alone may next move somebody; `null`: never, as things stand. */
export function nextMembershipLook(workspace: Workspace): Instant | null {
  const followed = followedNow(workspace);
  const unread = Object.keys(followed).length > 0 && lastEventId(workspace) > (remembered<number>(workspace, READ) ?? 0);
  if (unread) return workspace.clock.now();
  const looks = nextLooks(workspace, followed).map(({ at }) => at);
  return looks.length === 0 ? null : Math.min(...looks);
}

/**
 * Begins to follow what is to be followed now, and stops with the rest. Who is in a segment at that moment is taken note of, and
 * comes in nowhere for it (FEATURES D8). Answers whether anything has changed; joins the transaction at hand.
 */
export function followSegments(workspace: Workspace): boolean {
  const before = followedNow(workspace);
  const wanted = wantedKeys(workspace);
  if (wanted.length === Object.keys(before).length && wanted.every((key) => Object.hasOwn(before, key))) return false;
  transaction(workspace.db, () => {
    if (Object.keys(before).length === 0) remember(workspace, READ, lastEventId(workspace));
    const after: Followed = {};
    const segments = segmentsOf(workspace);
    for (const key of wanted) {
      const rule = segments.get(key)?.rule ?? null;
      if (rule === null) continue;
      after[key] = before[key] ?? { looked: workspace.clock.now(), pace: paceOf(rule, (inner) => segments.get(inner)?.rule) };
      if (before[key] === undefined) tolerant(() => takeStock(workspace, key));
    }
    for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) forgetMembers(workspace, key);
    remember(workspace, FOLLOWED, after);
  });
  return true;
}

/**
 * Changes the rule of a segment by `save`. What happened before counts by the old rule; nobody comes or goes because a rule was
 * written anew: the members are taken note of again, also of the segments that build on this one.
 */
export function changeRule(workspace: Workspace, key: string, save: () => void): void {
  transaction(workspace.db, () => {
    while (readChanges(workspace));
    save();
    const segments = segmentsOf(workspace);
    const followed = followedNow(workspace);
    for (const each of Object.keys(followed)) {
      const rule = segments.get(each)?.rule ?? null;
      if (rule === null || !buildsOn(each, key, (inner) => segments.get(inner)?.rule)) continue;
      tolerant(() => takeStock(workspace, each));
      followed[each] = { looked: workspace.clock.now(), pace: paceOf(rule, (inner) => segments.get(inner)?.rule) };
    }
    if (Object.keys(followed).length > 0) remember(workspace, FOLLOWED, followed);
    followSegments(workspace);
  });
}

/** Whether the rule of a segment speaks of another one, however far down. */
function buildsOn(
  segment: string,
  on: string,
  ruleOf: (key: string) => Rule | null | undefined,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  if (segment === on) return true;
  const rule = seen.has(segment) ? null : ruleOf(segment);
  return rule !== null && rule !== undefined && namedInRule(rule, 'segment').some((inner) => buildsOn(inner, on, ruleOf, new Set([...seen, segment])));
}

function readChanges(workspace: Workspace): boolean {
  const keys = Object.keys(followedNow(workspace));
  if (keys.length === 0) return false;
  const read = remembered<number>(workspace, READ) ?? 0;
  if (lastEventId(workspace) <= read) return false;
  transaction(workspace.db, () => {
    const { contacts, until } = changedContacts(workspace, read, EVENTS_PER_TURN);
    if (contacts.size > 0) for (const key of keys) tolerant(() => settleSome(workspace, key, contacts));
    remember(workspace, READ, until ?? lastEventId(workspace));
  });
  return true;
}

/** Looks at some contacts now whom no event tells of: what they are was put back. Inside the caller's transaction. */
export function lookAtContacts(workspace: Workspace, contacts: readonly number[]): void {
  const putBack: Act = { type: 'undone', data: '{}', flowId: null, importId: null, bulkEditId: null, putBack: true };
  for (const key of Object.keys(followedNow(workspace))) tolerant(() => settleSome(workspace, key, new Map(contacts.map((id) => [id, [putBack]]))));
}

/** Looks at some more of the first segment whose time has come. */
function lookAgain(workspace: Workspace): boolean {
  const followed = followedNow(workspace);
  const now = workspace.clock.now();
  const due = nextLooks(workspace, followed).find(({ at }) => at <= now);
  if (due === undefined) return false;
  transaction(workspace.db, () => {
    const { pace, looked, look = { began: now, after: 0 } } = followed[due.key]!;
    let after: number | null = null;
    tolerant(() => (after = settleNext(workspace, due.key, look.after, CONTACTS_PER_TURN)));
    const next = after === null ? { looked: look.began, pace } : { looked, pace, look: { began: look.began, after } };
    remember(workspace, FOLLOWED, { ...followed, [due.key]: next });
  });
  return true;
}

/** Counts the next segment that was not counted on this day of the workspace's calendar. */
function countNext(workspace: Workspace): boolean {
  if (segmentAfter(workspace, '') === undefined) return false;
  const day = localDate(workspace.clock.now(), readSettings(workspace).timeZone);
  const counted = remembered<{ day: string; after: string }>(workspace, SIZES);
  const next = segmentAfter(workspace, counted?.day === day ? counted.after : '');
  if (next === undefined) return false;
  transaction(workspace.db, () => {
    tolerant(() => countSegment(workspace, next));
    remember(workspace, SIZES, { day, after: next });
  });
  return true;
}

/** Counts a segment, and writes the figure down for the day. Throws a ProblemError when its rule cannot be asked. */
function countSegment(workspace: Workspace, key: string): void {
  recordSizeToday(workspace, key, countMatching(workspace, { kind: 'segment', segment: key, member: true }));
}

/** Writes down how many are in a segment on this day of the workspace's calendar. */
export function recordSizeToday(workspace: Workspace, key: string, size: number): void {
  recordSize(workspace, key, localDate(workspace.clock.now(), readSettings(workspace).timeZone), size);
}

function followedNow(workspace: Workspace): Followed {
  return remembered<Followed>(workspace, FOLLOWED) ?? {};
}

function nextLooks(workspace: Workspace, followed: Followed): { key: string; at: Instant }[] {
  if (Object.keys(followed).length === 0) return [];
  const zone = readSettings(workspace).timeZone;
  const now = workspace.clock.now();
  return Object.entries(followed).flatMap(([key, { looked, pace, look }]) => {
    if (look !== undefined) return [{ key, at: Math.min(look.began, now) }];
    if (pace === 'never') return [];
    // It was looked at by a clock that was ahead, and has been set back since (FAULTS F16).
    if (looked > now) return [{ key, at: now }];
    const midnight = nextLocalTime(looked + 1, '00:00', [], zone);
    return [{ key, at: pace === 'daily' ? midnight : Math.min(midnight, (Math.floor(looked / HOUR) + 1) * HOUR) }];
  });
}

/** The segments with a rule that are marked, or that a published flow listens to: by its earlier versions, too, whose people leave it by their triggers. A paused one may be resumed. */
function wantedKeys(workspace: Workspace): string[] {
  const heard = publishedFlows(workspace).flatMap(({ id, version, kept }) => {
    const found = [version, ...kept].map((each) => publishedOrError(workspace, id, each));
    return found.flatMap((each) => (each instanceof Error ? [] : each.flow.triggers)).flatMap((trigger) => {
      const type = triggerType(trigger.type);
      const config = type?.config.safeParse(trigger.config);
      return config?.success === true ? keysOf(namesChosenIn(type!.config, config.data), 'segment') : [];
    });
  });
  const tracked = trackedSegments(workspace);
  if (heard.length === 0) return tracked;
  const segments = segmentsOf(workspace);
  return [...new Set([...tracked, ...heard.filter((key) => (segments.get(key)?.rule ?? null) !== null)])].toSorted();
}
