// The rules for sending as a window saves them: what is left out stays, what would stop everything is refused; and every reason
// that the ledger gives has words in the outbox.
import { describe, expect, test } from 'vitest';
import { settingsSchema, type Settings } from '../../shared/api.ts';
import { DEFAULT_SENDING } from '../../shared/messages/sending-rules.ts';
import { settingsHandlers } from '../../src-main/handlers/settings.ts';
import type { StopReason } from '../../src-main/runner/outbox-gates.ts';
import type { FailReason } from '../../src-main/runner/outbox-policy.ts';
import type { RenderFailure } from '../../src-main/rendering/job.ts';
import { readSettings, writeSetting } from '../../src-main/store/settings.ts';
import { isKnownReason } from '../../src-renderer/outbox/reasons.ts';
import { testWorkspace } from '../workspace-fixture.ts';

const RULES = {
  frequencyCap: { messages: 2, days: 7 },
  quietHours: { from: '22:00', to: '06:00' },
  quietDays: [7],
  lateness: { hours: 3, action: 'skip' },
} as const;
const plain = (settings: Settings) => {
  const { name, timeZone, locale, currency, postalAddress } = settings;
  return { name, timeZone, locale, currency, postalAddress };
};

describe('settings for sending', () => {
  test('are off at first, but for what is more than a day late', () => {
    expect(readSettings(testWorkspace())).toMatchObject({ ...DEFAULT_SENDING, lateness: { hours: 24, action: 'hold' } });
  });

  test('are kept, and stay when somebody saves only the rest', async () => {
    const workspace = testWorkspace();
    const handlers = settingsHandlers(workspace);
    await handlers['settings.save']({ ...readSettings(workspace), ...RULES, quietDays: [7] });
    expect(await handlers['settings.get']({})).toMatchObject(RULES);
    await handlers['settings.save']({ ...plain(readSettings(workspace)), name: 'Other' });
    expect(await handlers['settings.get']({})).toMatchObject({ ...RULES, name: 'Other' });
    expect(workspace.woken(), 'what waits for a rule may be due now').toBe(2);
  });

  test('that would leave no time to send are refused, with the place', () => {
    const workspace = testWorkspace();
    const save = (more: Partial<Settings>) => () =>
      settingsHandlers(workspace)['settings.save']({ ...plain(readSettings(workspace)), ...more });
    expect(save({ quietDays: [1, 2, 3, 4, 5, 6, 7] })).toThrow('Leave at least one');
    expect(save({ quietHours: { from: '08:00', to: '08:00' } })).toThrow('leave nothing quiet');
    expect(readSettings(workspace)).toMatchObject(DEFAULT_SENDING);
    expect(settingsSchema.shape.frequencyCap.safeParse({ messages: -1, days: 7 }).success).toBe(false);
  });

  test('that no longer make sense in the file are as if they had never been set', () => {
    const workspace = testWorkspace();
    writeSetting(workspace, 'quietHours', { from: 'late', to: 'early' });
    expect(readSettings(workspace).quietHours).toBeNull();
  });
});

test('every reason has words', () => {
  const codes: Record<
    | StopReason
    | FailReason
    | RenderFailure['failure']
    | 'waiting-for-slot'
    | 'quiet-hours'
    | 'deferred'
    | 'server-refused'
    | 'resend'
    | 'by-user',
    true
  > = {
    'flow-ended': true,
    'enrollment-ended': true,
    'enrollment-moved': true,
    'no-contact': true,
    'sent-before': true,
    'sent-by-step': true,
    'skipped-on-resume': true,
    'no-channel': true,
    'message-missing': true,
    suppressed: true,
    'consent-withdrawn': true,
    'no-consent': true,
    audience: true,
    'frequency-cap': true,
    late: true,
    'no-address': true,
    'bad-address': true,
    fuse: true,
    'address-dead': true,
    'address-refused': true,
    'mailbox-full': true,
    'message-refused': true,
    'gave-up': true,
    smtputf8: true,
    'missing-value': true,
    template: true,
    'too-slow': true,
    'too-big': true,
    'waiting-for-slot': true,
    'quiet-hours': true,
    deferred: true,
    'server-refused': true,
    resend: true,
    'by-user': true,
  };
  expect(Object.keys(codes).filter((code) => !isKnownReason(code))).toEqual([]);
});
