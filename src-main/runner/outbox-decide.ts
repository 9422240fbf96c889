// What a person decides about a message that the machine must not touch (FAULTS I7): each with a row in the audit.
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { transaction } from '../store/database.ts';
import { candidate, decideState, tellEnrollment } from '../store/outbox.ts';
import { recordAudit } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';
import { recordMessageEvent } from './outbox-settle.ts';

export type Decision = 'markSent' | 'resend' | 'cancel';

/**
 * `markSent`: it did arrive (only for `unknown`). `resend`: it goes out again, as a new attempt of the same row, past the gates
 * but for the place of its enrollment, the frequency cap, quiet hours and lateness: a person has said that it shall leave (for `unknown`, `held` and `failed`). `cancel`: it is given up (for `unknown` and `held`).
 * Throws a ProblemError for a message that is not in such a state, or not there.
 */
export function decide(workspace: Workspace, id: number, decision: Decision, actor = 'user'): void {
  transaction(workspace.db, () => {
    const found = candidate(workspace, id);
    if (found === undefined) refuse('message-gone', say('There is no message number {id} in the outbox.', { id: String(id) }));
    const { state } = found;
    const isOpen = state === 'unknown' || (state === 'held' && decision !== 'markSent') || (state === 'failed' && decision === 'resend');
    if (!isOpen) {
      refuse(
        'message-settled',
        say(
          'Nothing is left to decide about this message: it is {state, select, sent {sent} planned {planned} claimed {being sent} handed {being sent} failed {failed} cancelled {cancelled} held {held} other {settled}}.',
          { state },
        ),
      );
    }
    const now = workspace.clock.now();
    const message = { ...found, subject: null };
    if (decision === 'resend') decideState(workspace, id, 'planned', 'resend', now);
    else if (decision === 'markSent') {
      decideState(workspace, id, 'sent', 'by-user', now);
      recordMessageEvent(workspace, message, 'message_sent', now, {}, 'user');
      tellEnrollment(workspace, found, 'sent', now);
    } else {
      decideState(workspace, id, 'cancelled', 'by-user', now);
      recordMessageEvent(workspace, message, 'message_cancelled', now, { reason: 'by-user' }, 'user');
      tellEnrollment(workspace, found, 'cancelled', now);
    }
    recordAudit(workspace, actor, `outbox.${decision}`, { outbox: id, key: found.key, from: state });
  });
  workspace.changed('counts', 'runner');
  workspace.wake();
}
