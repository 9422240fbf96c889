// Reads what a simulation is to suppose about people, as written on a command line.
import { ASSUMED, assumptionsSchema, type Assumption, type Assumptions } from '../../shared/simulation/assumptions.ts';
import { say } from '../../shared/text.ts';
import { wrongUsage } from './usage.ts';

/** "opened=0.3,openedHours=5,clicked=0.05,welcome.opened=0.6": for all messages, or for the one with the key in front. */
export function assumptionsFrom(text: string): Assumptions {
  const everywhere: Partial<Assumption> = {};
  const messages: Record<string, Partial<Assumption>> = {};
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const match = /^\s*(?:([a-z0-9_]+)\.)?([A-Za-z]+)\s*=\s*([0-9.]+)(%?)\s*$/.exec(part);
    const name = ASSUMED.find((each) => each === match?.[2]);
    const number = match === null ? Number.NaN : Number(match[3]) / (match[4] === '%' ? 100 : 1);
    if (match === null || name === undefined || !Number.isFinite(number)) {
      wrongUsage('bad-assumption', say('"{part}" is no assumption. Write one like opened=0.3, or welcome.opened=0.5 for one message. There are: {names}.', { part: part.trim(), names: ASSUMED.join(', ') }), { field: '--assume' });
    }
    if (match[1] === undefined) everywhere[name] = number;
    else messages[match[1]] = { ...messages[match[1]], [name]: number };
  }
  const checked = assumptionsSchema.safeParse({ everywhere, messages });
  if (!checked.success) {
    const [issue] = checked.error.issues;
    wrongUsage('bad-assumption', say('--assume: {name} is not valid: {reason}. Shares lie between 0 and 1.', { name: String(issue?.path.at(-1) ?? ''), reason: issue?.message ?? '' }), { field: '--assume' });
  }
  return checked.data;
}

const DECISION = /^([A-Za-z0-9_-]{1,40})=([A-Za-z0-9_-]{1,40})(?::([0-9.]+))?$/;

function decisionFrom(text: string, withShare: boolean): { step: string; outcome: string; share: number } {
  const match = DECISION.exec(text.trim());
  const share = Number(match?.[3] ?? 1);
  if (match === null || (match[3] === undefined) === withShare || !(share >= 0 && share <= 1)) {
    wrongUsage('bad-decision', say('"{text}" is no decision. Write one like {example}.', { text, example: withShare ? 'call=reached:0.4' : 'call=reached' }), { field: '--decide' });
  }
  return { step: match[1]!, outcome: match[2]!, share };
}

/** "call=reached": the outcome that somebody chooses, by step. */
export function chosenOutcomes(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(given.map((each) => decisionFrom(each, false)).map(({ step, outcome }) => [step, outcome]));
}

/** "call=reached:0.4": which share of a task's cards is decided so. */
export function assumedTasks(given: readonly string[]): Record<string, { outcomes: Record<string, number> }> {
  const tasks: Record<string, { outcomes: Record<string, number> }> = {};
  for (const { step, outcome, share } of given.map((each) => decisionFrom(each, true))) (tasks[step] ??= { outcomes: {} }).outcomes[outcome] = share;
  return tasks;
}
