// Looks at what publishing a draft does to the people inside: runs the live version and the draft, each on a copy of its own,
// and compares.
import type { Duration } from '../../shared/fields.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { lostWays } from '../../shared/flow/lost-ways.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import { say, type Text } from '../../shared/text.ts';
import type { BackfillEntries, ExistingEntries, Leaving, PreviewedStep, PublishPreview, PublishPreviewPlan } from '../../shared/simulation/publish-preview.ts';
import type { SimulationProgress } from '../../shared/simulation/simulation.ts';
import { addDays, addDuration, atLocal, localDate, type Instant } from '../../shared/time.ts';
import { backfill } from '../runner/backfilling.ts';
import { enterExisting, existingMatches } from '../runner/existing.ts';
import { removedSteps, type RemovedStep } from '../runner/removed-steps.ts';
import { transaction } from '../store/database.ts';
import { contactsEntered, enrollmentsSince, lastEnrollment } from '../store/enrollment-counts.ts';
import { keptPeople, standing, type KeptPeople, type Standing } from '../store/enrollments.ts';
import { flowRecord, flowVersion } from '../store/flows.ts';
import { titlesOf } from '../store/names.ts';
import { dividedPassages, passageOf, passagesInside } from '../store/paths.ts';
import { readSettings } from '../store/settings.ts';
import { addressesOf, messagesHad, type Image } from '../store/simulation-copy.ts';
import { openCopy, startFlow } from './copy.ts';
import type { Workspace } from '../workspace.ts';
import type { Settlement } from './recording-outbox.ts';

const MOST_LISTED = 100;
const NO_REACTION = { opened: null, clicked: null, ordered: null, optedOut: null };

/** With the passage that it belongs to, whichever path it was sent on. */
type Sent = Settlement & { passage: number };

/** One version, run on its own copy. */
type Run = {
  from: Instant;
  until: Instant;
  midnight: Instant;
  live: number | null;
  flow: Flow | null;
  /** What the steps were called before anything was published. */
  titles: Map<string, Text>;
  /** A passage that only waits for its paths is left out: they stand for it. */
  inside: Standing[];
  removed: Record<string, RemovedStep>;
  /** Who of them is on an earlier version from now on. */
  stays: ReadonlySet<number>;
  kept: KeptPeople[];
  /** When those who were inside have left the step they stood at. */
  left: Map<number, Instant>;
  sent: Sent[];
  /** What they had got before, as "passage:message". */
  had: Set<string>;
  existing: ExistingEntries | null;
  backfill: BackfillEntries | null;
  addresses: Map<number, string | null>;
};

/** Throws a ProblemError when the draft cannot be published. */
export async function previewPublish(image: Image, now: Instant, plan: PublishPreviewPlan, tell: (progress: SimulationProgress) => void): Promise<PublishPreview> {
  const days = plan.days;
  const after = await runVersion(image, now, plan, 'draft');
  tell({ day: days, days: days * 2, at: after.until });
  const before = after.live === null ? after : await runVersion(image, now, plan, 'live');
  tell({ day: days * 2, days: days * 2, at: after.until });
  const again = timesAgain(before);
  const twice = [...timesAgain(after)].filter(([key]) => !again.has(key)).map(([, settlement]) => settlement).sort((a, b) => a.contact - b.contact || a.at - b.at);
  return {
    flow: plan.flow,
    live: after.live,
    from: after.from,
    until: after.until,
    ...peopleIn(before.inside),
    existing: after.existing,
    backfill: after.backfill,
    kept: after.kept.map(({ version, people }) => ({ version, people })),
    steps: stepsOf(before, after),
    messages: messagesOf(before, after),
    twice: { count: new Set(twice.map(({ contact }) => contact)).size, first: twice.slice(0, MOST_LISTED).map(({ contact, message, at }) => ({ contact, email: after.addresses.get(contact) ?? null, message, at })) },
  };
}

/** `live`: everything goes on as it is, paused flows stay paused. `draft`: it is published at the first instant. */
async function runVersion(image: Image, now: Instant, { flow: flowId, days, removed: choices, keep = false, existing: wanted, backfill: wantedSteps }: PublishPreviewPlan, which: 'draft' | 'live'): Promise<Run> {
  const left = new Map<number, Instant>();
  const sent: Sent[] = [];
  const inside = new Map<number, Standing>();
  let passages = new Set<number>();
  /** Who matches already, and what they are sent. */
  let matching: ReadonlySet<number> = new Set();
  const sentToMatching = new Map<string, number>();
  /** Passages through new steps alone. */
  let backfilled: ReadonlySet<number> = new Set();
  const sentByBackfill = new Map<string, number>();
  const countIn = (sums: Map<string, number>, message: string) => void sums.set(message, (sums.get(message) ?? 0) + 1);
  const copy = openCopy({
    image,
    now,
    react: () => NO_REACTION,
    settled: (settlement) => {
      if (settlement.state !== 'sent' || settlement.flow !== flowId) return;
      const passage = passageOf(copy.workspace, settlement.enrollment);
      if (passages.has(passage)) sent.push({ ...settlement, passage });
      else if (backfilled.has(passage)) countIn(sentByBackfill, settlement.message);
      else if (matching.has(settlement.contact)) countIn(sentToMatching, settlement.message);
    },
    observe: ({ enrollment, advanced }) => {
      if (advanced.visit !== null && inside.has(enrollment.id) && !left.has(enrollment.id)) left.set(enrollment.id, advanced.visit.leftAt);
    },
  });
  const { workspace } = copy;
  try {
    const from = copy.clock.now();
    const zone = readSettings(workspace).timeZone;
    const record = flowRecord(workspace, flowId);
    const live = record?.liveVersion ?? null;
    const titles = record === undefined ? new Map<string, Text>() : titlesOf(workspace, record);
    const divided = dividedPassages(workspace, flowId);
    for (const each of standing(workspace, flowId)) if (!divided.has(each.id)) inside.set(each.id, each);
    passages = passagesInside(workspace, flowId);
    const last = lastEnrollment(workspace);
    const had = new Set(messagesHad(workspace, flowId).map(({ passage, message }) => `${passage}:${message}`));
    const version = live === null ? undefined : flowVersion(workspace, flowId, live);
    if (which === 'draft') startFlow(workspace, flowId, 'draft', choices, keep);
    const stays = new Set(standing(workspace, flowId).flatMap(({ id, keptVersion }) => (keptVersion === null ? [] : [id])));
    const kept = keptPeople(workspace, flowId);
    const removed = which === 'draft' ? removedSteps(workspace, flowId, null) : {};
    const until = addDuration(from, { amount: days, unit: 'days' }, zone);
    if (which === 'draft' && wanted !== undefined) matching = letExistingIn(workspace, flowId, wanted.over ?? null);
    const before = lastEnrollment(workspace);
    const goneBy = which === 'draft' && wantedSteps !== undefined && version !== undefined ? goThroughNew(workspace, flowId, version.flow, wantedSteps.days, before) : [];
    backfilled = new Set(goneBy.map(({ id }) => id));
    if (inside.size + matching.size + backfilled.size > 0) await copy.until(until);
    const entered = matching.size === 0 ? 0 : contactsEntered(workspace, flowId, last).filter((id) => matching.has(id)).length;
    const listed = (sums: ReadonlyMap<string, number>) => [...sums].map(([message, count]) => ({ message, count }));
    const existing = wanted === undefined ? null : { people: matching.size, entered, messages: listed(sentToMatching) };
    const goingBy = wantedSteps === undefined ? null : { people: new Set(goneBy.map(({ contactId }) => contactId)).size, messages: listed(sentByBackfill) };
    const addresses = addressesOf(workspace, [...new Set([...inside.values()].map(({ contactId }) => contactId))]);
    const flow = which === 'draft' ? flowRecord(workspace, flowId)!.draft : (version?.flow ?? null);
    return { titles, from, until, midnight: atLocal(addDays(localDate(from, zone), 1), '00:00', zone), live, flow, inside: [...inside.values()], removed, stays, kept, left, sent, had, existing, backfill: goingBy, addresses };
  } finally {
    await copy.close();
  }
}

/** Has those who have gone by go through the new steps, as publishing does; answers their passages, which are after `last`. */
function goThroughNew(workspace: Workspace, flowId: number, live: Flow, days: number, last: number): { id: number; contactId: number }[] {
  transaction(workspace.db, () => backfill(workspace, flowId, live, flowRecord(workspace, flowId)!.liveVersion!, days));
  return enrollmentsSince(workspace, flowId, last);
}

/** Puts those who match in line, as publishing does; answers who they are. */
function letExistingIn(workspace: Workspace, flowId: number, over: Duration | null): Set<number> {
  const { draft } = flowRecord(workspace, flowId)!;
  const matching = new Set(existingMatches(workspace, flowId, draft).map(({ contactId }) => contactId));
  transaction(workspace.db, () => enterExisting(workspace, flowId, draft, over));
  return matching;
}

function peopleIn(inside: readonly Standing[]): Pick<PublishPreview, 'people' | 'atSeveral'> {
  const places = new Map<number, Set<string>>();
  for (const { contactId, stepId } of inside) places.set(contactId, (places.get(contactId) ?? new Set()).add(stepId));
  return { people: places.size, atSeveral: [...places.values()].filter(({ size }) => size > 1).length };
}

/** What people would get although they have had it already in the same passage, or get it twice in the days looked at. */
function timesAgain({ sent, had }: Run): Map<string, Sent> {
  const seen = new Set(had);
  const again = new Map<string, Sent>();
  for (const settlement of sent) {
    const key = `${settlement.passage}:${settlement.message}`;
    if (seen.has(key) && !again.has(key)) again.set(key, settlement);
    seen.add(key);
  }
  return again;
}

function stepsOf(before: Run, after: Run): PreviewedStep[] {
  const draft = new Map(after.flow!.steps.map((step) => [step.id, titleOf(step)]));
  const live = before.titles;
  const title = (id: string): Text => draft.get(id) ?? live.get(id) ?? say('{name}', { name: id });
  const lost = before.flow === null ? new Map<string, { ways: Text[] }>() : lostWays(before.flow, after.flow!);
  const groups = new Map<string, Standing[]>();
  for (const each of before.inside.filter(({ id }) => !after.stays.has(id))) groups.set(each.stepId, [...(groups.get(each.stepId) ?? []), each]);
  const order = [...new Set([...draft.keys(), ...live.keys(), ...groups.keys()])].filter((id) => groups.has(id));
  return order.map((step) => {
    const people = groups.get(step)!;
    const removed = !draft.has(step);
    const to = removed ? (after.removed[step]?.to ?? null) : null;
    return { step, title: title(step), people: people.length, removed, to: to === null ? null : { step: to, title: title(to) }, lostWays: lost.get(step)?.ways ?? [], before: leavingOf(before, people), after: leavingOf(after, people) };
  });
}

function leavingOf({ left, from, midnight }: Run, people: readonly Standing[]): Leaving {
  const sums: Leaving = { now: 0, today: 0, within: 0, later: 0 };
  for (const { id } of people) {
    const at = left.get(id);
    if (at === undefined) sums.later++;
    else if (at <= from) sums.now++;
    else if (at < midnight) sums.today++;
    else sums.within++;
  }
  return sums;
}

function messagesOf(before: Run, after: Run): PublishPreview['messages'] {
  const count = ({ sent }: Run, message: string) => sent.filter((each) => each.message === message).length;
  const keys = [...new Set([...before.sent, ...after.sent].map(({ message }) => message))].sort();
  return keys.map((message) => ({ message, before: count(before, message), after: count(after, message) }));
}
