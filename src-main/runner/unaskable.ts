// Rules that cannot be asked any more, because something that they speak of is gone, or is kept no longer. Who meets them is not
// known; that is the matter of the flow or the segment that has them, and nothing else stands still for it.
import { goalsThatKeepOut } from '../../shared/engine/compiled.ts';
import { problem, ProblemError, type Problem } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Workspace } from '../workspace.ts';
import { contactsMeeting } from './facts.ts';
import type { Published } from './published.ts';

/** Does something that asks rules; answers what was wrong with one of them, `null` where all could be asked. Any other error is thrown. */
export function tolerant(act: () => void): Problem | null {
  try {
    act();
    return null;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems[0]!;
  }
}

/** A number that no contact has: asked of it, a rule is only made ready. */
const NOBODY = 0;

/** Why nobody can come into a flow by itself: who may is a question that cannot be asked; `null`: it can. */
export function doorProblem(workspace: Workspace, { flow, compiled, watchedTriggers }: Published): Problem | null {
  const called = watchedTriggers.flatMap(({ source }) => (source.on === 'clock' && source.who !== null ? [source.who] : []));
  const trouble = tolerant(() => {
    for (const rule of [flow.entry.audience, ...goalsThatKeepOut(compiled), ...called]) if (rule !== null) contactsMeeting(workspace, rule, [NOBODY]);
  });
  return trouble && problem('door-broken', say('Nobody comes into “{flow}” by itself, because it cannot be asked who may: {reason}', { flow: flow.name, reason: trouble.text }));
}
