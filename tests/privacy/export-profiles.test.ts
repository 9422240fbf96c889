// Named sets of columns for exports: kept, used, replaced and forgotten.
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stage, type Stage } from './backend-stage.ts';

let s: Stage;
beforeEach(async () => {
  s = stage();
  await s.call('workspace.create', { name: 'Shop', file: join(s.folder, 'shop.kanal'), timeZone: 'UTC', locale: 'da-DK', sample: false });
  await s.call('contacts.add', { values: { email: 'ada@x.dk', first_name: 'Ada', last_name: 'Lovelace' } });
  await s.call('contacts.add', { values: { email: 'bo@x.dk', first_name: 'Bo' } });
});
afterEach(() => s.end());

test('a profile keeps columns, their order and how the file is written; its name is its own', async () => {
  await s.call('exports.saveProfile', { name: 'Til trykkeriet', columns: ['last_name', 'email'], for: 'excel' });
  await s.call('exports.saveProfile', { name: 'Alt', columns: null, for: 'plain' });
  const { key } = await s.call('exports.saveProfile', { name: 'TIL TRYKKERIET', columns: ['email', 'first_name'], for: 'plain' });
  expect(await s.call('exports.profiles', {})).toEqual([
    { key: 'alt', name: 'Alt', columns: null, for: 'plain' },
    { key, name: 'TIL TRYKKERIET', columns: ['email', 'first_name'], for: 'plain' },
  ]);
  await s.call('exports.removeProfile', { key: 'alt' });
  expect(await s.refusal('exports.removeProfile', { key: 'alt' })).toBe('profile-unknown');
});

test('a selection, a rule and a segment go out, each in the columns of the profile', async () => {
  await s.call('exports.saveProfile', { name: 'Names', columns: ['first_name', 'email'], for: 'plain' });
  const [profile] = await s.call('exports.profiles', {});
  const out = async (whom: object) => {
    const file = join(s.folder, 'out.csv');
    await s.call('exports.contacts', { file, columns: profile!.columns, for: profile!.for, ...whom });
    return readFileSync(file, 'utf8').trim().split('\r\n').slice(1).sort();
  };
  const bo = (await s.call('contacts.find', { email: 'bo@x.dk' }))!.id;
  await s.call('segments.save', { name: 'Adas', rule: { kind: 'attribute', attribute: 'first_name', operator: 'equals', value: 'Ada' } });
  expect(await out({ ids: [bo] })).toEqual(['Bo,bo@x.dk']);
  expect(await out({ rule: { kind: 'attribute', attribute: 'last_name', operator: 'isEmpty' } })).toEqual(['Bo,bo@x.dk']);
  expect(await out({ rule: { kind: 'segment', segment: 'adas', member: true } })).toEqual(['Ada,ada@x.dk']);
  expect(await out({})).toHaveLength(2);
});
