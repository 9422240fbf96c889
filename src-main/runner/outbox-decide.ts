// What a person decides about a message that the machine must not touch (FAULTS I7): each with a row in the audit.
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { transaction } from '../store/database.ts';
import { beforeDropped, openAgain, settledAt, waitAgain } from '../store/dropped-messages.ts';
import { candidate, decideState, tellEnrollment } from '../store/outbox.ts';
import { recordAudit } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';
import { recordMessageEvent, recordSent } from './outbox-settle.ts';

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
    const before = { from: state, reason: found.reason, settledAt: settledAt(workspace, id) };
    const message = { ...found, subject: null };
    if (decision === 'resend') decideState(workspace, id, 'planned', 'resend', now);
    else if (decision === 'markSent') {
      decideState(workspace, id, 'sent', 'by-user', now);
      recordSent(workspace, message, now, 'user');
      tellEnrollment(workspace, found, 'sent', now);
    } else {
      decideState(workspace, id, 'cancelled', 'by-user', now);
      recordMessageEvent(workspace, message, 'message_cancelled', now, { reason: 'by-user' }, 'user');
      tellEnrollment(workspace, found, 'cancelled', now);
    }
    recordAudit(workspace, actor, `outbox.${decision}`, { outbox: id, key: found.key, ...before });
  });
  workspace.changed('counts', 'runner');
  workspace.wake();
}

/**
 * Takes back that a message was given up: it is as open as before, and nothing leaves by that. Whoever has gone on in the flow
 * meanwhile (`goneOn`) is not called back; whoever still stands at the step waits for the message again. Throws a ProblemError for
 * a message that nobody gave up, or not there.
 */
export function takeBack(workspace: Workspace, id: number, actor = 'user'): { goneOn: boolean } {
  const goneOn = transaction(workspace.db, () => {
    const found = candidate(workspace, id);
    if (found === undefined) refuse('message-gone', say('There is no message number {id} in the outbox.', { id: String(id) }));
    const before = found.state === 'cancelled' && found.reason === 'by-user' && found.contactExists === 1 ? beforeDropped(workspace, id) : undefined;
    if (before === undefined) refuse('message-not-dropped', say('There is nothing to take back: this message was not dropped by hand, or its contact is gone.'));
    openAgain(workspace, id, before.from, before.reason, before.settledAt);
    const isThere = waitAgain(workspace, found, before.from === 'unknown' ? 'unknown' : null);
    recordAudit(workspace, actor, 'outbox.takeBack', { outbox: id, key: found.key, to: before.from });
    return !isThere;
  });
  workspace.changed('counts', 'runner');
  workspace.wake();
  return { goneOn };
}
