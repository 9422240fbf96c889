// The step types, in the order in which the palette shows them. A new one is a file beside this and a line below.
import { addNote } from './add-note.ts';
import { addTag } from './add-tag.ts';
import { addToSegment } from './add-to-segment.ts';
import { branch } from './branch.ts';
import { changeConsent } from './change-consent.ts';
import { changeScore } from './change-score.ts';
import { changeStage } from './change-stage.ts';
import { emitEvent } from './emit-event.ts';
import { endFlows } from './end-flows.ts';
import { exit } from './exit.ts';
import { filter } from './filter.ts';
import { goTo } from './go-to.ts';
import { goal } from './goal.ts';
import { join } from './join.ts';
import { notify } from './notify.ts';
import { parallel } from './parallel.ts';
import { removeFromSegment } from './remove-from-segment.ts';
import { removeTag } from './remove-tag.ts';
import { sendEmail } from './send-email.ts';
import { sendSms } from './send-sms.ts';
import { split } from './split.ts';
import { startFlow } from './start-flow.ts';
import type { StepType } from './step.ts';
import { task } from './task.ts';
import { updateAttribute } from './update-attribute.ts';
import { wait } from './wait.ts';
import { waitBusinessDays } from './wait-business-days.ts';
import { waitForEvent } from './wait-for-event.ts';
import { waitForWindow } from './wait-for-window.ts';
import { waitRandom } from './wait-random.ts';
import { waitUntil } from './wait-until.ts';
import { waitUntilTrue } from './wait-until-true.ts';
import { webhook } from './webhook.ts';

export const stepTypes: readonly StepType[] = [sendEmail, sendSms, wait, waitUntil, waitForEvent, waitUntilTrue, waitBusinessDays, waitForWindow, waitRandom, branch, filter, split, parallel, join, goal, updateAttribute, addTag, removeTag, addToSegment, removeFromSegment, changeScore, changeStage, changeConsent, task, addNote, notify, startFlow, endFlows, emitEvent, webhook, goTo, exit];

const byName = new Map(stepTypes.map((each) => [each.type, each]));

/** The step type of a name; `undefined` when this program has none of that name. */
export function stepType(type: string): StepType | undefined {
  return byName.get(type);
}
