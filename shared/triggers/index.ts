// The trigger types, in the order in which they are offered. A new one is a file beside this and a line below.
import { attributeChanged } from './attribute-changed.ts';
import { byHand } from './by-hand.ts';
import { calendarDay } from './calendar-day.ts';
import { consentChanged } from './consent-changed.ts';
import { contactAdded } from './contact-added.ts';
import { dateReached } from './date-reached.ts';
import { eventHappened } from './event-happened.ts';
import { fromFlow } from './from-flow.ts';
import { inactive } from './inactive.ts';
import { messageEvent } from './message-event.ts';
import { orderPlaced } from './order-placed.ts';
import { schedule } from './schedule.ts';
import { scoreReached } from './score-reached.ts';
import { segmentEntered } from './segment-entered.ts';
import { segmentLeft } from './segment-left.ts';
import { stageReached } from './stage-reached.ts';
import { tagAdded } from './tag-added.ts';
import { tagRemoved } from './tag-removed.ts';
import { taskDecided } from './task-decided.ts';
import type { TriggerType } from './trigger.ts';

export const triggerTypes: readonly TriggerType[] = [
  // The six most used come first: an empty flow offers them.
  contactAdded,
  tagAdded,
  segmentEntered,
  dateReached,
  orderPlaced,
  byHand,
  attributeChanged,
  messageEvent,
  eventHappened,
  segmentLeft,
  tagRemoved,
  consentChanged,
  schedule,
  calendarDay,
  inactive,
  scoreReached,
  stageReached,
  fromFlow,
  taskDecided,
];

const byName = new Map(triggerTypes.map((each) => [each.type, each]));

/** The trigger type of a name; `undefined` when this program has none of that name. */
export function triggerType(type: string): TriggerType | undefined {
  return byName.get(type);
}
