// Published versions, made ready to run. A version never changes, so each is read and compiled once per open workspace.
import { compileFlow, type CompiledFlow } from '../../shared/engine/compiled.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import type { Instant } from '../../shared/time.ts';
import { isDatabaseTrouble } from '../store/database.ts';
import { flowVersion } from '../store/flows.ts';
import type { Workspace } from '../workspace.ts';
import { looksAtClock, triggerSource } from './listening.ts';
import type { WatchedTrigger } from './watched-triggers.ts';
import type { TriggerSource } from '../../shared/triggers/trigger.ts';

export type EventTrigger = { flowId: number; triggerId: string; source: Extract<TriggerSource, { on: 'event' }> };

export type Published = {
  flowId: number;
  version: number;
  flow: Flow;
  publishedAt: Instant;
  compiled: CompiledFlow;
  eventTriggers: readonly EventTrigger[];
  watchedTriggers: readonly WatchedTrigger[];
};

const caches = new WeakMap<Workspace, Map<string, Published | Error>>();

/** A published version, ready to run. Throws an Error when there is no such version, or when this program cannot run it. */
export function published(workspace: Workspace, flowId: number, version: number): Published {
  const found = publishedOrError(workspace, flowId, version);
  if (found instanceof Error) throw found;
  return found;
}

/** The same for those who have other flows to look after as well: a version that cannot be run (an unknown step, say) stops only itself. */
export function publishedOrError(workspace: Workspace, flowId: number, version: number): Published | Error {
  let cache = caches.get(workspace);
  if (cache === undefined) caches.set(workspace, (cache = new Map()));
  const key = `${flowId}:${version}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const found = loadOrError(workspace, flowId, version);
  // A version that is only just being published may yet be rolled back, and its number given to another.
  if (!workspace.db.inTransaction) cache.set(key, found);
  return found;
}

function loadOrError(workspace: Workspace, flowId: number, version: number): Published | Error {
  try {
    return load(workspace, flowId, version);
  } catch (error) {
    if (isDatabaseTrouble(error) || !(error instanceof Error)) throw error;
    return error;
  }
}

function load(workspace: Workspace, flowId: number, version: number): Published {
  const stored = flowVersion(workspace, flowId, version);
  if (stored === undefined) throw new Error(`Flow ${flowId} has no version ${version}`);
  const { flow } = stored;
  const sources = flow.triggers.map((trigger) => ({ flowId, triggerId: trigger.id, source: triggerSource(trigger) }));
  return {
    flowId,
    version,
    flow,
    publishedAt: stored.publishedAt,
    compiled: compileFlow(flow),
    eventTriggers: sources.filter((each): each is EventTrigger => each.source?.on === 'event'),
    watchedTriggers: sources.filter((each): each is WatchedTrigger => each.source !== null && looksAtClock(each.source)),
  };
}
