// Segments: saved rules (dynamic) and fixed sets of contacts, each with a key by which rules and flows refer to it.
import { ruleSchema, type Rule } from '../../shared/contacts/rule.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run, transaction } from './database.ts';
import { recordEvent } from './events.ts';
import type { Cause, Subject } from './tags.ts';

/** `rule` is null for a fixed set. `track`: who is in it, and since when, is kept though no flow asks for it. */
export type Segment = { key: string; name: string; rule: Rule | null; track?: boolean };

/** All segments by key, in the order of their names. */
export function segmentsOf(workspace: Pick<Workspace, 'db'>): ReadonlyMap<string, Segment> {
  const found = rows<{ key: string; name: string; rule: string | null; track: number }>(
    workspace.db,
    'SELECT key, name, rule, track FROM segments ORDER BY name COLLATE NOCASE, key',
  );
  return new Map(
    found.map(({ key, name, rule, track }) => [
      key,
      { key, name, rule: rule === null ? null : ruleSchema.parse(JSON.parse(rule)), track: track !== 0 },
    ]),
  );
}

/** The keys of the fixed sets. */
export function fixedSegments(workspace: Pick<Workspace, 'db'>): Set<string> {
  return new Set(rows<{ key: string }>(workspace.db, 'SELECT key FROM segments WHERE rule IS NULL').map(({ key }) => key));
}

/** Adds a segment, or changes the one with its key. The caller has checked the rule. */
export function saveSegment(workspace: Pick<Workspace, 'db' | 'clock'>, { key, name, rule, track = false }: Segment): void {
  run(
    workspace.db,
    `INSERT INTO segments (key, name, rule, track, updated_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET name = excluded.name, rule = excluded.rule, track = excluded.track, updated_at = excluded.updated_at`,
    key,
    name,
    rule === null ? null : JSON.stringify(rule),
    track ? 1 : 0,
    workspace.clock.now(),
  );
}

/** Removes a segment with its members and sizes. The caller has made sure that nothing refers to it. */
export function deleteSegment(workspace: Pick<Workspace, 'db'>, key: string): void {
  run(workspace.db, 'DELETE FROM segments WHERE key = ?', key);
}

/** Puts contacts into a fixed set, with a `segment_entered` event for each that was not in it; answers how many that were. */
export function addToSegmentFor(workspace: Workspace, subjects: readonly Subject[], key: string, cause: Cause): number {
  const now = workspace.clock.now();
  return changeMembers(
    workspace,
    subjects,
    key,
    'segment_entered',
    cause,
    (contactId) =>
      run(
        workspace.db,
        'INSERT INTO segment_members (segment, contact_id, added_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        key,
        contactId,
        cause.at ?? now,
      ).changes > 0,
  );
}

/**
 * Takes contacts out of a fixed set, with a `segment_left` event for each that was in it, which remembers since when that was, so
 * that taking it back restores that too; answers how many that were.
 */
export function removeFromSegmentFor(workspace: Workspace, subjects: readonly Subject[], key: string, cause: Cause): number {
  return changeMembers(
    workspace,
    subjects,
    key,
    'segment_left',
    cause,
    (contactId) => {
      const since = row<{ at: number }>(workspace.db, 'SELECT added_at AS at FROM segment_members WHERE segment = ? AND contact_id = ?', key, contactId)?.at;
      if (since === undefined) return false;
      run(workspace.db, 'DELETE FROM segment_members WHERE segment = ? AND contact_id = ?', key, contactId);
      return { since };
    },
  );
}

type MemberEvent = 'segment_entered' | 'segment_left';

function changeMembers(
  workspace: Workspace,
  subjects: readonly Subject[],
  key: string,
  type: MemberEvent,
  cause: Cause,
  change: (contactId: number) => boolean | { since: number },
): number {
  return transaction(workspace.db, () => {
    const name = nameOfFixed(workspace, key);
    let changed = 0;
    for (const { contactId, enrollmentId } of subjects) {
      const done = change(contactId);
      if (done === false) continue;
      changed++;
      recordEvent(workspace, {
        contactId,
        type,
        at: cause.at ?? workspace.clock.now(),
        source: cause.source,
        flowId: cause.flowId,
        importId: cause.importId,
        enrollmentId,
        data: { segment: key, name, ...(typeof done === 'object' && done) },
      });
    }
    return changed;
  });
}

/** Only a fixed set takes people in by hand: the others are whoever meets their rule. */
function nameOfFixed(workspace: Workspace, key: string): string {
  const found = row<{ name: string; dynamic: number }>(
    workspace.db,
    'SELECT name, rule IS NOT NULL AS dynamic FROM segments WHERE key = ?',
    key,
  );
  if (found === undefined)
    refuse('segment-unknown', say('There is no segment {segment}. Choose another one.', { segment: key }), { field: 'segment' });
  if (found.dynamic !== 0)
    refuse(
      'segment-dynamic',
      say('“{segment}” is whoever meets its rule, so nobody can be put in or taken out. Change its rule, or use a fixed segment.', {
        segment: found.name,
      }),
      { field: 'segment' },
    );
  return found.name;
}

/** Who is in a fixed set, by contact. */
export function membersOf(workspace: Pick<Workspace, 'db'>, key: string): number[] {
  return rows<{ id: number }>(workspace.db, 'SELECT contact_id AS id FROM segment_members WHERE segment = ? ORDER BY contact_id', key).map(({ id }) => id);
}

/** Writes down how many are in a segment on a day ("YYYY-MM-DD", the workspace's zone); the latest figure of a day stays. */
export function recordSize(workspace: Pick<Workspace, 'db'>, key: string, day: string, size: number): void {
  run(
    workspace.db,
    'INSERT INTO segment_sizes (segment, day, size) VALUES (?, ?, ?) ON CONFLICT (segment, day) DO UPDATE SET size = excluded.size',
    key,
    day,
    size,
  );
}

/** The sizes of a segment by day, the earliest first: of the latest `days` days on which it was counted. */
export function sizesOf(workspace: Pick<Workspace, 'db'>, key: string, days: number): { day: string; size: number }[] {
  return rows<{ day: string; size: number }>(
    workspace.db,
    'SELECT day, size FROM segment_sizes WHERE segment = ? ORDER BY day DESC LIMIT ?',
    key,
    days,
  ).toReversed();
}

/** The next segment to count, by key, after this one (''); `undefined` after the last. */
export function segmentAfter(workspace: Pick<Workspace, 'db'>, key: string): string | undefined {
  return row<{ key: string }>(workspace.db, 'SELECT key FROM segments WHERE key > ? ORDER BY key LIMIT 1', key)?.key;
}

/** The keys of the segments with a rule whose members are kept whatever flows ask. */
export function trackedSegments(workspace: Pick<Workspace, 'db'>): string[] {
  return rows<{ key: string }>(workspace.db, 'SELECT key FROM segments WHERE rule IS NOT NULL AND track = 1 ORDER BY key').map(
    ({ key }) => key,
  );
}
