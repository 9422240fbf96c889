// For stories about people who are kept on a version: publishing with “keep”, and short words for where everybody is.
import type { Flow } from '../../shared/flow/flow.ts';
import { HOUR } from '../../shared/time.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { flowRecord, updateDraft } from '../../src-main/store/flows.ts';
import { addContact, TEST_NOW } from '../workspace-fixture.ts';
import { flowOf, mail, stage, tag, wait, type Stage } from './story.ts';

/** Publishes a changed draft, and has everybody inside stay where they are. */
export function keep(story: Stage, id: number, flow: Flow): void {
  updateDraft(story.workspace, id, flow, flowRecord(story.workspace, id)!.revision);
  publish(story.workspace, id, flow, [], [], true);
}

export const add = (story: Stage, name: string) => addContact(story.workspace, { email: `${name}@example.com` });
/** Where everybody stands: the version they were kept on, then their step or how they left. */
export const places = (story: Stage) =>
  story.all<{ kept: number | null; step: string | null; state: string; reason: string | null }>('SELECT kept_version AS kept, step_id AS step, state, exit_reason AS reason FROM enrollments ORDER BY id').map(({ kept, step, state, reason }) => `${kept ?? 'live'}:${step ?? reason ?? state}`);
export const due = (story: Stage) => story.all<{ at: number }>('SELECT due_at - ? AS at FROM enrollments ORDER BY id', TEST_NOW).map(({ at }) => at);
export const visits = (story: Stage) => story.all<{ version: number; step: string; outlet: string | null }>('SELECT version, step_id AS step, outlet FROM visits ORDER BY enrollment_id, visit').map(({ version, step, outlet }) => `${version}:${step}.${outlet}`);
export const audit = (story: Stage, action: string) => story.all<{ details: string }>('SELECT details FROM audit WHERE action = ?', action).map(({ details }) => JSON.parse(details) as unknown);
export const people = (story: Stage) => enrollmentHandlers(story.workspace);

/** A live flow in which these have been for an hour. */
export async function inside(flow: Flow, ...names: string[]): Promise<{ story: Stage; id: number; all: number[] }> {
  const story = stage();
  const id = story.live(flow);
  const all = names.map((name) => add(story, name));
  await story.pass(HOUR);
  return { story, id, all };
}

/** Ada and the others come in by the first; the second has another wait, and other steps behind it. */
export const first = flowOf({ steps: [wait('pause', 3), tag('one'), wait('more', 3), mail('welcome')] });
export const second = flowOf({ steps: [wait('pause', 9), tag('two'), wait('other', 9)] });
