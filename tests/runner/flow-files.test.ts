// Flow files come in whole or not at all, and go out so that they come in again unchanged.
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../shared/flow/flow.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { findMessage } from '../../src-main/store/messages.ts';
import { addTopic } from '../../src-main/store/topics.ts';
import { stage, type Stage } from './story.ts';

const message = (key: string, subject: string) => ({ key, name: key, subject, body: '<p>{{ contact.size | default: 1 }}</p>' });

const file = (changes: Record<string, unknown> = {}) =>
  JSON.stringify({
    kanalFlow: 1,
    name: 'Carried',
    triggers: [{ id: 't', type: 'contactAdded', config: {} }],
    steps: [
      { id: 'm', type: 'sendEmail', config: { message: 'hello' } },
      { id: 'b', type: 'branch', config: { branches: [{ id: 'yes', label: 'Yes', rule: { kind: 'message', message: 'hello', act: 'opened', did: true, since: 'ever' } }] } },
      { id: 's', type: 'updateAttribute', config: { attribute: 'size', value: 44 } },
    ],
    edges: [
      { from: 'start', outlet: 'next', to: 'm' },
      { from: 'm', outlet: 'next', to: 'b' },
      { from: 'b', outlet: 'yes', to: 's' },
    ],
    entry: { audience: { kind: 'segment', segment: 'big', member: true } },
    messages: [message('hello', 'Hello')],
    attributes: [{ key: 'size', label: 'Size', kind: 'number' }],
    segments: [{ key: 'big', name: 'Big', rule: { kind: 'attribute', attribute: 'size', operator: 'moreThan', value: 40 } }],
    ...changes,
  });

const bring = (story: Stage, text = file()) => Promise.resolve().then(() => story.calls['flows.importFile']({ text, fileName: 'carried.kanalflow' }));

describe('bringing in', () => {
  test('makes what the workspace does not have, as a draft', async () => {
    const story = stage();
    const { id, created } = await bring(story);
    expect(created).toEqual({ messages: ['hello'], attributes: ['size'], topics: [] });
    expect(await story.calls['flows.get']({ flow: id })).toMatchObject({ state: 'draft', live: null });
    expect((await story.calls['flows.problems']({ flow: id })).filter(({ severity }) => severity === 'error')).toEqual([]);
    // The same file again: the same things are not made twice.
    expect((await bring(story)).created).toEqual({ messages: [], attributes: [], topics: [] });
  });

  test('a message whose key is taken by another gets a new key, and everything that refers to it follows', async () => {
    const story = stage();
    await bring(story);
    const { id, created } = await bring(story, file({ messages: [message('hello', 'Something else')] }));
    expect(created.messages).toEqual(['hello_2']);
    const { draft } = await story.calls['flows.get']({ flow: id });
    expect(draft.steps[0]!.config).toEqual({ message: 'hello_2' });
    expect(JSON.stringify(draft.steps[1]!.config)).toContain('"message":"hello_2"');
    expect(findMessage(story.workspace, 'hello')!.subject).toBe('Hello');
  });

  test.each([
    ['not JSON', '{', 'flow-file-not-json'],
    ['another file', '{"a":1}', 'flow-file-not-flow'],
    ['an unknown step', file({ steps: [{ id: 'm', type: 'teleport', config: {} }], edges: [] }), 'unknown-step'],
    ['a dangling edge', file({ edges: [{ from: 'start', outlet: 'next', to: 'nowhere' }] }), 'edge-dangling'],
  ])('%s is refused whole', async (_, text, code) => {
    const story = stage();
    await expect(bring(story, text)).rejects.toMatchObject({ problems: [{ code, place: { file: 'carried.kanalflow' } }] });
    expect([await story.calls['flows.list']({}), story.one('SELECT count(*) FROM attributes'), findMessage(story.workspace, 'hello')]).toEqual([[], 0, undefined]);
  });

  test('when the last part of it cannot be made, nothing of it is', async () => {
    const story = stage();
    // A column that is in the way: the second attribute fails after the first was made.
    story.workspace.db.exec('ALTER TABLE contacts ADD COLUMN a_weight TEXT');
    const attributes = ['size', 'weight'].map((key) => ({ key, label: key, kind: 'number' }));
    await expect(bring(story, file({ attributes }))).rejects.toThrow();
    expect([await story.calls['flows.list']({}), story.one('SELECT count(*) FROM attributes'), findMessage(story.workspace, 'hello')]).toEqual([[], 0, undefined]);
  });
});

test('going out and coming in again elsewhere changes nothing', async () => {
  const story = stage();
  addAttribute(story.workspace, { key: 'unused', label: 'Unused', kind: 'text' });
  const { id } = await bring(story);
  const { text } = await story.calls['flows.exportFile']({ flow: id });
  expect(JSON.parse(text)).toMatchObject({ attributes: [{ key: 'size' }], segments: [{ key: 'big' }], messages: [{ key: 'hello' }] });
  const other = stage();
  const again = await bring(other, text);
  expect((await other.calls['flows.exportFile']({ flow: again.id })).text).toBe(text);
});

describe('topics of consent', () => {
  const consent = (topic: string) => ({ kind: 'consent', channel: 'email', topic, given: true });
  const about = (topic: string) => ({
    triggers: [{ id: 't', type: 'consentChanged', config: { topic } }],
    entry: { audience: consent(topic) },
    messages: [{ ...message('hello', 'Hello'), topic }],
  });
  const topicsOfAll = ({ draft: { triggers, entry } }: { draft: Flow }, { workspace }: Stage, key = 'hello') => [triggers[0]!.config['topic'], entry.audience, findMessage(workspace, key)!.topic];

  test('go along, of messages, triggers and rules, and nothing else does', async () => {
    const story = stage();
    const topics = ['Newsletter', 'Events', 'Offers', 'Unused'].map((name) => addTopic(story.workspace, name));
    const [news, events, offers] = topics;
    const { id } = await bring(story, file({ ...about(news!), goal: consent(events!), segments: [{ key: 'big', name: 'Big', rule: consent(offers!) }], entry: { audience: { kind: 'segment', segment: 'big', member: true } } }));
    const { text } = await story.calls['flows.exportFile']({ flow: id });
    expect(JSON.parse(text).topics).toEqual([{ key: 'events', name: 'Events' }, { key: 'newsletter', name: 'Newsletter' }, { key: 'offers', name: 'Offers' }]);
    const other = stage();
    const again = await bring(other, text);
    expect(again.created.topics).toEqual(['events', 'newsletter', 'offers']);
    expect((await other.calls['flows.exportFile']({ flow: again.id })).text).toBe(text);
  });

  test('are those of the same name here, whatever their keys: who has opted out of one is not written to', async () => {
    const story = stage();
    const ours = addTopic(story.workspace, 'NEWSLETTER', 'nyhedsbrev');
    const { id, created } = await bring(story, file({ ...about('news'), topics: [{ key: 'news', name: 'Newsletter' }] }));
    expect(created.topics).toEqual([]);
    expect(topicsOfAll(await story.calls['flows.get']({ flow: id }), story)).toEqual([ours, consent(ours), ours]);
    // The same file once more: the message is the one that has come already.
    expect((await bring(story, file({ ...about('news'), topics: [{ key: 'news', name: 'Newsletter' }] }))).created).toEqual({ messages: [], attributes: [], topics: [] });
  });

  test('get another key where theirs is that of another topic here', async () => {
    const story = stage();
    addTopic(story.workspace, 'Company news', 'news');
    const { id, created } = await bring(story, file({ ...about('news'), topics: [{ key: 'news', name: 'Newsletter' }] }));
    expect(created.topics).toEqual(['newsletter']);
    expect(topicsOfAll(await story.calls['flows.get']({ flow: id }), story)).toEqual(['newsletter', consent('newsletter'), 'newsletter']);
  });

  test('that a file names and does not carry are told before it is published', async () => {
    const story = stage();
    const { id } = await bring(story, file(about('news')));
    const found = (await story.calls['flows.problems']({ flow: id })).filter(({ code }) => code === 'topic-unknown').map(({ place }) => place);
    expect(found).toEqual([{ field: 'entry.audience.topic' }, { trigger: 't', field: 'topic' }, { message: 'hello', field: 'topic' }]);
  });
});

test('attributes that are filled into the texts of steps go along', async () => {
  const story = stage();
  const { id } = await bring(story, file({ steps: [{ id: 'n', type: 'notify', config: { title: '{{ contact.weight }}' } }], edges: [{ from: 'start', outlet: 'next', to: 'n' }], attributes: [{ key: 'weight', label: 'Weight', kind: 'number' }], messages: [], segments: [], entry: {} }));
  expect(JSON.parse((await story.calls['flows.exportFile']({ flow: id })).text).attributes).toEqual([{ key: 'weight', label: 'Weight', kind: 'number' }]);
});
