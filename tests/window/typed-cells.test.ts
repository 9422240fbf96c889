// What is typed while an import is prepared outlives the window for some days, and nobody's erasure.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ImportRow, MachineEvent } from '../../shared/api.ts';
import { importPlanSchema, type ImportPlan } from '../../shared/contacts/import-plan.ts';

const reading = { encoding: 'utf8', separator: ',', quote: '"', headerLine: 1, decimal: '.', dateOrder: 'ymd', sure: true } as const;
const PLAN = importPlanSchema.parse({ reading, columns: [{ header: 'mail', target: { kind: 'attribute', attribute: 'email' }, replace: [{ find: 'olga@gmial.com', by: 'olga@gmail.com' }] }], mends: { '3': { '0': 'olga.nowak@example.com' } } });
const DAY = 24 * 3_600_000;

const machine = vi.hoisted(() => ({ erasure: 0, heard: [] as ((event: MachineEvent) => void)[], letGo: [] as (string | null)[], plan: null as ImportPlan | null, stamp: 'one' }));
vi.mock('../../src-renderer/app/notices.tsx', () => ({ showFailure: () => {}, showNote: () => {} }));
vi.mock('../../src-renderer/backend.ts', () => ({
  onEvent: (listener: (event: MachineEvent) => void) => machine.heard.push(listener),
  call: async (name: string, input: { file?: string }) => {
    if (name === 'erasure.latest') return { erasure: machine.erasure };
    if (name === 'imports.plan') return machine.plan;
    if (name === 'imports.letGo') machine.letGo.push(input.file ?? null);
    if (name === 'imports.inspect') return { plan: { ...PLAN, mends: {}, columns: PLAN.columns.map(({ header, target }) => ({ header, target })) }, reading, stamp: machine.stamp };
    if (name === 'imports.preview') return { cancelled: false, stamp: machine.stamp, counts: {} };
    return null;
  },
}));

/** A window that is opened: its stores are there, and nothing is in its memory. */
async function openWindow() {
  vi.resetModules();
  machine.heard = [];
  return await import('../../src-renderer/imports/import-store.ts');
}

function storage(): Storage {
  const items = new Map<string, string>();
  // As in a browser its keys are its own properties.
  return new Proxy({} as Storage, {
    get: (_, name) => ({ getItem: (key: string) => items.get(key) ?? null, setItem: (key: string, value: string) => void items.set(key, value), removeItem: (key: string) => void items.delete(key) })[name as 'getItem'],
    ownKeys: () => [...items.keys()],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  });
}

const stored = (): string => Object.keys(localStorage).map((key) => localStorage.getItem(key)).join('\n');
const typedIn = (plan: ImportPlan | null) => [Object.keys(plan?.mends ?? {}).length, plan?.columns[0]?.replace?.length ?? 0];

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000, toFake: ['Date'] });
  vi.stubGlobal('localStorage', storage());
  vi.stubGlobal('sessionStorage', storage());
  Object.assign(machine, { erasure: 0, letGo: [], stamp: 'one' });
});

async function prepare() {
  const store = await openWindow();
  await store.openImports('/w.kanal');
  await store.readFile('/people.csv');
  store.changePlan({ mends: PLAN.mends, columns: PLAN.columns });
  expect(stored()).toContain('olga.nowak');
  return store;
}

describe('a window that is closed and opened again', () => {
  test('knows what was typed', async () => {
    await prepare();
    const { openImports, useImport } = await openWindow();
    await openImports('/w.kanal');
    expect(typedIn(useImport.getState().plan)).toEqual([1, 1]);
  });

  test('reads numbers and dates as was decided, in another encoding, too; and another file as that one looks', async () => {
    const store = await prepare();
    store.decideReading({ dateOrder: 'mdy' });
    await store.readFile('/people.csv', { encoding: 'windows1252' });
    expect(store.useImport.getState().plan?.reading).toMatchObject({ dateOrder: 'mdy', decimal: '.' });
    const { openImports, readFile, useImport } = await openWindow();
    await openImports('/w.kanal');
    expect(useImport.getState().plan?.reading).toMatchObject({ dateOrder: 'mdy', decimal: '.' });
    await readFile('/other.csv');
    expect(useImport.getState().plan?.reading).toMatchObject({ dateOrder: 'ymd' });
  });

  test('does not, once somebody was erased meanwhile; the settings stay', async () => {
    await prepare();
    machine.erasure = 7;
    const { openImports, useImport } = await openWindow();
    await openImports('/w.kanal');
    expect(typedIn(useImport.getState().plan)).toEqual([0, 0]);
    expect(useImport.getState()).toMatchObject({ file: '/people.csv', plan: { columns: [{ target: { attribute: 'email' } }] } });
    expect(stored()).not.toContain('olga');
  });

  test('does not, once the file is another one: its lines are about others', async () => {
    await prepare();
    machine.stamp = 'two';
    const { openImports, useImport } = await openWindow();
    await openImports('/w.kanal');
    expect(typedIn(useImport.getState().plan)).toEqual([0, 1]);
  });

  test('does not after a week, whichever workspace is opened', async () => {
    await prepare();
    vi.setSystemTime(1_800_000_000_000 + 8 * DAY);
    const { openImports } = await openWindow();
    await openImports('/other.kanal');
    expect(stored()).toContain('/people.csv');
    expect(stored()).not.toContain('olga');
  });
});

test('an erasure while the window is open takes it away at once; any other change does not', async () => {
  const { useImport } = await prepare();
  for (const hear of machine.heard) hear({ type: 'changed', topics: ['contacts'] });
  await vi.waitFor(() => expect(typedIn(useImport.getState().plan)).toEqual([1, 1]));
  machine.erasure = 1;
  for (const hear of machine.heard) hear({ type: 'changed', topics: ['contacts'] });
  await vi.waitFor(() => expect(typedIn(useImport.getState().plan)).toEqual([0, 0]));
  expect(stored()).not.toContain('olga');
});

test('a file that is changed while it is prepared is read anew before cells of its lines are used', async () => {
  const { previewImport, useImport } = await prepare();
  await previewImport();
  expect(useImport.getState().preview).not.toBeNull();
  machine.stamp = 'two';
  useImport.setState({ preview: null });
  await previewImport();
  expect(useImport.getState()).toMatchObject({ step: 'read', preview: null, stamp: 'two' });
  expect(typedIn(useImport.getState().plan)).toEqual([0, 1]);
});

test('an import that was broken off is taken up as it was: from its file, or from one with the same columns that is chosen', async () => {
  const plan: ImportPlan = { ...PLAN, reading: { ...reading, dateOrder: 'dmy' }, tags: ['fair'], mends: {} };
  machine.plan = plan;
  const row = { id: 3, kind: 'contacts' } as ImportRow;
  const store = await openWindow();
  await store.openImports('/w.kanal');
  await store.takeUpImport({ import: row, file: '/people.csv' });
  expect(store.useImport.getState()).toMatchObject({ step: 'effect', file: '/people.csv', plan: { tags: ['fair'], reading: { dateOrder: 'dmy' } } });
  await store.takeUpImport({ import: row, file: null });
  expect(store.useImport.getState()).toMatchObject({ step: 'source', file: null, plan: null });
  await store.readFile('/elsewhere/people.csv');
  expect(store.useImport.getState()).toMatchObject({ step: 'read', plan: { tags: ['fair'], reading: { dateOrder: 'dmy' } } });
});

test('the machine is told of a file that nobody prepares any more: another one was chosen, or none', async () => {
  const { forgetImport, readFile } = await prepare();
  await readFile('/other.csv');
  expect(machine.letGo).toEqual(['/people.csv']);
  forgetImport();
  expect(machine.letGo).toEqual(['/people.csv', '/other.csv']);
});
