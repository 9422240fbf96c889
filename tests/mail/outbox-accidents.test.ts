// What a crash leaves in the ledger, what no loop gets past, what a person may decide, and why nothing is sent at present
// (FAULTS 2.0, 0.6, F24, F28, I1, I7).
import { describe, expect, test } from 'vitest';
import { DAY } from '../../shared/time.ts';
import { systemClock } from '../../src-main/clock.ts';
import { createOutbox } from '../../src-main/runner/outbox.ts';
import { decide, takeBack } from '../../src-main/runner/outbox-decide.ts';
import { run } from '../../src-main/store/database.ts';
import { remember } from '../../src-main/store/runner-state.ts';
import { markAsSample } from '../../src-main/store/settings.ts';
import { addContact } from '../workspace-fixture.ts';
import { fakeChannel } from './fake-channel.ts';
import { drain, eventTypes, ledger, mailing, outboxOver, plan, states, tally, type Mailing } from './outbox-fixture.ts';
import { machine, suppress, whenDone } from './outbox-machine.ts';

describe('what is remembered of the server cannot be written', () => {
  const offline = { result: 'failed', temporary: true, scope: 'network', code: 'dns', response: '' } as const;

  test('what has left is written down all the same, and not in doubt (F4)', async () => {
    const { workspace, outbox, channel } = machine();
    remember(workspace, 'sending_trouble', { channel: channel.name, until: 0, failures: 1, delivery: offline });
    workspace.db.exec(`CREATE TEMP TRIGGER full BEFORE DELETE ON runner_state BEGIN SELECT RAISE(FAIL, 'no room'); END`);
    plan(workspace, { email: 'ada@example.dk' });
    await expect(outbox.performDue()).rejects.toThrow('no room');
    expect([states(workspace), channel.offered.length]).toEqual([['sent'], 1]);
  });

  test('what has not left is planned again', async () => {
    const { workspace, outbox } = machine({ before: () => offline });
    workspace.db.exec(`CREATE TEMP TRIGGER full BEFORE INSERT ON runner_state WHEN new.key = 'sending_trouble' BEGIN SELECT RAISE(FAIL, 'no room'); END`);
    plan(workspace, { email: 'ada@example.dk' });
    await expect(outbox.performDue()).rejects.toThrow('no room');
    expect(states(workspace)).toEqual(['planned']);
  });
});

describe('after a crash', () => {
  const CASES = [
    ['planned', 'sent', 1],
    ['claimed', 'sent', 1],
    ['handed', 'unknown', 0],
    ['sent', 'sent', 0],
  ] as const;
  test.each(CASES)('%s becomes %s', async (state, becomes, deliveries) => {
    const { workspace, outbox, channel } = machine();
    plan(workspace, { email: 'ada@example.dk' });
    run(workspace.db, 'UPDATE outbox SET state = ?', state);
    outbox.recover();
    await drain(outbox);
    expect([states(workspace), channel.offered.length]).toEqual([[becomes], deliveries]);
    if (becomes === 'unknown') expect(ledger(workspace)[0]!.result).toBe('unknown');
  });

  test('what is unknown stays so, however often the program starts', async () => {
    const { workspace, outbox, channel } = machine();
    plan(workspace, { email: 'ada@example.dk' });
    run(workspace.db, `UPDATE outbox SET state = 'handed'`);
    for (let starts = 0; starts < 5; starts++) {
      outbox.recover();
      await drain(outbox);
      workspace.clock.setTo(workspace.clock.now() + 30 * DAY);
    }
    expect([states(workspace), channel.offered]).toEqual([['unknown'], []]);
  });

  test('closing breaks off what hangs: unknown where it was handed over, planned again where not', async () => {
    const stops: (() => void)[] = [];
    const hang = () => new Promise<undefined>((resolve) => stops.push(() => resolve(undefined)));
    const workspace = mailing();
    const channel = fakeChannel(
      {
        before: (mail) => (mail.to.startsWith('early') ? hang() : undefined),
        after: () => hang().then(() => ({ result: 'unknown', response: '' })),
      },
      2,
    );
    channel.close = () => {
      for (const stop of stops) stop();
      return Promise.resolve();
    };
    const deliver = channel.deliver;
    channel.deliver = async (mail, handed) =>
      mail.to.startsWith('early')
        ? (await hang(), { result: 'failed', temporary: true, scope: 'network', code: 'closed', response: '' })
        : deliver(mail, handed);
    const outbox = outboxOver(workspace, channel);
    whenDone(() => workspace.close());
    plan(workspace, { email: 'early@example.dk' });
    plan(workspace, { email: 'late@example.dk' });
    void outbox.performDue();
    while (tally(workspace)['handed'] !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await outbox.close();
    expect(states(workspace)).toEqual(['planned', 'unknown']);
  });
});

describe('what cannot be recorded is not sent (F4, F5)', () => {
  const broken = (workspace: Mailing, state: string) =>
    workspace.db.exec(
      `CREATE TRIGGER broken BEFORE UPDATE ON outbox WHEN new.state = '${state}' BEGIN SELECT raise(ABORT, 'disk full'); END`,
    );

  test('"handed" cannot be written: nothing leaves, nothing spins, and it goes on when there is room', async () => {
    const { workspace, outbox, channel } = machine();
    for (let n = 0; n < 20; n++) plan(workspace, { email: `p${n}@example.dk` });
    broken(workspace, 'handed');
    await drain(outbox);
    expect([channel.accepted.length, channel.offered.length, outbox.paused()?.code, tally(workspace)]).toEqual([
      0,
      1,
      'ledger-bug',
      { planned: 20 },
    ]);
    expect(await outbox.performDue()).toBe(0);
    workspace.db.exec('DROP TRIGGER broken');
    const again = outboxOver(workspace, channel);
    await drain(again);
    expect([channel.accepted.length, tally(workspace)]).toEqual([20, { sent: 20 }]);
  });

  test('a full disk is told as one, and passes when there is room; a bug is told as a bug, and logged once', async () => {
    const { workspace, outbox, channel } = machine();
    for (let n = 0; n < 3; n++) plan(workspace, { email: `p${n}@example.dk` });
    const logged: string[] = [];
    workspace.log = (message, error) => void logged.push(`${message}: ${String(error)}`);
    // "Handed" needs room of which there is none.
    workspace.db.exec(`CREATE TABLE filler (x); CREATE TRIGGER growing AFTER UPDATE ON outbox WHEN new.state = 'handed' BEGIN INSERT INTO filler VALUES (randomblob(50000)); END`);
    workspace.db.pragma(`max_page_count = ${workspace.db.pragma('page_count', { simple: true }) as number}`);
    await drain(outbox);
    expect([channel.accepted.length, outbox.paused()?.code, logged]).toEqual([0, 'storage', []]);
    workspace.db.pragma('max_page_count = 1000000');
    const again = outboxOver(workspace, channel);
    broken(workspace, 'handed');
    await drain(again);
    expect([channel.accepted.length, again.paused()?.code, logged.length, logged[0]]).toEqual([0, 'ledger-bug', 1, expect.stringContaining('disk full')]);
  });

  test('"sent" cannot be written: it is written later, never sent again, and nothing else leaves meanwhile', async () => {
    const { workspace, outbox, channel } = machine();
    // How long it waits for the disk, some seconds, is no matter here.
    workspace.clock.after = (ms, act) => systemClock.after(ms / 20, act);
    for (let n = 0; n < 5; n++) plan(workspace, { email: `p${n}@example.dk` });
    broken(workspace, 'sent');
    await drain(outbox);
    expect([channel.accepted.length, outbox.paused()?.code, tally(workspace)]).toEqual([
      expect.any(Number),
      'ledger-bug',
      expect.objectContaining({ handed: channel.accepted.length }),
    ]);
    expect(channel.accepted.length).toBeLessThanOrEqual(2);
    workspace.db.exec('DROP TRIGGER broken');
    while (outbox.paused() !== null) await new Promise((resolve) => setTimeout(resolve, 50));
    await drain(outbox);
    expect([new Set(channel.accepted.map(({ to }) => to)).size, channel.accepted.length, tally(workspace)]).toEqual([5, 5, { sent: 5 }]);
  });
});

describe('the fuse', () => {
  test('nobody gets more than twenty in a day, whatever asks for them', async () => {
    const { workspace, outbox, channel } = machine();
    const contact = addContact(workspace, { email: 'ada@example.dk', consent: ['email'] });
    plan(workspace, contact, { visit: 30 });
    const enrollment = ledger(workspace)[0]!.key.split(':')[1];
    run(workspace.db, 'DELETE FROM outbox');
    for (let n = 0; n < 30; n++) {
      run(
        workspace.db,
        `INSERT INTO outbox (key, flow_id, version, enrollment_id, step_id, contact_id, channel, message, state, due_at, meant_at, enrolled_at, planned_at, reason) VALUES (?, ?, 1, ?, ?, ?, 'email', 'welcome', 'planned', 0, 0, 0, 0, 'resend')`,
        `k:${n}`,
        workspace.flow,
        enrollment,
        `s${n}`,
        contact,
      );
    }
    await drain(outbox);
    expect(channel.accepted).toHaveLength(20);
    expect(tally(workspace)).toEqual({ sent: 20, held: 10 });
    expect(states(workspace).at(-1)).toBe('held: fuse');
  });

  test('a loop that raises the visit does not get past it', async () => {
    const { workspace, outbox, channel } = machine();
    const contact = addContact(workspace, { email: 'ada@example.dk', consent: ['email'] });
    plan(workspace, contact, { visit: 1 });
    const enrollment = Number(ledger(workspace)[0]!.key.split(':')[1]);
    for (let visit = 2; visit < 50; visit++) {
      await drain(outbox);
      run(workspace.db, 'UPDATE enrollments SET visit = ? WHERE id = ?', visit, enrollment);
      run(
        workspace.db,
        `INSERT INTO outbox (key, flow_id, version, enrollment_id, step_id, contact_id, channel, message, state, due_at, meant_at, enrolled_at, planned_at) VALUES (?, ?, 1, ?, 'mail', ?, 'email', 'welcome', 'planned', 0, ?, 0, 0)`,
        `${workspace.flow}:${enrollment}:mail:${visit}`,
        workspace.flow,
        enrollment,
        contact,
        workspace.clock.now(),
      );
      workspace.clock.setTo(workspace.clock.now() + 60_000);
    }
    await drain(outbox);
    expect(channel.accepted.length).toBeLessThanOrEqual(5);
  });
});

describe('a person decides', () => {
  const unknown = () => {
    const found = machine();
    const id = plan(found.workspace, { email: 'ada@example.dk' });
    run(found.workspace.db, `UPDATE outbox SET state = 'handed'`);
    found.outbox.recover();
    // The enrollment has gone on since.
    run(found.workspace.db, `UPDATE enrollments SET step_id = 'later', visit = 2`);
    return { ...found, id };
  };
  const audit = (workspace: Mailing) =>
    (workspace.db.prepare('SELECT actor, action FROM audit ORDER BY id').all() as { actor: string; action: string }[]).map(
      ({ actor, action }) => `${actor} ${action}`,
    );

  test('mark as sent', async () => {
    const { workspace, outbox, channel, id } = unknown();
    decide(workspace, id, 'markSent');
    await drain(outbox);
    expect([states(workspace), channel.offered, eventTypes(workspace), audit(workspace)]).toEqual([
      ['sent: by-user'],
      [],
      ['message_sent'],
      ['user outbox.markSent'],
    ]);
  });

  test('send again: one more attempt of the same row, even where the enrollment has moved on', async () => {
    const { workspace, outbox, channel, id } = unknown();
    decide(workspace, id, 'resend');
    await drain(outbox);
    expect([states(workspace)[0], channel.accepted.length, audit(workspace)]).toEqual(['sent', 1, ['user outbox.resend']]);
  });

  test('send again does not get past an opt-out', async () => {
    const { workspace, outbox, channel, id } = unknown();
    suppress(workspace, 'ada@example.dk');
    decide(workspace, id, 'resend');
    await drain(outbox);
    expect([states(workspace), channel.offered]).toEqual([['cancelled: suppressed'], []]);
  });

  test('give up', () => {
    const { workspace, id } = unknown();
    decide(workspace, id, 'cancel');
    expect([states(workspace), audit(workspace)]).toEqual([['cancelled: by-user'], ['user outbox.cancel']]);
  });

  test('give up, and take that back: as open as before, for the enrollment that has gone on, too, and nothing leaves by itself', async () => {
    const { workspace, outbox, channel, id } = unknown();
    const before = workspace.db.prepare('SELECT * FROM outbox').all();
    decide(workspace, id, 'cancel');
    expect(takeBack(workspace, id)).toEqual({ goneOn: true });
    await drain(outbox);
    expect([workspace.db.prepare('SELECT * FROM outbox').all(), channel.offered, audit(workspace)]).toEqual([before, [], ['user outbox.cancel', 'user outbox.takeBack']]);
    // Only once, and what is taken back can be decided anew.
    expect(() => takeBack(workspace, id)).toThrow('There is nothing to take back');
    decide(workspace, id, 'resend');
    await drain(outbox);
    expect([states(workspace)[0], channel.accepted.length]).toEqual(['sent', 1]);
    expect(() => takeBack(workspace, id)).toThrow('There is nothing to take back');
    expect(() => takeBack(workspace, 999)).toThrow('There is no message number 999');
  });

  test('whoever still stands at the step waits again for a message that was held', async () => {
    const { workspace } = machine();
    const id = plan(workspace, { email: 'ada@example.dk' });
    run(workspace.db, `UPDATE outbox SET state = 'held', reason = 'late', settled_at = 5`);
    run(workspace.db, `UPDATE enrollments SET due_at = NULL`);
    const look = () => ({ message: workspace.db.prepare('SELECT * FROM outbox').get(), enrollment: workspace.db.prepare('SELECT * FROM enrollments').get() });
    const before = look();
    decide(workspace, id, 'cancel');
    expect(look()).not.toEqual(before);
    expect(takeBack(workspace, id)).toEqual({ goneOn: false });
    expect(look()).toEqual(before);
  });

  test('what the machine did not send, and what is gone with its contact, is not taken back', () => {
    const { workspace } = machine();
    const id = plan(workspace, { email: 'ada@example.dk' });
    run(workspace.db, `UPDATE outbox SET state = 'cancelled', reason = 'suppressed'`);
    expect(() => takeBack(workspace, id)).toThrow('There is nothing to take back');
    expect(states(workspace)).toEqual(['cancelled: suppressed']);
  });

  test('nothing is left to decide about what is settled (I7)', async () => {
    const { workspace, outbox } = machine();
    const id = plan(workspace, { email: 'ada@example.dk' });
    await drain(outbox);
    for (const decision of ['markSent', 'resend', 'cancel'] as const)
      expect(() => decide(workspace, id, decision)).toThrow('Nothing is left to decide about this message: it is sent.');
    expect(() => decide(workspace, 999, 'cancel')).toThrow('There is no message number 999');
    expect([states(workspace), audit(workspace)]).toEqual([['sent'], []]);
  });
});

describe('nothing can be sent at present', () => {
  const withoutChannel = () => {
    const workspace = mailing();
    const opened: string[] = [];
    const outbox = createOutbox(workspace, { openChannel: (account) => (opened.push(account.host), fakeChannel()) });
    whenDone(
      () => workspace.close(),
      () => outbox.close(),
    );
    plan(workspace, { email: 'ada@example.dk' });
    return { workspace, outbox, opened };
  };
  const account = {
    name: 'Main',
    host: 'mail.test',
    port: 587,
    security: 'starttls',
    user: 'me',
    fromName: '',
    fromAddress: 'shop@example.com',
  };

  test('no account, no password, then both', async () => {
    const { workspace, outbox, opened } = withoutChannel();
    await drain(outbox);
    expect([outbox.paused()?.code, outbox.nextDueAt(), states(workspace)]).toEqual(['no-account', null, ['planned']]);
    run(workspace.db, 'INSERT INTO accounts (account) VALUES (?)', JSON.stringify(account));
    await drain(outbox);
    expect([outbox.paused()?.code, states(workspace)]).toEqual(['no-password', ['planned']]);
    workspace.secrets.set('smtp:1', 'hush');
    expect(outbox.paused()).toBeNull();
    await drain(outbox);
    expect([states(workspace), opened]).toEqual([['sent'], ['mail.test']]);
  });

  test('a sample workspace sends nothing, by an account or by a server given by hand', async () => {
    const { workspace, outbox } = withoutChannel();
    markAsSample(workspace);
    run(workspace.db, 'INSERT INTO accounts (account) VALUES (?)', JSON.stringify({ ...account, user: '' }));
    await drain(outbox);
    const fixed = fakeChannel();
    const other = outboxOver(workspace, fixed);
    await drain(other);
    expect([outbox.paused()?.code, other.paused()?.code, states(workspace), fixed.offered]).toEqual([
      'sample-workspace',
      'sample-workspace',
      ['planned'],
      [],
    ]);
  });

  test('trouble with the server is waited out, longer each time, and survives a restart', async () => {
    const { workspace, outbox, channel } = machine({
      before: () => ({ result: 'failed', temporary: true, scope: 'network', code: 'refused', response: 'connect ECONNREFUSED' }),
    });
    for (let n = 0; n < 50; n++) plan(workspace, { email: `p${n}@example.dk` });
    const waits: number[] = [];
    for (let n = 0; n < 7; n++) {
      await drain(outbox);
      const again = outboxOver(workspace, channel);
      waits.push((again.nextDueAt()! - workspace.clock.now()) / 60_000);
      workspace.clock.setTo(outbox.nextDueAt()!);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
    expect(
      ledger(workspace).every(({ state, attempts }) => state === 'planned' && attempts === 0),
      'the list is not burned',
    ).toBe(true);
    expect(channel.offered).toHaveLength(7);
  });
});
