// The commands about flows as scripts see them: what is a slip of the hand, what there is to mend, and what was done; stopping
// everything and lifting that without a window; calendars; archiving.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildProgram, commandLine } from '../program.ts';

let folder: string;

function kanal(...words: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [commandLine, ...words], { cwd: folder, encoding: 'utf8', env: { ...process.env, KANAL_DATA_FOLDER: join(folder, 'data') } });
  return { code: status, out: stdout, err: stderr };
}

const json = (...words: string[]): unknown => JSON.parse(kanal(...words, '--json').out);

const FLOW = {
  kanalFlow: 1,
  name: 'Club',
  triggers: [{ id: 'hand', type: 'byHand', config: {} }],
  steps: [{ id: 'pause', type: 'wait', config: { duration: { amount: 2, unit: 'days' } } }, { id: 'later', type: 'wait', config: { duration: { amount: 2, unit: 'days' } } }],
  edges: [{ from: 'start', outlet: 'next', to: 'pause' }, { from: 'pause', outlet: 'next', to: 'later' }],
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanal-cli-flows-'));
  buildProgram();
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text);
  file('club.kanalflow', JSON.stringify(FLOW));
  file('people.csv', 'email\nada@example.com\nben@example.com\n');
  file('days.txt', '2026-12-24 Christmas Eve\n31.12.2026\n');
  file('bad-days.txt', '2026-12-24\nsoon\n');
  file('object.json', '{"a":1}');
  file('text.json', 'most: 2');
  for (const words of [['new', 'shop.kanal', '--time-zone', 'Europe/Copenhagen', '--locale', 'en-GB'], ['import', 'shop.kanal', 'people.csv'], ['flow', 'add', 'shop.kanal', 'club.kanalflow'], ['flow', 'publish', 'shop.kanal', 'Club'], ['enroll', 'shop.kanal', 'Club']]) {
    expect(kanal(...words), words.join(' ')).toMatchObject({ code: 0 });
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const refusals: [string, string[], number, RegExp][] = [
  ['a step that there is not', ['people', 'list', 'shop.kanal', 'Club', '--step', 'nosuch'], 1, /has no step “nosuch”/],
  ['the same where people would be moved from it', ['people', 'move', 'shop.kanal', 'Club', '--step', 'nosuch', '--to', 'later'], 1, /has no step “nosuch”/],
  ['a message that there is not', ['try', 'shop.kanal', 'Club', '--opens', 'welcome'], 1, /There is no message “welcome”/],
  ['a segment that there is not', ['simulate', 'shop.kanal', 'Club', '--days', '3', '--segment', 'vip'], 1, /^--segment: This workspace has no segments yet/],
  ['both kinds of people', ['simulate', 'shop.kanal', 'Club', '--days', '3', '--segment', 'vip', '--everyone'], 2, /^Give either --segment or --everyone/],
  ['more days than a preview takes', ['preview', 'shop.kanal', 'Club', '--days', '61'], 2, /^--days must be a whole number from 1 to 60\./],
  ['checks that are no list', ['checks', 'shop.kanal', '--set', 'object.json'], 1, /object\.json is no list of checks .*Write it like \[\{"kind":"mostMessages"/],
  ['checks that are no JSON', ['checks', 'shop.kanal', '--set', 'text.json'], 1, /text\.json is not JSON/],
  ['checks that are nowhere', ['checks', 'shop.kanal', '--set', 'nowhere.json'], 1, /^The checks cannot be read from nowhere\.json\. Check the path\./],
  ['archiving with people inside', ['flow', 'remove', 'shop.kanal', 'Club'], 1, /^2 people are inside “Club” and would leave at once\. Add --confirm/],
  ['days that are none', ['calendar', 'set', 'shop.kanal', 'Closed', 'bad-days.txt'], 1, /Line 2: “soon” does not begin with a day/],
  ['a calendar that there is not', ['calendars', 'shop.kanal', 'holidays_d'], 1, /There is no calendar holidays_d\..* Did you mean holidays_dk\?/],
  ['a year that is none', ['calendars', 'shop.kanal', 'holidays_dk', '--year', '27'], 2, /^--year must be a year/],
];

test.each(refusals)('refused: %s', (_, words, code, sentence) => {
  const result = kanal(...words);
  expect(result).toMatchObject({ code, out: '' });
  expect(result.err).toMatch(sentence);
});

test('everything is stopped and started again without a window; meanwhile nothing runs, and starting sends nothing by itself', () => {
  expect(kanal('stop', 'shop.kanal')).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^Everything is stopped since 20.*“start” lifts that\.\n$/) });
  const run = ['run', 'shop.kanal', '--virtual-clock', '--transport', 'folder:out', '--until', '2099-01-01T00:00'];
  expect(kanal(...run)).toMatchObject({ code: 1, err: expect.stringContaining('Lift that with “kanal start”') });
  expect(json('start', 'shop.kanal')).toEqual({ stopped: null, wasStopped: expect.stringMatching(/^20/) });
  expect(kanal('start', 'shop.kanal').out).toMatch(/^Nothing was stopped\./);
  expect(json('audit', 'shop.kanal')).toMatchObject([{ action: 'everything-started' }, { action: 'everything-stopped', details: { from: 'commandLine' } }, { action: 'people-enrolled' }, { action: 'flow-published' }]);
  // Nobody has moved on by it.
  expect(json('people', 'list', 'shop.kanal', 'Club', '--step', 'pause')).toMatchObject({ total: 2 });
});

test('calendars: set, listed, given other days, removed', () => {
  expect(json('calendar', 'set', 'shop.kanal', 'Closed', 'days.txt')).toEqual({ key: 'closed', days: 2, created: true });
  expect(json('calendar', 'set', 'shop.kanal', 'Closed', 'days.txt')).toEqual({ key: 'closed', days: 2, created: false });
  expect(kanal('calendars', 'shop.kanal', 'Closed').out).toBe('2026-12-24  Christmas Eve\n2026-12-31\n');
  expect(kanal('calendars', 'shop.kanal', 'holidays_dk', '--year', '2027').out).toMatch(/^2027-01-01\n2027-03-25\n/);
  expect(json('calendars', 'shop.kanal')).toMatchObject({ own: [{ key: 'closed', name: 'Closed' }], holidays: expect.arrayContaining([{ key: 'holidays_pl', name: 'Public holidays: Poland' }]) });
  expect(kanal('calendar', 'remove', 'shop.kanal', 'Closed').code).toBe(0);
});

test('a flow is archived with those inside, and a draft is removed', () => {
  expect(json('flow', 'remove', 'shop.kanal', 'Club', '--confirm')).toEqual({ id: 1, state: 'archived', left: 2 });
  kanal('flow', 'add', 'shop.kanal', 'club.kanalflow');
  const [{ id }] = json('flow', 'list', 'shop.kanal') as [{ id: number }];
  expect(json('flow', 'remove', 'shop.kanal', String(id))).toEqual({ id, state: 'removed', left: 0 });
  expect(kanal('flow', 'list', 'shop.kanal').out).toBe('There are no flows yet.\n');
});
