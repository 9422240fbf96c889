// Relations between changes of an attribute (FEATURES D31): judged on the records of the changes, in their order, never on what
// the contact is now. What must be known of earlier changes is a small memory for each contact, kept by the machine.
import type { AttributeValue } from '../contacts/contact.ts';
import type { AttributeChanges, ContactEvent } from '../contacts/event.ts';
import { subtractDuration, type Instant } from '../time.ts';
import type { Judgement, JudgeContext } from './trigger.ts';

/** `adds`: since it last started; `addsEntered`: since the contact last came into the flow; `addsDays`: within the last days. */
export type Relation = {
  change: 'crossed' | 'by' | 'adds' | 'addsEntered' | 'addsDays' | 'multiple' | 'times' | 'after';
  attribute: string;
  direction: 'up' | 'down';
  /** In the unit in which the attribute is kept: money in minor units. */
  amount: number;
  days: number;
  times: number;
  /** For `after`: the attribute that changes first. */
  other: string;
};

type Memory = {
  /** Of the import that the last change came from: what the value was before it, and whether it has started something. */
  import?: { id: number; old: number; fired: boolean };
  sum?: number;
  since?: Instant | null;
  recent?: [at: Instant, by: number][];
  highest?: number;
  at?: Instant;
};

/** So many changes of one contact are kept apart; the oldest are then put together. */
const MOST_RECENT = 500;

/**
 * Whether a change starts the flow, and what is remembered from now on. An empty value counts as 0. A fall counts against what
 * has added up, so a correction takes back what it corrects. All changes of one import are one change (FEATURES D27).
 */
export function judgeChange(relation: Relation, remembered: unknown, event: ContactEvent, about: JudgeContext): Judgement {
  const memory = (remembered ?? {}) as Memory;
  const changes = (event.data.changes ?? {}) as AttributeChanges;
  if (relation.change === 'after') return judgeAfter(relation, remembered as Memory | null, changes, event, about);
  const change = Object.hasOwn(changes, relation.attribute) ? changes[relation.attribute] : undefined;
  if (change === undefined) return { fires: false, memory: remembered };
  if (relation.change === 'times') return judgeTimes(relation, memory, event, about);
  const [old, now] = [numberOf(change[0]), numberOf(change[1])];
  if (old === null || now === null) return { fires: false, memory: remembered };
  const rise = relation.direction === 'up' ? now - old : old - now;
  switch (relation.change) {
    case 'crossed':
    case 'by':
      return judgeAtOnce(relation, memory, remembered, event, old, now);
    case 'adds':
      return reached(relation.amount, (memory.sum ?? 0) + rise, (sum) => ({ sum }));
    case 'addsEntered': {
      const since = about.lastEnteredAt;
      const before = memory.since === since ? (memory.sum ?? 0) : 0;
      return reached(relation.amount, before + rise, (sum) => ({ sum, since }));
    }
    case 'addsDays': {
      const from = subtractDuration(event.at, { amount: relation.days, unit: 'days' }, about.zone);
      const recent = shortened([...(memory.recent ?? []).filter(([at]) => at > from), [event.at, rise]]);
      const fires = recent.reduce((sum, [, by]) => sum + by, 0) >= relation.amount;
      return { fires, memory: fires ? { recent: [] } : { recent } };
    }
    case 'multiple': {
      const [before, after] = [Math.floor(old / relation.amount), Math.floor(now / relation.amount)];
      const highest = Math.max(memory.highest ?? before, before);
      return { fires: after > highest, memory: { highest: Math.max(highest, after) } };
    }
  }
}

function numberOf(value: AttributeValue): number | null {
  if (value === null) return 0;
  return typeof value === 'number' ? value : null;
}

/** Judged by one change alone; the rows of one import are put together, and start once. */
function judgeAtOnce({ change, direction, amount }: Relation, memory: Memory, remembered: unknown, { importId }: ContactEvent, old: number, now: number): Judgement {
  const same = importId !== null && memory.import?.id === importId ? memory.import : null;
  const from = same?.old ?? old;
  const rise = direction === 'up' ? now - from : from - now;
  const crosses = direction === 'up' ? now >= amount && from < amount : now <= amount && from > amount;
  const fires = same?.fired !== true && (change === 'crossed' ? crosses : rise >= amount);
  if (importId === null) return { fires, memory: remembered };
  return { fires, memory: { import: { id: importId, old: from, fired: fires || same?.fired === true } } };
}

function reached(amount: number, sum: number, remember: (sum: number) => Memory): Judgement {
  // Sums of decimal numbers are a little off: 0.1 three times is enough for 0.3.
  const fires = sum >= amount - Math.abs(amount) * 1e-12;
  return { fires, memory: remember(fires ? 0 : sum) };
}

function judgeTimes({ times, days }: Relation, memory: Memory, { at, importId }: ContactEvent, { zone }: JudgeContext): Judgement {
  const isSameImport = importId !== null && memory.import?.id === importId;
  if (isSameImport) return { fires: false, memory };
  const from = subtractDuration(at, { amount: days, unit: 'days' }, zone);
  const recent = shortened([...(memory.recent ?? []).filter(([when]) => when > from), [at, 1]]);
  const fires = recent.reduce((sum, [, n]) => sum + n, 0) >= times;
  return { fires, memory: { recent: fires ? [] : recent, ...(importId !== null && { import: { id: importId, old: 0, fired: fires } }) } };
}

/** Both in one act are at once, not one after the other. Each change of the first attribute counts once. */
function judgeAfter({ attribute, other, days }: Relation, memory: Memory | null, changes: AttributeChanges, { at }: ContactEvent, { zone }: JudgeContext): Judgement {
  const from = subtractDuration(at, { amount: days, unit: 'days' }, zone);
  const fires = Object.hasOwn(changes, attribute) && memory?.at !== undefined && memory.at >= from && memory.at <= at;
  if (Object.hasOwn(changes, other)) return { fires, memory: { at } };
  return { fires, memory: fires ? {} : memory };
}

function shortened(recent: [at: Instant, by: number][]): [at: Instant, by: number][] {
  if (recent.length <= MOST_RECENT) return recent;
  const [[, first], [at, second], ...rest] = recent as [[Instant, number], [Instant, number], ...[Instant, number][]];
  return [[at, first + second], ...rest];
}
