// What is wrong with parallel paths: ways that come together where nothing joins them, paths within paths, joins of nothing.
import { problem, warning, type Problem } from '../problem.ts';
import { stepType } from '../steps/index.ts';
import { say, type Text } from '../text.ts';
import type { Flow } from './flow.ts';
import { titleOf } from './reading.ts';

/** A way out of a step: by which outlet, and to which step (its number). */
export type Way = { outlet: string; to: number };

/** The problems of all steps that divide a passage. `ways[n]` are the ways that contacts take out of step n. Each path is walked once, up to its joins. */
export function parallelProblems(flow: Flow, ways: readonly (readonly Way[])[]): Problem[] {
  const title = (number: number): Text => titleOf(flow.steps[number]!);
  const forks = flow.steps.map(({ type, disabled }) => stepType(type)?.forks === true && disabled !== true);
  const joins = flow.steps.map(({ type }) => stepType(type)?.joins === true);
  const joined = new Set<number>();
  const problems = flow.steps.flatMap((step, fork) => (forks[fork] ? problemsOf(fork, step.id) : []));
  flow.steps.forEach(({ id }, number) => {
    if (joins[number] && !joined.has(number)) problems.push(warning('join-alone', say('No parallel paths lead to “{step}”, so nothing is waited for there.', { step: title(number) }), { step: id }));
  });
  return problems;

  function problemsOf(fork: number, id: string): Problem[] {
    const found: Problem[] = [];
    /** By step, the path on which it lies. */
    const pathOf = new Map<number, string>();
    const itsJoins = new Set<number>();
    const told = new Set<string>();
    const tell = (code: string, text: Text): void => {
      if (!told.has(code)) found.push(problem(code, text, { step: id }));
      told.add(code);
    };
    for (const { outlet, to } of ways[fork]!) {
      const open = [to];
      for (let number = open.pop(); number !== undefined; number = open.pop()) {
        if (joins[number]) itsJoins.add(number);
        else if (forks[number]) tell('parallel-nested', say('A path of “{step}” leads to “{other}”: a path cannot be divided again. Put a Join before it.', { step: title(fork), other: title(number) }));
        else if (pathOf.has(number)) {
          if (pathOf.get(number) !== outlet) tell('paths-meet', say('Paths of “{step}” come together at “{other}”, and everything from there on would happen once for each. Put a Join before it.', { step: title(fork), other: title(number) }));
        } else {
          pathOf.set(number, outlet);
          open.push(...ways[number]!.map((way) => way.to));
        }
      }
    }
    if (itsJoins.size > 1) tell('two-joins', say('Paths of “{step}” lead to {count} different joins. Let them all come to the same one.', { step: title(fork), count: itsJoins.size }));
    for (const each of itsJoins) joined.add(each);
    return found;
  }
}
