// The outbox of a simulation: the ledger, gates and settlement of the real one, with a server that takes everything at once and
// keeps nothing. No mail is rendered unless somebody wants to see it. One transaction for each batch and no timers, so that
// ninety days take seconds and the same run gives the same bytes.
import type { Message } from '../../shared/flow/flow.ts';
import type { Instant } from '../../shared/time.ts';
import { verdicts, versionsOf } from '../runner/outbox-gates.ts';
import type { Outbox } from '../runner/outbox.ts';
import { applyAftermath, stopAtGate, stopMessage, takeAtOnce, type Stopped } from '../runner/outbox-settle.ts';
import { transaction } from '../store/database.ts';
import { claim, dueMessages, nextMessageDue, putOff, visitOf, type Candidate, type LedgerRow } from '../store/outbox.ts';
import type { Workspace } from '../workspace.ts';

/** How a message ended, or that it was put off. */
export type Settlement = {
  outbox: number;
  flow: number;
  enrollment: number;
  contact: number;
  step: string;
  message: string;
  at: Instant;
  state: 'sent' | 'cancelled' | 'held' | 'later';
  /** A code of the gates; for those put off, why. */
  reason: string | null;
};

/** A message that has passed the gates. */
export type Leaving = { candidate: Candidate; address: string; messageId: string; message: Message };

export type Recording = {
  settled(settlement: Settlement, visit: number): void;
  /** Renders what is about to leave; answers a reason where that cannot be done, and the message is held as the real outbox holds it. */
  render?(leaving: Leaving): Promise<string | null>;
};

const BATCH = 4000;
/** By which the ids of simulated messages end. */
const HOST = 'simulation';

/** `recording` hears of every message that ends; within `settled` the workspace may be written to. */
export function createRecordingOutbox(workspace: Workspace, recording: Recording): Outbox {
  const versions = versionsOf(workspace);

  function ended({ id, flowId, enrollmentId, contactId, stepId, message, key }: LedgerRow, at: Instant, state: Settlement['state'], reason: string | null): void {
    recording.settled({ outbox: id, flow: flowId, enrollment: enrollmentId, contact: contactId, step: stepId, message, at, state, reason }, visitOf(key));
  }

  // Not only this outbox stops messages: whoever opts out has theirs cancelled before they are due (FEATURES D14).
  workspace.stopped = (message, state, reason, at) => ended(message, at, state, reason);

  /** One transaction: what is due passes the gates, or is settled or put off by them. */
  function claimDue(): { leaving: Leaving[]; done: number } {
    return transaction(workspace.db, () => {
      const now = workspace.clock.now();
      const candidates = dueMessages(workspace, now, BATCH);
      if (candidates.length === 0) return { leaving: [], done: 0 };
      const leaving: Leaving[] = [];
      const taken: { message: Candidate; purpose: Message['purpose'] }[] = [];
      const stopped: Stopped[] = [];
      let done = 0;
      verdicts(workspace, candidates, versions, now, false).forEach((verdict, index) => {
        const candidate = candidates[index]!;
        switch (verdict.may) {
          case 'wait':
            return;
          case 'stop':
            stopped.push({ message: candidate, state: verdict.state, reason: verdict.reason });
            break;
          case 'later':
            if (!putOff(workspace, candidate, verdict.at, verdict.reason, now)) return;
            ended(candidate, now, 'later', verdict.reason);
            break;
          case 'go': {
            const { address, message } = verdict;
            if (recording.render === undefined) taken.push({ message: candidate, purpose: message.purpose });
            else {
              const messageId = candidate.messageId ?? `${candidate.key}@${HOST}`;
              if (!claim(workspace, candidate.id, address, messageId, message.purpose, now)) return;
              leaving.push({ candidate, address, messageId, message });
            }
          }
        }
        done++;
      });
      stopAtGate(workspace, stopped, now);
      takeAtOnce(workspace, taken, HOST, now);
      for (const { message } of taken) ended(message, now, 'sent', null);
      return { leaving, done };
    });
  }

  async function render(leaving: Leaving, now: Instant): Promise<void> {
    const failure = await recording.render!(leaving);
    transaction(workspace.db, () => {
      const { candidate, address } = leaving;
      const settled = { ...candidate, address, subject: null };
      if (failure !== null) return void stopMessage(workspace, settled, 'held', failure, null, now);
      applyAftermath(workspace, settled, { to: 'sent', response: '' }, now);
      ended(candidate, now, 'sent', null);
    });
  }

  return {
    recover: () => undefined,
    paused: () => null,
    nextDueAt: () => nextMessageDue(workspace),
    async performDue() {
      let all = 0;
      for (;;) {
        const next = nextMessageDue(workspace);
        if (next === null || next > workspace.clock.now()) return all;
        const { leaving, done } = claimDue();
        if (recording.render !== undefined) for (const each of leaving) await render(each, workspace.clock.now());
        all += done;
        if (done < BATCH) return all;
      }
    },
    close: async () => undefined,
  };
}
