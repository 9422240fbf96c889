// Lets contacts out of flows that a step of another flow ends for them (FEATURES A4.13).
import { FLOW_END_ASKED, type ContactEvent } from '../../shared/contacts/event.ts';
import { insideOf } from '../store/enrollments.ts';
import type { Workspace } from '../workspace.ts';
import { letOut } from './people.ts';

/** The reason with which they leave; reports and timelines know it by this name. */
const REASON_ENDED = 'ended-by-flow';

/** Acts on the events by which steps have asked for it, in the transaction at hand. */
export function endAsked(workspace: Workspace, events: readonly ContactEvent[]): void {
  for (const { type, contactId, flowId, data, source } of events) {
    if (type !== FLOW_END_ASKED || source !== 'flow') continue;
    for (const inside of insideOf(workspace, contactId)) {
      if (data.flow === null ? inside.flowId !== flowId : inside.flowId === data.flow) letOut(workspace, inside, [inside.id], REASON_ENDED, 'flow');
    }
  }
}
