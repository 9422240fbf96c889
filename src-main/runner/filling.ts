// Puts many contacts into a fixed segment, or takes them out: in parts, so that nobody waits long for any of them.
import { addToSegmentFor, removeFromSegmentFor } from '../store/segments.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';

/** How many are moved within one transaction. */
const AT_ONCE = 2000;
const BY_HAND = { source: 'user' } as const;

/** Puts them in; answers how many were not in it. Refuses a segment that follows a rule. */
export function putIn(workspace: Workspace, segment: string, contacts: readonly number[]): Promise<number> {
  return inParts(contacts, (subjects) => addToSegmentFor(workspace, subjects, segment, BY_HAND));
}

/** Takes them out; answers how many were in it. Refuses a segment that follows a rule. */
export function takeOut(workspace: Workspace, segment: string, contacts: readonly number[]): Promise<number> {
  return inParts(contacts, (subjects) => removeFromSegmentFor(workspace, subjects, segment, BY_HAND));
}

async function inParts(given: readonly number[], act: (subjects: { contactId: number }[]) => number): Promise<number> {
  const ids = [...new Set(given)];
  let sum = 0;
  // At least once, so that a segment that takes nobody in by hand says so.
  for (let at = 0; at === 0 || at < ids.length; at += AT_ONCE) {
    if (at > 0) await turn();
    sum += act(ids.slice(at, at + AT_ONCE).map((contactId) => ({ contactId })));
  }
  return sum;
}
