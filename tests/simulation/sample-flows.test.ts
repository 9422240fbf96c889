// The flows of the sample workspace: test contacts walk every way of them, and they can be run over the sample's own past.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backtestPlanSchema } from '../../shared/simulation/backtest.ts';
import { coverPlanSchema } from '../../shared/simulation/cover.ts';
import { DAY } from '../../shared/time.ts';
import { fillSample } from '../../src-main/sample/index.ts';
import { backtest } from '../../src-main/simulation/backtest.ts';
import { cover } from '../../src-main/simulation/cover.ts';
import { createDatabase, rows, type Database } from '../../src-main/store/database.ts';
import { writeSettings } from '../../src-main/store/settings.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';

const NOW = Date.UTC(2026, 4, 20, 9);
let db: Database;
beforeAll(async () => {
  db = createDatabase(':memory:');
  writeSettings({ db }, { name: 'Nordlys Kaffe', timeZone: 'Europe/Copenhagen', locale: 'da-DK', currency: 'DKK' });
  await fillSample(db, NOW);
}, 60_000);
afterAll(() => void db.close());

describe.each([1, 2, 3])('flow %i of the sample', (flow) => {
  test('is covered without a rest', async () => {
    const result = await cover(imageOf(db), NOW, coverPlanSchema.parse({ flow }), () => undefined);
    expect(result.red).toEqual([]);
    expect(result.odd.filter(({ end }) => end?.state === 'failed')).toEqual([]);
    expect(result.contacts.length).toBeLessThanOrEqual(result.ways.length);
  }, 60_000);

  test('runs over the past, and the record stays as it is', async () => {
    const before = rows(db, 'SELECT count(*) AS n FROM events');
    const result = await backtest(imageOf(db), NOW, backtestPlanSchema.parse({ flow, from: NOW - 60 * DAY }), () => undefined);
    expect(result.people.failed).toBe(0);
    for (const each of Object.values(result.steps)) expect(each.entered).toBe(each.waiting + Object.values(each.left).reduce((sum, n) => sum + n, 0));
    expect(result.days.reduce((sum, day) => sum + day.entered, 0)).toBe(result.people.entered);
    expect(rows(db, 'SELECT count(*) AS n FROM events')).toEqual(before);
  }, 60_000);
});
