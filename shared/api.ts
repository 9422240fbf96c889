// Every call that a window or a command line may make of the machine, and every event that it hears from it. One line each, in
// the files of shared/api: the input's schema and the output's type. The gate (src-main/dispatch.ts) checks the input; handlers
// implement the rest.
import type { z } from 'zod';
import type { BulkProgress } from './contacts/bulk-edit.ts';
import type { ImportProgress } from './contacts/import-plan.ts';
import type { Problem } from './problem.ts';
import type { SimulationProgress } from './simulation/simulation.ts';
import { attributeCalls, bulkEditCalls, companyCalls } from './api/many.ts';
import { workspaceCalls } from './api/workspace.ts';
import { contactsCalls } from './api/contacts.ts';
import { importsCalls } from './api/imports.ts';
import { flowsCalls } from './api/flows.ts';
import { runningCalls } from './api/running.ts';

export * from './api/answers.ts';
export * from './api/desktop.ts';

export const calls = {
  ...workspaceCalls,
  ...contactsCalls,
  ...importsCalls,
  ...flowsCalls,
  ...runningCalls,
  ...attributeCalls,
  ...companyCalls,
  ...bulkEditCalls,
} as const;

export type CallName = keyof typeof calls;
export type CallInput<Name extends CallName> = z.input<(typeof calls)[Name]['input']>;
export type CheckedInput<Name extends CallName> = z.output<(typeof calls)[Name]['input']>;
export type CallOutput<Name extends CallName> = (typeof calls)[Name] extends { output?: infer Output } ? Exclude<Output, undefined> : never;

/** What a call comes back with. A bug is neither: it is thrown on the machine's side, logged, and answered as `bug`. */
export type Answer<Output = unknown> = { value: Output } | { problems: readonly Problem[] } | { bug: string };

/** What the machine tells without being asked. `changed` names what a screen should read again. */
export const TOPICS = ['workspace', 'contacts', 'attributes', 'imports', 'flows', 'counts', 'messages', 'segments', 'calendars', 'settings', 'bulkEdits', 'companies', 'runner', 'tasks', 'views', 'duplicates'] as const;
export type Topic = (typeof TOPICS)[number];
export type MachineEvent = { type: 'changed'; topics: Topic[] } | { type: 'import'; progress: ImportProgress } | { type: 'bulkEdit'; progress: BulkProgress } | { type: 'simulation'; progress: SimulationProgress } | { type: 'clock'; now: number } | /** For the desktop: something that a person should know of even while the window is not in front. */ { type: 'notice'; title: string; body: string };

/** What every host offers to a window. */
export type Bridge = {
  call(method: string, input: unknown): Promise<Answer>;
  on(listener: (event: MachineEvent) => void): () => void;
};
