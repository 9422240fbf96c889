// Divides a passage: the contact goes several ways at the same time, each on its own, until a Join brings them together (FEATURES
// A3.17). Whoever leaves the flow on one of them, by an exit, a goal or an opt-out, leaves it as a whole (D18).
import { z } from 'zod';
import { formsField, outletIdSchema, textField } from '../fields.ts';
import { problem, type Problem } from '../problem.ts';
import { say, type Text } from '../text.ts';
import { defineStep } from './step.ts';

/** The way by which the passage itself leaves the step, when its paths have come to a join or have ended. */
export const JOINED = 'joined';

const LEAST_PATHS = 2;
const MOST_PATHS = 8;

const pathForm = z.strictObject({ label: textField({ label: say('Path'), max: 200 }) });
const pathSchema = pathForm.extend({ id: outletIdSchema });
type Path = z.infer<typeof pathSchema>;

export const parallel = defineStep({
  type: 'parallel',
  family: 'logic',
  icon: 'fork',
  label: say('Parallel paths'),
  help: say('The contact goes all these ways at the same time. A Join brings them together again; a path that simply ends has been gone. Whoever leaves the flow on one path leaves it on all.'),
  config: z.strictObject({
    paths: formsField({
      label: say('Paths'),
      help: say('Each is a way out of the step; from two to eight.'),
      required: true,
      item: pathForm,
      entry: pathSchema,
      most: MOST_PATHS,
      start: [
        { id: 'a', label: 'A' },
        { id: 'b', label: 'B' },
      ],
    }),
  }),
  outlets: ({ paths }) => paths.map((path, index) => ({ id: path.id, label: labelOf(path, index) })),
  summary: ({ paths }) => say('{count, plural, one {# path} other {# paths}} at the same time', { count: paths.length }),
  problems: ({ paths }) => pathProblems(paths),
  forks: true,
  // The ways themselves are gone by the paths that this asks for; the passage waits for them here.
  run: ({ config: { paths }, entering }) => ({ kind: 'wait', until: null, effects: entering ? [{ kind: 'fork', paths: paths.map(({ id }) => id) }] : [] }),
});

function labelOf({ label }: Path, index: number): Text {
  return label.trim() === '' ? say('Path {number}', { number: index + 1 }) : say('{label}', { label: label.trim() });
}

function pathProblems(paths: readonly Path[]): Problem[] {
  const twice = paths.flatMap(({ id }, index) => {
    const isTaken = id === JOINED || paths.slice(0, index).some((earlier) => earlier.id === id);
    return isTaken ? [problem('outlet-twice', say('Two ways out are both named “{id}” in the file. Each needs its own id.', { id }), { field: `paths.${index}.id` })] : [];
  });
  if (paths.length === 0 || paths.length >= LEAST_PATHS) return twice;
  return [...twice, problem('one-path', say('One path alone is not parallel to anything. Add another one, or remove the step.'), { field: 'paths' })];
}
