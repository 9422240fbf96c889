// Goals and exit rules that time alone can fulfil ("the last order was longer than 30 days ago") have no event that tells of it:
// once an hour they are asked of the people inside (FEATURES D18).
import { conditionsOf, type Rule } from '../../shared/contacts/rule.ts';
import { paceOf } from '../../shared/contacts/rule-time.ts';
import { HOUR, type Instant } from '../../shared/time.ts';
import { transaction } from '../store/database.ts';
import { isAnybodyInside, nextWaiting, wakeVisits } from '../store/enrollments.ts';
import { answerForEnrollments } from '../store/rules.ts';
import { remember, remembered } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';
import type { Followed } from './following.ts';
import type { Published } from './published.ts';
import { tolerant } from './unaskable.ts';

/** How many people are asked about in one transaction. */
const AT_ONCE = 500;
const LOOKED = 'goals-looked';

/** `steps`: where people stand of whom it is asked; `null`: anywhere. */
type Watched = { rule: Rule; steps: ReadonlySet<string> | null };
/** How far a look has come: up to whom (`after`) of those who follow a version (`kept` 0: the live one) of a flow. */
type Looked = { at: Instant; flow?: number; kept?: number; after?: number };

const known = new WeakMap<Published, Watched[]>();

/** What time alone can make true. A segment may, whatever its rule is by then. */
function watchedIn(flow: Published): Watched[] {
  let found = known.get(flow);
  if (found === undefined) {
    const { goal, exit, goals, goalsBelow } = flow.compiled;
    const all: Watched[] = [
      ...[goal, exit].flatMap((rule) => (rule === null ? [] : [{ rule, steps: null }])),
      ...goals.map((each) => ({ rule: each.rule, steps: new Set([...goalsBelow].filter(([, below]) => below.includes(each)).map(([step]) => step)) })),
    ];
    found = all.filter(({ rule }) => paceOf(rule, () => null) !== 'never' || conditionsOf(rule).some(({ kind }) => kind === 'segment'));
    known.set(flow, found);
  }
  return found;
}

const hourAfter = (at: Instant) => (Math.floor(at / HOUR) + 1) * HOUR;

/** A version that people follow (`kept` 0: it is the live one), with what is watched in it. */
type Concerned = { flowId: number; kept: number; watched: readonly Watched[] };

function concernedOf(flows: readonly Followed[]): Concerned[] {
  const all = flows.flatMap(({ live, kept }) => [{ flow: live, kept: 0 }, ...kept.map((flow) => ({ flow, kept: flow.version }))]);
  return all.map(({ flow, kept }) => ({ flowId: flow.flowId, kept, watched: watchedIn(flow) })).filter(({ watched }) => watched.length > 0);
}

/** When goals are asked of the people inside next; `null`: time can fulfil none, or nobody is inside. */
export function nextGoalLook(workspace: Workspace, flows: readonly Followed[]): Instant | null {
  const concerned = concernedOf(flows);
  if (concerned.length === 0 || !concerned.some(({ flowId }) => isAnybodyInside(workspace, flowId))) return null;
  const looked = remembered<Looked>(workspace, LOOKED);
  const now = workspace.clock.now();
  return looked?.flow !== undefined ? looked.at : hourAfter(Math.min(looked?.at ?? now, now));
}

/** Asks about some more people when the hour is over, and has those looked at who meet a goal; answers false when there is nothing to do. */
export function lookAtGoals(workspace: Workspace, flows: readonly Followed[]): boolean {
  const concerned = concernedOf(flows).sort((a, b) => a.flowId - b.flowId || a.kept - b.kept);
  if (concerned.length === 0) return false;
  const now = workspace.clock.now();
  const looked = remembered<Looked>(workspace, LOOKED);
  // Whoever has looked later than now did so by a clock that has been set back since: the next hour counts from now (FAULTS F16).
  if (looked === null || looked.at > now) {
    remember(workspace, LOOKED, { at: now } satisfies Looked);
    return false;
  }
  if (looked.flow === undefined && hourAfter(looked.at) > now) return false;
  const { at, flow: from = 0, kept: fromKept = 0, after = 0 } = looked.flow === undefined ? { at: now } : looked;
  const found = concerned.find(({ flowId, kept }) => flowId > from || (flowId === from && kept >= fromKept));
  transaction(workspace.db, () => {
    if (found === undefined) return remember(workspace, LOOKED, { at } satisfies Looked);
    const { flowId: flow, kept, watched } = found;
    const people = nextWaiting(workspace, flow, kept === 0 ? null : kept, flow === from && kept === fromKept ? after : 0, AT_ONCE);
    const met = new Set<number>();
    for (const { rule, steps } of watched) {
      const asked = people.filter(({ stepId }) => steps === null || steps.has(stepId)).map(({ id }) => id);
      for (const id of asked.length === 0 ? [] : meeting(workspace, rule, asked)) met.add(id);
    }
    if (met.size > 0) wakeVisits(workspace, [...met]);
    const last = people.length === AT_ONCE ? people.at(-1)!.id : null;
    remember(workspace, LOOKED, (last === null ? { at, flow, kept: kept + 1, after: 0 } : { at, flow, kept, after: last }) satisfies Looked);
  });
  return true;
}

/** A rule that cannot be asked is met by nobody; the flow's problems say so. */
function meeting(workspace: Workspace, rule: Rule, ids: readonly number[]): ReadonlySet<number> {
  let met: ReadonlySet<number> = new Set();
  tolerant(() => void (met = answerForEnrollments(workspace, rule, ids)));
  return met;
}
