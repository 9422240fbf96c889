// Every step and trigger has a picture in the editor: a name without one would be shown as a piece of a puzzle.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stepTypes } from '../../shared/steps/index.ts';
import { triggerTypes } from '../../shared/triggers/index.ts';

const pictures = readFileSync(join(import.meta.dirname, '../../src-renderer/flow-editor/icons.tsx'), 'utf8');
const known = new Set([...pictures.matchAll(/^ {2}(\w+): Icon\w+,$/gm)].map(([, name]) => name));

test('each icon that a definition names is there', () => {
  expect(known.size).toBeGreaterThan(20);
  expect([...stepTypes, ...triggerTypes].filter(({ icon }) => !known.has(icon)).map(({ type, icon }) => `${type}: ${icon}`)).toEqual([]);
});
