// What a card says of a step or trigger, read from its definition: words, state, what is wrong with it. A type that this
// program does not know is shown as such and kept as it is.
import { START, type Flow, type Step, type Trigger } from '../../shared/flow/flow.ts';
import { configOf, outletsOf, stepOf, titleOf, type Spot } from '../../shared/flow/reading.ts';
import type { Problem } from '../../shared/problem.ts';
import { stepType } from '../../shared/steps/index.ts';
import { NEXT, type Names, type Outlet } from '../../shared/steps/step.ts';
import { say, type Text } from '../../shared/text.ts';
import { triggerType } from '../../shared/triggers/index.ts';

/** `incomplete`: something is still to be chosen. `error`: something is wrong. */
export type CardState = 'ok' | 'incomplete' | 'error' | 'unknown';

export type StepFacts = {
  family: string;
  icon: string;
  title: Text;
  /** The definition's own name, where the title is the user's. */
  typeName: Text | null;
  summary: Text;
  state: CardState;
  problems: number;
  disabled: boolean;
  noted: boolean;
};

/** What the card of a step shows. `problems` are those of this step. */
export function describeStep(step: Step, names: Names, problems: readonly Problem[]): StepFacts {
  const type = stepType(step.type);
  const common = { title: titleOf(step), disabled: step.disabled === true, noted: step.note !== undefined && step.note !== '' };
  if (type === undefined) {
    const summary = say('This program does not know this kind of step. It is kept as it is.');
    return { ...common, family: 'end', icon: 'unknown', typeName: null, summary, state: 'unknown', problems: 1 };
  }
  const mine = problems.filter((problem) => problem.severity !== 'hint');
  const errors = mine.filter((problem) => problem.severity === 'error');
  const wrong = errors.find((problem) => !isUnfinished(problem)) ?? errors[0];
  const config = configOf(step);
  const summary = config === null ? say('The settings of this step cannot be read.') : type.summary(config, names);
  return {
    ...common,
    family: type.family,
    icon: type.icon,
    typeName: step.name === undefined ? null : type.label,
    summary: wrong?.text ?? summary,
    state: wrong === undefined ? 'ok' : isUnfinished(wrong) ? 'incomplete' : 'error',
    problems: mine.length,
  };
}

/** Something that is still to be said, rather than something wrong. */
function isUnfinished(problem: Problem): boolean {
  return problem.code === 'field-missing' || problem.code === 'rule-empty';
}

/** The ways out that are drawn: those of the definition, and those that edges still use. */
export function drawnOutlets(flow: Flow, step: Step, used: readonly string[]): Outlet[] {
  const outlets = outletsOf(flow, step);
  const strays = used.filter((id) => !outlets.some((outlet) => outlet.id === id));
  return [...outlets, ...strays.map((id) => ({ id, label: say('{label}', { label: id }) }))];
}

/** What a trigger says on the start card: "When a contact gets the tag “VIP”". */
export function triggerSummary(trigger: Trigger, names: Names): Text {
  const type = triggerType(trigger.type);
  if (type === undefined) return triggerTitle(trigger);
  const config = type.config.safeParse(trigger.config);
  return config.success ? type.summary(config.data, names) : type.label;
}

export function triggerTitle(trigger: Trigger): Text {
  return triggerType(trigger.type)?.label ?? say('Unknown trigger “{type}”', { type: trigger.type });
}

/** What a place in the flow is called: "Welcome", or with its way out "Opened? – Yes". */
export function spotName(flow: Flow, spot: Spot): Text {
  if (spot.from === START) return say('Start');
  const step = stepOf(flow, spot.from);
  if (spot.outlet === NEXT) return titleOf(step);
  const outlet = outletsOf(flow, step).find((each) => each.id === spot.outlet);
  return say('{step} – {outlet}', { step: titleOf(step), outlet: outlet?.label ?? spot.outlet });
}
