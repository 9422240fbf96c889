// Stories about one contact in a flow, in virtual time.
import { describe, expect, it } from 'vitest';
import { advance } from '../../shared/engine/advance.ts';
import { compileFlow } from '../../shared/engine/compiled.ts';
import { enroll } from '../../shared/engine/enroll.ts';
import { flowOf } from '../flow/flows.ts';
import { story } from './passage.ts';

const mail = { type: 'sendEmail', config: { message: 'hello' } };
const days = (amount: number) => ({ type: 'wait', config: { duration: { amount, unit: 'days' } } });
const tag = (name: string) => ({ type: 'addTag', config: { tag: name } });
const opened = { kind: 'message', message: 'hello', act: 'opened', did: true, since: 'enrollment' };
const ask = { type: 'branch', config: { branches: [{ id: 'yes', label: 'Yes', rule: opened }] } };
const welcome = flowOf({ m: mail, w: days(2), k: ask, t: tag('warm'), m2: mail }, [
  'start next m',
  'm next w',
  'w next k',
  'k yes t',
  'k else m2',
]);

describe('Ada', () => {
  it('joins, gets a mail, waits two days, has opened it, gets a tag and is through', () => {
    const ada = story(welcome, '2026-03-02 10:00', { facts: { k: { yes: true } } });
    expect(ada.passage.effects).toEqual([{ kind: 'send', channel: 'email', message: 'hello' }]);
    expect(ada.at).toBe('w');
    expect(ada.due).toBe('2026-03-04 10:00');
    ada.until('2026-03-04 09:59');
    expect(ada.at).toBe('w');
    ada.until('2026-03-04 10:00');
    expect(ada.at).toBe('finished');
    expect(ada.way).toBe('m>next w>next k>yes t>next');
    expect(ada.passage.effects.at(-1)).toEqual({ kind: 'addTag', tag: 'warm' });
    expect(ada.passage.visits.map(({ visit }) => visit)).toEqual([1, 2, 3, 4]);
  });

  it('has not opened it and gets the second mail, once', () => {
    const ada = story(welcome, '2026-03-02 10:00', { facts: { k: { yes: false } } }).until('2026-03-10 10:00');
    expect(ada.at).toBe('finished');
    expect(ada.passage.effects.filter(({ kind }) => kind === 'send')).toHaveLength(2);
  });

  it('stays at a mail until it is settled, and goes on however that ends', () => {
    for (const result of ['sent', 'failed', 'unknown', 'cancelled'] as const) {
      const ada = story(welcome, '2026-03-02 10:00', { post: null });
      expect([ada.at, ada.due]).toEqual(['m', null]);
      ada.wake();
      expect(ada.at).toBe('m');
      expect(ada.passage.effects).toHaveLength(1);
      ada.until('2026-03-02 14:00').settled(result);
      expect([ada.at, ada.due]).toEqual(['w', '2026-03-04 14:00']);
      expect(ada.passage.effects).toHaveLength(1);
    }
  });

  it('meets the goal while she waits, and leaves as a success', () => {
    const ada = story(welcome, '2026-03-02 10:00');
    ada.world.goal = true;
    ada.wake();
    expect(ada.at).toBe('finished: goal');
    expect(ada.way).toBe('m>next w>out');
    expect(ada.passage.enrollment).toMatchObject({ stepId: null, dueAt: null, started: false });
  });

  it('meets the exit rule before the first step does anything; the goal counts first', () => {
    expect(story(welcome, '2026-03-02 10:00', { exit: true }).passage.effects).toEqual([]);
    expect(story(welcome, '2026-03-02 10:00', { exit: true }).at).toBe('exited: exit-rule');
    expect(story(welcome, '2026-03-02 10:00', { exit: true, goal: true }).at).toBe('finished: goal');
  });

  it('leaves by an exit with its reason, or without one', () => {
    expect(story(flowOf({ x: { type: 'exit', config: { reason: ' has bought ' } } }, ['start next x']), '2026-03-02 10:00').at).toBe(
      'exited: has bought',
    );
    expect(story(flowOf({ x: 'exit' }, ['start next x']), '2026-03-02 10:00').at).toBe('exited: exit-step');
  });

  it('is through a flow without steps at once', () => {
    const ada = story(flowOf({}, []), '2026-03-02 10:00');
    expect([ada.at, ada.way]).toEqual(['finished', '']);
  });

  it('passes a switched-off step by its first way, and does nothing there', () => {
    const flow = flowOf({ m: { ...mail, disabled: true }, k: { type: 'branch', disabled: true }, t: tag('a') }, [
      'start next m',
      'm next k',
      'k yes t',
    ]);
    const ada = story(flow, '2026-03-02 10:00');
    expect(ada.way).toBe('m>next k>yes t>next');
    expect(ada.passage.effects).toEqual([{ kind: 'addTag', tag: 'a' }]);
    expect(story(flowOf({ x: { type: 'exit', disabled: true } }, ['start next x']), '2026-03-02 10:00').at).toBe('finished');
  });

  it('goes round a loop once a week, each time in a new visit', () => {
    const loop = flowOf({ m: mail, w: days(7), k: ask }, ['start next m', 'm next w', 'w next k', 'k else m']);
    const ada = story(loop, '2026-03-02 10:00', { facts: { k: { yes: false } } }).until('2026-03-25 10:00');
    expect(ada.passage.effects).toHaveLength(4);
    expect(ada.passage.visits.map(({ visit }) => visit)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    ada.world.facts.k = { yes: true };
    ada.until('2026-03-31 10:00');
    expect(ada.at).toBe('finished');
  });
});

describe('the flow is changed while Ada waits', () => {
  const changed = (config: Record<string, unknown>, rest: Parameters<typeof flowOf>[0] = {}) =>
    flowOf({ m: mail, w: { type: 'wait', config }, k: ask, ...rest }, ['start next m', 'm next w', 'w next k']);

  it('a longer wait counts from when she came', () => {
    const ada = story(welcome, '2026-03-02 10:00').until('2026-03-03 10:00');
    expect(ada.publish(changed({ duration: { amount: 5, unit: 'days' } })).due).toBe('2026-03-07 10:00');
  });

  it('a shorter one that is over lets her go at once', () => {
    const ada = story(welcome, '2026-03-02 10:00', { facts: { k: { yes: false } } }).until('2026-03-03 12:00');
    expect(ada.publish(changed({ duration: { amount: 1, unit: 'hours' } })).at).toBe('finished');
  });

  it('her step is gone: she leaves with the reason, or goes where she is sent', () => {
    const without = flowOf({ m: mail, t: tag('a') }, ['start next m', 'm next t']);
    const ada = story(welcome, '2026-03-02 10:00').publish(without);
    expect([ada.at, ada.way]).toEqual(['exited: step-removed', 'm>next w>out']);
    const sent = story(welcome, '2026-03-02 10:00', { redirect: new Map([['w', 't']]) }).publish(without);
    expect([sent.at, sent.way]).toEqual(['finished', 'm>next w>moved t>next']);
    const astray = story(welcome, '2026-03-02 10:00', { redirect: new Map([['w', 'nowhere']]) }).publish(without);
    expect(astray.at).toBe('exited: step-removed');
  });

  it('a mail that she waits at is not asked for again when she is looked at', () => {
    const ada = story(welcome, '2026-03-02 10:00', { post: null });
    ada.publish(changed({}));
    expect(ada.passage.effects).toHaveLength(1);
  });
});

describe('bugs are loud', () => {
  it('a flow that cannot be run does not compile', () => {
    expect(() => compileFlow(flowOf({ s: 'pigeon' }, []))).toThrow('Step "s" of type "pigeon"');
    expect(() => compileFlow(flowOf({ s: { type: 'wait', config: { duration: 3 } } }, []))).toThrow('Step "s"');
  });

  it('an answer that is missing, an enrollment that is over', () => {
    const flow = compileFlow(flowOf({ k: ask }, ['start next k']));
    const enrollment = enroll({ flow, flowId: 1, id: 1, contactId: 1, now: 0, lastEvent: 0 });
    const input = { flow, enrollment, facts: {}, now: 0, lastEvent: 0, zone: 'UTC', workspaceZone: 'UTC' };
    expect(() => advance(input)).toThrow('rule of branch "yes"');
    expect(() => advance({ ...input, enrollment: { ...enrollment, state: 'finished' } })).toThrow('finished and cannot advance');
  });

  it('advancing changes nothing that it was given', () => {
    const flow = compileFlow(welcome);
    const enrollment = Object.freeze(enroll({ flow, flowId: 1, id: 1, contactId: 1, now: 0, lastEvent: 0 }));
    expect(advance({ flow, enrollment, facts: {}, now: 0, lastEvent: 0, zone: 'UTC', workspaceZone: 'UTC' }).enrollment).not.toBe(enrollment);
  });
});
