// How soon calls are answered while much else happens: a page of the list, a contact's page, and an edit, first with nothing else
// going on, then while the runner runs everybody through a flow and a large file is imported. The same calls both times.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flowSchema } from '../../shared/flow/flow.ts';
import { seededChance } from '../../src-main/sample/chance.ts';
import { bigMachine, milliseconds, reportTimes } from './big-machine.ts';
import { BIG_NOW } from './big-workspace.ts';
import { option } from './measure.ts';

const contacts = option('contacts', 1_000_000);
const events = option('events', contacts * 5);
const seconds = option('seconds', 30);
const machine = await bigMachine(contacts, events);
const chance = seededChance(3);
const PAUSE = 10;

const calls: [string, 'read' | 'edit', () => Promise<unknown>][] = [
  ['a page of the list', 'read', () => machine.call('contacts.list', { offset: chance.between(0, 4900), limit: 100 })],
  ['a contact’s page', 'read', async () => {
    const id = chance.between(1, contacts);
    await Promise.all([machine.call('contacts.get', { id }), machine.call('contacts.timeline', { id })]);
  }],
  ['an edit of a contact', 'edit', () => machine.call('contacts.update', { id: chance.between(1, contacts), values: { first_name: `Ada ${chance.between(1, 1e9)}` } })],
];

/** How long after it was meant to be asked something is answered: what keeps the machine from hearing it counts as well. */
async function meant(act: () => Promise<unknown>): Promise<number> {
  const at = performance.now() + PAUSE;
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  await act();
  return performance.now() - at;
}

/** Asks everything in turn, with a breath between, until `until` says so. */
async function asked(until: () => boolean): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(calls.map(([what]) => [what, []]));
  while (!until()) {
    for (const [what, , act] of calls) {
      times.get(what)!.push(await meant(act));
    }
  }
  return times;
}

function writeFile(): string {
  const file = join(machine.folder, 'import.csv');
  let text = 'Email,First name,Last name,City,Points\n';
  for (let n = 0; n < 200_000; n++) text += `${n % 2 === 0 ? `person${n + 1}@mail${(n + 1) % 50}.example` : `new${n}@mail.example`},First,Last ${n},Aarhus,${n % 100}\n`;
  writeFileSync(file, text);
  return file;
}

process.stdout.write(`responsive: ${contacts.toLocaleString('en')} contacts; bars: reads 50 ms, edits 100 ms, for 99 of 100\n`);
for (const [, , act] of calls) await act();
const begin = process.hrtime.bigint();
const idle = await asked(() => process.hrtime.bigint() - begin > BigInt(Math.ceil(seconds / 3)) * 1_000_000_000n);
for (const [what] of calls) reportTimes(`idle: ${what}`, idle.get(what)!);

const { id: flow } = await machine.call('flows.create', { name: 'Everybody' });
const { revision } = await machine.call('flows.get', { flow });
const draft = flowSchema.parse({
  name: 'Everybody',
  triggers: [{ id: 'hand', type: 'byHand', config: {} }],
  steps: [
    { id: 'tag', type: 'addTag', config: { tag: 'bench' } },
    { id: 'wait', type: 'wait', config: { duration: { amount: 1, unit: 'hours' } } },
    { id: 'branch', type: 'branch', config: { branches: [{ id: 'yes', label: 'Yes', rule: { kind: 'attribute', attribute: 'points', operator: 'atLeast', value: 500 } }] } },
    { id: 'points', type: 'updateAttribute', config: { attribute: 'points', action: 'set', value: 1 } },
  ],
  edges: [['start', 'next', 'tag'], ['tag', 'next', 'wait'], ['wait', 'next', 'branch'], ['branch', 'yes', 'points']].map(([from, outlet, to]) => ({ from, outlet, to })),
});
await machine.call('flows.saveDraft', { flow, draft, revision });
await machine.call('flows.publish', { flow });
process.stdout.write(`Enrolling everybody took ${((await milliseconds(() => machine.call('flows.enroll', { flow, rule: { kind: 'all', rules: [] } }))) / 1000).toFixed(0)} s\n`);
const file = writeFile();
const { plan } = await machine.call('imports.inspect', { file });
const { import: id } = await machine.call('imports.start', { file, plan });
await machine.call('runner.startAll', {});
let over = false;
const work = Promise.all([machine.call('clock.advance', { to: BIG_NOW + 2 * 3_600_000 }), machine.call('imports.wait', { import: id })]).finally(() => (over = true));
const busyBegin = process.hrtime.bigint();
const busy = await asked(() => over || process.hrtime.bigint() - busyBegin > BigInt(seconds) * 1_000_000_000n);
const slowest = (times: readonly number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)]!;
for (const [what, kind] of calls) {
  const times = busy.get(what)!;
  const beside = `${(slowest(times) / slowest(idle.get(what)!)).toFixed(1)} x idle`;
  reportTimes(`running and importing: ${what}`, times, slowest(times) > (kind === 'read' ? 50 : 100) ? `${beside}, missed` : beside);
}
await machine.call('imports.cancel', { import: id }).catch(() => undefined);
void work.catch(() => undefined);
await machine.close();
process.exit(0);
