// The step types, in the order in which the palette shows them. A new one is a file beside this and a line below.
import { addNote } from './add-note.ts';
import { addTag } from './add-tag.ts';
import { addToSegment } from './add-to-segment.ts';
import { branch } from './branch.ts';
import { exit } from './exit.ts';
import { filter } from './filter.ts';
import { notify } from './notify.ts';
import { removeFromSegment } from './remove-from-segment.ts';
import { removeTag } from './remove-tag.ts';
import { sendEmail } from './send-email.ts';
import { split } from './split.ts';
import type { StepType } from './step.ts';
import { task } from './task.ts';
import { updateAttribute } from './update-attribute.ts';
import { wait } from './wait.ts';
import { waitForEvent } from './wait-for-event.ts';
import { waitUntil } from './wait-until.ts';
import { waitUntilTrue } from './wait-until-true.ts';

export const stepTypes: readonly StepType[] = [sendEmail, wait, waitUntil, waitForEvent, waitUntilTrue, branch, filter, split, updateAttribute, addTag, removeTag, addToSegment, removeFromSegment, task, addNote, notify, exit];

const byName = new Map(stepTypes.map((each) => [each.type, each]));

/** The step type of a name; `undefined` when this program has none of that name. */
export function stepType(type: string): StepType | undefined {
  return byName.get(type);
}
