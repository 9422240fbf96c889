// Every code with which a passage ends, and every code with which the ledger ends a message, has words in the window.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isKnownReason } from '../../src-renderer/outbox/reasons.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

/** The codes that constants are given in these folders, by names that say what they are. */
function codes(name: RegExp, ...folders: string[]): string[] {
  const sources = folders.flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => read(folder, file)));
  const named = sources.flatMap((source) => [...source.matchAll(/^(?:export )?const (\w+) = '([a-z-]+)';/gm)]);
  return [...new Set(named.filter(([, constant]) => name.test(constant!)).map(([, , code]) => code!))].sort((a, b) => a.localeCompare(b));
}

/** How a path ends, which is not shown; how a backtest ends what it takes back, in its own copy. */
const NEVER_SHOWN = new Set(['joined', 'backtest']);

test('why contacts leave a flow', () => {
  const found = [...codes(/^REASON_|^(EXIT_STEP|FILTERED|CONTROL_GROUP|GOAL_MISSED|DATE_PAST|DATE_MISSING)$/, 'shared/engine', 'shared/steps', 'src-main/runner', 'src-main/simulation'), 'import-undone', 'edit-undone'].filter((code) => !NEVER_SHOWN.has(code));
  expect(found.length).toBeGreaterThan(18);
  const words = JSON.parse(read('assets', 'languages', 'en', 'contacts.json')) as Record<string, string>;
  const known = read('src-renderer', 'contacts', 'exit-reasons.ts');
  expect(found.filter((code) => words[`exit.${code}`] === undefined || !known.includes(`'${code}'`))).toEqual([]);
});

test('why a flow takes a planned message back', () => {
  const calls = ['src-main/runner/people.ts', 'src-main/runner/publishing.ts'].flatMap((file) => [...read(file).matchAll(/cancelPlanned(?:Of)?\(.*, (?:'([a-z-]+)'|(\w+))\)/g)]);
  const constants = new Map([...`${read('shared/engine/advance.ts')}${read('src-main/runner/publishing.ts')}`.matchAll(/const (\w+) = '([a-z-]+)';/g)].map(([, constant, code]) => [constant!, code!]));
  const found = [...new Set(calls.map(([, code, constant]) => code ?? constants.get(constant!) ?? constant!))];
  expect(found.length).toBeGreaterThanOrEqual(3);
  expect(found.filter((code) => !isKnownReason(code))).toEqual([]);
});
