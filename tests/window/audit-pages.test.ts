// The audit is read page by page back to its beginning, and keeps no gap when something is written down meanwhile.
import { expect, test } from 'vitest';
import type { AuditEntry } from '../../shared/api.ts';
import { PAGE, withNewest, withOlder, type Pages } from '../../src-renderer/audit/audit-pages.ts';
import { auditHandlers } from '../../src-main/handlers/audit.ts';
import { recordAudit } from '../../src-main/store/runner-state.ts';
import { testWorkspace } from '../workspace-fixture.ts';

const idsOf = ({ entries }: Pages) => entries.map(({ id }) => id);
const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, n) => from - n);

function audit(count: number) {
  const workspace = testWorkspace();
  const write = (more: number) => {
    for (let n = 0; n < more; n++) recordAudit(workspace, 'user', 'flow-paused', { flow: 1 });
  };
  write(count);
  const list = auditHandlers(workspace)['audit.list'];
  const page = async (before: number | null): Promise<AuditEntry[]> => list({ flow: null, before, limit: PAGE });
  return { write, page };
}

test('goes on beyond five hundred, to the first entry of all', async () => {
  const { page } = audit(720);
  let pages = withNewest(null, await page(null));
  let presses = 0;
  for (; pages.more; presses++) pages = withOlder(pages, await page(pages.entries.at(-1)!.id));
  expect(idsOf(pages)).toEqual(down(720, 1));
  expect(presses).toBe(7);
});

test('what is written down meanwhile comes on top, and nothing is lost or twice', async () => {
  const { write, page } = audit(250);
  let pages = withNewest(null, await page(null));
  pages = withOlder(pages, await page(pages.entries.at(-1)!.id));
  write(30);
  pages = withNewest(pages, await page(null));
  expect(idsOf(pages)).toEqual(down(280, 51));
  pages = withOlder(pages, await page(pages.entries.at(-1)!.id));
  expect(idsOf(pages)).toEqual(down(280, 1));
  expect(pages.more).toBe(false);
});

test('after more than a page of news it begins anew, so that there is no gap', async () => {
  const { write, page } = audit(150);
  const before = withNewest(null, await page(null));
  write(500);
  const pages = withNewest(before, await page(null));
  expect(idsOf(pages)).toEqual(down(650, 551));
  expect(pages.more).toBe(true);
});

test('short ones are whole', async () => {
  const { page } = audit(3);
  expect(withNewest(null, await page(null))).toMatchObject({ entries: [{ id: 3 }, { id: 2 }, { id: 1 }], more: false });
  expect(withNewest(null, [])).toEqual({ entries: [], more: false });
});
