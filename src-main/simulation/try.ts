// Tries a flow with one contact on a copy of the workspace, in which nobody else moves. The executor is the real one; this only
// watches its steps, and the real renderer makes the messages.
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import { normaliseEmail } from '../../shared/contacts/address.ts';
import { valueReason } from '../../shared/contacts/values.ts';
import { REASON_EXIT_RULE, REASON_GOAL } from '../../shared/engine/advance.ts';
import { factsNeeded, goalsThatKeepOut } from '../../shared/engine/compiled.ts';
import { openingsOf, type Entry } from '../../shared/flow/entry.ts';
import { outletsOf, stepOf, titleOf } from '../../shared/flow/reading.ts';
import { problem, ProblemError } from '../../shared/problem.ts';
import type { Reaction } from '../../shared/simulation/assumptions.ts';
import type { Explained } from '../../shared/simulation/explained.ts';
import type { Chosen, Invented, TriedMessage, TriedStep, TryPlan, TryResult } from '../../shared/simulation/try.ts';
import type { SimulationProgress } from '../../shared/simulation/simulation.ts';
import { addDuration, DAY, HOUR, type Instant } from '../../shared/time.ts';
import { closeRenderer, rendererOf } from '../rendering/renderer.ts';
import { BY_HAND, takeIn } from '../runner/entering.ts';
import { prepareMails } from '../runner/outbox-mails.ts';
import { published, type Published } from '../runner/published.ts';
import { pause, publish } from '../runner/publishing.ts';
import type { Observe } from '../runner/wave.ts';
import { allAccounts } from '../store/accounts.ts';
import { attributesOf } from '../store/attributes.ts';
import { recordConsent } from '../store/consents.ts';
import { attributeNamed, getContact, insertContact, refuseUnknownContact } from '../store/contacts.ts';
import { transaction } from '../store/database.ts';
import { exitStanding } from '../store/enrollments.ts';
import { flowRecord, flowVersion, publishedFlows, setDrain } from '../store/flows.ts';
import { cancelPlanned } from '../store/planned-messages.ts';
import { readSettings } from '../store/settings.ts';
import { latestPassage, type Image } from '../store/simulation-copy.ts';
import { addTagFor, tagsFor } from '../store/tags.ts';
import { dropWaitingEntries } from '../store/waiting-entries.ts';
import type { Workspace } from '../workspace.ts';
import { openCopy, runningFlow, startFlow } from './copy.ts';
import { refuseUnknownDecisions } from './decisions.ts';
import { explainNow } from './explain.ts';
import type { Leaving } from './recording-outbox.ts';
import { SIMULATED } from './reactions.ts';

const MOST_STEPS = 500;
/** An invented contact whose address nobody gave; .example reaches nobody (RFC 2606). */
const INVENTED_ADDRESS = 'invented@kanal.example';

/** Tries the plan on a copy of the workspace in `image`. Throws a ProblemError for a draft with errors, or values that do not fit. */
export async function tryContact(image: Image, now: Instant, plan: TryPlan, tell: (progress: SimulationProgress) => void): Promise<TryResult> {
  const steps: TriedStep[] = [];
  const rendered = new Map<number, Pick<TriedMessage, 'subject' | 'html' | 'text'>>();
  const messages = new Map<string, TriedMessage>();
  let taken = 0;
  let contact = 0;
  const copy = openCopy({
    image,
    now,
    react: (_contact, message) => reactionFor(plan.choose[message]),
    decide: ({ flowId, contactId, stepId }) => {
      const outcome = plan.decide[stepId];
      return flowId === plan.flow && contactId === contact && outcome !== undefined ? { outcome, after: HOUR } : null;
    },
    observe: (seen) => {
      const { enrollment, advanced } = seen;
      if (advanced.visit === null || enrollment.contactId !== contact || enrollment.flowId !== plan.flow) return;
      taken++;
      if (steps.length < MOST_STEPS) steps.push({ ...describe(copy.workspace, seen), message: messages.get(visitKey(enrollment.id, enrollment.visit)) ?? null });
    },
    async render(workspace, leaving) {
      const result = await renderOne(workspace, leaving);
      if (typeof result === 'string') return result;
      rendered.set(leaving.candidate.id, result);
      return null;
    },
    settled(settlement, visit) {
      if (settlement.state === 'later') return;
      const { outbox, enrollment, message, at, state, reason } = settlement;
      messages.set(visitKey(enrollment, visit), { message, at, state, reason, ...(rendered.get(outbox) ?? { subject: '', html: '', text: '' }) });
    },
  });
  const { workspace } = copy;
  try {
    contact = typeof plan.contact === 'number' ? plan.contact : invent(workspace, plan.contact);
    const email = emailOf(workspace, contact);
    startFlow(workspace, plan.flow, plan.version);
    refuseUnknownDecisions(runningFlow(workspace, plan.flow), Object.fromEntries(Object.entries(plan.decide).map(([step, outcome]) => [step, [outcome]])));
    const flow = leaveAlone(workspace, plan.flow);
    const who = { id: contact, email, invented: typeof plan.contact !== 'number' };
    const { enrolled } = transaction(workspace.db, () => takeIn(workspace, flow, [{ contactId: contact, triggerId: BY_HAND, entryKey: '' }], 'user'));
    if (enrolled === 0) return { contact: who, keptOut: keptOutBy(workspace, flow, contact), steps, cutOff: false, end: null };
    const end = addDuration(now, { amount: plan.days, unit: 'days' }, readSettings(workspace).timeZone);
    let passage = latestPassage(workspace, plan.flow, contact)!;
    for (let day = 7; ; day += 7) {
      const until = Math.min(copy.clock.now() + 7 * DAY, end);
      await copy.until(until);
      passage = latestPassage(workspace, plan.flow, contact)!;
      tell({ day: Math.min(day, plan.days), days: plan.days, at: until });
      if (passage.state !== 'active' || until >= end || taken > MOST_STEPS) break;
    }
    const { id, visit, state, reason, stepId, failure, leftAt } = passage;
    const message = stepId === null ? null : (messages.get(visitKey(id, visit)) ?? null);
    return { contact: who, keptOut: null, steps, cutOff: taken > steps.length, end: { state, reason, stepId, at: leftAt ?? copy.clock.now(), failure, message } };
  } finally {
    await closeRenderer(workspace);
    await copy.close();
  }
}

const visitKey = (enrollment: number, visit: number) => `${enrollment}:${visit}`;

/** Chosen reactions come about an hour after the message, in this order. */
function reactionFor(chosen: Chosen | undefined): Reaction {
  const after = (does: boolean | undefined) => (does === true ? HOUR : null);
  const opened = chosen?.opened === true || chosen?.clicked === true;
  return { opened: after(opened), clicked: after(chosen?.clicked), ordered: after(chosen?.ordered), optedOut: after(chosen?.optedOut) };
}

/** Adds the invented contact to the copy, as if it had just been added by hand. */
function invent(workspace: Workspace, { values, tags, consent }: Invented): number {
  const attributes = attributesOf(workspace);
  const checked: Record<string, AttributeValue> = { email: INVENTED_ADDRESS };
  for (const [key, value] of Object.entries(values)) {
    const reason = valueReason(value, attributeNamed(attributes, key));
    if (reason !== undefined) throw new ProblemError(problem('value-unfit', reason, { field: key }));
    if (value !== null && value !== '') checked[key] = value;
  }
  const address = normaliseEmail(String(checked['email']));
  if ('reason' in address) throw new ProblemError(problem('value-unfit', address.reason, { field: 'email' }));
  return transaction(workspace.db, () => {
    const id = insertContact(workspace, { ...checked, email: address.email }, { source: SIMULATED }, attributes);
    for (const tag of tags) addTagFor(workspace, [{ contactId: id }], tag, { source: SIMULATED });
    for (const channel of consent) recordConsent(workspace, { contactId: id, channel, given: true, source: SIMULATED, actor: SIMULATED });
    return id;
  });
}

function emailOf(workspace: Workspace, contact: number): string | null {
  const { email } = (getContact(workspace, contact) ?? refuseUnknownContact(contact)).values;
  return typeof email === 'string' ? email : null;
}

/** Why the contact may not come in: the audience, or a goal that keeps out whoever meets it already. */
function keptOutBy(workspace: Workspace, { flow, compiled }: Published, contact: number): Explained {
  const { audience } = flow.entry;
  const asked = audience === null ? null : explainNow(workspace, audience, contact, null);
  return asked?.holds === false ? asked : explainNow(workspace, { kind: 'none', rules: goalsThatKeepOut(compiled) }, contact, null);
}

/** From now on only this flow runs in the copy, nobody is in it, and nobody comes in by itself; the contact may, whatever was before, and whenever it opens. */
function leaveAlone(workspace: Workspace, flowId: number): Published {
  for (const { id, state } of publishedFlows(workspace)) if (id !== flowId && state === 'live') pause(workspace, id);
  const { flow, messages } = flowVersion(workspace, flowId, flowRecord(workspace, flowId)!.liveVersion!)!;
  exitStanding(workspace, flowId, SIMULATED);
  cancelPlanned(workspace, flowId, null, SIMULATED);
  dropWaitingEntries(workspace, flowId);
  setDrain(workspace, flowId, null);
  publish(workspace, flowId, { ...flow, triggers: [], entry: openTo(flow.entry, workspace) }, messages);
  return published(workspace, flowId, flowRecord(workspace, flowId)!.liveVersion!);
}

/** An entry policy that keeps out nobody but whom the audience does. When the flow closes is still ahead, that counts for whoever is inside. */
function openTo(entry: Entry, workspace: Workspace): Entry {
  const { closes } = openingsOf(entry, readSettings(workspace).timeZone);
  const { audience, atClose } = entry;
  return { reentry: 'afterExit', reentryDays: 1, audience, ...(closes !== null && closes > workspace.clock.now() && { closes: entry.closes, atClose }) };
}

/** A step as the executor has just taken it: nothing of it is applied yet, so what the contact has is what the step saw. */
function describe(workspace: Workspace, { flow, enrollment, advanced }: Parameters<Observe>[0]): Omit<TriedStep, 'message'> {
  const { id, contactId } = enrollment;
  const step = stepOf(flow.flow, enrollment.stepId!);
  const { enteredAt, leftAt, outlet } = advanced.visit!;
  const rules = Object.entries(factsNeeded(flow.compiled, step.id)).flatMap(([name, request]) => ('rule' in request ? [{ name, rule: request.rule }] : []));
  const { exitReason } = advanced.enrollment;
  if (exitReason === REASON_GOAL && flow.compiled.goal !== null) rules.push({ name: 'goal', rule: flow.compiled.goal });
  if (exitReason === REASON_EXIT_RULE && flow.compiled.exit !== null) rules.push({ name: 'exit', rule: flow.compiled.exit });
  return {
    step: step.id,
    type: step.type,
    title: titleOf(step),
    at: enteredAt,
    leftAt,
    outlet,
    outletLabel: outletsOf(flow.flow, step).find((each) => each.id === outlet)?.label ?? null,
    values: getContact(workspace, contactId)?.values ?? {},
    tags: tagsFor(workspace, [contactId]).get(contactId) ?? [],
    why: rules.map(({ name, rule }) => ({ name, rule: explainNow(workspace, rule, contactId, id) })),
    effects: advanced.effects,
  };
}

/** The message as it would leave, or the reason for which it is held. */
async function renderOne(workspace: Workspace, { candidate, address, messageId, message }: Leaving): Promise<Pick<TriedMessage, 'subject' | 'html' | 'text'> | string> {
  const [account] = allAccounts(workspace);
  const { name } = readSettings(workspace);
  const from = { name: account?.fromName || name, address: account?.fromAddress ?? INVENTED_ADDRESS };
  const claimed = { ...candidate, address, messageId, subject: null, published: message };
  const [prepared] = await prepareMails(workspace, rendererOf(workspace), [claimed], from, workspace.clock.now());
  if ('failure' in prepared!) return prepared.failure.failure;
  const { subject, html, text } = prepared!.mail;
  return { subject, html, text };
}

