// Writes down what deliveries do, several at a time: what becomes known within a moment is one transaction, so that one wait
// for the disk serves all connections. Entries are written in their order: a connection's last message is settled before, or
// with, its next one being handed over, so a crash leaves at most one message of each connection in doubt (FAULTS I6).
// "Handed" is answered only when its transaction is committed.
import type { Instant } from '../../shared/time.ts';
import { isDatabaseTrouble, transaction } from '../store/database.ts';
import { candidate, markHanded, putOff } from '../store/outbox.ts';
import type { Workspace } from '../workspace.ts';
import { verdicts, type Versions } from './outbox-gates.ts';
import type { Aftermath } from './outbox-policy.ts';
import { applyAftermath, stopMessage, type Settled } from './outbox-settle.ts';

/** The bytes of a mail with what the ledger keeps of them. */
export type Bytes = { eml: Buffer; compressed: Uint8Array; hash: string };

export type Journal = {
  /** claimed -> handed, after a last look at suppression, consent, quiet hours and flow. False: it must not leave, and is settled. */
  hand(message: Settled, bytes: Bytes): Promise<boolean>;
  /** Settles, or plans again; resolves when it is committed. After trouble with the disk it is tried again by itself. */
  settle(message: Settled, after: Aftermath): Promise<void>;
  /** Writes down at once what is waiting. */
  flush(): void;
  /** For the last time. */
  close(): void;
  /** The error of the last transaction; `null` when it went well. */
  trouble(): unknown;
};

type Entry =
  | { kind: 'hand'; message: Settled; bytes: Bytes; resolve: (may: boolean) => void; reject: (error: unknown) => void }
  | { kind: 'settle'; message: Settled; after: Aftermath; resolve: () => void };

/** How long "handed" waits for other connections to come as far, and how long a settled message may stay unwritten. */
const HAND_MS = 2;
const SETTLE_MS = 20;
/** How long until entries that could not be written are tried again. */
const TROUBLE_MS = 1_000;

/** `underWay` answers how many deliveries are under way: once all of them wait, nothing is gained by waiting. */
export function createJournal(workspace: Workspace, versions: Versions, underWay: () => number): Journal {
  let entries: Entry[] = [];
  let hands = 0;
  let scheduled: { within: number; cancel: () => void } | null = null;
  let trouble: unknown = null;
  /** What the transaction at hand has marked as handed over. */
  const leaving: { key: string; handover: number; address: string }[] = [];
  let isClosed = false;

  function schedule(within: number): void {
    if (isClosed || (scheduled !== null && scheduled.within <= within)) return;
    scheduled?.cancel();
    const cancel = within > 0 ? workspace.clock.after(within, flush) : () => undefined;
    scheduled = { within, cancel };
    if (within === 0) setImmediate(flush);
  }

  function flush(): void {
    scheduled?.cancel();
    scheduled = null;
    const batch = entries;
    entries = [];
    hands = 0;
    if (batch.length === 0 || isClosed) return;
    if (!commit(batch)) writeOneByOne(batch);
    if (entries.length > 0) schedule(TROUBLE_MS);
    workspace.changed('counts', 'runner');
    if (batch.some((entry) => entry.kind === 'settle')) workspace.wake();
  }

  /** One transaction; its answers are given when it is committed. */
  function commit(batch: readonly Entry[]): boolean {
    const answers: (() => void)[] = [];
    leaving.length = 0;
    try {
      transaction(workspace.db, () => {
        const now = workspace.clock.now();
        for (const entry of batch) answers.push(write(entry, now));
      });
    } catch (error) {
      if (!isDatabaseTrouble(error) && String(error) !== String(trouble)) workspace.log?.('What became of a message could not be written down', error);
      trouble = error;
      return false;
    }
    trouble = null;
    // Committed here, then there, then the bodies leave (FAULTS F12).
    if (leaving.length > 0) workspace.guard?.handed(leaving);
    for (const answer of answers) answer();
    return true;
  }

  /**
   * After a failure: one entry that cannot be written must not keep the others from being so. What has left is kept and
   * written as soon as the disk allows; until it is, nothing else leaves (FAULTS F4).
   */
  function writeOneByOne(batch: readonly Entry[]): void {
    let first: unknown = null;
    for (const entry of batch) {
      const isBarred = first !== null && entry.kind === 'hand';
      if (!isBarred && commit([entry])) continue;
      first ??= trouble;
      if (entry.kind === 'hand') entry.reject(first);
      else entries.push(entry);
    }
    trouble = entries.length > 0 ? first : null;
  }

  function write(entry: Entry, now: Instant): () => void {
    const { message } = entry;
    if (entry.kind === 'settle') {
      applyAftermath(workspace, message, entry.after, now);
      return entry.resolve;
    }
    const may = hand(message, entry.bytes, now);
    return () => entry.resolve(may);
  }

  function hand(message: Settled, { compressed, hash }: Bytes, now: Instant): boolean {
    const found = candidate(workspace, message.id);
    if (found === undefined || found.state !== 'claimed') return false;
    const [verdict] = verdicts(workspace, [found], versions, now, true);
    if (verdict!.may === 'later') putOff(workspace, found, verdict!.at, verdict!.reason, now);
    if (verdict!.may === 'stop') stopMessage(workspace, message, verdict!.state, verdict!.reason, null, now);
    // An address that was changed since the claim is another address.
    if (verdict!.may !== 'go' || verdict!.address !== message.address) return false;
    const isHanded = markHanded(workspace, message.id, message.subject ?? '', hash, compressed, now);
    if (isHanded) leaving.push({ key: found.key, handover: found.handovers + 1, address: verdict!.address });
    return isHanded;
  }

  return {
    hand: (message, bytes) =>
      new Promise((resolve, reject) => {
        entries.push({ kind: 'hand', message, bytes, resolve, reject });
        schedule(++hands >= underWay() ? 0 : HAND_MS);
      }),
    settle: (message, after) =>
      new Promise((resolve) => {
        entries.push({ kind: 'settle', message, after, resolve });
        schedule(SETTLE_MS);
      }),
    flush,
    close() {
      flush();
      isClosed = true;
    },
    trouble: () => trouble,
  };
}
