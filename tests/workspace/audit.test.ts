// What is changed beside the flows, and yet decides about everything that they send, is written down too (FEATURES A14.10).
import { expect, test } from 'vitest';
import { accountHandlers } from '../../src-main/handlers/accounts.ts';
import { auditHandlers } from '../../src-main/handlers/audit.ts';
import { calendarHandlers } from '../../src-main/handlers/calendars.ts';
import { settingsHandlers } from '../../src-main/handlers/settings.ts';
import { simulationHandlers } from '../../src-main/handlers/simulations.ts';
import type { TestWorkspace } from '../workspace-fixture.ts';
import { testWorkspace } from '../workspace-fixture.ts';

async function written(workspace: TestWorkspace) {
  const entries = await auditHandlers(workspace)['audit.list']({ flow: null, before: null, limit: 10 });
  return entries.reverse().map(({ actor, action, details }) => [actor, action, details]);
}

test('rules for sending: which, from what, to what; saved as they were, nothing', async () => {
  const workspace = testWorkspace();
  const calls = settingsHandlers(workspace);
  const settings = await calls['settings.get']({});
  await calls['settings.save'](settings);
  await calls['settings.save']({ ...settings, quietHours: { from: '21:00', to: '08:00' } });
  expect(await written(workspace)).toEqual([['user', 'settings-changed', { quietHours: { from: null, to: { from: '21:00', to: '08:00' } } }]]);
});

test('accounts without their passwords, calendars, and what must always hold', async () => {
  const workspace = testWorkspace();
  const account = { name: 'Shop', fromName: 'Shop', fromAddress: 'shop@example.com', host: 'smtp.example.com', port: 465, security: 'tls' as const, user: 'shop' };
  const accounts = accountHandlers(workspace);
  const { id } = await accounts['accounts.save']({ id: null, account, password: 'hush' });
  await accounts['accounts.remove']({ id });
  const calendars = calendarHandlers(workspace);
  const { key } = await calendars['calendars.save']({ key: null, name: 'Fairs', days: [{ date: '2026-12-24', name: '' }] });
  await calendars['calendars.remove']({ key });
  await simulationHandlers(workspace)['checks.save']({ checks: [{ kind: 'neverAfterOptOut' }] });
  expect(await written(workspace)).toEqual([
    ['user', 'account-saved', { account: 'Shop', id, isNew: true }],
    ['user', 'account-removed', { account: 'Shop', id }],
    ['user', 'calendar-saved', { calendar: 'Fairs', key, isNew: true, days: 1 }],
    ['user', 'calendar-removed', { calendar: 'Fairs', key }],
    ['user', 'checks-changed', { checks: [{ kind: 'neverAfterOptOut' }] }],
  ]);
});
