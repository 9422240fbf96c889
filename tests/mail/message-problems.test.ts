// What is said of a message before it is published, with its place.
import { expect, test } from 'vitest';
import { messageProblems } from '../../shared/messages/message-problems.ts';
import { mergeTagsIn } from '../../shared/messages/merge-tags.ts';
import type { Message } from '../../shared/flow/flow.ts';
import { WELCOME } from './outbox-fixture.ts';

const known = new Set(['email', 'first_name', 'city', 'vip']);
const problemsOf = (message: Partial<Message>, postalAddress = 'Testvej 1') =>
  messageProblems({ ...WELCOME, preheader: '', ...message }, { hasAttribute: (key) => known.has(key), hasTopic: (key) => key === 'news', postalAddress }).map(
    ({ code, severity, place }) => `${severity} ${code} ${place?.field ?? ''}${place?.line === undefined ? '' : `:${place.line}`}`.trim(),
  );

const CASES: [string, Partial<Message>, string[]][] = [
  ['nothing wrong', {}, []],
  ['about a topic', { topic: 'news' }, []],
  ['about a topic that there is not', { topic: 'events' }, ['error topic-unknown topic']],
  ['no marketing, so nobody is asked about the topic', { topic: 'events', purpose: 'transactional' }, []],
  ['no subject', { subject: '  ' }, ['error message-subject-empty subject']],
  ['no body', { body: '<p>&nbsp;</p>\n<p></p>' }, ['error message-body-empty body']],
  ['only a picture', { body: '<img src="https://x.dk/a.png">' }, []],
  [
    'an unknown merge tag, once, with its line',
    { body: '<p>\n{{ contact.nmae }}\n{{ contact.nmae }}</p>' },
    ['error merge-tag-unknown body:2'],
  ],
  ['a merge tag of nothing', { body: '<p>{{ contcat.first_name }}</p>' }, ['error merge-tag-unknown body:1']],
  ['asked for in a condition only', { body: '{% if contact.nope %}x{% endif %}' }, ['error merge-tag-unknown body:1']],
  ['no fallback', { body: '<p>a\n{{ contact.city }}</p>' }, ['warning merge-tag-no-fallback body:2']],
  ['no fallback in the subject', { subject: '{{ contact.city }}' }, ['warning merge-tag-no-fallback subject:1']],
  ['everybody has an address', { body: '<p>{{ contact.email }}</p>' }, []],
  ['asked for before it is printed', { body: '{% if contact.city %}{{ contact.city }}{% endif %}' }, []],
  [
    'asked for, but printed elsewhere too',
    { body: '{% if contact.city %}x{% else %}y{% endif %}{{ contact.city }}' },
    ['warning merge-tag-no-fallback body:1'],
  ],
  [
    'names that the text makes itself',
    { body: '{% assign a = contact.city %}{% for x in (1..3) %}{{ x }}{{ forloop.index }}{% endfor %}{{ a | default: "" }}b' },
    [],
  ],
  [
    'the workspace and the way out',
    { body: '{{ workspace.name }} {{ workspace.postal_address }} <a href="{{ unsubscribe_url }}">x</a>' },
    [],
  ],
  [
    'an editor has written the signs as HTML does',
    { body: '<p>{{ contact.city | default: &quot;x&quot; }}{% if contact.vip &gt; 1 %}y{% endif %}</p>' },
    [],
  ],
  ['a tag that is not closed', { body: '<p>\n\n{{ contact.city </p>' }, ['error message-liquid body:3']],
  ['a block that is not closed', { body: '{% if contact.city %}x' }, ['error message-liquid body:1']],
  ['a filter that does not exist', { body: '{{ contact.city | shout }}' }, ['error message-liquid body:1']],
  ['a file', { body: '{% render "package.json" %}' }, ['error message-liquid body:1']],
  ['a subject of two lines', { subject: 'a\nb' }, ['error message-subject-lines subject']],
  ['too long for Gmail', { body: 'x'.repeat(110_000) }, ['warning message-too-long body']],
];
test.each(CASES)('%s', (_, message, expected) => {
  expect(problemsOf(message)).toEqual(expected);
});

test('marketing needs a postal address, a receipt does not', () => {
  expect(problemsOf({}, ' ')).toEqual(['warning postal-address-missing']);
  expect(problemsOf({ purpose: 'transactional' }, '')).toEqual([]);
});

test('merge tags come with their line and their fallback', () => {
  expect(mergeTagsIn('Hi {{ contact.first_name | default: "you" }},\n{{ contact["city"] }}').tags).toEqual([
    { name: 'contact.first_name', line: 1, hasFallback: true, printed: true },
    { name: 'contact.city', line: 2, hasFallback: false, printed: true },
  ]);
});
