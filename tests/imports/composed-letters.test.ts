// A letter in one piece or in two (é; macOS takes names apart) is the same in what names things: tags, choices, companies, attributes,
// segments, topics, headers, domains. In what people have written it stays as it is.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stage, type Stage } from '../privacy/backend-stage.ts';
import { testFolder, type Folder } from './import-fixture.ts';

const [ONE, TWO] = ['Café Århus', 'Café Århus'].map((word, n) => word.normalize(n === 0 ? 'NFC' : 'NFD')) as [string, string];

let s: Stage;
let folder: Folder;
beforeEach(async () => {
  s = stage();
  folder = testFolder();
  await s.call('workspace.create', { name: 'Shop', file: folder.path('shop.kanal'), timeZone: 'Europe/Copenhagen', locale: 'da-DK', sample: false });
});
afterEach(async () => {
  await s.end();
  folder.remove();
});

async function bring(text: string, changes: object = {}) {
  const file = folder.write('people.csv', text);
  const { plan } = await s.call('imports.inspect', { file });
  const { import: id } = await s.call('imports.start', { file, plan: { ...plan, ...changes } });
  return await s.call('imports.wait', { import: id });
}
const contact = async (email: string) => await s.call('contacts.get', (await s.call('contacts.find', { email }))!);

test('they do differ', () => {
  expect(ONE).not.toBe(TWO);
  expect(TWO.length).toBe(ONE.length + 2);
});

test('tags: by import, by hand, for all rows, in a rule', async () => {
  await bring(`email,tags\nada@x.dk,${ONE}\nbo@x.dk,${TWO}\ncy@x.dk,"${ONE}, ${TWO}"\n`);
  await bring('email\ndi@x.dk\n', { tags: [TWO] });
  const { id } = (await s.call('contacts.find', { email: 'ada@x.dk' }))!;
  await s.call('contacts.tag', { ids: [id], add: [TWO] });
  expect(await s.call('tags.list', {})).toEqual([{ name: ONE, contacts: 4 }]);
  for (const tag of [ONE, TWO]) expect((await s.call('contacts.list', { rule: { kind: 'tag', tag, has: true } })).total).toBe(4);
  await s.call('contacts.tag', { ids: [id], remove: [TWO] });
  expect(await s.call('tags.list', {})).toEqual([{ name: ONE, contacts: 3 }]);
});

test('choices, whichever way they were written down', async () => {
  await s.call('attributes.add', { key: 'place', label: 'Place', kind: 'choice', choices: [TWO, 'Skive'] });
  await s.call('attributes.add', { key: 'places', label: 'Places', kind: 'choices', choices: [ONE, 'Skive'] });
  const done = await bring(`email,Place,Places\nada@x.dk,${ONE},${TWO}\nbo@x.dk,${TWO.toUpperCase()},Skive;${TWO}\n`);
  expect(done.counts).toMatchObject({ added: 2, rejected: 0 });
  expect((await contact('ada@x.dk')).values).toMatchObject({ place: ONE, places: [ONE] });
  expect((await contact('bo@x.dk')).values).toMatchObject({ place: ONE, places: ['Skive', ONE] });
});

test('companies, attributes, segments, topics and headers', async () => {
  await bring(`email,company\nada@x.dk,${ONE}\nbo@x.dk,${TWO}\n`);
  expect((await s.call('companies.list', {})).rows).toMatchObject([{ contacts: 2 }]);
  await s.call('attributes.add', { key: 'cafe', label: TWO, kind: 'text' });
  const { plan } = await s.call('imports.inspect', { file: folder.write('a.csv', `email,${ONE}\nada@x.dk,x\n`) });
  expect(plan.columns[1]!.target).toEqual({ kind: 'attribute', attribute: 'cafe' });
  await s.call('topics.save', { name: TWO });
  expect(await s.refusal('topics.save', { name: ONE })).toBe('topic-taken');
  await s.call('segments.save', { name: TWO, rule: null });
  expect(await s.call('segments.list', { sizes: false })).toMatchObject([{ name: ONE }]);
});

test('a domain; and headers of a file that was matched before', async () => {
  const done = await bring(`email,${TWO}\nada@${'café'.normalize('NFD')}.dk,x\n`);
  expect(done.counts.added).toBe(1);
  expect(await s.call('contacts.find', { email: 'ada@café.dk'.normalize('NFC') })).not.toBeNull();
  const again = await s.call('imports.inspect', { file: folder.write('b.csv', `email,${ONE}\nada@x.dk,y\n`) });
  expect(again.profile).not.toBeNull();
  expect(again.plan.columns).toMatchObject([{ header: 'email' }, { header: ONE, target: { kind: 'attribute' } }]);
});

test('what people have written stays as it is, byte for byte', async () => {
  await s.call('attributes.add', { key: 'words', label: 'Words', kind: 'text' });
  await bring(`email,first name,words\nada@x.dk,${TWO},${TWO}\nbo@x.dk,${ONE},${ONE}\n`);
  expect((await contact('ada@x.dk')).values).toMatchObject({ first_name: TWO, words: TWO });
  expect((await contact('bo@x.dk')).values).toMatchObject({ first_name: ONE, words: ONE });
});
