// Which version of its flow somebody follows: the one that is live, or an earlier one on which they were kept when the next was
// published. Whoever has to know asks here. The version decides about the way: steps, waits, goals, exit rules, audience of messages,
// opting out. What belongs to the flow among others is as it was published last: when it opens and closes, who comes in and how
// often, its priority (FEATURES A14.6).
import { isAnybodyKept } from '../store/enrollments.ts';
import { keptVersions, setKeptVersions } from '../store/flows.ts';
import type { Workspace } from '../workspace.ts';
import { publishedOrError, type Published } from './published.ts';

/** `live` is the version by which people come in; `kept` are the earlier ones that people may still follow, the newest first. */
export type Followed = { live: Published; kept: readonly Published[] };

const NONE: readonly Published[] = [];

/** A flow with its earlier versions. One of these that this program cannot run is left out: who follows it fails at the next step. */
export function followed(workspace: Workspace, live: Published, kept: readonly number[]): Followed {
  if (kept.length === 0) return { live, kept: NONE };
  const found = kept.map((version) => publishedOrError(workspace, live.flowId, version));
  return { live, kept: found.filter((each): each is Published => !(each instanceof Error)) };
}

/** The version that somebody follows who was kept on `keptVersion` (`null`: on none); an Error when it cannot be run. */
export function followedBy(workspace: Workspace, live: Published, keptVersion: number | null): Published | Error {
  return keptVersion === null ? live : publishedOrError(workspace, live.flowId, keptVersion);
}

/** Writes down that people are kept on a version, and forgets those on which nobody is any more. Joins the transaction at hand. */
export function noteKept(workspace: Workspace, flowId: number, version: number): void {
  const still = keptVersions(workspace, flowId).filter((each) => isAnybodyKept(workspace, flowId, each));
  setKeptVersions(workspace, flowId, [version, ...still]);
}
