// The gate that every host puts in front of the machine: is the call known, is its input valid? Then the handler answers.
// A problem is an answer; a bug is logged with its call and answered as a bug, never as a status. Trouble with the disk is logged, too,
// and is the user's to mend.
import type { z } from 'zod';
import { calls, type Answer, type CallName, type CallOutput, type CheckedInput } from '../shared/api.ts';
import { problem, ProblemError } from '../shared/problem.ts';
import { say } from '../shared/text.ts';
import { troubleOf } from './store/trouble.ts';
import { noteCall } from './turns.ts';

export type Handlers = { [Name in CallName]: (input: CheckedInput<Name>) => CallOutput<Name> | Promise<CallOutput<Name>> };

/** Where bugs are written; never given addresses, contents or secrets. */
export type Log = (message: string, error: unknown) => void;

export type Dispatch = (method: unknown, input: unknown) => Promise<Answer>;

export function createDispatch(handlers: Handlers, log: Log): Dispatch {
  return async (method, input) => {
    noteCall();
    if (typeof method !== 'string' || !Object.hasOwn(calls, method)) {
      return { problems: [problem('unknown-call', say('There is no call named {name}.', { name: typeof method === 'string' ? method.slice(0, 100) : typeof method }))] };
    }
    const name = method as CallName;
    const checked = calls[name].input.safeParse(input ?? {});
    if (!checked.success) return { problems: inputProblems(name, checked.error) };
    try {
      const handler = handlers[name] as (input: unknown) => unknown;
      return { value: (await handler(checked.data)) ?? null };
    } catch (error) {
      if (error instanceof ProblemError) return { problems: error.problems };
      log(`${name} failed`, error);
      const trouble = troubleOf(error);
      if (trouble !== null) return { problems: [trouble] };
      return { bug: error instanceof Error ? error.message : String(error) };
    }
  };
}

function inputProblems(method: string, error: z.ZodError) {
  return error.issues.slice(0, 20).map((issue) =>
    problem('invalid-input', say('{method}: {field} is not valid: {reason}', { method, field: issue.path.join('.') || 'input', reason: issue.message }), { field: issue.path.join('.') }),
  );
}
