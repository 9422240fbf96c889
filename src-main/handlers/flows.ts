// Calls about flows: drafts, versions, people inside.
import type { FlowRow } from '../../shared/api.ts';
import { flowSchema, type Flow } from '../../shared/flow/flow.ts';
import { mayPublish } from '../../shared/flow/problems.ts';
import { checkRemovedChoices, stepsTakenAway, type RemovedChoice } from '../../shared/flow/removed.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import { ProblemError, refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import type { Handlers } from '../dispatch.ts';
import { backfill } from '../runner/backfilling.ts';
import { haltedProblem } from '../runner/breaker.ts';
import { BY_HAND, takeIn } from '../runner/entering.ts';
import { enterExisting, existingMatchRule } from '../runner/existing.ts';
import { overdueIn } from '../runner/overdue.ts';
import { published } from '../runner/published.ts';
import { archiveSome, pause, publish } from '../runner/publishing.ts';
import { removedSteps } from '../runner/removed-steps.ts';
import { resumeSome } from '../runner/resuming.ts';
import { overlapOf } from '../readers/overlap.ts';
import { readersOf } from '../readers/readers.ts';
import { flowCounts, flowSums } from '../store/counts.ts';
import { transaction } from '../store/database.ts';
import { keptByFlow, keptPeople, waitingAt, type KeptPeople } from '../store/enrollments.ts';
import { stuckByFlow } from '../store/failures.ts';
import { exportFlow, importFlow } from '../store/flow-files.ts';
import { deleteFlow, flowRecord, flowSummaries, flowVersion, isDraining, knownFlow, insertFlow, updateDraft, type FlowRecord } from '../store/flows.ts';
import { problemsOfFlow, titlesOf, workspaceNames } from '../store/names.ts';
import { recordAudit } from '../store/runner-state.ts';
import { answerForContacts, contactsMatching } from '../store/rules.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';

/** How many are taken in within one transaction, so that nobody waits long for it. */
const ENROLLED_AT_ONCE = 500;

type FlowCalls = 'flows.list' | 'flows.create' | 'flows.get' | 'flows.saveDraft' | 'flows.problems' | 'flows.overlap' | 'flows.existingMatches' | 'flows.publish' | 'flows.pause' | 'flows.resume' | 'flows.overdue' | 'flows.remove' | 'flows.counts' | 'flows.people' | 'flows.waiting' | 'flows.enroll' | 'flows.importFile' | 'flows.exportFile';

export function flowHandlers(workspace: Workspace): Pick<Handlers, FlowCalls> {
  const known = (id: number) => knownFlow(workspace, id);

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
      const { id, state, drain, draft, revision, savedAt, liveVersion, halted } = known(flow);
      const version = liveVersion === null ? undefined : flowVersion(workspace, id, liveVersion);
      return { id, state, drain, halted: haltedIn(draft, halted), draft, revision, savedAt, live: version === undefined ? null : { version: version.number, publishedAt: version.publishedAt, flow: version.flow } };
    },
    'flows.saveDraft'({ flow, draft, revision }) {
      notArchived(known(flow));
      const saved = updateDraft(workspace, flow, draft, revision);
      if (saved === null) refuse('changed-elsewhere', say('This flow was changed elsewhere in the meantime. Open it again, so that neither change is lost.'));
      workspace.changed('flows');
      return { revision: saved, savedAt: workspace.clock.now() };
    },
    'flows.problems': ({ flow }) => problemsOfFlow(workspace, known(flow).draft).problems,
    'flows.overlap': ({ screen, ways }) => overlapOf(workspace, ways, screen),
    async 'flows.existingMatches'({ flow }) {
      const rule = existingMatchRule(flow, known(flow).draft);
      return { count: rule === null ? 0 : (await readersOf(workspace).read('count', { rule })).matching };
    },
    'flows.publish'({ flow, existing, removed = [], backfill: wanted, keep = false }) {
      const { draft, liveVersion, name } = notArchived(known(flow));
      const before = liveVersion === null ? null : flowVersion(workspace, flow, liveVersion)!.flow;
      checkRemoved(workspace, flow, before, draft, removed);
      if (keep && removed.length > 0) refuse('kept-and-removed', say('Those inside stay on the version they are in, so nothing can be said about the people at steps that are taken away. Leave out one of the two.'));
      if (existing !== undefined && isDraining(workspace, flow)) refuse('flow-draining', say('The flow “{name}” takes nobody in any more: those inside finish. Take people in again in its menu first.', { name }));
      const { problems, messages } = problemsOfFlow(workspace, draft);
      if (!mayPublish(problems)) throw new ProblemError(...problems.filter(({ severity }) => severity === 'error'), ...problems.filter(({ severity }) => severity === 'warning'));
      const { version, waiting, backfilled } = transaction(workspace.db, () => {
        const number = publish(workspace, flow, draft, messages, removed, keep);
        return {
          version: number,
          waiting: existing === undefined ? 0 : enterExisting(workspace, flow, draft, existing.over ?? null),
          backfilled: wanted === undefined || before === null ? 0 : backfill(workspace, flow, before, number, wanted.days),
        };
      });
      changed();
      const kept = keep ? keptPeople(workspace, flow).filter((each) => each.version === liveVersion) : [];
      return { version, existing: waiting, backfilled, kept: kept[0]?.people ?? 0, warnings: problems.filter(({ severity }) => severity === 'warning') };
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
      if (state === 'paused') while (!resumeSome(workspace, flow, overdue)) await turn();
      changed();
      return null;
    },
    async 'flows.overdue'({ flow }) {
      const record = known(flow);
      const { people, messages, steps } = await overdueIn(workspace, flow);
      const titles = titlesOf(workspace, record);
      return { pausedAt: record.pausedAt, people, messages, steps: steps.map((each) => ({ ...each, title: titles.get(each.step) ?? say('{name}', { name: each.step }) })) };
    },
    async 'flows.remove'({ flow }) {
      const { state, liveVersion } = known(flow);
      if (liveVersion === null) deleteFlow(workspace, flow);
      else if (state !== 'archived') while (!archiveSome(workspace, flow)) await turn();
      changed();
      return null;
    },
    'flows.people': ({ flow }) => readersOf(workspace).read('stepPeople', { flow: known(flow).id }),
    'flows.counts'({ flow }) {
      const record = known(flow);
      const kept = keptPeople(workspace, flow);
      if (kept.length === 0) return { ...flowCounts(workspace, flow), kept: [] };
      const titles = [...titlesOf(workspace, record)];
      // In the order of the flow.
      const inOrder = ({ steps, ...each }: KeptPeople) => ({ ...each, steps: titles.flatMap(([id, title]) => steps.filter(({ step }) => step === id).map(({ step, here }) => ({ step, title, here }))) });
      return { ...flowCounts(workspace, flow), kept: kept.map(inOrder) };
    },
    'flows.waiting'({ flow, step, limit }) {
      const stepName = titlesOf(workspace, known(flow)).get(step) ?? null;
      return waitingAt(workspace, flow, step, limit).map((each) => ({ ...each, stepName }));
    },
    async 'flows.enroll'({ flow, contacts, rule }) {
      const { state, name } = notArchived(known(flow));
      if (state !== 'live') refuse('flow-not-live', say('The flow “{name}” is not running, so nobody can come in. Publish it, or resume it.', { name }));
      if (isDraining(workspace, flow)) refuse('flow-draining', say('The flow “{name}” takes nobody in any more: those inside finish. Take people in again in its menu first.', { name }));
      const chosen = chosenContacts(workspace, contacts, rule);
      const result = { enrolled: 0, skipped: 0 };
      for (let at = 0; at < chosen.length; at += ENROLLED_AT_ONCE) {
        const { enrolled, skipped } = enrollSome(workspace, flow, chosen.slice(at, at + ENROLLED_AT_ONCE));
        result.enrolled += enrolled;
        result.skipped += skipped;
        await turn();
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

/** Throws a ProblemError when a choice is about a step that stays, or sends people to one that is not there. */
function checkRemoved(workspace: Workspace, flowId: number, before: Flow | null, draft: Flow, choices: readonly RemovedChoice[]): void {
  const gone = new Set([...(before === null ? [] : stepsTakenAway(before, draft).keys()), ...Object.keys(removedSteps(workspace, flowId, null))]);
  checkRemovedChoices(choices, gone, draft);
}

/** Why a flow was paused by itself, in words. */
function haltedIn(draft: Flow, halted: FlowRecord['halted']) {
  if (halted === null) return null;
  const step = draft.steps.find(({ id }) => id === halted.step);
  return haltedProblem(halted, step === undefined ? say('{name}', { name: halted.step }) : titleOf(step));
}

function listFlows(workspace: Workspace): FlowRow[] {
  const sums = flowSums(workspace);
  const kept = keptByFlow(workspace);
  const stuck = stuckByFlow(workspace);
  const names = workspaceNames(workspace);
  return flowSummaries(workspace).map(({ id, name, state, drain, halted, draft, savedAt, liveVersion, changedSincePublished }) => {
    const { entered, finished, exited } = sums.get(id) ?? { entered: 0, finished: 0, exited: 0 };
    const problems = problemsOfFlow(workspace, draft, names).problems.filter(({ severity }) => severity === 'error').length;
    return { id, name, state, drain, halted: haltedIn(draft, halted), liveVersion, changedSincePublished, entered, inside: entered - finished - exited, kept: kept.get(id) ?? 0, ...(stuck.get(id) ?? { failed: 0, held: 0 }), problems, updatedAt: savedAt };
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
