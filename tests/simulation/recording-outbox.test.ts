// The outbox of a simulation writes the same ledger and the same events whether mails are rendered on their way or not.
import { expect, test } from 'vitest';
import { DAY } from '../../shared/time.ts';
import { openCopy, startFlow } from '../../src-main/simulation/copy.ts';
import { enterChosen } from '../../src-main/simulation/enter.ts';
import { rows } from '../../src-main/store/database.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { EVERYBODY, shop } from './simulation-fixture.ts';

async function written(render: boolean) {
  const { workspace, flow } = shop(20);
  const nothing = { opened: null, clicked: null, ordered: null, optedOut: null };
  const copy = openCopy({ image: imageOf(workspace.db), now: workspace.clock.now(), react: () => nothing, ...(render && { render: async () => null }) });
  try {
    startFlow(copy.workspace, flow, 'draft');
    enterChosen(copy.workspace, flow, EVERYBODY);
    await copy.until(copy.clock.now() + 5 * DAY);
    const { db } = copy.workspace;
    return {
      ledger: rows<{ state: string }>(db, 'SELECT * FROM outbox ORDER BY id'),
      events: rows(db, 'SELECT contact_id, type, at, source, enrollment_id, outbox_id, data FROM events WHERE outbox_id IS NOT NULL ORDER BY outbox_id, type'),
      passages: rows(db, 'SELECT * FROM enrollments ORDER BY id'),
    };
  } finally {
    await copy.close();
  }
}

test('a message that is taken at once leaves the rows of one that was rendered first', async () => {
  const [plain, rendered] = [await written(false), await written(true)];
  expect(plain.ledger.filter(({ state }) => state === 'sent')).toHaveLength(36);
  expect(plain.ledger.filter(({ state }) => state === 'cancelled')).toHaveLength(4);
  expect(plain).toEqual(rendered);
});
