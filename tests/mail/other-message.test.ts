// A step that is given another message while people wait at it: what has not left goes out as it was published last (FEATURES D26).
import { afterEach, describe, expect, test } from 'vitest';
import type { Flow } from '../../shared/flow/flow.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { simulationHandlers } from '../../src-main/handlers/simulations.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { rows } from '../../src-main/store/database.ts';
import { flowRecord, updateDraft } from '../../src-main/store/flows.ts';
import { saveMessage } from '../../src-main/store/messages.ts';
import { flowOf, join, mail, parallel, tag, wait } from '../runner/story.ts';
import { addContact } from '../workspace-fixture.ts';
import { MESSAGES, sendingStage, type SendingStage } from './sending-stage.ts';

const open: SendingStage[] = [];
afterEach(async () => {
  for (const stage of open.splice(0)) await stage.close();
});

const writing = (message: string) => flowOf({ steps: [mail('m', message), tag('after')] });
const onPaths = (message: string) => flowOf({ steps: [parallel('p', 'a', 'b'), mail('m', message), wait('w', 9), join('j')], ways: ['p.a > m', 'm > j', 'p.b > w', 'w > j'] });

/** Ada waits for the morning, with what a first version sends. */
async function waiting(flow: Flow): Promise<{ stage: SendingStage; id: number; planned(): unknown }> {
  const stage = sendingStage({ quietHours: { from: '08:00', to: '20:00' } });
  open.push(stage);
  const id = stage.live(flow);
  addContact(stage.workspace, { email: 'ada@example.dk', consent: ['email'] });
  await stage.pass(HOUR);
  return { stage, id, planned: () => rows<{ message: string; version: number }>(stage.workspace.db, 'SELECT message, version, state FROM outbox') };
}
const subjects = (stage: SendingStage) => stage.sent.map(({ subject }) => subject);

describe('D26', () => {
  test.each([['a step', writing], ['a step on a path', onPaths]])('what is planned at %s becomes the message that is published now', async (_, version) => {
    const { stage, id, planned } = await waiting(version('welcome'));
    publish(stage.workspace, id, version('news'), MESSAGES);
    expect(planned()).toEqual([{ message: 'news', version: 2, state: 'planned' }]);
    await stage.pass(DAY);
    expect(subjects(stage)).toEqual(['news']);
  });

  test('whoever is kept on the version before gets what that says, and the new one when they are brought over', async () => {
    const { stage, id, planned } = await waiting(writing('welcome'));
    publish(stage.workspace, id, writing('news'), MESSAGES, [], true);
    expect(planned()).toEqual([{ message: 'welcome', version: 1, state: 'planned' }]);
    await enrollmentHandlers(stage.workspace)['enrollments.follow']({ flow: id, enrollments: null, step: null });
    expect(planned()).toEqual([{ message: 'news', version: 2, state: 'planned' }]);
    await stage.pass(DAY);
    expect(subjects(stage)).toEqual(['news']);
  });

  test('what has left is not sent anew, nor is what a person has asked to be sent again another message', async () => {
    const { stage, id, planned } = await waiting(writing('welcome'));
    stage.workspace.db.prepare(`UPDATE outbox SET reason = 'resend'`).run();
    publish(stage.workspace, id, writing('news'), MESSAGES);
    expect(planned()).toEqual([{ message: 'welcome', version: 1, state: 'planned' }]);
    await stage.pass(DAY);
    publish(stage.workspace, id, writing('offer'), MESSAGES);
    await stage.pass(DAY);
    expect(subjects(stage)).toEqual(['welcome']);
  });

  test('what is published besides leaves it as it is', async () => {
    const { stage, id, planned } = await waiting(writing('welcome'));
    publish(stage.workspace, id, flowOf({ steps: [{ ...mail('m', 'welcome'), name: 'Hello' }, wait('pause', 1)] }), MESSAGES);
    expect(planned()).toEqual([{ message: 'welcome', version: 1, state: 'planned' }]);
  });

  test('the preview of publishing says what leaves instead', async () => {
    const { stage, id } = await waiting(writing('welcome'));
    for (const message of MESSAGES) saveMessage(stage.workspace, message);
    updateDraft(stage.workspace, id, writing('news'), flowRecord(stage.workspace, id)!.revision);
    const { messages } = await simulationHandlers(stage.workspace)['simulations.previewPublish']({ flow: id, days: 2, removed: [] });
    expect(messages).toEqual([{ message: 'news', before: 0, after: 1 }, { message: 'welcome', before: 1, after: 0 }]);
  });
});
