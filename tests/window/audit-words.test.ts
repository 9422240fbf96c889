// Whatever the machine writes into the audit has a sentence in the window.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** The names under which `recordAudit` is called. Those made of parts have their parts here. */
function actions(): string[] {
  const made = ['move', 'skip', 'restart', 'remove', 'retry', 'follow'].map((act) => `people-${act}`).concat(['markSent', 'resend', 'cancel'].map((act) => `outbox.${act}`));
  const sources = readdirSync(join(root, 'src-main'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, 'src-main', file), 'utf8'));
  const named = sources.flatMap((source) => [...source.matchAll(/recordAudit\(\w+, [^,]+, '([^']+)'/g)].map(([, action]) => action!));
  return [...new Set([...named, ...made])].sort((a, b) => a.localeCompare(b));
}

test('every act has words, and the screen knows it', () => {
  const found = actions();
  expect(found.length).toBeGreaterThan(30);
  const words = JSON.parse(readFileSync(join(root, 'assets', 'languages', 'en', 'audit.json'), 'utf8')) as Record<string, string>;
  const screen = readFileSync(join(root, 'src-renderer', 'audit', 'AuditScreen.tsx'), 'utf8');
  expect(found.filter((action) => words[action] === undefined || !screen.includes(`'${action}'`))).toEqual([]);
});
