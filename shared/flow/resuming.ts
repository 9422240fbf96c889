// What a person may choose when a paused flow goes on and things fell due meanwhile (FEATURES D5).

import type { LateAction } from '../messages/sending-rules.ts';
import type { Text } from '../text.ts';

/**
 * rule: as if the computer had been off; each step's own rule for late messages decides. send: everything that is overdue leaves
 * now. skip: messages that are overdue are not sent, and their people go on. shift: everything that waits waits for as much
 * longer as the pause took. exit: whoever is overdue leaves the flow.
 */
export const RESUME_CHOICES = ['rule', 'send', 'skip', 'shift', 'exit'] as const;
export type ResumeChoice = (typeof RESUME_CHOICES)[number];

/**
 * By step: people whose wait is over, and messages that would have left; `late` of these are later than the step allows, which then has
 * them held for a person, or left out.
 */
export type OverdueStep = { step: string; title: Text; people: number; messages: number; late: number; lateAction: LateAction | null };
export type Overdue = { pausedAt: number | null; people: number; messages: number; steps: OverdueStep[] };

/** After an absence the whole workspace goes on: as on resuming, for all flows that run; nobody is taken out by that. */
export const RETURN_CHOICES = ['rule', 'send', 'skip', 'shift'] as const;
export type ReturnChoice = (typeof RETURN_CHOICES)[number];

/** `late`: how much of it is later than the settings allow. */
export type OverdueFlow = { flow: number; name: string; people: number; messages: number; late: number };

/** What fell due while the computer slept or was off, from the last look to now (FAULTS F14). `clock`: it is in doubt whether the clock is right, whether or not something is overdue (F16). */
export type AwayReport = { from: number; to: number; clock: boolean; people: number; messages: number; late: number; flows: OverdueFlow[] };
