// A problem is something the user can fix: a sentence, the place, and a code that tests and the command line can rely on.
// Everything else that goes wrong is a bug: it is thrown as an ordinary Error and logged.
import { inEnglish, type Text } from './text.ts';

export type Severity = 'error' | 'warning' | 'hint';

/** Where it is: whatever of this applies. Lines and columns count from 1. */
export type Place = {
  file?: string;
  line?: number;
  column?: string;
  step?: string;
  trigger?: string;
  /** Dotted path of the field inside the step's, trigger's or message's configuration. */
  field?: string;
  message?: string;
};

export type Problem = { code: string; severity: Severity; text: Text; place?: Place };

/** An error that must be fixed before what was asked for can happen. */
export function problem(code: string, text: Text, place?: Place): Problem {
  return place === undefined ? { code, severity: 'error', text } : { code, severity: 'error', text, place };
}

/** Something to look at; nothing is held back because of it. */
export function warning(code: string, text: Text, place?: Place): Problem {
  return { ...problem(code, text, place), severity: 'warning' };
}

/** Thrown by anything that cannot go on because of what the user gave it. The gate turns it into an answer. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[];
  constructor(...problems: Problem[]) {
    super(problems.map((each) => inEnglish(each.text)).join('\n'));
    this.name = 'ProblemError';
    this.problems = problems;
  }
}

/** Shorthand: stops with one problem. */
export function refuse(code: string, text: Text, place?: Place): never {
  throw new ProblemError(problem(code, text, place));
}
