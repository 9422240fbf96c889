// Ends the contact's passage through the flow here, with a reason that reports can tell apart.
import { z } from 'zod';
import { textField } from '../fields.ts';
import { say } from '../text.ts';
import { defineStep } from './step.ts';

/** The reason where the user has not given one. */
export const EXIT_STEP = 'exit-step';

export const exit = defineStep({
  type: 'exit',
  family: 'end',
  icon: 'exit',
  label: say('Exit'),
  help: say('The contact leaves the flow here. A way that simply ends also leaves the flow; an exit says why.'),
  config: z.strictObject({
    reason: textField({ label: say('Reason'), help: say('Shown in reports, to tell one exit from another.'), max: 200 }),
  }),
  outlets: () => [],
  summary: ({ reason }) => (reason.trim() === '' ? say('Leave the flow') : say('Leave the flow: {reason}', { reason: reason.trim() })),
  run: ({ config }) => ({ kind: 'exit', reason: config.reason.trim() === '' ? EXIT_STEP : config.reason.trim() }),
});
