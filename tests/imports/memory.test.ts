// What an import keeps in memory: little of the file, and little room for what is gone in a moment.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bytesAroundFirstLetter } from '../../src-main/imports/source.ts';
import { testFolder, type Folder } from './import-fixture.ts';

let folder: Folder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder.remove());

const MEGABYTE = 1024 * 1024;

test('the first letter beyond ASCII is found wherever it is, with what is around it', () => {
  for (const at of [0, 5, MEGABYTE - 1, MEGABYTE, 2 * MEGABYTE + 4099]) {
    const bytes = Buffer.alloc(3 * MEGABYTE, 'a');
    bytes.write('ærø', at, 'latin1');
    const found = bytesAroundFirstLetter(folder.write(`${at}.csv`, bytes), 10 * MEGABYTE, 4096, 1000)!;
    expect(found.toString('latin1'), `at ${at}`).toBe(bytes.toString('latin1', Math.max(0, at - 4096) & ~3, (Math.max(0, at - 4096) & ~3) + 5096));
  }
});

test('where there is none, or it comes too late, nothing is found', () => {
  const bytes = Buffer.alloc(2 * MEGABYTE, 'a');
  expect(bytesAroundFirstLetter(folder.write('plain.csv', bytes), 10 * MEGABYTE, 4096, 1000)).toBeNull();
  bytes[bytes.length - 1] = 0xe6;
  expect(bytesAroundFirstLetter(folder.write('late.csv', bytes), MEGABYTE, 4096, 1000)).toBeNull();
});

// In a process of its own: how much room V8 gives to new objects depends on all that ran before.
test.each([
  ['Node', ''],
  ['the machine’s process of Electron', `Object.defineProperty(process, 'versions', { value: { ...process.versions, electron: '45.4.1' } });`],
])('while an import runs in %s the room for new objects does not grow; afterwards it may again', (_where, prepare) => {
  const module = pathToFileURL(join(import.meta.dirname, '../../src-main/imports/young-space.ts')).href;
  const program = `
    ${prepare}
    import { getHeapSpaceStatistics } from 'node:v8';
    import { holdYoungSpace } from '${module}';
    const room = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
    const churn = () => { let kept = []; for (let n = 0; n < 400000; n++) { kept.push([n + 'a', n + 'b']); if (kept.length > 20000) kept = []; } };
    const [one, other] = [holdYoungSpace(), holdYoungSpace()];
    churn();
    one.release();
    one.release();
    churn();
    const held = room();
    other.release();
    churn();
    console.log(JSON.stringify({ held, released: room() }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const { held, released } = JSON.parse(stdout) as { held: number; released: number };
  expect(held).toBeLessThanOrEqual(4 * MEGABYTE);
  expect(released).toBeGreaterThanOrEqual(2 * held);
});
