// What must be true of flows, people and messages, as dumb as it can be said (FAULTS 2.3): a flow is a chain of steps; who stands
// where follows from the chain and the clock. It is told only what nobody can know beforehand: how and when a message was
// settled, and that the machine asks about an absence. Everything else that the machine shows is compared, and I1-I11 asserted.
import { expect } from 'vitest';
import { chanceOf } from '../../shared/engine/chance.ts';
import { DAY, HOUR, localTime } from '../../shared/time.ts';
import { CAP, QUIET, type Seen, type SeenLine, type SeenVisit, type Stored } from './machine.ts';

export type ChainStep = { id: string; kind: 'wait' | 'mail' | 'tag' | 'split'; hours: number };
type Passage = { id: number; contact: number; state: string; step: string | null; visit: number; enteredAt: number; shift: number; reason: string | null; letOut: string | null; optedOut: boolean; /** The version that they were kept on; `null`: they follow the last. */ kept: number | null };

type Redirect = { to: string | null; version: number };

const SETTLED = new Set(['sent', 'failed', 'unknown', 'cancelled']);
/** Nobody is asked any more about a message whose contact has left the step (FEATURES D18). */
const OVERTAKEN = new Set(['enrollment-moved', 'enrollment-ended', 'step-removed', 'flow-archived']);
const TERMINAL = new Set([...SETTLED, 'held']);
const OPT_OUT = new Set(['suppressed', 'consent-withdrawn']);
export const keyOf = (passage: { id: number; step: string | null; visit: number }): string => `1:${passage.id}:${passage.step}:${passage.visit}`;
const twice = (line: { key: string; address: string | null }): string => `${line.key} ${line.address}`;

/** Everything of it that a backup holds, too. */
export class Model {
  versions: ChainStep[][];
  /** Where people go on whose step is gone, and the last version that had it; and as that was when people were kept on a version. */
  redirects = new Map<string, Redirect>();
  keptRedirects = new Map<number, Map<string, Redirect>>();
  pausedAt: number | null = null;
  passages = new Map<number, Passage>();
  contacts = new Map<string, number>();
  /** Contacts who must, or may, come in by an event that has not been read yet. */
  mustEnter = new Set<number>();
  mayEnter = new Set<number>();
  ledger = new Map<string, string>();
  away = false;
  lastLook: number;
  // What a restored backup does not undo.
  suppressed = new Set<string>();
  everSuppressed = new Set<string>();
  resends = new Map<string, number>();
  decided = new Set<string>();
  /** Left before a backup was restored that does not know of it. */
  lost = new Set<string>();
  clockWasSetBack = false;
  capSince = -Infinity;

  constructor(chain: ChainStep[], now: number) {
    this.versions = [chain];
    this.lastLook = now;
  }

  get chain(): ChainStep[] {
    return this.versions.at(-1)!;
  }

  inside(): Passage[] {
    return [...this.passages.values()].filter(({ state }) => state === 'active');
  }

  chainOf({ kept }: Passage): ChainStep[] {
    return kept === null ? this.chain : this.versions[kept - 1]!;
  }

  stepOf(passage: Passage): ChainStep | undefined {
    return this.chainOf(passage).find(({ id }) => id === passage.step);
  }

  /** Another version is published; with `keep` everybody stays on theirs. */
  published(chain: ChainStep[], keep: boolean): void {
    const before = this.versions.length;
    if (keep) {
      this.keptRedirects.set(before, new Map(this.redirects));
      for (const passage of this.inside()) passage.kept ??= before;
    }
    // Those who are on their way to a step that is gone now go on at the next that is left.
    const next = (id: string | null): string | null => (id === null || chain.some((step) => step.id === id) ? id : next(this.chain[this.chain.findIndex((step) => step.id === id) + 1]?.id ?? null));
    for (const [id, { to, version }] of this.redirects) this.redirects.set(id, { to: next(to), version });
    for (const { id } of this.chain) if (!chain.some((step) => step.id === id)) this.redirects.set(id, { to: next(id), version: before });
    this.versions.push(chain);
  }

  /** Somebody opts out: of a flow that writes to them, by the version that they follow, they leave (FEATURES D14). */
  optOut(contact: number | undefined): void {
    for (const passage of this.inside()) if (passage.contact === contact && this.chainOf(passage).some(({ kind }) => kind === 'mail')) passage.optedOut = true;
  }

  /** Everybody waits longer by what has passed since; nobody less. */
  shift(since: number, seen: Seen): void {
    for (const passage of this.inside()) if (seen.passages.find(({ id }) => id === passage.id)?.started === 1) passage.shift += Math.max(0, seen.now - Math.max(since, passage.enteredAt));
  }

  /** Who is overdue: whose wait is over by the chain and the clock, whose message would have left, who has anything else to do. */
  overdue(seen: Seen): Passage[] {
    return this.inside().filter((passage) => {
      const { dueAt, started } = seen.passages.find(({ id }) => id === passage.id) ?? { dueAt: passage.enteredAt, started: 0 };
      const line = seen.ledger.find(({ key }) => key === keyOf(passage));
      const step = this.stepOf(passage);
      const due = started === 1 && step?.kind === 'wait' ? passage.enteredAt + passage.shift + step.hours * HOUR : dueAt;
      return (due !== null && due <= seen.now) || (line?.state === 'planned' && line.dueAt <= seen.now);
    });
  }

  /** Follows what has happened since the last look, and compares. `isQuiet`: the machine has had its turn, so nothing due may be left. */
  follow(seen: Seen, stored: readonly Stored[], isQuiet: boolean): void {
    this.#absence(seen);
    this.#entries(seen, isQuiet);
    const lines = new Map(seen.ledger.map((line) => [line.key, line]));
    for (const visit of seen.visits) this.#visit(visit, lines, seen);
    for (const passage of seen.passages) {
      const mine = this.passages.get(passage.id)!;
      const { id, contact, state, step, visit, enteredAt, reason } = passage;
      expect({ id, contact, state, step, visit, reason, failure: passage.failure }, 'the position is that of the model').toEqual({ id: mine.id, contact: mine.contact, state: mine.state, step: mine.step, visit: mine.visit, reason: mine.reason, failure: null });
      if (state === 'active') expect(enteredAt, `I4: ${id} came to ${step}`).toBe(mine.enteredAt);
    }
    this.#messages(seen.ledger, stored);
    for (const address of this.suppressed) expect(seen.suppressed.has(address), `F12: ${address} is suppressed for good`).toBe(true);
    if (isQuiet && !this.away) expect(this.inside().filter(({ optedOut }) => optedOut), 'D14: who opts out leaves at once').toEqual([]);
    if (isQuiet && this.pausedAt === null && !this.away) this.#nobodyForgotten(seen, lines);
    if (isQuiet) this.lastLook = seen.now;
  }

  #absence(seen: Seen): void {
    if (seen.away && !this.away) expect(seen.now - this.lastLook, 'F14: an absence is long').toBeGreaterThan(DAY - 60_000);
    this.away = seen.away;
  }

  #entries(seen: Seen, isQuiet: boolean): void {
    for (const { id, contact, enteredAt } of seen.passages) {
      if (this.passages.has(id)) continue;
      expect(this.mustEnter.has(contact) || this.mayEnter.has(contact), `D27: contact ${contact} may come in`).toBe(true);
      this.mustEnter.delete(contact);
      this.mayEnter.delete(contact);
      expect(this.inside().some((each) => each.contact === contact), `D7: ${contact} is inside once`).toBe(false);
      // By the log: the first visit may be over already.
      const first = seen.visits.find(({ enrollment, visit }) => enrollment === id && visit === 1);
      this.passages.set(id, { id, contact, state: 'active', step: this.chain[0]!.id, visit: 1, enteredAt: first?.enteredAt ?? enteredAt, shift: 0, reason: null, letOut: null, optedOut: false, kept: null });
    }
    expect(seen.passages.length, 'I3: nobody vanishes').toBe(this.passages.size);
    if (isQuiet && this.pausedAt === null && !this.away) expect([...this.mustEnter].filter((contact) => !this.inside().some((each) => each.contact === contact)), 'I3: everybody has come in').toEqual([]);
  }

  /** I4: each stay that has ended was at the step where the model has them, ended for a reason, and not before its time (I5). */
  #visit(visit: SeenVisit, lines: ReadonlyMap<string, SeenLine>, seen: Seen): void {
    const passage = this.passages.get(visit.enrollment)!;
    if (visit.visit < passage.visit || passage.state !== 'active') return;
    const { id, step: stepId, enteredAt } = passage;
    expect({ visit: visit.visit, step: visit.step, enteredAt: visit.enteredAt }, `I4: the way of ${id}`).toEqual({ visit: passage.visit, step: stepId, enteredAt });
    const step = this.stepOf(passage);
    const redirect = (passage.kept === null ? this.redirects : this.keptRedirects.get(passage.kept)!).get(stepId!);
    expect(visit.version, 'I4: the version that was live, or that they were kept on').toBe(step === undefined ? redirect!.version : (passage.kept ?? this.versions.length));
    if (seen.now === seen.latest && !this.clockWasSetBack) expect(visit.leftAt).toBeGreaterThanOrEqual(enteredAt);
    expect(visit.leftAt).toBeLessThanOrEqual(seen.latest);
    const leave = (outlet: string | null, to: string | null, reason: string | null = null) => {
      expect(visit.outlet, `the way out of ${stepId}`).toBe(outlet);
      Object.assign(passage, to === null ? { state: outlet === null ? 'exited' : 'finished', step: null, reason } : { step: to, visit: passage.visit + 1, enteredAt: visit.leftAt, shift: 0 });
    };
    if (passage.letOut !== null) return leave(null, null, passage.letOut);
    if (passage.optedOut && visit.outlet === null) return leave(null, null, 'opted-out');
    if (step === undefined) return redirect!.to === null ? leave(null, null, 'step-removed') : leave('moved', redirect!.to);
    const chain = this.chainOf(passage);
    const next = chain[chain.indexOf(step) + 1]?.id ?? null;
    if (step.kind === 'wait') expect(visit.leftAt, `I5: ${id} leaves ${stepId} in time`).toBeGreaterThanOrEqual(enteredAt + passage.shift + step.hours * HOUR);
    if (step.kind === 'split') return leave(chanceOf(1, step.id, id) < 0.5 ? 'a' : 'b', next); // I11
    if (step.kind === 'mail') {
      const line = lines.get(keyOf(passage));
      // Whoever was told how it ended goes on by that, also when a person has it sent again meanwhile.
      expect(line !== undefined && (SETTLED.has(line.state) || this.resends.has(twice(line))), `${keyOf(passage)} is settled before anybody goes on`).toBe(true);
      if (line!.state === 'cancelled' && OPT_OUT.has(line!.reason ?? '')) return leave(null, null, 'opted-out');
    }
    leave('next', next);
  }

  #messages(ledger: readonly SeenLine[], stored: readonly Stored[]): void {
    const times = new Map<string, number>();
    for (const { messageId, to } of stored) times.set(`${messageId} ${to}`, (times.get(`${messageId} ${to}`) ?? 0) + 1);
    for (const line of ledger) {
      const { key, state, reason } = line;
      const before = this.ledger.get(key);
      const isOvertaken = before === 'held' && state === 'cancelled' && (OVERTAKEN.has(reason ?? '') || OPT_OUT.has(reason ?? ''));
      if (before !== undefined && TERMINAL.has(before) && before !== state && !isOvertaken) expect(this.decided.has(key), `I7: ${key} went from ${before} to ${state}`).toBe(true);
      if (!TERMINAL.has(before ?? '') && TERMINAL.has(state)) this.decided.delete(key);
      this.ledger.set(key, state);
      expect(['claimed', 'handed'], `${key} while nothing is under way`).not.toContain(state);
      const n = line.messageId === null ? 0 : (times.get(`${line.messageId} ${line.address}`) ?? 0);
      expect(n, `I1: ${key} was stored ${n} times`).toBeLessThanOrEqual(1 + (this.resends.get(twice(line)) ?? 0));
      if (this.lost.has(twice(line))) continue;
      if (state === 'sent' && reason !== 'by-user') expect(n, `I6: ${key} was sent`).toBeGreaterThanOrEqual(1);
      if (state !== 'sent' && state !== 'unknown' && reason !== 'by-user' && !this.resends.has(twice(line))) expect(n, `I6: ${key} is ${state}, ${reason}`).toBe(0);
    }
    for (const { to, wasSuppressed } of stored) expect(wasSuppressed, `I2: ${to} was written to after an opt-out`).toBe(false);
    // I5: what nobody asked for by hand leaves within the window, and never more than the cap allows within any span of it.
    const asked = new Set(ledger.filter((line) => this.resends.has(twice(line))).map(({ messageId }) => messageId));
    const machine = stored.filter(({ messageId, at }) => !asked.has(messageId) && at >= this.capSince);
    for (const { at } of machine) expect(isQuietTime(at), `I5: left at ${localTime(at, 'Europe/Copenhagen')}`).toBe(false);
    for (const { to, at } of machine) expect(machine.filter((each) => each.to === to && each.at > at - CAP.days * DAY && each.at <= at).length, `I5: the cap of ${to}`).toBeLessThanOrEqual(CAP.messages);
  }

  /** I8 and I3: whoever is due has been moved; the others wait for a time, or for a message that is still open. */
  #nobodyForgotten(seen: Seen, lines: ReadonlyMap<string, SeenLine>): void {
    for (const passage of this.inside()) {
      const step = this.stepOf(passage);
      const { dueAt } = seen.passages.find(({ id }) => id === passage.id)!;
      // What was to be done at an instant that the clock has been set back before is done when it shows that again.
      if (dueAt !== null && dueAt > seen.now && dueAt <= seen.latest) continue;
      expect(step, `${passage.id} stands at ${passage.step}, which is gone`).toBeDefined();
      expect(['wait', 'mail'], `${passage.id} stands at ${passage.step}`).toContain(step!.kind);
      const due = passage.enteredAt + passage.shift + step!.hours * HOUR;
      if (step!.kind === 'wait') expect(due, `${passage.id} still waits at ${passage.step}`).toBeGreaterThan(seen.now);
      if (step!.kind === 'wait') expect(dueAt, `D1: ${passage.id} at ${passage.step}`).toBe(due);
      if (step!.kind === 'mail') expect(['planned', 'held'], `${passage.id} waits for its message`).toContain(lines.get(keyOf(passage))?.state);
    }
  }

  /** Another file, which knows less: what it does not know must hold all the same. */
  restored(from: Model, now: number, seenBefore: Seen): void {
    const since = new Set([...seenBefore.ledger].filter(({ key, state }) => (state === 'sent' || state === 'unknown') && from.ledger.get(key) !== state).map(twice));
    const { suppressed, everSuppressed, resends, lost } = this;
    Object.assign(this, from, { suppressed, everSuppressed, resends, lost: new Set([...lost, ...since]), clockWasSetBack: this.clockWasSetBack, capSince: now, mayEnter: new Set([...from.mayEnter, ...from.mustEnter]), mustEnter: new Set() });
    this.decided = new Set(this.ledger.keys());
    this.pausedAt ??= now;
    this.away = false;
    this.lastLook = -Infinity;
  }
}

function isQuietTime(at: number): boolean {
  const clock = localTime(at, 'Europe/Copenhagen');
  return clock >= QUIET.from || clock < QUIET.to;
}
