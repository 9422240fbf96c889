// The sample workspace: believable, made in seconds, every number adds up, and nothing of it can leave.
import { beforeAll, describe, expect, test } from 'vitest';
import { fillSample } from '../../src-main/sample/index.ts';
import { createDatabase, row, rows, type Database } from '../../src-main/store/database.ts';
import { isSample, markAsSample, writeSettings } from '../../src-main/store/settings.ts';
import { createOutbox } from '../../src-main/runner/outbox.ts';
import { testWorkspace } from '../workspace-fixture.ts';

const NOW = Date.UTC(2026, 4, 20, 9);

async function sample(): Promise<Database> {
  const db = createDatabase(':memory:');
  writeSettings({ db }, { name: 'Nordlys Kaffe', timeZone: 'Europe/Copenhagen', locale: 'da-DK', currency: 'DKK' });
  markAsSample({ db });
  await fillSample(db, NOW);
  return db;
}

const number = (db: Database, sql: string) => row<{ n: number }>(db, sql)!.n;

describe('the sample', () => {
  let db: Database;
  beforeAll(async () => {
    db = await sample();
  }, 60_000);

  test('has about 500 people with orders and opens, and three flows of which two have run', () => {
    expect(number(db, 'SELECT count(*) AS n FROM contacts')).toBe(500);
    expect(number(db, 'SELECT count(*) AS n FROM orders')).toBeGreaterThan(300);
    expect(number(db, `SELECT count(*) AS n FROM events WHERE type = 'message_opened'`)).toBeGreaterThan(50);
    expect(rows(db, 'SELECT state FROM flows ORDER BY id')).toEqual([{ state: 'live' }, { state: 'live' }, { state: 'draft' }]);
    expect(number(db, `SELECT count(*) AS n FROM enrollments WHERE state = 'finished'`)).toBeGreaterThan(50);
    expect(number(db, `SELECT count(*) AS n FROM enrollments WHERE state = 'active'`)).toBeGreaterThan(3);
  });

  test('has only messages that were sent or stopped for a reason, each after its contact had consented', () => {
    expect(rows(db, `SELECT DISTINCT state FROM outbox WHERE state NOT IN ('sent', 'cancelled')`)).toEqual([]);
    expect(number(db, `SELECT count(*) AS n FROM outbox o WHERE o.state = 'sent' AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.contact_id = o.contact_id AND c.state = 'given' AND c.at <= o.settled_at)`)).toBe(0);
  });

  test('has no address that mail could reach (RFC 2606)', () => {
    expect(number(db, `SELECT count(*) AS n FROM contacts WHERE email NOT LIKE '%.example'`)).toBe(0);
  });

  test('has nothing in the future, and an n-th order for every order', () => {
    expect(number(db, `SELECT count(*) AS n FROM events WHERE at > ${NOW}`)).toBe(0);
    expect(number(db, 'SELECT count(*) AS n FROM (SELECT contact_id, count(*) AS c, max(nth) AS m, count(DISTINCT nth) AS d FROM orders GROUP BY contact_id HAVING c <> m OR c <> d)')).toBe(0);
  });

  test('sends nothing when it is opened', async () => {
    expect(isSample({ db })).toBe(true);
    const workspace = { ...testWorkspace(), db };
    const outbox = createOutbox(workspace, {
      openChannel: () => {
        throw new Error('A sample workspace opened a channel');
      },
    });
    expect(outbox.paused()?.code).toBeDefined();
    expect(await outbox.performDue()).toBe(0);
    await outbox.close();
  });
});

test('the same sample comes out twice', async () => {
  const dump = (db: Database) => JSON.stringify([rows(db, 'SELECT * FROM contacts ORDER BY id'), rows(db, 'SELECT key, state, reason, settled_at FROM outbox ORDER BY id'), rows(db, 'SELECT * FROM visits ORDER BY enrollment_id, visit')]);
  expect(dump(await sample())).toBe(dump(await sample()));
}, 60_000);
