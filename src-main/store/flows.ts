// Flows and their published versions.
import type { Drain, FlowState } from '../../shared/api.ts';
import { PRIORITIES, type Flow, type Message } from '../../shared/flow/flow.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';
import { isInside } from './inside.ts';

/** Why a flow was paused by itself: so many failed at this step; `failure` is what the last of them met. */
export type Halted = { step: string; failed: number; failure: string };

export type FlowRecord = {
  id: number;
  name: string;
  state: FlowState;
  draft: Flow;
  revision: number;
  savedAt: Instant;
  liveVersion: number | null;
  pausedAt: Instant | null;
  /** Nobody comes in any more; what becomes of the flow when the last one has left. */
  drain: Drain | null;
  halted: Halted | null;
  createdAt: Instant;
};

/** A published version: immutable, numbered from 1 within its flow. */
export type FlowVersion = { flowId: number; number: number; flow: Flow; messages: Message[]; publishedAt: Instant };

export type FlowSummary = Omit<FlowRecord, 'pausedAt' | 'createdAt'> & { publishedAt: Instant | null; changedSincePublished: boolean };

type Stored<Row extends { draft: Flow }> = Omit<Row, 'draft' | 'halted'> & { draft: string; halted: string | null };

const COLUMNS = `f.id, f.name, f.state, f.draft, f.revision, f.saved_at AS savedAt, f.live_version AS liveVersion, f.paused_at AS pausedAt, f.drain, f.halted, f.created_at AS createdAt`;

function readDraft<Row extends { draft: Flow }>(stored: Stored<Row>): Row {
  return { ...stored, draft: JSON.parse(stored.draft) as Flow, halted: stored.halted === null ? null : (JSON.parse(stored.halted) as Halted) } as unknown as Row;
}

/** Adds a flow as a draft; answers its id. */
export function insertFlow(workspace: Workspace, draft: Flow): number {
  const now = workspace.clock.now();
  return run(workspace.db, `INSERT INTO flows (name, state, draft, revision, saved_at, created_at) VALUES (?, 'draft', ?, 1, ?, ?)`, draft.name, JSON.stringify(draft), now, now).id;
}

export function flowRecord(workspace: Workspace, id: number): FlowRecord | undefined {
  const found = row<Stored<FlowRecord>>(workspace.db, `SELECT ${COLUMNS} FROM flows f WHERE f.id = ?`, id);
  return found && readDraft<FlowRecord>(found);
}

/** The flow that a call is about. Throws a ProblemError where there is none. */
export function knownFlow(workspace: Workspace, id: number): FlowRecord {
  return flowRecord(workspace, id) ?? refuse('flow-unknown', say('There is no flow number {id}. It may have been removed.', { id: String(id) }));
}

/** Whether a flow takes nobody in any more. */
export function isDraining(workspace: Pick<Workspace, 'db'>, id: number): boolean {
  return row(workspace.db, 'SELECT 1 FROM flows WHERE id = ? AND drain IS NOT NULL', id) !== undefined;
}

/** All flows that are not archived, by name. Where cards lie on the canvas is not a change of the flow. */
export function flowSummaries(workspace: Workspace): FlowSummary[] {
  return rows<Stored<FlowSummary> & { changed: number }>(
    workspace.db,
    `SELECT ${COLUMNS}, v.published_at AS publishedAt,
            coalesce(json_remove(f.draft, '$.layout') <> json_remove(v.flow, '$.layout'), 0) AS changed
     FROM flows f LEFT JOIN flow_versions v ON v.flow_id = f.id AND v.number = f.live_version
     WHERE f.state <> 'archived' ORDER BY f.name COLLATE NOCASE, f.id`,
  ).map(({ changed, ...stored }) => readDraft<FlowSummary>({ ...stored, changedSincePublished: changed !== 0 }));
}

/** Saves a draft when `revision` is still the newest; answers the new revision, or `null` when somebody saved in between. */
export function updateDraft(workspace: Workspace, id: number, draft: Flow, revision: number): number | null {
  const { changes } = run(
    workspace.db,
    'UPDATE flows SET name = ?, draft = ?, revision = revision + 1, saved_at = ? WHERE id = ? AND revision = ?',
    draft.name,
    JSON.stringify(draft),
    workspace.clock.now(),
    id,
    revision,
  );
  return changes === 0 ? null : revision + 1;
}

/** Freezes a flow and its messages as the next version and makes it the one that counts; answers its number. A paused flow stays paused. */
export function publishVersion(workspace: Workspace, id: number, flow: Flow, messages: readonly Message[]): number {
  const number = row<{ next: number }>(workspace.db, 'SELECT coalesce(max(number), 0) + 1 AS next FROM flow_versions WHERE flow_id = ?', id)!.next;
  run(workspace.db, 'INSERT INTO flow_versions (flow_id, number, flow, messages, published_at) VALUES (?, ?, ?, ?, ?)', id, number, JSON.stringify(flow), JSON.stringify(messages), workspace.clock.now());
  run(workspace.db, `UPDATE flows SET state = CASE state WHEN 'paused' THEN 'paused' ELSE 'live' END, live_version = ?, priority = ? WHERE id = ?`, number, PRIORITIES.indexOf(flow.priority), id);
  return number;
}

export function flowVersion(workspace: Workspace, flowId: number, number: number): FlowVersion | undefined {
  const found = row<{ flow: string; messages: string; publishedAt: number }>(workspace.db, 'SELECT flow, messages, published_at AS publishedAt FROM flow_versions WHERE flow_id = ? AND number = ?', flowId, number);
  return found && { flowId, number, flow: JSON.parse(found.flow) as Flow, messages: JSON.parse(found.messages) as Message[], publishedAt: found.publishedAt };
}

export type PublishedFlow = { id: number; version: number; state: 'live' | 'paused'; /** Earlier versions that people may still follow, the newest first. */ kept: readonly number[] };

const NONE: readonly number[] = [];

/** Every published flow with the version that counts; a paused one has one too, but nobody moves in it. */
export function publishedFlows(workspace: Pick<Workspace, 'db'>): PublishedFlow[] {
  const found = rows<Omit<PublishedFlow, 'kept'> & { kept: string }>(workspace.db, `SELECT id, live_version AS version, state, kept_versions AS kept FROM flows WHERE state IN ('live', 'paused') AND live_version IS NOT NULL ORDER BY id`);
  return found.map((flow) => ({ ...flow, kept: keptFrom(flow.kept) }));
}

function keptFrom(stored: string): readonly number[] {
  return stored === '[]' ? NONE : (JSON.parse(stored) as number[]);
}

/** The earlier versions of a flow that people may still follow, the newest first. */
export function keptVersions(workspace: Pick<Workspace, 'db'>, id: number): readonly number[] {
  const found = row<{ kept: string }>(workspace.db, 'SELECT kept_versions AS kept FROM flows WHERE id = ?', id);
  return found === undefined ? NONE : keptFrom(found.kept);
}

/** Writes down which earlier versions people may still follow. */
export function setKeptVersions(workspace: Workspace, id: number, versions: Iterable<number>): void {
  run(workspace.db, 'UPDATE flows SET kept_versions = ? WHERE id = ?', JSON.stringify([...new Set(versions)].sort((a, b) => b - a)), id);
}

/** A flow as it runs, or as it is drawn where it never ran; then the earlier versions that somebody inside still follows, the newest first. */
export function versionsFollowed(workspace: Pick<Workspace, 'db'>, { id, draft, liveVersion }: Pick<FlowRecord, 'id' | 'draft' | 'liveVersion'>): { version: number | null; flow: Flow }[] {
  if (liveVersion === null) return [{ version: null, flow: draft }];
  return rows<{ version: number; flow: string }>(
    workspace.db,
    `SELECT v.number AS version, v.flow FROM flow_versions v WHERE v.flow_id = ? AND (v.number = ? OR EXISTS (SELECT 1 FROM enrollments e
       WHERE e.flow_id = v.flow_id AND e.kept_version = v.number AND e.kept_version IS NOT NULL AND ${isInside('e')})) ORDER BY v.number DESC`,
    id,
    liveVersion,
  ).map(({ version, flow }) => ({ version, flow: JSON.parse(flow) as Flow }));
}

/** By flow, which one goes first where several are due at one instant: the lower number (FEATURES D25). */
export function flowRanks(workspace: Pick<Workspace, 'db'>): Map<number, number> {
  return new Map(rows<{ id: number; priority: number }>(workspace.db, 'SELECT id, priority FROM flows').map(({ id, priority }) => [id, priority]));
}

/** The names of all flows that are not archived, and whether other flows can start them. */
export function flowNames(workspace: Pick<Workspace, 'db'>): { id: number; name: string; startable: boolean }[] {
  return rows<{ id: number; name: string; startable: number }>(workspace.db, `SELECT id, name, EXISTS (SELECT 1 FROM json_each(draft, '$.triggers') t WHERE t.value ->> 'type' = 'fromFlow') AS startable FROM flows WHERE state <> 'archived' ORDER BY name COLLATE NOCASE, id`).map((flow) => ({ ...flow, startable: flow.startable !== 0 }));
}

/** Lets a paused flow go on: what was meant to leave before now is sent, or skipped, or (`null`) judged as everything else. */
export function resumeFlow(workspace: Workspace, id: number, as: 'send' | 'skip' | null): void {
  run(workspace.db, `UPDATE flows SET state = 'live', paused_at = NULL, halted = NULL, resumed_at = ?, resumed_as = ? WHERE id = ?`, as === null ? null : workspace.clock.now(), as, id);
}

export function setFlowState(workspace: Workspace, id: number, state: FlowState): void {
  run(workspace.db, 'UPDATE flows SET state = ?, paused_at = ? WHERE id = ?', state, state === 'paused' ? workspace.clock.now() : null, id);
}

/** Sets what becomes of a flow when the last one has left it; `null`: it takes people in as before. */
export function setDrain(workspace: Workspace, id: number, drain: Drain | null): void {
  run(workspace.db, 'UPDATE flows SET drain = ? WHERE id = ?', drain, id);
}

/** Running flows that take nobody in any more. */
export function drainingFlows(workspace: Pick<Workspace, 'db'>): { id: number; drain: Drain; empty: boolean }[] {
  return rows<{ id: number; drain: Drain; empty: number }>(
    workspace.db,
    `SELECT id, drain, NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.flow_id = flows.id AND ${isInside('e')}) AS empty FROM flows WHERE drain IS NOT NULL AND state = 'live'`,
  ).map((each) => ({ ...each, empty: each.empty !== 0 }));
}

/** Writes down why a flow was paused by itself. */
export function setHalted(workspace: Workspace, id: number, halted: Halted): void {
  run(workspace.db, 'UPDATE flows SET halted = ? WHERE id = ?', JSON.stringify(halted), id);
}

/** Removes a flow that never ran; one with a history is archived instead, because reports need it. */
export function deleteFlow(workspace: Workspace, id: number): void {
  run(workspace.db, 'DELETE FROM flows WHERE id = ?', id);
}
