// D9: a question about an open or a click, asked right after the message is sent, is an error; one button mends it.
import { describe, expect, test } from 'vitest';
import { fixOf } from '../../shared/flow/fixes.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { flowProblems, mayPublish } from '../../shared/flow/problems.ts';
import { inEnglish } from '../../shared/text.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { addContact, happen } from '../workspace-fixture.ts';
import { stage } from '../runner/story.ts';
import { brokenEdges, edgesOf, flowOf } from './flows.ts';

const names = namesFrom({ messages: [{ key: 'welcome', name: 'Welcome' }, { key: 'offer', name: 'Offer' }], attributes: [], segments: [] });
const mail = (message = 'welcome') => ({ type: 'sendEmail', config: { message } });
const about = (act = 'opened', more: Record<string, unknown> = {}) => ({ kind: 'message', message: 'welcome', act, did: true, since: 'enrollment', ...more });
const ask = (rule: unknown) => ({ type: 'branch', config: { branches: [{ id: 'yes', label: 'Yes', rule }] } });
const tag = (name: string) => ({ type: 'addTag', config: { tag: name } });
const vip = { kind: 'tag', tag: 'vip', has: true };
const task = { type: 'task', config: { title: 'Call', outcomes: [{ id: 'done', label: 'Done' }] } };

const mine = (flow: Flow) => flowProblems(flow, names).filter(({ code }) => code === 'asked-too-early');
const mended = (flow: Flow): Flow => mine(flow).reduce((result, each, index) => fixOf(each, result)!.apply(result, `new${index + 1}`), flow);

describe('D9: what is asked too early', () => {
  test.each<[string, Flow, string[]]>([
    ['a branch', flowOf({ m: mail(), k: ask(about()) }, ['start next m', 'm next k']), ['error']],
    ['a filter on clicks', flowOf({ m: mail(), k: { type: 'filter', config: { rule: about('clicked') } } }, ['start next m', 'm next k']), ['error']],
    ['a part of a rule', flowOf({ m: mail(), k: ask({ kind: 'any', rules: [vip, about('replied', { did: false })] }) }, ['start next m', 'm next k']), ['error']],
    ['any message', flowOf({ m: mail(), k: ask(about('opened', { message: 'any' })) }, ['start next m', 'm next k']), ['error']],
    ['with steps between that take no time', flowOf({ m: mail(), t: tag('x'), b: ask(vip), k: ask(about()) }, ['start next m', 'm next t', 't next b', 'b yes k', 'b else k']), ['error']],
    ['about a longer time', flowOf({ m: mail(), k: ask(about('opened', { since: 'ever' })) }, ['start next m', 'm next k']), ['warning']],
    ['a goal', flowOf({ m: mail(), g: { type: 'goal', config: { rule: about() } } }, ['start next m', 'm next g']), ['warning']],
    ['after a wait', flowOf({ m: mail(), w: 'wait', k: ask(about()) }, ['start next m', 'm next w', 'w next k']), []],
    ['after a wait that is switched off', flowOf({ m: mail(), w: { type: 'wait', disabled: true }, k: ask(about()) }, ['start next m', 'm next w', 'w next k']), ['error']],
    ['after a task', flowOf({ m: mail(), p: task, k: ask(about()) }, ['start next m', 'm next p', 'p done k']), []],
    ['after paths have come together', flowOf({ p: 'parallel', m: mail(), w: 'wait', j: 'join', k: ask(about()) }, ['start next p', 'p a m', 'p b w', 'm next j', 'w next j', 'j next k']), []],
    ['about another message', flowOf({ m: mail('offer'), k: ask(about()) }, ['start next m', 'm next k']), []],
    ['what was sent, not what was read', flowOf({ m: mail(), k: ask(about('sent')) }, ['start next m', 'm next k']), []],
  ])('%s', (_, flow, expected) => {
    expect(mine(flow).map(({ severity }) => severity)).toEqual(expected);
    expect(mayPublish(mine(flow))).toBe(!expected.includes('error'));
  });
});

describe('D9: the quick fix', () => {
  test.each<[string, Flow, string[]]>([
    ['one way', flowOf({ m: mail(), k: ask(about()) }, ['start next m', 'm next k']), ['m next new1', 'new1 e1 k', 'new1 timedOut k', 'start next m']],
    [
      'only on the ways that come from the message',
      flowOf({ b: ask(vip), m: mail(), t: tag('x'), k: ask(about()), x: 'exit' }, ['start next b', 'b yes m', 'b else k', 'm next t', 't next k', 'k yes x']),
      ['b else k', 'b yes m', 'k yes x', 'm next t', 'new1 e1 k', 'new1 timedOut k', 'start next b', 't next new1'],
    ],
    [
      'several ways, and several questions in one',
      flowOf({ m: mail(), b: ask(vip), t: tag('x'), k: ask({ kind: 'any', rules: [about(), about('clicked'), about()] }) }, ['start next m', 'm next b', 'b yes t', 't next k', 'b else k']),
      ['b else new1', 'b yes t', 'm next b', 'new1 e1 k', 'new1 e2 k', 'new1 timedOut k', 'start next m', 't next new1'],
    ],
  ])('%s', (_, flow, expected) => {
    const after = mended(flow);
    expect(edgesOf(after)).toEqual(expected);
    expect(brokenEdges(after)).toEqual([]);
    expect(flowProblems(after, names)).toEqual([]);
    expect(flow.steps).toHaveLength(after.steps.length - 1);
  });

  test('says what it does, and is there for nothing else', () => {
    const flow = flowOf({ m: mail(), k: ask(about()) }, ['start next m', 'm next k']);
    expect(inEnglish(fixOf(mine(flow)[0]!, flow)!.label)).toBe('Wait up to 2 days for it');
    const others = flowOf({ k: 'branch' }, ['start next k']);
    expect(flowProblems(others, names).map((each) => fixOf(each, others))).toEqual([null]);
    // The list on the screen may be a moment older than the flow.
    expect(fixOf(mine(flow)[0]!, others)!.apply(others, 'new1')).toBe(others);
    expect(fixOf({ ...mine(flow)[0]!, place: { step: 'gone' } }, flow)).toBe(null);
  });

  test('what it makes does what is meant: an open in time, one that comes too late, none', async () => {
    const story = stage();
    const flow = mended(flowOf({ m: mail(), k: ask(about()), y: tag('opened'), n: tag('not') }, ['start next m', 'm next k', 'k yes y', 'k else n']));
    story.live(flow);
    const people = ['ada', 'ben', 'cecilie'].map((name) => addContact(story.workspace, { email: `${name}@example.dk` }));
    await story.pass(HOUR);
    happen(story.workspace, people[0]!, 'message_opened', { flowId: 1, enrollmentId: 1, data: { message: 'welcome' } });
    await story.pass(0);
    expect(story.all<{ step: string }>(`SELECT step_id AS step FROM enrollments WHERE state = 'active'`)).toEqual([{ step: 'new1' }, { step: 'new1' }]);
    await story.pass(2 * DAY);
    happen(story.workspace, people[1]!, 'message_opened', { flowId: 1, enrollmentId: 2, data: { message: 'welcome' } });
    await story.pass(DAY);
    const tags = story.all<{ contact: number; name: string }>('SELECT x.contact_id AS contact, t.name FROM contact_tags x JOIN tags t ON t.id = x.tag_id ORDER BY 1');
    expect(tags.map(({ name }) => name)).toEqual(['opened', 'not', 'not']);
  });
});

describe('D9: the quick fix where a step leads to the question by its settings', () => {
  const jump = { type: 'goTo', config: { to: 'k' } };
  const flow = (edges: string[], more: Record<string, unknown> = {}) => flowOf({ b: ask(vip), m: mail(), k: ask(about()), x: 'exit', j: jump, ...more }, edges);
  test.each<[string, Flow]>([
    ['that alone', flow(['start next m', 'm next b', 'b yes j', 'b else x', 'k yes x', 'k else x'])],
    ['that and a line', flow(['start next m', 'm next b', 'b yes j', 'b else k', 'k yes x'])],
    ['two of them', flow(['start next m', 'm next b', 'b yes j', 'b else i', 'k yes x', 'k else x'], { i: jump })],
  ])('%s', (_, before) => {
    expect(mine(before).map(({ severity }) => severity)).toEqual(['error']);
    const after = mended(before);
    expect(mine(after)).toEqual([]);
    expect(brokenEdges(after)).toEqual([]);
    expect(flowProblems(after, names).map(({ code }) => code)).not.toContain('unreachable');
  });
});
