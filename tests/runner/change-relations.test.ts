// FEATURES D31 through the runner: what triggers remember of contacts, over imports, pauses and publishing.
import { describe, expect, test } from 'vitest';
import type { Trigger } from '../../shared/flow/flow.ts';
import { DAY } from '../../shared/time.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { setAttributeFor } from '../../src-main/store/contacts.ts';
import { run } from '../../src-main/store/database.ts';
import { UNDO } from '../../src-main/store/import-undo.ts';
import { addContact } from '../workspace-fixture.ts';
import { flowOf, stage, tag, type Stage } from './story.ts';

const onChange = (config: Record<string, unknown>): Trigger => ({ id: 'change', type: 'attributeChanged', config: { attribute: 'points', ...config } });
const flowWith = (trigger: Trigger) => flowOf({ triggers: [trigger], entry: { reentry: 'afterExit', reentryDays: 30, audience: null }, steps: [tag('in')] });

function begin(config: Record<string, unknown>): { story: Stage; flow: number; ada: number; set(value: number, importId?: number): Promise<number> } {
  const story = stage();
  addAttribute(story.workspace, { key: 'points', label: 'Points', kind: 'number' });
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  const flow = story.live(flowWith(onChange(config)));
  return {
    story,
    flow,
    ada,
    async set(value, importId) {
      setAttributeFor(story.workspace, [{ contactId: ada }], 'points', value, { source: importId === undefined ? 'user' : 'import', importId });
      await story.pass(1000);
      return story.one('SELECT count(*) FROM enrollments') as number;
    },
  };
}

function importNumber(story: Stage, id: number, startFlows: boolean): void {
  run(story.workspace.db, `INSERT INTO imports (id, file_name, file_hash, plan, state, started_at, counts) VALUES (?, 'f', 'h', ?, 'done', 0, '{}')`, id, JSON.stringify({ startFlows }));
}

describe('D31 through the runner', () => {
  test('crossing a threshold: 8 to 12 starts, 12 to 13 does not', async () => {
    const { set } = begin({ change: 'crossed', amount: 10 });
    expect([await set(8), await set(12), await set(13)]).toEqual([0, 1, 1]);
  });

  test('what adds up survives a restart of the program and a pause, and begins anew when the trigger is changed', async () => {
    const { story, flow, set } = begin({ change: 'adds', amount: 10 });
    expect(await set(6)).toBe(0);
    story.restart();
    expect(await set(11)).toBe(1);
    expect(await set(17)).toBe(1);
    await story.calls['flows.pause']({ flow });
    await story.calls['flows.resume']({ flow, overdue: 'now' } as never);
    expect(await set(21)).toBe(2);
    expect(await set(29)).toBe(2);
    story.republish(flow, flowWith(onChange({ change: 'adds', amount: 12 })));
    expect(await set(39)).toBe(2);
    expect(await set(41)).toBe(3);
  });

  test('D27: a silent import neither starts it nor adds up; one that may start flows does both', async () => {
    const { story, set } = begin({ change: 'adds', amount: 10 });
    importNumber(story, 1, false);
    importNumber(story, 2, true);
    expect([await set(9, 1), await set(12), await set(18, 2), await set(19)]).toEqual([0, 0, 0, 1]);
  });

  test('D31: the stated effects: a correction takes back what it corrects, a change to many contacts counts where it may start flows, and what is taken back does not count', async () => {
    const { story, ada, set } = begin({ change: 'adds', amount: 10 });
    const by = async (value: number, cause: { source: string; bulkEditId?: number }) => {
      setAttributeFor(story.workspace, [{ contactId: ada }], 'points', value, cause);
      await story.pass(1000);
      return story.one('SELECT count(*) FROM enrollments') as number;
    };
    for (const [id, may] of [[1, 0], [2, 1]]) run(story.workspace.db, `INSERT INTO bulk_edits (id, origin, changes, whom, start_flows, state, counts, started_at, events_after, tags_after) VALUES (?, 'contacts', '[]', '{}', ?, 'done', '{}', 0, 0, 0)`, id, may);
    expect([await set(9), await set(4), await set(8)], 'corrected from 9 to 4, then 8: it has added up to 8').toEqual([0, 0, 0]);
    expect(await by(30, { source: 'user', bulkEditId: 1 })).toBe(0);
    expect(await by(8, { source: UNDO })).toBe(0);
    expect(await set(9)).toBe(0);
    expect(await by(10, { source: 'user', bulkEditId: 2 })).toBe(1);
  });

  test('the first change on record, whenever the flow was published', async () => {
    const { story, ada, set } = begin({ change: 'first' });
    expect([await set(1), await set(2)]).toEqual([1, 1]);
    const late = story.live(flowWith(onChange({ change: 'first' })));
    await story.pass(DAY);
    await set(3);
    expect(story.one('SELECT count(*) FROM enrollments WHERE flow_id = ?', late)).toBe(0);
    run(story.workspace.db, 'DELETE FROM contacts WHERE id = ?', ada);
    expect(story.one('SELECT count(*) FROM trigger_memories')).toBe(0);
  });
});
