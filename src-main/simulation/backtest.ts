// Backtests a flow: puts a copy of the workspace back to a past instant and lets all that is on record happen again, in virtual
// time, with the flow and nothing else running in it (FEATURES B3). Other flows' messages count at the instants at which they left.
import { compileFlow, hasWakers } from '../../shared/engine/compiled.ts';
import type { Flow, Message } from '../../shared/flow/flow.ts';
import { mayPublish } from '../../shared/flow/problems.ts';
import { ProblemError, refuse } from '../../shared/problem.ts';
import { reactionOf } from '../../shared/simulation/assumptions.ts';
import type { BacktestPlan, BacktestResult } from '../../shared/simulation/backtest.ts';
import type { SimulationProgress } from '../../shared/simulation/simulation.ts';
import { say, type Text } from '../../shared/text.ts';
import { addDuration, DAY, type Instant } from '../../shared/time.ts';
import { triggerSource } from '../runner/listening.ts';
import { publish } from '../runner/publishing.ts';
import { flowRecord, flowVersion } from '../store/flows.ts';
import { problemsOfFlow } from '../store/names.ts';
import { createReplay, messagesOfTest, othersSent, silentPast, wasReallySent, type Replay } from '../store/replay.ts';
import { historyBegins, rewind, type Rewound } from '../store/rewind.ts';
import { readSettings } from '../store/settings.ts';
import type { Image } from '../store/simulation-copy.ts';
import type { Workspace } from '../workspace.ts';
import { sampled } from './backtest-samples.ts';
import { openCopy } from './copy.ts';
import { newSums, SLOT } from './sums.ts';
import { dayRows, daysBetween, endsBetween, picture, stepsBetween } from './tallies.ts';

const NOTHING = { opened: null, clicked: null, ordered: null, optedOut: null };
const LONGEST = 3660 * DAY;

/** Runs the plan on a copy of the workspace in `image`; `now` is the present. Throws a ProblemError for a draft with errors, or a time that is none. */
export async function backtest(image: Image, now: Instant, plan: BacktestPlan, tell: (progress: SimulationProgress) => void): Promise<BacktestResult> {
  const sums = newSums(plan.flow, plan.listed);
  let past: Rewound | null = null;
  let replay: Replay | null = null;
  let span: Span = { from: now, until: now };
  let tested: { flow: Flow; messages: readonly Message[] } | null = null;
  const copy = openCopy({
    image,
    now: 0,
    react: (contact, message, nth) => (wasReallySent(copy.workspace, plan.flow, contact, message) ? NOTHING : { ...reactionOf(plan.assume, plan.seed, contact, message, nth), ordered: null }),
    settled: sums.settled,
    happened: ({ act, at, to }) => sums.acted(act, at, to.outbox),
    prepare(workspace) {
      tested = testedFlow(workspace, plan);
      span = spanOf(workspace, plan, now);
      past = rewind(workspace, plan.flow, span.from);
    },
    outside: { next: () => replay?.next() ?? null, happen: () => replay?.happen() },
  });
  try {
    const { workspace, clock } = copy;
    const { from, until } = span;
    clock.setTo(from);
    const { flow, messages } = tested!;
    const stops = stopsOf(flow);
    replay = createReplay(workspace, plan.flow, from, until, stops, ({ act, at, outbox }) => sums.acted(act, at, outbox));
    // Who was there at the beginning comes in nowhere for it.
    replay.happen();
    const before = picture(workspace, plan.flow, from);
    publish(workspace, plan.flow, flow, messages);
    const zone = readSettings(workspace).timeZone;
    const days = daysBetween(from, until, zone);
    for (const [index, { end }] of days.entries()) {
      await copy.until(end);
      tell({ day: index + 1, days: days.length, at: end });
    }
    const after = picture(workspace, plan.flow, from);
    const { contacts, contactsLater, events, orders } = past!;
    for (const { slot, n } of othersSent(workspace, plan.flow, from, until, SLOT)) sums.othersSent(slot, n);
    const { samples, contacts: entered } = sampled(workspace, plan.flow, from, plan.samples);
    return {
      flow: plan.flow,
      name: flow.name,
      version: plan.version,
      seed: plan.seed,
      from,
      until,
      history: { contacts, contactsLater, events, orders },
      people: {
        entered: after.counts.entered - before.counts.entered,
        contacts: entered,
        inside: after.counts.active + after.counts.held,
        finished: after.counts.finished - before.counts.finished,
        exited: after.counts.exited - before.counts.exited,
        failed: after.counts.failed,
      },
      ends: endsBetween(before.ends, after.ends),
      steps: stepsBetween(before.counts, after.counts, sums.steps),
      days: dayRows(days.map(({ day }) => day), zone, sums.slots, before, after),
      outcomes: sums.outcomes(),
      putOff: sums.putOff(),
      messages: messagesOfTest(workspace, plan.flow, from, until),
      ...sums.receivers(workspace),
      samples,
      limits: limitsOf(workspace, flow, until, past!, replay),
    };
  } finally {
    await copy.close();
  }
}

/** The flow as it is tested, with its messages as they are now, or as they were published. */
function testedFlow(workspace: Workspace, { flow: id, version }: BacktestPlan): { flow: Flow; messages: readonly Message[] } {
  const record = flowRecord(workspace, id) ?? refuse('flow-unknown', say('There is no flow number {id}. It may have been removed.', { id: String(id) }));
  if (version === 'live') {
    if (record.liveVersion === null) refuse('flow-not-published', say('The flow “{name}” was never published, so only its draft can be simulated.', { name: record.name }));
    return flowVersion(workspace, id, record.liveVersion)!;
  }
  const { problems, messages } = problemsOfFlow(workspace, record.draft);
  if (!mayPublish(problems)) throw new ProblemError(...problems.filter(({ severity }) => severity === 'error'));
  return { flow: record.draft, messages };
}

type Span = { from: Instant; until: Instant };

function spanOf(workspace: Workspace, plan: BacktestPlan, now: Instant): Span {
  const until = plan.until ?? now;
  if (until > now) refuse('backtest-future', say('A backtest ends now at the latest: what comes later has not happened. Use a simulation for that.'), { field: 'until' });
  const begins = historyBegins(workspace) ?? refuse('no-history', say('Nothing has happened in this workspace yet, so there is nothing to test a flow on. Import orders or events first.'));
  const year = addDuration(until, { amount: -1, unit: 'years' }, readSettings(workspace).timeZone);
  const from = plan.from ?? Math.max(year, begins - 1);
  if (from >= until) refuse('backtest-empty', say('The backtest would end before it begins. Choose an earlier beginning, or a later end.'), { field: 'from' });
  if (until - from > LONGEST) refuse('backtest-long', say('A backtest covers ten years at the most. Choose a later beginning.'), { field: 'from' });
  return { from, until };
}

/** The types of events that the flow's triggers listen to. */
function heardBy(flow: Flow): string[] {
  return [...new Set(flow.triggers.map(triggerSource).flatMap((source) => (source?.on === 'event' ? source.types : [])))];
}

/** At which events the flow must be looked at the very instant they happen; `null`: at all. What moves in segments may be anything. */
function stopsOf(flow: Flow): string[] | null {
  const heard = heardBy(flow);
  return hasWakers(compileFlow(flow)) || heard.some((type) => type === 'segment_entered' || type === 'segment_left') ? null : heard;
}

function limitsOf(workspace: Workspace, flow: Flow, until: Instant, past: Rewound, replay: Replay): Text[] {
  const silent = silentPast(workspace, heardBy(flow), until);
  const lost = replay.withoutMessage();
  const adds = flow.triggers.map(triggerSource).some((source) => source?.on === 'event' && source.judge !== undefined);
  const usesFlows = JSON.stringify(flow).includes('"kind":"flow"');
  return [
    say('Nobody can have opened or clicked a message that was never sent: what people would have done with those is assumed. Orders are the real ones, as if the messages had changed nothing.'),
    say('Contacts who were removed or erased since are missing. Segments, calendars and settings count as they are now.'),
    ...(past.inside > 0 ? [say('{count, plural, one {# contact was in the flow when the backtest begins, and is not followed further.} other {# contacts were in the flow when the backtest begins, and are not followed further.}}', { count: past.inside })] : []),
    ...(past.arrivedEarlier > 0 ? [say('{count, plural, one {# contact was added after the first thing that is known of them, and counts as there since then, with what they came with later.} other {# contacts were added after the first thing that is known of them, and count as there since then, with what they came with later.}}', { count: past.arrivedEarlier })] : []),
    ...(silent > 0 ? [say('{count, plural, one {# change came from an import that was to start no flows, and starts none here.} other {# changes came from imports that were to start no flows, and start none here.}}', { count: silent })] : []),
    ...(lost > 0 ? [say('{count, plural, one {# real open, click or reply was of a message that this run had not sent by then, and does not count.} other {# real opens, clicks and replies were of messages that this run had not sent by then, and do not count.}}', { count: lost })] : []),
    ...(adds ? [say('Triggers that compare or add up changes begin to do so when the backtest begins.')] : []),
    ...(usesFlows ? [say('Where the flow asks who is in other flows, at which step they were is not known any more.')] : []),
  ];
}
