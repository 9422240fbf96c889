// The first position of a contact in a flow.
import type { Instant } from '../time.ts';
import type { CompiledFlow } from './compiled.ts';
import type { Enrollment } from './enrollment.ts';

/** A contact's entry into a flow at `now`. A flow without steps is finished at once. */
export function enroll(entry: { flow: CompiledFlow; flowId: number; id: number; contactId: number; now: Instant; lastEvent: number }): Enrollment {
  const { flow, flowId, id, contactId, now, lastEvent } = entry;
  const isOver = flow.first === null;
  return {
    id,
    flowId,
    contactId,
    state: isOver ? 'finished' : 'active',
    stepId: flow.first,
    stepEnteredAt: now,
    stepShift: 0,
    stepAfterEvent: lastEvent,
    started: false,
    dueAt: isOver ? null : now,
    visit: 1,
    messageResult: null,
    exitReason: null,
    enteredAt: now,
    parentId: null,
    path: '',
  };
}
