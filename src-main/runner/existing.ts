// Who meets a flow's triggers already when it is published: by default nobody of them comes in; on request all do, at once or
// spread over some time (FEATURES D8).
import type { Rule } from '../../shared/contacts/rule.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { triggerType } from '../../shared/triggers/index.ts';
import type { Duration } from '../../shared/fields.ts';
import { addDuration } from '../../shared/time.ts';
import { contactsMatching } from '../store/rules.ts';
import { recordAudit } from '../store/runner-state.ts';
import { readSettings } from '../store/settings.ts';
import { spreadEntries } from '../store/waiting-entries.ts';
import type { Workspace } from '../workspace.ts';

/** What those meet who could come in now, by any of the triggers; `null`: no trigger says who they are. */
export function existingMatchRule(flowId: number, flow: Flow): Rule | null {
  const rules = flow.triggers.flatMap((trigger) => existingRule(trigger) ?? []);
  return rules.length === 0 ? null : admitted(flowId, flow, { kind: 'any', rules });
}

/** A rule without those whom the entry policy and the audience keep out. */
function admitted(flowId: number, { entry }: Flow, rule: Rule): Rule {
  const again = entry.reentry === 'afterExit' || entry.reentry === 'afterDays';
  const free: Rule = { kind: 'flow', flow: flowId, position: again ? 'inside' : 'entered', is: false, since: 'ever' };
  return { kind: 'all', rules: [rule, free, ...(entry.audience === null ? [] : [entry.audience])] };
}

/** Each contact who meets a trigger of the flow, with the first trigger that they meet, in the order in which they were added. */
export function existingMatches(workspace: Workspace, flowId: number, flow: Flow): { contactId: number; triggerId: string }[] {
  const found = new Map<number, string>();
  for (const trigger of flow.triggers) {
    const rule = existingRule(trigger);
    if (rule === null) continue;
    for (const contactId of contactsMatching(workspace, admitted(flowId, flow, rule), { limit: Number.MAX_SAFE_INTEGER })) if (!found.has(contactId)) found.set(contactId, trigger.id);
  }
  return [...found].map(([contactId, triggerId]) => ({ contactId, triggerId })).sort((a, b) => a.contactId - b.contactId);
}

/** Puts them in line, evenly over a time or all at once; answers how many. Joins the transaction at hand, which has published the flow. */
export function enterExisting(workspace: Workspace, flowId: number, flow: Flow, over: Duration | null): number {
  const matches = existingMatches(workspace, flowId, flow);
  const now = workspace.clock.now();
  spreadEntries(workspace, flowId, matches, now, over === null ? 0 : addDuration(now, over, readSettings(workspace).timeZone) - now);
  recordAudit(workspace, 'user', 'existing-enrolled', { flow: flowId, contacts: matches.length, over });
  return matches.length;
}

function existingRule(trigger: Flow['triggers'][number]): Rule | null {
  const type = triggerType(trigger.type);
  const config = type?.config.safeParse(trigger.config);
  return config?.success === true ? (type!.existing?.(config.data) ?? null) : null;
}
