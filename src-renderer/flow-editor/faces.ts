// What each card says, worked out once for each step until the step, its problems or the names change: in a flow of a thousand
// steps, an edit is about one of them.
import type { TFunction } from 'i18next';
import type { Step } from '../../shared/flow/flow.ts';
import type { Problem } from '../../shared/problem.ts';
import type { Names } from '../../shared/steps/step.ts';
import type { Text } from '../../shared/text.ts';
import { sameValue } from './changes.ts';
import { describeStep, type StepFacts } from './describe.ts';

type Place = { number: number; total: number };
/** What the card shows, and what is read out of it. */
export type Face = { facts: StepFacts; label: string };
export type Said = { names: Names; problems: readonly Problem[]; t: TFunction<'editor'>; text(text: Text): string };

/** A memory of faces. What it hands out is the same object as long as nothing that it says has changed. */
export function createFaces(): (step: Step, said: Said, place: Place) => Face {
  const known = new Map<string, { step: Step; said: Said; place: Place; face: Face }>();
  return (step, said, place) => {
    const old = known.get(step.id);
    if (old !== undefined && old.step === step && sameSaid(old.said, said) && sameValue(old.place, place)) return old.face;
    const facts =
      old !== undefined && old.step === step && sameSaid(old.said, said) ? old.face.facts : describeStep(step, said.names, said.problems);
    const face = { facts, label: labelOf(facts, said, place) };
    known.set(step.id, { step, said, place, face });
    return face;
  };
}

function sameSaid(a: Said, b: Said): boolean {
  return a.names === b.names && a.t === b.t && a.text === b.text && (a.problems === b.problems || sameValue(a.problems, b.problems));
}

/** "E-mail, step 5 of 14. Send “Welcome”. 1 problem." (UX 2.6) */
function labelOf(facts: StepFacts, { t, text }: Said, { number, total }: Place): string {
  return t('card.aria', {
    title: text(facts.title),
    named: facts.typeName === null ? 'no' : 'yes',
    type: facts.typeName === null ? '' : text(facts.typeName),
    number,
    total,
    summary: text(facts.summary),
    state: facts.disabled ? 'disabled' : facts.state,
    problems: facts.problems,
  });
}
