// The small rules of the window: addresses of places, paths, keys of new attributes, and when an import may go on.
import { describe, expect, test } from 'vitest';
import { addressOf, routeOf, type Route } from '../../src-renderer/app/routes.ts';
import { contactTitle } from '../../src-renderer/contacts/contact-name.ts';
import { freeKey } from '../../src-renderer/imports/attribute-key.ts';
import { planObstacles } from '../../src-renderer/imports/plan-obstacles.ts';
import { folderOf, joinPath, nameOf, safeFileName } from '../../src-renderer/ui/paths.ts';
import { importPlanSchema, type ColumnTarget } from '../../shared/contacts/import-plan.ts';
import { withFittingMatch } from '../../shared/contacts/match-keys.ts';

describe('places', () => {
  const routes: Route[] = [
    { screen: 'flows' },
    { screen: 'flow', id: 7 },
    { screen: 'people', flow: 7 },
    { screen: 'people', flow: 7, step: 'wait 1/2' },
    { screen: 'people', flow: 7, view: 'failed' },
    { screen: 'people', flow: 7, view: 'held', step: 'wait 1/2' },
    { screen: 'contacts' },
    { screen: 'contact', id: 12 },
    { screen: 'import' },
    { screen: 'imports' },
    { screen: 'messages' },
    { screen: 'message', key: 'welcome_1' },
    { screen: 'outbox' },
    { screen: 'settings', section: 'sending' },
  ];
  test.each(routes)('$screen is found again by its address', (route) => expect(routeOf(addressOf(route))).toEqual(route));
  test.each(['', '#', '#/nowhere', '#/flows/x', '#token=abc'])('%s leads to the flows', (address) => expect(routeOf(address)).toEqual({ screen: 'flows' }));
  test('an unknown part of the settings is the first one', () => expect(routeOf('#/settings/x')).toEqual({ screen: 'settings', section: 'workspace' }));
});

describe('paths', () => {
  test.each([
    ['/home/anna/Nordlys.kanal', '/home/anna', 'Nordlys.kanal'],
    ['C:\\Users\\Anna\\Nordlys.kanal', 'C:\\Users\\Anna', 'Nordlys.kanal'],
  ])('%s', (path, folder, name) => {
    expect([folderOf(path), nameOf(path), joinPath(folder, name)]).toEqual([folder, name, path]);
  });
  test.each([
    ['Ærø & co: 2026/27', 'Ærø & co 2026 27'],
    ['...', 'kanal'],
    ['  ', 'kanal'],
  ])('%s as the name of a file', (name, safe) => expect(safeFileName(name)).toBe(safe));
});

describe('keys of new attributes', () => {
  test.each([
    ['Fødselsdag', [], 'fodselsdag'],
    ['Łączna kwota (zł)', [], 'laczna_kwota_zl'],
    ['2. Ålder', [], 'alder'],
    ['City', ['city', 'city_2'], 'city_3'],
    ['???', [], 'attribute'],
  ])('%s', (header, taken, key) => expect(freeKey(header, taken)).toBe(key));
});

describe('an import may go on', () => {
  const reading = { encoding: 'utf8', separator: ';', quote: '"', headerLine: 1, decimal: ',', dateOrder: 'dmy', sure: true } as const;
  const plan = (targets: ColumnTarget[], consent: { channel: 'email'; source: string } | null = null) => ({
    ...importPlanSchema.parse({ reading, columns: targets.map((target, index) => ({ header: `c${index}`, target })) }),
    consent,
  });
  const email: ColumnTarget = { kind: 'attribute', attribute: 'email' };
  const consent: ColumnTarget = { kind: 'consent', channel: 'email' };

  test('with an address', () => expect(planObstacles(plan([email, { kind: 'ignore' }]))).toBeNull());
  test('not without anything that tells people apart', () => expect(planObstacles(plan([{ kind: 'tags' }]))).toEqual({ kind: 'noKey', key: 'email' }));
  test('not with two columns for one attribute', () => expect(planObstacles(plan([email, email]))).toEqual({ kind: 'twice', attribute: 'email' }));
  test('with a column of consent and no source: its refusals are taken all the same', () => expect(planObstacles(plan([email, consent]))).toBeNull());
  test('not with two columns of consent', () => expect(planObstacles(plan([email, consent, consent]))).toEqual({ kind: 'twoConsents' }));
  test('not with consent of no source', () => expect(planObstacles(plan([email], { channel: 'email', source: '' }))).toEqual({ kind: 'noSource' }));
  test.each([
    [['phone'], ['email'], ['phone']],
    [['email', 'phone'], ['phone', 'email'], ['phone', 'email']],
    [['email'], ['phone', 'email'], ['email']],
    [['first_name'], ['email'], ['email']],
  ] as const)('with columns %j, people matched by %j are found by %j', (attributes, match, fitting) => {
    const columns = attributes.map((attribute): ColumnTarget => ({ kind: 'attribute', attribute }));
    expect(withFittingMatch({ ...plan(columns), match: [...match] }).match).toEqual(fitting);
  });
  test('not with a source of blanks', () => expect(planObstacles(plan([email], { channel: 'email', source: ' ' }))).toEqual({ kind: 'noSource' }));
  test('with consent and its source', () => expect(planObstacles(plan([email, consent], { channel: 'email', source: 'Fair' }))).toBeNull());
});

describe('people', () => {
  test.each([
    [{ first_name: 'Ada', last_name: 'Holm', email: 'ada@example.com' }, 'Ada Holm'],
    [{ first_name: null, email: 'ada@example.com' }, 'ada@example.com'],
    [{ phone: '+4512345678' }, '+4512345678'],
    [{}, '#5'],
  ])('%o is called %s', (values, title) => expect(contactTitle({ id: 5, values })).toBe(title));
});
