// What uses a thing of the workspace: flows as they are drawn and as they run, segments by their rules, messages.
import { keysOf, namesInRule, type Name, type Thing } from '../../shared/contacts/naming.ts';
import { namesInFlow, namesInMessage } from '../../shared/flow/references.ts';
import type { Workspace } from '../workspace.ts';
import { flowSummaries, versionsFollowed } from './flows.ts';
import { allMessages } from './messages.ts';
import { segmentsOf } from './segments.ts';

export type Uses = { flows: { id: number; name: string }[]; segments: { key: string; name: string }[]; messages: { key: string; name: string }[] };

/** Answers what uses a thing of any of these kinds, by its key. Flows, segments and messages are read once. */
export function usesOf(workspace: Workspace, ...things: Exclude<Thing, 'flow'>[]): (key: string) => Uses {
  const keysIn = (names: readonly Name[]): Set<string> => new Set(things.flatMap((thing) => keysOf(names, thing)));
  const flows = flowSummaries(workspace).map((flow) => {
    const running = versionsFollowed(workspace, flow).map((version) => version.flow);
    return { user: { id: flow.id, name: flow.name }, keys: keysIn([flow.draft, ...running].flatMap(namesInFlow)) };
  });
  const segments = [...segmentsOf(workspace).values()].map(({ key, name, rule }) => ({ user: { key, name }, keys: keysIn(rule === null ? [] : namesInRule(rule)) }));
  const messages = allMessages(workspace).map((message) => ({ user: { key: message.key, name: message.name }, keys: keysIn(namesInMessage(message)) }));
  const using = <User>(all: readonly { user: User; keys: ReadonlySet<string> }[], key: string): User[] => all.filter(({ keys }) => keys.has(key)).map(({ user }) => user);
  return (key) => ({ flows: using(flows, key), segments: using(segments, key), messages: using(messages, key) });
}
