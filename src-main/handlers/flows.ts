// Calls about flows: drafts, versions, people inside.
import type { FlowRow } from '../../shared/api.ts';
import { flowSchema } from '../../shared/flow/flow.ts';
import { mayPublish } from '../../shared/flow/problems.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import { ProblemError, refuse } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import type { Handlers } from '../dispatch.ts';
import { BY_HAND, takeIn } from '../runner/entering.ts';
import { enterExisting, existingMatchRule } from '../runner/existing.ts';
import { published } from '../runner/published.ts';
import { archiveSome, pause, publish } from '../runner/publishing.ts';
import { resumeSome } from '../runner/resuming.ts';
import { readersOf } from '../readers/readers.ts';
import { flowCounts, flowSums } from '../store/counts.ts';
import { transaction } from '../store/database.ts';
import { waitingAt } from '../store/enrollments.ts';
import { exportFlow, importFlow } from '../store/flow-files.ts';
import { deleteFlow, flowRecord, flowSummaries, flowVersion, insertFlow, updateDraft, type FlowRecord } from '../store/flows.ts';
import { overdueSteps } from '../store/overdue.ts';
import { problemsOfFlow, workspaceNames } from '../store/names.ts';
import { recordAudit } from '../store/runner-state.ts';
import { answerForContacts, contactsMatching } from '../store/rules.ts';
import type { Workspace } from '../workspace.ts';

/** How many are taken in within one transaction, so that nobody waits long for it. */
const ENROLLED_AT_ONCE = 500;

type FlowCalls = 'flows.list' | 'flows.create' | 'flows.get' | 'flows.saveDraft' | 'flows.problems' | 'flows.existingMatches' | 'flows.publish' | 'flows.pause' | 'flows.resume' | 'flows.overdue' | 'flows.remove' | 'flows.counts' | 'flows.waiting' | 'flows.enroll' | 'flows.importFile' | 'flows.exportFile';

export function flowHandlers(workspace: Workspace): Pick<Handlers, FlowCalls> {
  /** The flow that a call is about. */
  function known(id: number): FlowRecord {
    return flowRecord(workspace, id) ?? refuse('flow-unknown', say('There is no flow number {id}. It may have been removed.', { id: String(id) }));
  }

  function notArchived(flow: FlowRecord): FlowRecord {
    if (flow.state === 'archived') refuse('flow-archived', say('The flow “{name}” is archived and does not change any more.', { name: flow.name }));
    return flow;
  }

  function changed(): void {
    workspace.changed('flows', 'counts');
    workspace.wake();
  }

  return {
    'flows.list': () => listFlows(workspace),
    'flows.create'({ name }) {
      const id = insertFlow(workspace, flowSchema.parse({ name }));
      workspace.changed('flows');
      return { id };
    },
    'flows.get'({ flow }) {
      const { id, state, draft, revision, savedAt, liveVersion } = known(flow);
      const version = liveVersion === null ? undefined : flowVersion(workspace, id, liveVersion);
      return { id, state, draft, revision, savedAt, live: version === undefined ? null : { version: version.number, publishedAt: version.publishedAt, flow: version.flow } };
    },
    'flows.saveDraft'({ flow, draft, revision }) {
      notArchived(known(flow));
      const saved = updateDraft(workspace, flow, draft, revision);
      if (saved === null) refuse('changed-elsewhere', say('This flow was changed elsewhere in the meantime. Open it again, so that neither change is lost.'));
      workspace.changed('flows');
      return { revision: saved, savedAt: workspace.clock.now() };
    },
    'flows.problems': ({ flow }) => problemsOfFlow(workspace, known(flow).draft).problems,
    async 'flows.existingMatches'({ flow }) {
      const rule = existingMatchRule(flow, known(flow).draft);
      return { count: rule === null ? 0 : (await readersOf(workspace).read('count', { rule })).matching };
    },
    'flows.publish'({ flow, existing }) {
      const { draft } = notArchived(known(flow));
      const { problems, messages } = problemsOfFlow(workspace, draft);
      if (!mayPublish(problems)) throw new ProblemError(...problems.filter(({ severity }) => severity === 'error'), ...problems.filter(({ severity }) => severity === 'warning'));
      const { version, waiting } = transaction(workspace.db, () => ({
        version: publish(workspace, flow, draft, messages),
        waiting: existing === undefined ? 0 : enterExisting(workspace, flow, draft, existing.over ?? null),
      }));
      changed();
      return { version, existing: waiting, warnings: problems.filter(({ severity }) => severity === 'warning') };
    },
    'flows.pause'({ flow }) {
      const { state, name } = notArchived(known(flow));
      if (state === 'draft') refuse('flow-not-published', say('The flow “{name}” was never published, so there is nothing to pause.', { name }));
      if (state === 'live') pause(workspace, flow);
      changed();
      return null;
    },
    async 'flows.resume'({ flow, overdue }) {
      const { state, name } = notArchived(known(flow));
      if (state === 'draft') refuse('flow-not-published', say('The flow “{name}” was never published. Publish it to start it.', { name }));
      if (state === 'paused') while (!resumeSome(workspace, flow, overdue)) await new Promise((resolve) => setImmediate(resolve));
      changed();
      return null;
    },
    'flows.overdue'({ flow }) {
      const { draft, liveVersion, pausedAt } = known(flow);
      const names = new Map((liveVersion === null ? draft : flowVersion(workspace, flow, liveVersion)!.flow).steps.map((step) => [step.id, inEnglish(titleOf(step))]));
      const steps = overdueSteps(workspace, flow).map((each) => ({ ...each, name: names.get(each.step) ?? each.step }));
      const sum = (what: 'people' | 'messages') => steps.reduce((total, each) => total + each[what], 0);
      return { pausedAt, people: sum('people'), messages: sum('messages'), steps };
    },
    async 'flows.remove'({ flow }) {
      const { state, liveVersion } = known(flow);
      if (liveVersion === null) deleteFlow(workspace, flow);
      else if (state !== 'archived') while (!archiveSome(workspace, flow)) await new Promise((resolve) => setImmediate(resolve));
      changed();
      return null;
    },
    'flows.counts': ({ flow }) => flowCounts(workspace, known(flow).id),
    'flows.waiting'({ flow, step, limit }) {
      const { draft, liveVersion } = known(flow);
      const shown = liveVersion === null ? draft : flowVersion(workspace, flow, liveVersion)!.flow;
      const found = shown.steps.find(({ id }) => id === step);
      const stepName = found === undefined ? null : inEnglish(titleOf(found));
      return waitingAt(workspace, flow, step, limit).map((each) => ({ ...each, stepName }));
    },
    async 'flows.enroll'({ flow, contacts, rule }) {
      const { state, name } = notArchived(known(flow));
      if (state !== 'live') refuse('flow-not-live', say('The flow “{name}” is not running, so nobody can come in. Publish it, or resume it.', { name }));
      const chosen = chosenContacts(workspace, contacts, rule);
      const result = { enrolled: 0, skipped: 0 };
      for (let at = 0; at < chosen.length; at += ENROLLED_AT_ONCE) {
        const { enrolled, skipped } = enrollSome(workspace, flow, chosen.slice(at, at + ENROLLED_AT_ONCE));
        result.enrolled += enrolled;
        result.skipped += skipped;
        await new Promise((resolve) => setImmediate(resolve));
      }
      changed();
      return result;
    },
    'flows.importFile'({ text, fileName }) {
      const result = importFlow(workspace, text, fileName);
      workspace.changed('flows', 'messages', 'attributes');
      return result;
    },
    'flows.exportFile': ({ flow }) => ({ text: exportFlow(workspace, known(flow).draft) }),
  };
}

function listFlows(workspace: Workspace): FlowRow[] {
  const sums = flowSums(workspace);
  const names = workspaceNames(workspace);
  return flowSummaries(workspace).map(({ id, name, state, draft, savedAt, liveVersion, changedSincePublished }) => {
    const { entered, finished, exited } = sums.get(id) ?? { entered: 0, finished: 0, exited: 0 };
    const problems = problemsOfFlow(workspace, draft, names).problems.filter(({ severity }) => severity === 'error').length;
    return { id, name, state, liveVersion, changedSincePublished, entered, inside: entered - finished - exited, problems, updatedAt: savedAt };
  });
}

/** The contacts that a person has named, or that meet a rule; each once, without those that are gone. */
function chosenContacts(workspace: Workspace, contacts: readonly number[] | null, rule: Rule | null): number[] {
  if (contacts === null && rule === null) refuse('nobody-chosen', say('Say who is to come in: some contacts, or a rule.'));
  if (contacts === null) return contactsMatching(workspace, rule, { limit: Number.MAX_SAFE_INTEGER });
  const matching = answerForContacts(workspace, rule ?? { kind: 'all', rules: [] }, contacts);
  return [...new Set(contacts)].filter((id) => matching.has(id));
}

function enrollSome(workspace: Workspace, flowId: number, contacts: readonly number[]): { enrolled: number; skipped: number } {
  return transaction(workspace.db, () => {
    // Between two turns somebody may have stopped it, or published anew.
    const flow = flowRecord(workspace, flowId);
    if (flow?.state !== 'live' || flow.liveVersion === null) return { enrolled: 0, skipped: contacts.length };
    const into = published(workspace, flowId, flow.liveVersion);
    const triggerId = into.flow.triggers.find(({ type }) => type === 'byHand')?.id ?? BY_HAND;
    const result = takeIn(workspace, into, contacts.map((contactId) => ({ contactId, triggerId, entryKey: '' })), 'user');
    recordAudit(workspace, 'user', 'people-enrolled', { flow: flowId, ...result });
    return result;
  });
}
