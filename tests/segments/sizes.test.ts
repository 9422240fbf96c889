// The sizes of segments: exact where they are waited for; for screens at once, from what is known, and counted again afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HOUR } from '../../shared/time.ts';
import { segmentHandlers } from '../../src-main/handlers/segments.ts';
import { closeReaders, readersOf } from '../../src-main/readers/readers.ts';
import { recordSize, saveSegment } from '../../src-main/store/segments.ts';
import { hasTag } from '../runner/story.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

let folder: string;
let workspace: TestWorkspace;
let calls: ReturnType<typeof segmentHandlers>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanal-sizes-'));
  workspace = testWorkspace({ file: join(folder, 'sizes.kanal') });
  calls = segmentHandlers(workspace);
  saveSegment(workspace, { key: 'vips', name: 'VIPs', rule: hasTag('vip') });
});
afterEach(async () => {
  await closeReaders(workspace);
  workspace.close();
  rmSync(folder, { recursive: true });
});

const sizes = async (how: boolean | 'known') => (await calls['segments.list']({ sizes: how })).map(({ size, outdated }) => [size, outdated]);
const counts = () => vi.spyOn(readersOf(workspace), 'read');

test('exact: what was written before is counted', async () => {
  expect(await sizes(true)).toEqual([[0, false]]);
  addContact(workspace, { email: 'ada@x.dk', tags: ['vip'] });
  expect(await sizes(true)).toEqual([[1, false]]);
  expect(await sizes(false)).toEqual([[null, false]]);
});

test('known: the old size at once, the new one when it is counted, and nothing is counted while nothing changes', async () => {
  expect(await sizes('known')).toEqual([[null, true]]);
  await vi.waitFor(async () => expect(await sizes('known')).toEqual([[0, false]]), { timeout: 30_000 });
  expect(workspace.heard).toContainEqual({ type: 'changed', topics: ['segments'] });
  const read = counts();
  await sizes('known');
  await sizes(true);
  expect(read).not.toHaveBeenCalled();
  addContact(workspace, { email: 'ada@x.dk', tags: ['vip'] });
  expect(await sizes('known')).toEqual([[0, true]]);
  await vi.waitFor(async () => expect(await sizes('known')).toEqual([[1, false]]), { timeout: 30_000 });
});

test('before the first count, the size of the last day is shown', async () => {
  recordSize(workspace, 'vips', '2026-03-01', 7);
  expect(await sizes('known')).toEqual([[7, true]]);
});

test('an hour later it is counted again: the rule may speak of time', async () => {
  expect(await sizes(true)).toEqual([[0, false]]);
  const read = counts();
  workspace.clock.setTo(workspace.clock.now() + HOUR);
  expect(await sizes(true)).toEqual([[0, false]]);
  expect(read).toHaveBeenCalledTimes(1);
});

test('a rule that cannot be asked any more has no size, and says why', async () => {
  saveSegment(workspace, { key: 'odd', name: 'Odd', rule: { kind: 'attribute', attribute: 'gone', operator: 'isEmpty' } });
  const odd = async (how: true | 'known') => calls['segments.get']({ key: 'odd', sizes: how });
  expect(await odd(true)).toMatchObject({ size: null, outdated: false, problems: [{ code: 'attribute-unknown' }] });
  expect(await odd('known')).toMatchObject({ size: null, problems: [{ code: 'attribute-unknown' }] });
});
