// Parallel paths: a contact goes several ways at once, and is one passage all the same (FEATURES A3.17, D18, D30).
import { describe, expect, test, vi } from 'vitest';
import type { Step } from '../../shared/flow/flow.ts';
import { inEnglish } from '../../shared/text.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { contactHandlers } from '../../src-main/handlers/contacts.ts';
import { addTag } from '../../shared/steps/add-tag.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { liveFlowHandlers } from '../../src-main/handlers/live-flows.ts';
import { eraseContacts } from '../../src-main/runner/erasing.ts';
import { mergeContacts } from '../../src-main/runner/merging.ts';
import { archiveSome, pause } from '../../src-main/runner/publishing.ts';
import { undoMerge } from '../../src-main/runner/unmerging.ts';
import { recordEvent } from '../../src-main/store/events.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { addContact } from '../workspace-fixture.ts';
import { branch, exit, flowOf, hasTag, join, mail, openedThis, parallel, stage, tag, wait, type Stage } from './story.ts';

/** Two paths, of one day and of three, then a join, then a tag and a long wait. */
function twoPaths(config: Record<string, unknown> = {}, ...more: Step[]) {
  return {
    steps: [parallel('p', 'a', 'b'), wait('wa', 1), mail('ma', 'welcome'), wait('wb', 3), mail('mb', 'reminder'), join('j', config), tag('after', 'joined'), wait('long', 30), ...more],
    ways: ['p.a > wa', 'wa > ma', 'ma > j', 'p.b > wb', 'wb > mb', 'mb > j', 'j > after', 'after > long'],
  };
}

type Row = { id: number; state: string; step_id: string | null; exit_reason: string | null; parent_id: number | null; path: string };
const rowsOf = (story: Stage) => story.all<Row>('SELECT id, state, step_id, exit_reason, parent_id, path FROM enrollments ORDER BY id');
/** Where the passage stands itself, then its paths; an end is told by state and reason. */
const places = (story: Stage) => rowsOf(story).map(({ state, step_id, exit_reason }) => step_id ?? (exit_reason === null ? state : `${state}:${exit_reason}`));
const sent = (story: Stage) => story.delivered.map(({ message, at }) => `${message}@${Math.round((at - story.workspace.clock.now()) / HOUR)}`);
const messages = (story: Stage) => story.delivered.map(({ message }) => message).sort();

async function begin(flow: Parameters<typeof flowOf>[0]): Promise<{ story: Stage; id: number; ada: number }> {
  const story = stage();
  const id = story.live(flowOf(flow));
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await story.runner.runDue();
  return { story, id, ada };
}

const left = (story: Stage) => story.all<{ reason: string | null }>(`SELECT data ->> 'reason' AS reason FROM events WHERE type = 'flow_left'`).map(({ reason }) => reason);

describe('the join', () => {
  test('waits until all paths have come', async () => {
    const { story } = await begin(twoPaths());
    expect(places(story)).toEqual(['p', 'wa', 'wb']);
    await story.pass(DAY + HOUR);
    expect(places(story)).toEqual(['j', 'finished:came:j', 'wb']);
    await story.pass(2 * DAY);
    expect(places(story)).toEqual(['long', 'finished:came:j', 'finished:came:j']);
    expect(sent(story)).toEqual(['welcome@-49', 'reminder@-1']);
    expect(story.one(`SELECT count(*) FROM events WHERE type = 'tag_added'`)).toBe(1);
  });

  test('goes on with as many as are wanted, and the others end', async () => {
    const { story } = await begin(twoPaths({ until: 'some', count: 1 }));
    await story.pass(10 * DAY);
    expect(places(story)).toEqual(['long', 'finished:came:j', 'exited:joined']);
    expect(messages(story)).toEqual(['welcome']);
    expect(left(story)).toEqual([]);
  });

  test('goes on by its time-out', async () => {
    const flow = twoPaths({ limit: 'time', atMost: { amount: 1, unit: 'days' } }, tag('late'));
    const { story } = await begin({ ...flow, ways: [...flow.ways, 'j.timedOut > late'] });
    await story.pass(10 * DAY);
    expect(places(story)).toEqual(['finished', 'finished:came:j', 'exited:joined']);
    expect(story.one(`SELECT count(*) FROM contact_tags`)).toBe(1);
    expect(messages(story)).toEqual(['welcome']);
  });

  test('counts a path as come that has ended elsewhere, and waits for nothing where nobody was divided', async () => {
    const { story } = await begin({ steps: [parallel('p', 'a', 'b', 'c'), wait('w', 1), tag('t'), join('j'), wait('long', 9)], ways: ['p.a > w', 'w > j', 'p.b > t', 'j > long'] });
    await story.pass(DAY + HOUR);
    expect(places(story)).toEqual(['long', 'finished:came:j', 'finished', 'finished']);
    const alone = await begin({ steps: [tag('t'), join('j'), wait('long', 9)] });
    expect(places(alone.story)).toEqual(['long']);
  });

  test('is not needed: when all paths have ended the passage has', async () => {
    const { story } = await begin({ steps: [parallel('p', 'a', 'b'), wait('one', 1), wait('two', 2)], ways: ['p.a > one', 'p.b > two'] });
    await story.pass(DAY + HOUR);
    expect(places(story)).toEqual(['p', 'finished', 'two']);
    await story.pass(DAY);
    expect(places(story)).toEqual(['finished', 'finished', 'finished']);
    expect(left(story)).toEqual([null]);
  });

  test('may be gone round: each time with paths of its own', async () => {
    const { story } = await begin({ steps: [parallel('p', 'a', 'b'), tag('ta'), tag('tb'), join('j'), wait('again', 1)], ways: ['p.a > ta', 'ta > j', 'p.b > tb', 'tb > j', 'j > again', 'again > p'] });
    await story.pass(3 * DAY + HOUR);
    expect(places(story)).toEqual(['again', ...Array.from({ length: 8 }, () => 'finished:came:j')]);
  });
});

describe('one passage', () => {
  test('people are counted once, steps by passes, and every number fits', async () => {
    const { story, id } = await begin(twoPaths());
    await story.pass(DAY + HOUR);
    const counts = await story.calls['flows.counts']({ flow: id });
    expect(counts).toMatchObject({ entered: 1, active: 1, finished: 0, exited: 0, failed: 0 });
    expect(counts.steps['p']).toMatchObject({ entered: 3, waiting: 0, left: { a: 1, b: 1, joined: 1 } });
    expect(counts.steps['j']).toMatchObject({ entered: 1, waiting: 1 });
    expect((await story.calls['flows.list']({})).find((each) => each.id === id)).toMatchObject({ entered: 1, inside: 1 });
    await story.pass(60 * DAY);
    expect(await story.calls['flows.counts']({ flow: id })).toMatchObject({ entered: 1, active: 0, finished: 1 });
  });

  test('the list of people shows each once, and where they stand on each path', async () => {
    const { story, id } = await begin(twoPaths());
    const calls = enrollmentHandlers(story.workspace);
    const { total, rows } = await calls['enrollments.list']({ flow: id, step: null, state: 'inside', offset: 0, limit: 10 });
    expect([total, rows.map(({ stepName }) => inEnglish(stepName!))]).toEqual([1, ['Parallel paths: Wait and Wait']]);
    expect((await calls['enrollments.list']({ flow: id, step: 'wb', state: 'inside', offset: 0, limit: 10 })).rows).toMatchObject([{ stepId: 'wb', email: 'ada@example.com' }]);
    const detail = await contactHandlers(story.workspace)['contacts.get']({ id: rows[0]!.contact });
    expect(detail.flows.map(({ stepName }) => inEnglish(stepName!))).toEqual(['Parallel paths: Wait and Wait']);
  });

  test.each([
    ['an exit', exit('out', 'enough'), 'exited:enough'],
    ['a filter', { id: 'out', type: 'filter', config: { rule: hasTag('never') } }, 'exited:filtered'],
  ])('%s on one path ends it all', async (_, out, end) => {
    const { story, id } = await begin({ steps: [parallel('p', 'a', 'b'), wait('w', 1), out, wait('long', 9), join('j')], ways: ['p.a > w', 'w > out', 'p.b > long', 'long > j'] });
    await story.pass(DAY + HOUR);
    const [passage, ...paths] = places(story);
    expect(passage).toBe(end);
    expect(paths).toEqual([passage, passage]);
    expect(left(story)).toHaveLength(1);
    expect(await story.calls['flows.counts']({ flow: id })).toMatchObject({ entered: 1, exited: 1, active: 0 });
  });

  test('the goal and the exit rule end it on every path, whatever is waited for (D18)', async () => {
    for (const [part, end] of [[{ goal: hasTag('x') }, 'finished:goal'], [{ exit: hasTag('x') }, 'exited:exit-rule']] as const) {
      const { story, ada } = await begin({ ...twoPaths(), ...part });
      await story.pass(HOUR);
      addTagFor(story.workspace, [{ contactId: ada }], 'x', { source: 'test' });
      await story.pass(10 * DAY);
      expect(places(story)[0]).toBe(end);
      expect(rowsOf(story).every(({ step_id }) => step_id === null)).toBe(true);
      expect(messages(story)).toEqual([]);
      expect(left(story)).toHaveLength(1);
    }
  });

  test('a goal below the join pulls the passage and cancels the waits of all paths; one on a path pulls that path alone', async () => {
    const aim = (id: string, name: string): Step => ({ id, type: 'goal', config: { rule: hasTag(name), otherwise: 'goOn' } });
    const flow = {
      steps: [parallel('p', 'a', 'b'), wait('wa', 5), aim('inner', 'in'), wait('wa2', 5), wait('wb', 5), join('j'), wait('w', 5), aim('outer', 'out'), wait('long', 30)],
      ways: ['p.a > wa', 'wa > inner', 'inner > wa2', 'wa2 > j', 'p.b > wb', 'wb > j', 'j > w', 'w > outer', 'outer > long'],
    };
    const { story, ada } = await begin(flow);
    addTagFor(story.workspace, [{ contactId: ada }], 'in', { source: 'test' });
    await story.pass(HOUR);
    expect(places(story)).toEqual(['p', 'wa2', 'wb']);
    addTagFor(story.workspace, [{ contactId: ada }], 'out', { source: 'test' });
    await story.pass(HOUR);
    expect(places(story)).toEqual(['long', 'exited:joined', 'exited:joined']);
  });

  test.each([
    ['goOn', ['p', 'wa2', 'wb'], ['j', 'came', 'wb']],
    ['end', ['p', 'wa2', 'exited:goal'], ['w', 'came', 'exited:goal']],
  ])('D18: reached on one path, the waits of the others: %s', async (others, then, later) => {
    const flow = {
      steps: [parallel('p', 'a', 'b'), wait('wa', 5), { id: 'g', type: 'goal', config: { rule: hasTag('in'), otherwise: 'goOn', others } } as Step, wait('wa2', 5), wait('wb', 30), mail('m', 'offer'), join('j'), wait('w', 50)],
      ways: ['p.a > wa', 'wa > g', 'g > wa2', 'wa2 > j', 'p.b > wb', 'wb > m', 'm > j', 'j > w'],
    };
    const { story, ada } = await begin(flow);
    addTagFor(story.workspace, [{ contactId: ada }], 'in', { source: 'test' });
    await story.pass(HOUR);
    expect(places(story)).toEqual(then);
    await story.pass(6 * DAY);
    expect(places(story).map((each) => (each.includes('came') ? 'came' : each))).toEqual(later);
    await story.pass(40 * DAY);
    expect(messages(story)).toEqual(others === 'end' ? [] : ['offer']);
  });

  test('D18: who comes to such a goal without having met it ends nothing; a message that is planned on another path is cancelled', async () => {
    const flow = (rule: unknown) => ({
      steps: [parallel('p', 'a', 'b'), wait('wa', 1), { id: 'g', type: 'goal', config: { rule, otherwise: 'goOn', others: 'end' } } as Step, wait('wa2', 5), wait('wb', 1, 'hours'), mail('m', 'offer'), wait('wb2', 9), join('j')],
      ways: ['p.a > wa', 'wa > g', 'g > wa2', 'g.missed > wa2', 'wa2 > j', 'p.b > wb', 'wb > m', 'm > wb2', 'wb2 > j'],
    });
    const missed = await begin(flow(hasTag('in')));
    await missed.story.pass(2 * DAY);
    expect(places(missed.story)).toEqual(['p', 'wa2', 'wb2']);
    const { story, ada } = await begin(flow(hasTag('in')));
    story.isSending = false;
    await story.pass(2 * HOUR);
    addTagFor(story.workspace, [{ contactId: ada }], 'in', { source: 'test' });
    await story.pass(HOUR);
    expect(places(story)).toEqual(['p', 'wa2', 'exited:goal']);
    expect(story.all('SELECT state FROM outbox')).toEqual([{ state: 'cancelled' }]);
  });

  test('an opt-out ends it on every path', async () => {
    const { story } = await begin({ ...twoPaths(), steps: twoPaths().steps });
    story.outcome = () => ['cancelled', 'suppressed'];
    await story.pass(DAY + HOUR);
    expect(places(story)).toEqual(['exited:opted-out', 'exited:opted-out', 'exited:opted-out']);
  });

  test('what was sent before, or on another path, was sent in this passage', async () => {
    const flow = {
      steps: [mail('m', 'welcome'), parallel('p', 'a', 'b'), wait('wa', 2), branch('asks', openedThis('welcome')), tag('yes', 'opened'), wait('wb', 1), mail('mb', 'offer'), wait('wb2', 3), branch('asks2', openedThis('offer')), tag('yes2', 'opened-offer'), join('j'), branch('asks3', openedThis('offer')), tag('yes3', 'opened-offer-after')],
      ways: ['m > p', 'p.a > wa', 'wa > asks', 'asks.yes > yes', 'asks.else > j', 'yes > j', 'p.b > wb', 'wb > mb', 'mb > wb2', 'wb2 > asks2', 'asks2.yes > yes2', 'asks2.else > j', 'yes2 > j', 'j > asks3', 'asks3.yes > yes3'],
    };
    const { story, ada } = await begin(flow);
    const open = (message: string) => {
      const [row] = story.all<{ id: number; enrollment_id: number; flow_id: number }>('SELECT id, enrollment_id, flow_id FROM outbox WHERE message = ?', message);
      recordEvent(story.workspace, { contactId: ada, type: 'message_opened', at: story.workspace.clock.now(), source: 'channel', flowId: row!.flow_id, enrollmentId: row!.enrollment_id, outboxId: row!.id, data: { message } });
    };
    open('welcome');
    await story.pass(DAY + HOUR);
    open('offer');
    await story.pass(9 * DAY);
    expect(story.all<{ name: string }>('SELECT t.name FROM contact_tags x JOIN tags t ON t.id = x.tag_id ORDER BY t.name').map(({ name }) => name)).toEqual(['opened', 'opened-offer', 'opened-offer-after']);
  });
});

describe('what is done on one path', () => {
  test.each<[string, Step, string]>([
    ['a wait for a rule', { id: 'u', type: 'waitUntilTrue', config: { rule: hasTag('done'), atMost: { amount: 20, unit: 'days' } } }, 'u.true > y'],
    ['a goal that is waited for', { id: 'u', type: 'goal', config: { rule: hasTag('done'), otherwise: 'wait' } }, 'u > y'],
  ])('lets another go on at once, out of %s', async (_, step, way) => {
    const { story } = await begin({ steps: [parallel('p', 'a', 'b'), wait('wa', 1), tag('t', 'done'), wait('wa2', 9), step, wait('y', 30), join('j')], ways: ['p.a > wa', 'wa > t', 't > wa2', 'wa2 > j', 'p.b > u', way, 'y > j'] });
    await story.pass(DAY);
    expect(places(story)).toEqual(['p', 'wa2', 'y']);
  });
});

describe('by hand', () => {
  const hand = (story: Stage) => enrollmentHandlers(story.workspace);
  const at = (flow: number, step: string) => ({ flow, enrollments: null, step });

  test('remove and restart deal with the passage as a whole, from wherever they are asked', async () => {
    const { story, id } = await begin(twoPaths());
    expect(await hand(story)['enrollments.restart'](at(id, 'wb'))).toEqual({ done: 1, skipped: 0 });
    await story.runner.runDue();
    expect(places(story)).toEqual(['exited:restarted', 'exited:restarted', 'exited:restarted', 'p', 'wa', 'wb']);
    const all = rowsOf(story).filter(({ step_id }) => step_id !== null).map((each) => each.id);
    expect(await hand(story)['enrollments.remove']({ flow: id, enrollments: all, step: null, reason: 'no' })).toEqual({ done: 1, skipped: 0 });
    expect(places(story).slice(3)).toEqual(['exited:no', 'exited:no', 'exited:no']);
    expect(left(story)).toEqual(['restarted', 'no']);
    await story.pass(10 * DAY);
    expect(messages(story)).toEqual([]);
    expect(await story.calls['flows.counts']({ flow: id })).toMatchObject({ entered: 2, exited: 2, active: 0 });
  });

  test('a move on the path moves that path; a move off it takes the passage along; a skip comes to the join', async () => {
    const one = await begin(twoPaths());
    await hand(one.story)['enrollments.move']({ ...at(one.id, 'wa'), to: 'ma' });
    await one.story.runner.runDue();
    expect(places(one.story)).toEqual(['j', 'finished:came:j', 'wb']);
    const two = await begin(twoPaths());
    await hand(two.story)['enrollments.move']({ ...at(two.id, 'wa'), to: 'long' });
    await two.story.runner.runDue();
    expect(places(two.story)).toEqual(['long', 'exited:moved-by-hand', 'exited:moved-by-hand']);
    const flow = { steps: [parallel('p', 'a', 'b'), wait('one', 5), wait('two', 7), join('j'), wait('long', 9)], ways: ['p.a > one', 'one > j', 'p.b > two', 'two > j', 'j > long'] };
    const three = await begin(flow);
    await hand(three.story)['enrollments.skip']({ ...at(three.id, 'one'), outlet: null });
    await hand(three.story)['enrollments.skip']({ ...at(three.id, 'two'), outlet: null });
    await three.story.runner.runDue();
    expect(places(three.story)).toEqual(['long', 'finished:came:j', 'finished:came:j']);
  });

  test('a path that failed is counted as one person, and is tried again', async () => {
    const { story, id } = await begin({ steps: [parallel('p', 'a', 'b'), { id: 'bad', type: 'updateAttribute', config: { attribute: 'nothing', value: 1 } }, wait('w', 1), join('j'), wait('long', 9)], ways: ['p.a > bad', 'bad > j', 'p.b > w', 'w > j', 'j > long'] });
    await story.pass(2 * DAY);
    expect(await story.calls['flows.counts']({ flow: id })).toMatchObject({ entered: 1, active: 0, failed: 1 });
    const list = await hand(story)['enrollments.list']({ flow: id, step: null, state: 'failed', offset: 0, limit: 10 });
    expect(list.rows).toMatchObject([{ stepId: 'bad', state: 'failed' }]);
    story.workspace.db.exec(`UPDATE flow_versions SET flow = replace(flow, '"nothing"', '"first_name"')`);
    story.restart();
    expect(await hand({ ...story, workspace: story.workspace })['enrollments.retry']({ flow: id, enrollments: null, step: null })).toMatchObject({ done: 1 });
  });
});

describe('the life of the flow', () => {
  test('archiving and erasing end every path', async () => {
    const { story, id } = await begin(twoPaths());
    expect(archiveSome(story.workspace, id)).toBe(true);
    expect(places(story)).toEqual(['exited:flow-archived', 'exited:flow-archived', 'exited:flow-archived']);
    const other = await begin(twoPaths());
    expect(eraseContacts(other.story.workspace, [other.ada], 'user')).toMatchObject({ erased: 1, flowsLeft: 1 });
    expect(places(other.story)).toEqual(['exited:contact-erased', 'exited:contact-erased', 'exited:contact-erased']);
  });

  test('a pause holds all paths', async () => {
    const { story, id } = await begin(twoPaths());
    pause(story.workspace, id);
    await story.pass(10 * DAY);
    expect(places(story)).toEqual(['p', 'wa', 'wb']);
    await story.calls['flows.resume']({ flow: id, overdue: 'send' });
    await story.pass(HOUR);
    expect(places(story)).toEqual(['long', 'finished:came:j', 'finished:came:j']);
  });

  test('a new version without a path, without the join, or without the division sends nothing twice and loses nobody', async () => {
    const whole = twoPaths();
    const without = (...gone: string[]) => flowOf({ steps: whole.steps.filter(({ id }) => !gone.includes(id)), ways: whole.ways.filter((way) => !gone.some((id) => new RegExp(`\\b${id}\\b`).test(way))) });
    const one = await begin(whole);
    one.story.republish(one.id, flowOf({ steps: whole.steps.filter(({ id }) => id !== 'wb' && id !== 'mb'), ways: ['p.a > wa', 'wa > ma', 'ma > j', 'j > after', 'after > long'] }));
    await one.story.pass(2 * DAY);
    expect(places(one.story)).toEqual(['long', 'finished:came:j', 'finished:came:j']);
    const two = await begin(whole);
    two.story.republish(two.id, without('p'));
    await two.story.pass(10 * DAY);
    expect(places(two.story)).toEqual(['long', 'finished:came:j', 'finished:came:j']);
    expect(messages(two.story)).toEqual(['reminder', 'welcome']);
    const three = await begin(whole);
    await three.story.pass(DAY + HOUR);
    three.story.republish(three.id, without('j'));
    await three.story.pass(10 * DAY);
    expect(places(three.story)[0]).toBe('long');
    expect(rowsOf(three.story).filter(({ step_id }) => step_id !== null)).toHaveLength(1);
  });

  test('a join that wants fewer paths now, and one that is switched off, let go', async () => {
    for (const changed of [join('j', { until: 'some', count: 1 }), { ...join('j'), disabled: true }]) {
      const whole = twoPaths();
      const { story, id } = await begin(whole);
      await story.pass(DAY + HOUR);
      story.republish(id, flowOf({ ...whole, steps: whole.steps.map((each) => (each.id === 'j' ? changed : each)) }));
      await story.runner.runDue();
      expect(places(story)).toEqual(['long', 'finished:came:j', 'exited:joined']);
    }
  });

  test('a division that is switched off while it is gone sends nobody twice', async () => {
    const whole = twoPaths();
    const { story, id } = await begin(whole);
    story.republish(id, flowOf({ ...whole, steps: whole.steps.map((each) => (each.id === 'p' ? { ...each, disabled: true } : each)) }));
    await story.pass(10 * DAY);
    expect(places(story)).toEqual(['long', 'finished:came:j', 'finished:came:j']);
    expect(messages(story)).toEqual(['reminder', 'welcome']);
    addContact(story.workspace, { email: 'ben@example.com' });
    await story.pass(10 * DAY);
    expect(places(story).at(-1)).toBe('long');
    expect(messages(story)).toEqual(['reminder', 'welcome', 'welcome']);
  });

  test('a merge ends the passage that is less far with its paths, and taking it back gives them back', async () => {
    const { story, ada } = await begin(twoPaths());
    await story.pass(DAY + HOUR);
    const ben = addContact(story.workspace, { email: 'ben@example.com' });
    await story.runner.runDue();
    const before = places(story);
    const merge = mergeContacts(story.workspace, { survivor: ada, other: ben, take: [], actor: 'user' });
    expect(places(story)).toEqual(['j', 'finished:came:j', 'wb', 'exited:merged', 'exited:merged', 'exited:merged']);
    undoMerge(story.workspace, merge, 'user');
    expect(places(story)).toEqual(before);
    await story.pass(10 * DAY);
    expect(places(story).filter((each) => each === 'long')).toHaveLength(2);
  });

  test('a crash in between loses and doubles nothing', async () => {
    const { story } = await begin(twoPaths());
    for (let hour = 0; hour < 100; hour++) {
      story.restart();
      await story.pass(HOUR);
    }
    expect(places(story)).toEqual(['long', 'finished:came:j', 'finished:came:j']);
    expect(messages(story)).toEqual(['reminder', 'welcome']);
  });
});

describe('D30: people are counted, not paths', () => {
  test('who is stuck on two paths is one person who is stuck', async () => {
    const broken = vi.spyOn(addTag, 'run').mockImplementation(() => {
      throw new Error('no such thing');
    });
    const { story, id } = await begin({ steps: [parallel('p', 'a', 'b'), tag('ta'), tag('tb'), join('j'), wait('long', 30)], ways: ['p.a > ta', 'ta > j', 'p.b > tb', 'tb > j', 'j > long'] });
    broken.mockRestore();
    const errors = await liveFlowHandlers(story.workspace)['errors.list']({ flow: null, step: null, offset: 0, limit: 100 });
    expect(errors).toMatchObject({ total: 2, people: 1, steps: [{ step: 'ta', people: 1 }, { step: 'tb', people: 1 }] });
    expect(story.runner.status().failedEnrollments).toBe(1);
    expect(await enrollmentHandlers(story.workspace)['enrollments.retry']({ flow: id, enrollments: null, step: null })).toEqual({ done: 1, skipped: 0 });
    expect(story.one(`SELECT details ->> 'people' FROM audit WHERE action = 'people-retry'`)).toBe(1);
    await story.pass(HOUR);
    expect(places(story)).toEqual(['long', 'finished:came:j', 'finished:came:j']);
  });
});
