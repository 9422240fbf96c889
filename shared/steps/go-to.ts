// Goes on at another step of the flow, also one further up: the card shows where to, instead of a line across the whole drawing.
// A circle that it closes must contain a wait (FEATURES D19, A3.12).
import { z } from 'zod';
import { stepField } from '../fields.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

export const goTo = defineStep({
  type: 'goTo',
  family: 'end',
  icon: 'jump',
  label: say('Go to'),
  help: say('The contact goes on at another step. A circle that this closes needs a wait in it, and whoever goes round ten thousand times leaves the flow.'),
  config: z.strictObject({ to: stepField({ label: say('Step'), required: true }) }),
  outlets: () => [],
  summary: ({ to }, names) => (to === null ? say('Choose a step') : say('Go to “{step}”', { step: names.step?.(to) ?? to })),
  jump: ({ to }) => to,
  run: () => ({ kind: 'leave', outlet: NEXT }),
});
