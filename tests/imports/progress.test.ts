// How far an import is: nothing is said of speed and time left before there is something to go by.
import { expect, test } from 'vitest';
import { progressLine } from '../../src-main/commands/import-report.ts';
import { paceOf } from '../../src-main/imports/progress.ts';
import { noCounts } from '../../src-main/store/imports.ts';
import type { TestWorkspace } from '../workspace-fixture.ts';
import { importFile, type Folder, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
stageForEach((stage) => ({ workspace, folder } = stage));

test.each([
  [5, 200, 0.0001, null, null],
  [900, 50_000, 0.5, null, null],
  [1000, 50_000, 0.5, 50_000, null],
  [2000, 100_000, 0.5, 50_000, 2],
  [60_000, 0, 0.5, null, null],
  [60_000, 600, 0.005, 10, null],
  [60_000, 600, 0.01, 10, 5940],
  [60_000, 600, 1, 10, null],
])('after %i ms, %i rows and %f of the file: %s rows a second, %s s left', (ms, rows, share, rowsPerSecond, secondsLeft) => {
  expect(paceOf(ms, rows, share)).toEqual({ rowsPerSecond, secondsLeft });
});

test('the first that windows hear has neither', async () => {
  await importFile(workspace, folder.write('a.csv', `email\n${Array.from({ length: 5000 }, (_, n) => `p${n}@x.dk`).join('\n')}\n`));
  const [first] = workspace.heard.flatMap((event) => (event.type === 'import' ? [event.progress] : []));
  expect(first).toMatchObject({ state: 'running', rowsPerSecond: null, secondsLeft: null });
});

test.each([
  [{ rowsPerSecond: null, secondsLeft: null }, 'Checking the file: 50 rows, 25 %'],
  [{ rowsPerSecond: 40, secondsLeft: null, checking: false }, '50 rows, 25 %, 40 rows a second'],
  [{ rowsPerSecond: 40, secondsLeft: 12, checking: false }, '50 rows, 25 %, 40 rows a second, 12 s left'],
  [{ rowsPerSecond: 40, secondsLeft: 200, checking: false, bytesTotal: 0 }, '50 rows, 100 %, 40 rows a second, about 3 min left'],
])('the command line leaves out what is not known: %j', (pace, line) => {
  expect(progressLine({ import: 1, state: 'running', checking: true, counts: { ...noCounts(), rows: 50 }, bytesRead: 1, bytesTotal: 4, ...pace })).toBe(line);
});
