// What the workspace calls things, and what is wrong with a flow in it: with its steps, and with the messages that it sends.
import { namesFrom } from '../../shared/flow/names.ts';
import type { Flow, Message } from '../../shared/flow/flow.ts';
import { flowProblems } from '../../shared/flow/problems.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import { messagesSentBy } from '../../shared/flow/references.ts';
import { messageProblems } from '../../shared/messages/message-problems.ts';
import type { Problem } from '../../shared/problem.ts';
import { say, type Text } from '../../shared/text.ts';
import type { Names } from '../../shared/steps/step.ts';
import type { Workspace } from '../workspace.ts';
import { attributesOf } from './attributes.ts';
import { calendarsOf } from './calendars.ts';
import { flowNames, flowRecord, versionsFollowed, type FlowRecord } from './flows.ts';
import { allMessages, findMessage } from './messages.ts';
import { segmentsOf } from './segments.ts';
import { readSettings } from './settings.ts';
import { topicsOf } from './topics.ts';

/** The names of messages, attributes and segments, as checks and summaries look them up. */
export function workspaceNames(workspace: Workspace): Names {
  const { currency, timeZone } = readSettings(workspace);
  return namesFrom({
    currency,
    zone: timeZone,
    messages: allMessages(workspace),
    attributes: [...attributesOf(workspace).values()].filter(({ standard }) => !standard),
    segments: [...segmentsOf(workspace).values()],
    flows: flowNames(workspace),
    calendars: calendarsOf(workspace),
    topics: topicsOf(workspace),
  });
}

/** Everything that is wrong with a flow, and the messages that its steps send, as they are now. */
export function problemsOfFlow(workspace: Workspace, flow: Flow, names: Names = workspaceNames(workspace)): { problems: Problem[]; messages: Message[] } {
  const { postalAddress } = readSettings(workspace);
  const messageNames = { hasAttribute: (key: string) => names.attribute(key) !== undefined, hasTopic: (key: string) => names.topic?.(key) !== undefined, postalAddress };
  const messages = [...new Set(flow.steps.flatMap(messagesSentBy))].flatMap((key) => findMessage(workspace, key) ?? []);
  return { problems: [...flowProblems(flow, names), ...messages.flatMap((message) => messageProblems(message, messageNames))], messages };
}

/** What the steps of a flow are called, by id: as it runs, then as in earlier versions that people still follow. */
export function titlesOf(workspace: Pick<Workspace, 'db'>, flow: Pick<FlowRecord, 'id' | 'draft' | 'liveVersion'>): Map<string, Text> {
  return new Map(versionsFollowed(workspace, flow).reverse().flatMap(({ flow: { steps } }) => steps.map((step): [string, Text] => [step.id, titleOf(step)])));
}

/** What steps are called: in the version that runs or an earlier one, in the draft, or (a step that is gone) by its id. Each flow is read once. */
export function stepTitles(workspace: Workspace): (flowId: number, step: string) => Text {
  const known = new Map<number, Map<string, Text>>();
  return (flowId, step) => {
    let titles = known.get(flowId);
    if (titles === undefined) {
      const found = flowRecord(workspace, flowId);
      const drawn = (found?.draft.steps ?? []).map((each): [string, Text] => [each.id, titleOf(each)]);
      titles = new Map([...drawn, ...(found === undefined ? [] : titlesOf(workspace, found))]);
      known.set(flowId, titles);
    }
    return titles.get(step) ?? say('{name}', { name: step });
  };
}
