// F20: the laptop travels. The program is started in one time zone and then in another (TZ of the process, which is what the
// system's zone is to it): what was due stays due, 9:00 stays 9:00 of the contact, and the workspace's days stay its own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { instantText } from '../../shared/time.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { remember } from '../../src-main/store/runner-state.ts';
import { MESSAGES } from '../mail/sending-stage.ts';
import { flowOf, mail, tag, wait } from '../runner/story.ts';
import { buildProgram, commandLine } from '../program.ts';
import { addContact, testWorkspace } from '../workspace-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'kanal-travel-'));
beforeAll(buildProgram, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Friday, two days before Europe's clocks go forward. */
const BEGIN = Date.UTC(2030, 2, 29, 12);

/** Everybody comes in, waits for nine o'clock of their own, is written to, and again two days later; beside it, something every day at 2:30 of the workspace. */
function begun(name: string): string {
  const file = join(folder, `${name}.kanal`);
  const workspace = testWorkspace({ file, now: BEGIN });
  const live = (flow: ReturnType<typeof flowOf>) => publish(workspace, insertFlow(workspace, flow), flow, MESSAGES);
  live(flowOf({ name: 'Morning', steps: [{ id: 'nine', type: 'waitUntil', config: { until: 'time', time: '09:00' } }, mail('m', 'receipt'), wait('two', 2), mail('n', 'receipt')] }));
  live(flowOf({ name: 'Daily', entry: { reentry: 'afterExit', reentryDays: 30, audience: null, most: 3, mostPer: 'day' }, triggers: [{ id: 't', type: 'schedule', config: { every: 'daily', at: '02:30', whose: 'workspace' } }], steps: [tag('night')] }));
  addContact(workspace, { email: 'copenhagen@example.com' });
  addContact(workspace, { email: 'new-york@example.com', time_zone: 'America/New_York' });
  addContact(workspace, { email: 'auckland@example.com', time_zone: 'Pacific/Auckland' });
  remember(workspace, 'virtual-clock', BEGIN);
  workspace.db.pragma('wal_checkpoint(TRUNCATE)');
  workspace.close();
  return file;
}

/** A run of the program whose computer stands in `zone`, until so many hours after the beginning. */
function run(file: string, zone: string, hours: number): void {
  const until = instantText(BEGIN + hours * 3_600_000);
  const { status, stderr } = spawnSync(process.execPath, [commandLine, 'run', file, '--virtual-clock', '--until', until, '--transport', `folder:${join(folder, 'mail')}`], {
    encoding: 'utf8',
    env: { ...process.env, TZ: zone, KANAL_DATA_FOLDER: join(folder, 'data') },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
}

function read<Row>(file: string, sql: string): Row[] {
  const db = new SQLite(file, { readonly: true });
  try {
    return db.prepare(sql).all() as Row[];
  } finally {
    db.close();
  }
}

/** All that has an instant. */
const history = (file: string) => [
  read(file, 'SELECT contact_id, flow_id, state, step_id, entered_at, due_at, left_at FROM enrollments ORDER BY id'),
  read(file, 'SELECT enrollment_id, visit, step_id, entered_at, left_at FROM visits ORDER BY enrollment_id, visit'),
  read(file, 'SELECT contact_id, step_id, state, due_at, settled_at FROM outbox ORDER BY id'),
  read(file, 'SELECT contact_id, type, at FROM events ORDER BY id'),
];

test('F20: the system’s time zone changes between two starts', () => {
  const file = begun('traveller');
  const stays = begun('at-home');
  const due = () => read<{ email: string; due: number }>(file, `SELECT c.email, e.due_at AS due FROM enrollments e JOIN contacts c ON c.id = e.contact_id WHERE e.state = 'active' ORDER BY c.id`).map(({ email, due: at }) => `${email.split('@')[0]} ${instantText(at)}`);

  run(file, 'Europe/Copenhagen', 0);
  const before = ['copenhagen 2030-03-30T08:00:00Z', 'new-york 2030-03-29T13:00:00Z', 'auckland 2030-03-29T20:00:00Z'];
  expect(due()).toEqual(before);
  // Started again in another place at the same instant: nothing has moved.
  run(file, 'Asia/Tokyo', 0);
  expect(due()).toEqual(before);

  run(file, 'America/Los_Angeles', 21);
  run(file, 'Pacific/Kiritimati', 60);
  run(file, 'Asia/Kathmandu', 120);
  run(stays, 'Europe/Copenhagen', 120);

  const sent = read<{ step: string; email: string; at: number }>(file, `SELECT o.step_id AS step, c.email, o.settled_at AS at FROM outbox o JOIN contacts c ON c.id = o.contact_id WHERE o.state = 'sent' ORDER BY c.id, o.id`).map(({ step, email, at }) => `${step} ${email.split('@')[0]} ${instantText(at)}`);
  expect(sent).toEqual([
    'm copenhagen 2030-03-30T08:00:00Z',
    'n copenhagen 2030-04-01T07:00:00Z',
    'm new-york 2030-03-29T13:00:00Z',
    'n new-york 2030-03-31T13:00:00Z',
    'm auckland 2030-03-29T20:00:00Z',
    'n auckland 2030-03-31T20:00:00Z',
  ]);
  // 2:30 of the workspace, which does not exist on the 31st.
  const nights = read<{ at: number }>(file, `SELECT DISTINCT entered_at AS at FROM enrollments WHERE trigger_id = 't' ORDER BY at`).map(({ at }) => instantText(at));
  expect(nights).toEqual(['2030-03-30T01:30:00Z', '2030-03-31T01:30:00Z', '2030-04-01T00:30:00Z', '2030-04-02T00:30:00Z', '2030-04-03T00:30:00Z']);
  expect(history(file)).toEqual(history(stays));
  expect(read(file, `SELECT value FROM settings WHERE key = 'timeZone'`)).toEqual(read(stays, `SELECT value FROM settings WHERE key = 'timeZone'`));
}, 180_000);
