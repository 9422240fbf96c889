// A message of which its contact has moved on, pulled to a goal while it waited for the morning, is nobody's lateness.
import { expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { pause } from '../../src-main/runner/publishing.ts';
import { resumeSome } from '../../src-main/runner/resuming.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { flowOf, hasTag, mail, wait } from '../runner/story.ts';
import { addContact } from '../workspace-fixture.ts';
import { sendingStage } from './sending-stage.ts';

test('D5: whoever is overdue leaves on resuming, however many have left a message behind', async () => {
  const sending = sendingStage({ quietHours: { from: '08:00', to: '20:00' } });
  const id = sending.live(flowOf({ steps: [mail('welcome'), { id: 'goal', type: 'goal', config: { rule: hasTag('bought') } }, wait('pause', 9)] }));
  const people = Array.from({ length: 501 }, (_, n) => ({ contactId: addContact(sending.workspace, { email: `p${n}@example.com`, consent: ['email'] }) }));
  await sending.pass(HOUR);
  // The last one stays, and is overdue.
  addTagFor(sending.workspace, people.slice(0, -1), 'bought', { source: 'user' });
  await sending.pass(0);
  pause(sending.workspace, id);
  await sending.pass(DAY);
  let turns = 1;
  while (!resumeSome(sending.workspace, id, 'exit') && turns < 10) turns++;
  expect(turns).toBe(1);
  expect(sending.workspace.db.prepare('SELECT state, exit_reason, count(*) AS n FROM enrollments GROUP BY state').all()).toEqual([
    { state: 'active', exit_reason: null, n: 500 },
    { state: 'exited', exit_reason: 'overdue-on-resume', n: 1 },
  ]);
  await sending.close();
});
