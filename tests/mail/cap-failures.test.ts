// What takes a place under the frequency cap: a message that has left, or may have, and none that has failed (FEATURES D15).
import { expect, test } from 'vitest';
import { HOUR } from '../../shared/time.ts';
import { flowOf, mail } from '../runner/story.ts';
import { addContact } from '../workspace-fixture.ts';
import { sendingStage } from './sending-stage.ts';

test('D15: a failure takes nobody’s place: the next message leaves, and only the one behind that is one too many', async () => {
  const dead = { result: 'failed', temporary: false, scope: 'recipient', code: '5.2.1', response: '550' } as const;
  let fails = true;
  const stage = sendingStage({ frequencyCap: { messages: 1, days: 7 } }, { steps: { before: () => (fails ? ((fails = false), dead) : undefined) } });
  stage.live(flowOf({ steps: [mail('welcome'), mail('offer'), mail('news')] }));
  addContact(stage.workspace, { email: 'ada@example.dk', consent: ['email'] });
  await stage.pass(HOUR);
  expect(stage.ledger().map(({ message, state, reason }) => `${message}: ${state}${reason === null ? '' : ` ${reason}`}`)).toEqual(['welcome: failed mailbox-full', 'offer: sent', 'news: cancelled frequency-cap']);
  await stage.close();
});
