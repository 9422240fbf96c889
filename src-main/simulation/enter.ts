// Lets chosen contacts into the simulated flow, as a person does by hand.
import type { Rule } from '../../shared/contacts/rule.ts';
import { BY_HAND, takeIn } from '../runner/entering.ts';
import { published } from '../runner/published.ts';
import { transaction } from '../store/database.ts';
import { flowRecord } from '../store/flows.ts';
import { contactsMatching } from '../store/rules.ts';
import type { Workspace } from '../workspace.ts';

const TAKEN_AT_ONCE = 5000;

/** Whoever meets the rule, in the order in which they were added; answers how many that are, and how many of them were kept out. */
export function enterChosen(workspace: Workspace, flowId: number, who: Rule): { chosen: number; skipped: number } {
  const chosen = contactsMatching(workspace, who, { limit: Number.MAX_SAFE_INTEGER }).reverse();
  const into = published(workspace, flowId, flowRecord(workspace, flowId)!.liveVersion!);
  const triggerId = into.flow.triggers.find(({ type }) => type === 'byHand')?.id ?? BY_HAND;
  let skipped = 0;
  for (let at = 0; at < chosen.length; at += TAKEN_AT_ONCE) {
    const some = chosen.slice(at, at + TAKEN_AT_ONCE).map((contactId) => ({ contactId, triggerId, entryKey: '' }));
    skipped += transaction(workspace.db, () => takeIn(workspace, into, some, 'user')).skipped;
  }
  return { chosen: chosen.length, skipped };
}
