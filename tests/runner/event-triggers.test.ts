// Who comes in by an event: the right one, with the right properties, of a person; and never by a flow's own doing.
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { run, transaction } from '../../src-main/store/database.ts';
import { recordOrder } from '../../src-main/store/orders.ts';
import { addTagFor, removeTagFor } from '../../src-main/store/tags.ts';
import { addContact, happen, TEST_NOW } from '../workspace-fixture.ts';
import { flowOf, mail, onAdded, stage, tag, wait, type Stage } from './story.ts';

const trigger = (type: string, config: Record<string, unknown> = {}) => ({ id: 't', type, config });
const entered = (story: Stage) => story.all<{ contact: number }>('SELECT contact_id AS contact FROM enrollments ORDER BY id').map(({ contact }) => contact);

function begun(type: string, config: Record<string, unknown> = {}) {
  const story = stage();
  story.live(flowOf({ triggers: [trigger(type, config)], entry: { reentry: 'afterExit' } as never, steps: [wait('hour', 1, 'hours')] }));
  const [ada, ben] = ['ada', 'ben'].map((name) => addContact(story.workspace, { email: `${name}@example.com` })) as [number, number];
  return { story, ada, ben };
}

describe('an event of the user’s own (A1.8)', () => {
  const where = [{ property: 'plan', operator: 'isNotEmpty', value: '' }, { property: 'seats', operator: 'atLeast', value: '5' }];
  test.each([
    ['signed_up', { plan: 'gold', seats: 5 }, true],
    ['signed_up', { plan: 'gold', seats: 4 }, false],
    ['signed_up', { seats: 5 }, false],
    ['signed_out', { plan: 'gold', seats: 5 }, false],
  ])('%s %j: %s', async (name, data, comes) => {
    const { story, ada } = begun('eventHappened', { name: 'signed_up', where });
    happen(story.workspace, ada, name, { data });
    await story.pass(0);
    expect(entered(story)).toEqual(comes ? [ada] : []);
  });

  test('without conditions every such event', async () => {
    const { story, ada, ben } = begun('eventHappened', { name: 'signed_up' });
    for (const contact of [ben, ada]) happen(story.workspace, contact, 'signed_up');
    await story.pass(0);
    expect(entered(story)).toEqual([ben, ada]);
  });
});

describe('among thousands of events that nobody asks for', () => {
  test.each(['are there', 'are gone again'])('the one that counts is heard: the others %s', async (how) => {
    const { story, ada, ben } = begun('eventHappened', { name: 'signed_up' });
    const { db } = story.workspace;
    transaction(db, () => {
      for (let n = 0; n < 6000; n++) happen(story.workspace, ben, 'looked_around');
      happen(story.workspace, ada, 'signed_up');
    });
    if (how === 'are gone again') run(db, `DELETE FROM events WHERE type = 'looked_around'`);
    await story.pass(0);
    expect(entered(story)).toEqual([ada]);
    happen(story.workspace, ben, 'signed_up');
    await story.pass(0);
    expect(entered(story)).toEqual([ada, ben]);
  });
});

describe('an order', () => {
  const order = (story: Stage, contactId: number, orderKey: string, amount: number, more = {}) =>
    recordOrder(story.workspace, { orderKey, contactId, at: story.workspace.clock.now(), amount, source: 'test', ...more });

  test('any', async () => {
    const { story, ada } = begun('orderPlaced');
    order(story, ada, '1', 100);
    await story.pass(2 * HOUR);
    order(story, ada, '2', 100);
    await story.pass(0);
    expect(entered(story)).toEqual([ada, ada]);
  });

  test('the first of the contact only', async () => {
    const { story, ada, ben } = begun('orderPlaced', { which: 'first' });
    order(story, ada, '1', 100);
    await story.pass(2 * HOUR);
    for (const contact of [ada, ben]) order(story, contact, `2-${contact}`, 100);
    await story.pass(0);
    expect(entered(story)).toEqual([ada, ben]);
  });

  test.each([
    [50_000, {}, true],
    [49_999, {}, false],
    [50_000, { currency: 'EUR' }, false],
  ])('of at least 500 kroner: %s øre %j: %s', async (amount, more, comes) => {
    const { story, ada } = begun('orderPlaced', { atLeast: 500 });
    order(story, ada, '1', amount, more);
    await story.pass(0);
    expect(entered(story)).toEqual(comes ? [ada] : []);
  });

  test('with a property', async () => {
    const { story, ada, ben } = begun('orderPlaced', { where: [{ property: 'product', operator: 'contains', value: 'tea' }] });
    order(story, ada, '1', 100, { data: { product: 'Green tea' } });
    order(story, ben, '2', 100, { data: { product: 'Coffee' } });
    await story.pass(0);
    expect(entered(story)).toEqual([ada]);
  });
});

describe('a reaction to a message (A1.7)', () => {
  test.each([
    [{ act: 'opened' }, 'message_opened', {}, true],
    [{ act: 'opened' }, 'message_opened', { madeBy: 'machine' as const }, false],
    [{ act: 'clicked' }, 'message_opened', {}, false],
    [{ act: 'clicked', message: 'offer' }, 'message_clicked', { data: { message: 'offer' } }, true],
    [{ act: 'clicked', message: 'offer' }, 'message_clicked', { data: { message: 'welcome' } }, false],
    [{ act: 'replied' }, 'message_replied', {}, true],
    [{ act: 'bounced' }, 'message_bounced', {}, true],
  ])('%j: %s %j: %s', async (config, type, more, comes) => {
    const { story, ada } = begun('messageEvent', config);
    happen(story.workspace, ada, type, more);
    await story.pass(0);
    expect(entered(story)).toEqual(comes ? [ada] : []);
  });

  test('a click in its own message may start a flow again; what it sends does not (D25)', async () => {
    const story = stage();
    const entry = { reentry: 'afterExit' } as never;
    const id = story.live(flowOf({ triggers: [{ id: 'added', type: 'contactAdded', config: {} }, trigger('messageEvent'), { ...trigger('eventHappened', { name: 'message_sent' }), id: 's' }], entry, steps: [mail('welcome')] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(DAY);
    expect(entered(story)).toEqual([ada]);
    happen(story.workspace, ada, 'message_clicked', { flowId: id, data: { message: 'welcome' } });
    await story.pass(DAY);
    expect(entered(story)).toEqual([ada, ada]);
    expect(story.delivered.map(({ at }) => at)).toEqual([TEST_NOW, TEST_NOW + DAY]);
  });
});

test.each([
  [{ change: 'given' }, true, 'email', true],
  [{ change: 'given' }, false, 'email', false],
  [{ change: 'given', channel: 'sms' }, true, 'email', false],
  [{ change: 'withdrawn' }, false, 'email', true],
] as const)('consent: %j, given %s for %s: %s', async (config, given, channel, comes) => {
  const { story, ada } = begun('consentChanged', config);
  recordConsent(story.workspace, { contactId: ada, channel, given, source: 'form', actor: 'user' });
  await story.pass(0);
  expect(entered(story)).toEqual(comes ? [ada] : []);
});

test('D8: what had happened before it was published lets nobody in, although nobody has read it yet', async () => {
  const story = stage();
  story.live(flowOf({ triggers: [onAdded], steps: [tag('first')] }));
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  const later = story.live(flowOf({ triggers: [onAdded], steps: [tag('second')] }));
  const ben = addContact(story.workspace, { email: 'ben@example.com' });
  await story.pass(0);
  expect(story.all('SELECT contact_id AS contact FROM enrollments WHERE flow_id = ?', later)).toEqual([{ contact: ben }]);
  expect(story.one('SELECT count(*) FROM enrollments WHERE contact_id = ?', ada)).toBe(1);
});

test('a tag that is removed', async () => {
  const { story, ada, ben } = begun('tagRemoved', { tag: 'trial' });
  const both = [ada, ben].map((contactId) => ({ contactId }));
  addTagFor(story.workspace, both, 'trial', { source: 'user' });
  addTagFor(story.workspace, both, 'other', { source: 'user' });
  await story.pass(0);
  removeTagFor(story.workspace, [both[0]!], 'trial', { source: 'user' });
  removeTagFor(story.workspace, [both[1]!], 'other', { source: 'user' });
  await story.pass(0);
  expect(entered(story)).toEqual([ada]);
});
