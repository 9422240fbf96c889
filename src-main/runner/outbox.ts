// Performs the effects that reach people: the ledger of messages, from planned to settled, each at most once (FAULTS 2.0).
// planned -> claimed (committed before a socket is used) -> handed (committed before the body leaves) -> sent, failed or
// unknown; unknown is never sent again by the machine. Reasons for what is not sent are named in outbox-gates.ts (cancelled,
// held) and outbox-policy.ts (failed, put off); "missing-value", "template", "too-slow" and "too-big" hold what cannot be rendered.
import { problem, type Problem } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Instant } from '../../shared/time.ts';
import { CONNECTIONS, type Delivery, type MailChannel, type OpenChannel } from '../channels/channel.ts';
import { closeRenderer, rendererOf } from '../rendering/renderer.ts';
import { isDatabaseTrouble, transaction } from '../store/database.ts';
import { claim, dueMessages, nextMessageDue, openMessages, putOff, release } from '../store/outbox.ts';
import type { Workspace } from '../workspace.ts';
import { mailSecret, messageIdFor } from './mail-identity.ts';
import { verdicts, versionsOf } from './outbox-gates.ts';
import { createJournal } from './outbox-journal.ts';
import { prepareMails, type Claimed, type Prepared } from './outbox-mails.ts';
import { aftermath, stopsTheChannel } from './outbox-policy.ts';
import { applyAftermath, stopAtGate, stopMessage, type Stopped } from './outbox-settle.ts';
import { createSendingChannel, type Way } from './sending-channel.ts';

export type Outbox = {
  /** After a crash: what was claimed is planned again, what was handed over is unknown (FAULTS 2.0). Call once, before anything runs. */
  recover(): void;
  /** Sends what is due now, some at a time; answers how many were settled or put off. Takes no more messages once `mayGoOn` denies it. */
  performDue(mayGoOn?: () => boolean): Promise<number>;
  /** When a planned message is due next, or can be tried again after trouble; `null`: none is planned, or sending waits for the user. */
  nextDueAt(): Instant | null;
  /** Why nothing is sent at present. Trouble with the server passes by itself; the other reasons wait for the user. */
  paused(): Problem | null;
  /** Breaks off what is under way: unknown where a body may have left, planned again where not. */
  close(): Promise<void>;
};

/** The outbox of an open workspace: it can be told to stop at once (`halt`), and begins again with the next `performDue`. */
export type OpenOutbox = Outbox & {
  /** Hands no further message over; answers when those on their way have ended. What was only claimed is planned again. */
  halt(): Promise<void>;
  /** Whether messages are on their way, or about to be. */
  isSending(): boolean;
};

export type OutboxOptions = {
  openChannel: OpenChannel;
  /** Instead of the workspace's account: a folder, or a server on loopback. */
  channel?: MailChannel;
};

/** Messages claimed in one transaction: some milliseconds of work. */
const BATCH = 128;
/** Below so many ready mails, the next ones are claimed and rendered while these are sent. */
const LOW = 64;
/** After this long a call takes no more messages, so that whoever stops the program does not wait for a whole list. */
const TURN_MS = 2_000;
/** A connection that says nothing for so long no longer holds up the call; it goes on by itself. */
const STALL_MS = 10_000;

/** After the ledger could not be written, how long until anything is sent again (FAULTS F4, F5). */
const STORAGE_MS = 5_000;
/** How long closing waits for what it has broken off to be written down. */
const CLOSING_MS = 5_000;

const NOT_HANDED: Delivery = { result: 'failed', temporary: true, scope: 'message', code: 'not-handed', response: '' };

type Ready = Extract<Prepared, { mail: unknown }>;

/** Makes the outbox of an open workspace. Nothing is sent before `performDue`. */
export function createOutbox(workspace: Workspace, { openChannel, channel }: OutboxOptions): OpenOutbox {
  const versions = versionsOf(workspace);
  const inFlight = new Set<Promise<unknown>>();
  const journal = createJournal(workspace, versions, () => inFlight.size);
  const sending = createSendingChannel(workspace, openChannel, channel);
  const underWay = new Map<number, number>();
  let isClosed = false;
  let isHalted = false;
  let turn: Promise<number> | null = null;
  let storageTrouble: { error: unknown; cancel: () => void } | null = null;

  /** What cannot be recorded is not sent: everything stops until the disk has had time to recover. */
  function storageFailed(error: unknown): void {
    storageTrouble?.cancel();
    const cancel = workspace.clock.after(STORAGE_MS, () => {
      storageTrouble = null;
      if (isClosed) return;
      workspace.changed('runner');
      workspace.wake();
    });
    storageTrouble = { error, cancel };
    workspace.changed('runner');
  }

  const cannotWrite = () => storageTrouble !== null || journal.trouble() !== null;

  /** One transaction: every due message passes the gates, or is settled or put off by them. */
  function claimDue(from: string): { claimed: Claimed[]; stopped: number; seen: number } {
    return transaction(workspace.db, () => {
      const now = workspace.clock.now();
      const candidates = dueMessages(workspace, now, BATCH);
      if (candidates.length === 0) return { claimed: [], stopped: 0, seen: 0 };
      const secret = mailSecret(workspace);
      const claimed: Claimed[] = [];
      const stopped: Stopped[] = [];
      let putOffs = 0;
      verdicts(workspace, candidates, versions, now, false, (contactId) => underWay.get(contactId) ?? 0).forEach((verdict, index) => {
        const each = candidates[index]!;
        if (verdict.may === 'stop') {
          stopped.push({ message: each, state: verdict.state, reason: verdict.reason });
        } else if (verdict.may === 'later') {
          if (putOff(workspace, each, verdict.at, verdict.reason, now)) putOffs++;
        } else if (verdict.may === 'go') {
          const messageId = each.messageId ?? messageIdFor(secret, each.key, from);
          if (claim(workspace, each.id, verdict.address, messageId, verdict.message.purpose, now))
            claimed.push({ ...each, address: verdict.address, messageId, subject: null, published: verdict.message });
        }
      });
      stopAtGate(workspace, stopped, now);
      return { claimed, stopped: stopped.length + putOffs, seen: candidates.length };
    });
  }

  function count(contactId: number, by: 1 | -1): void {
    const n = (underWay.get(contactId) ?? 0) + by;
    if (n > 0) underWay.set(contactId, n);
    else underWay.delete(contactId);
  }

  function letGo(claimed: readonly { id: number; contactId: number }[]): void {
    transaction(workspace.db, () => claimed.forEach(({ id }) => release(workspace, id)));
    for (const { contactId } of claimed) count(contactId, -1);
  }

  /** Delivers one mail and writes down how it ended. */
  async function deliver({ claimed, mail, bytes }: Ready, way: Way): Promise<void> {
    let delivery: Delivery;
    try {
      delivery = await way.channel.deliver(mail, () => journal.hand(claimed, bytes));
    } catch (error) {
      // Only the ledger throws here: it could not commit "handed", so nothing has left.
      storageFailed(error);
      delivery = NOT_HANDED;
    }
    // First of all, as what is to be remembered of the server may not be written. The connection goes on with its next message; it
    // cannot be handed over before this one is written down.
    void journal.settle(claimed, aftermath(delivery, claimed.attempts)).then(() => count(claimed.contactId, -1));
    if (!isClosed && stopsTheChannel(delivery) && delivery.result === 'failed') sending.failed(delivery);
    if (delivery.result === 'sent') sending.succeeded();
  }

  async function perform(way: Way, mayGoOn: () => boolean): Promise<number> {
    const ready: Ready[] = [];
    let done = 0;
    let isTired = false;
    let isEmpty = false;
    let filling: Promise<void> | null = null;
    const cancelTired = workspace.clock.after(TURN_MS, () => (isTired = true));
    const mayTakeMore = () => !isTired && !isEmpty && !isClosed && !isHalted && sending.trouble() === null && !cannotWrite() && mayGoOn();

    async function fill(): Promise<void> {
      const { claimed, stopped, seen } = claimDue(way.from.address);
      done += stopped;
      if (stopped > 0) notify();
      if (seen === 0 || (claimed.length === 0 && stopped === 0)) isEmpty = true;
      for (const each of claimed) count(each.contactId, 1);
      if (claimed.length === 0) return;
      let prepared: Prepared[];
      try {
        prepared = await prepareMails(workspace, rendererOf(workspace), claimed, way.from, workspace.clock.now());
      } catch (error) {
        letGo(claimed);
        if (isClosed) return;
        throw error;
      }
      const failures = prepared.filter((each) => 'failure' in each);
      if (failures.length > 0) {
        transaction(workspace.db, () => {
          const now = workspace.clock.now();
          for (const { claimed: each, failure } of failures) stopMessage(workspace, each, 'held', failure.failure, failure.detail, now);
        });
        for (const { claimed: each } of failures) count(each.contactId, -1);
        done += failures.length;
        notify();
      }
      for (const each of prepared) if ('mail' in each) ready.push(each);
    }

    function refill(): Promise<void> {
      filling ??= fill().finally(() => (filling = null));
      return filling;
    }

    async function next(): Promise<Ready | undefined> {
      while (ready.length === 0) {
        if (filling !== null) await filling;
        else if (mayTakeMore()) await refill();
        else return undefined;
      }
      if (sending.trouble() !== null || cannotWrite() || isClosed || isHalted) return undefined;
      if (ready.length < LOW && mayTakeMore()) refill().catch(() => (isEmpty = true));
      return ready.shift();
    }

    async function lane(): Promise<void> {
      for (let mail = await next(); mail !== undefined; mail = await next()) {
        await track(deliver(mail, way));
        done++;
      }
    }

    try {
      await settledOrStalled(Array.from({ length: way.channel.connections ?? CONNECTIONS }, lane), () => done);
    } finally {
      cancelTired();
      isTired = true;
      await (filling as Promise<void> | null)?.catch(() => undefined);
      letGo(ready.splice(0).map(({ claimed }) => claimed));
      journal.flush();
    }
    return done;
  }

  function track<Value>(work: Promise<Value>): Promise<Value> {
    inFlight.add(work);
    return work.finally(() => inFlight.delete(work));
  }

  /** Waits for all, but not for those that hang: they stay in flight, and settle themselves. */
  async function settledOrStalled(lanes: Promise<void>[], progress: () => number): Promise<void> {
    let cancel: () => void = () => undefined;
    const stalled = new Promise<void>((resolve) => {
      let last = -1;
      const look = () => {
        if (progress() === last) return resolve();
        last = progress();
        cancel = workspace.clock.after(STALL_MS, look);
      };
      look();
    });
    await Promise.race([Promise.all(lanes), stalled]);
    cancel();
  }

  function notify(): void {
    workspace.changed('counts', 'runner');
    workspace.wake();
  }

  return {
    recover() {
      transaction(workspace.db, () => {
        const now = workspace.clock.now();
        for (const each of openMessages(workspace)) {
          if (each.state === 'claimed') release(workspace, each.id);
          else if (each.messageId !== null && channel?.hasDelivered?.(each.messageId))
            applyAftermath(workspace, { ...each, address: null }, { to: 'sent', response: 'found after a crash' }, now);
          else applyAftermath(workspace, { ...each, address: null }, { to: 'unknown', response: '' }, now);
        }
      });
    },
    performDue(mayGoOn = () => true) {
      if (turn !== null) return turn;
      if (isClosed || cannotWrite() || sending.trouble() !== null) return Promise.resolve(0);
      const next = nextMessageDue(workspace);
      if (next === null || next > workspace.clock.now()) return Promise.resolve(0);
      const way = sending.way();
      if (!('channel' in way)) return Promise.resolve(0);
      isHalted = false;
      turn = perform(way, mayGoOn).finally(() => (turn = null));
      return turn;
    },
    isSending: () => turn !== null || inFlight.size > 0,
    async halt() {
      if (turn === null) return;
      isHalted = true;
      // Whoever asked for the turn hears of its trouble; one that hangs is left to settle itself.
      await turn.catch(() => undefined);
    },
    nextDueAt() {
      if (isClosed) return null;
      const next = nextMessageDue(workspace);
      if (next === null) return null;
      if (!('channel' in sending.way())) return null;
      const trouble = sending.trouble();
      return trouble === null ? next : Math.max(next, trouble.until);
    },
    paused() {
      const error = storageTrouble?.error ?? journal.trouble();
      if (error !== null) {
        const reason = error instanceof Error ? error.message : '';
        if (isDatabaseTrouble(error)) return problem('storage', say('The workspace file cannot be written: {reason}. Make room on the disk; nothing is sent until what is sent can be recorded.', { reason }));
        return problem('ledger-bug', say('An error of Kanal itself keeps it from recording what is sent: {reason}. It is in the log; nothing more is sent until it is recorded.', { reason }));
      }
      const way = sending.way();
      return 'channel' in way ? (sending.trouble()?.problem ?? null) : way;
    },
    async close() {
      isClosed = true;
      storageTrouble?.cancel();
      await sending.close();
      let cancel: () => void = () => undefined;
      const tired = new Promise<void>((resolve) => (cancel = workspace.clock.after(CLOSING_MS, resolve)));
      await Promise.race([Promise.allSettled([...inFlight, turn]), tired]);
      cancel();
      journal.close();
      await closeRenderer(workspace);
    },
  };
}
