// Random replies, silences, kills, opt-outs and decisions against a dumb model of what must hold (FAULTS 2.3): a server never
// gets a message twice unless a person asked for it, nobody is written to after an opt-out, and the ledger adds up.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Delivery } from '../../src-main/channels/channel.ts';
import type { Outbox } from '../../src-main/runner/outbox.ts';
import { decide } from '../../src-main/runner/outbox-decide.ts';
import { run } from '../../src-main/store/database.ts';
import { addSuppression } from '../../src-main/store/suppressions.ts';
import { fakeChannel, NOT_HANDED } from './fake-channel.ts';
import { drain, ledger, mailing, outboxOver, plan, type Mailing } from './outbox-fixture.ts';

type Answer =
  | 'accept'
  | 'later'
  | 'dead'
  | 'blocked'
  | 'refused-connection'
  | 'lost-before'
  | 'stored-then-silent'
  | 'not-stored-then-silent'
  | 'kill-claimed'
  | 'kill-handed'
  | 'kill-stored'
  | 'suppress';

const DELIVERIES: Partial<Record<Answer, Delivery>> = {
  later: { result: 'failed', temporary: true, scope: 'recipient', code: '4.2.0', response: '450' },
  dead: { result: 'failed', temporary: false, scope: 'recipient', code: '5.1.1', response: '550' },
  blocked: { result: 'failed', temporary: false, scope: 'account', code: '5.7.1', response: '554', ofMessage: true },
  'refused-connection': { result: 'failed', temporary: true, scope: 'network', code: 'refused', response: '' },
  'lost-before': { result: 'failed', temporary: true, scope: 'network', code: 'closed', response: '' },
  'stored-then-silent': { result: 'unknown', response: '' },
  'not-stored-then-silent': { result: 'unknown', response: '' },
};

const answers = fc.array(
  fc.constantFrom<Answer>(
    'accept',
    'accept',
    'accept',
    'later',
    'dead',
    'blocked',
    'refused-connection',
    'lost-before',
    'stored-then-silent',
    'not-stored-then-silent',
    'kill-claimed',
    'kill-handed',
    'kill-stored',
    'suppress',
  ),
  { maxLength: 40 },
);
const acts = fc.array(
  fc.oneof(
    fc.record({ act: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 5000 }) }),
    fc.record({ act: fc.constantFrom('resend' as const, 'markSent' as const, 'cancel' as const), which: fc.nat(30) }),
    fc.constantFrom({ act: 'pause' as const }, { act: 'resume' as const }),
    fc.record({ act: fc.constant('suppress' as const), who: fc.nat(9) }),
  ),
  { maxLength: 12 },
);

/** What the outside world has seen. */
class World {
  readonly stored = new Map<string, number>();
  readonly resends = new Map<string, number>();
  readonly violations: string[] = [];
}

async function story(
  people: number,
  script: readonly Answer[],
  steps: typeof acts extends fc.Arbitrary<infer Steps> ? Steps : never,
  connections: number,
): Promise<void> {
  const workspace = mailing();
  const world = new World();
  const queue = [...script];
  let outbox: Outbox | null = null;
  let kill: () => void = () => undefined;
  let death: Promise<'dead'> = new Promise(() => undefined);
  const suppressed = new Set<string>();
  const suppress = (address: string) => {
    suppressed.add(address);
    addSuppression(workspace, { channel: 'email', address, reason: 'unsubscribed', source: 'user' });
  };

  function start(): Outbox {
    death = new Promise((resolve) => (kill = () => resolve('dead')));
    // Whatever a killed process still had in mind never reaches the ledger: its database is gone, not closed in order.
    const life = { isOver: false };
    const channel = fakeChannel({}, connections);
    channel.deliver = async (mail, handed) => {
      const answer = queue.shift() ?? 'accept';
      const die = () => {
        life.isOver = true;
        kill();
        return new Promise<never>(() => undefined);
      };
      if (life.isOver) return die();
      if (answer === 'refused-connection' || answer === 'lost-before') return DELIVERIES[answer]!;
      if (answer === 'kill-claimed') return die();
      if (answer === 'suppress') suppress(mail.to);
      const granted = await handed(mail.eml);
      if (life.isOver) return die();
      if (!granted) return NOT_HANDED;
      if (suppressed.has(mail.to)) world.violations.push(`handed over after an opt-out: ${mail.to}`);
      if (answer === 'kill-handed') return die();
      const ending = DELIVERIES[answer];
      if (ending === undefined || answer === 'stored-then-silent')
        world.stored.set(mail.messageId, (world.stored.get(mail.messageId) ?? 0) + 1);
      if (answer === 'kill-stored') return die();
      return ending ?? { result: 'sent', response: '250 ok' };
    };
    const made = outboxOver(workspace, channel);
    made.recover();
    return made;
  }

  /** Performs, and starts anew after a kill; the old outbox is never heard of again. */
  async function perform(): Promise<void> {
    for (;;) {
      outbox ??= start();
      const ended = await Promise.race([drain(outbox).then(() => 'idle' as const), death]);
      if (ended === 'idle') return;
      outbox = null;
    }
  }
  for (let n = 0; n < people; n++) plan(workspace, { email: `p${n}@example.dk` });
  await perform();
  for (const step of steps) {
    if (step.act === 'wait') workspace.clock.setTo(workspace.clock.now() + step.minutes * 60_000);
    else if (step.act === 'pause') run(workspace.db, `UPDATE flows SET state = 'paused'`);
    else if (step.act === 'resume') run(workspace.db, `UPDATE flows SET state = 'live'`);
    else if (step.act === 'suppress') suppress(`p${step.who}@example.dk`);
    else if ('which' in step) {
      const line = ledger(workspace)[step.which % people]!;
      const before = line.state;
      try {
        decide(workspace, line.id, step.act);
        if (step.act === 'resend') world.resends.set(line.messageId ?? '', (world.resends.get(line.messageId ?? '') ?? 0) + 1);
      } catch {
        expect(['planned', 'sent', 'failed', 'cancelled', 'held']).toContain(before);
      }
    }
    await perform();
    check(workspace, world, people);
  }
  // Left alone for long enough, everything comes to an end that does not depend on the order of the accidents.
  run(workspace.db, `UPDATE flows SET state = 'live'`);
  queue.length = 0;
  for (let n = 0; n < 40; n++) {
    const next: number | null = (outbox ??= start()).nextDueAt();
    if (next === null) break;
    workspace.clock.setTo(next);
    await perform();
  }
  check(workspace, world, people);
  for (const { state } of ledger(workspace)) expect(['sent', 'failed', 'unknown', 'held', 'cancelled']).toContain(state);
  expect(workspace.db.pragma('integrity_check', { simple: true })).toBe('ok');
  await outbox?.close();
  workspace.close();
}

function check(workspace: Mailing, world: World, people: number): void {
  expect(world.violations).toEqual([]);
  const lines = ledger(workspace);
  expect(lines).toHaveLength(people);
  for (const [messageId, times] of world.stored)
    expect(times, `${messageId} was stored ${times} times`).toBeLessThanOrEqual(1 + (world.resends.get(messageId) ?? 0));
  for (const line of lines) {
    const stored = world.stored.get(line.messageId ?? '') ?? 0;
    // What is told to the flow is what the ledger says, and the ledger never calls undelivered what has been stored.
    if (line.state === 'sent' && line.reason === null) expect(stored).toBeGreaterThanOrEqual(1);
    if (
      ['planned', 'cancelled', 'held', 'failed'].includes(line.state) &&
      line.reason !== 'by-user' &&
      !world.resends.has(line.messageId ?? '')
    )
      expect(stored, `${line.state} ${line.reason}`).toBe(0);
    if (['claimed', 'handed'].includes(line.state)) throw new Error(`Left ${line.state} while nothing is under way`);
  }
}

test('random accidents never send twice, never write to who has opted out, and lose nobody', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 10 }), answers, acts, fc.integer({ min: 1, max: 4 }), story), {
    numRuns: 25,
    endOnFailure: false,
  });
}, 240_000);
