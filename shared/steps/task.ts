// Puts a card before a person and waits for their decision: its outcomes are the ways out, and there is always one for the case
// that nobody decides in time (FEATURES A4.9, D32). The card is closed by itself when the contact leaves the step otherwise.
import { z } from 'zod';
import { MOST_OUTCOMES, TASK_PRIORITIES } from '../contacts/task.ts';
import { choiceField, durationField, formsField, longTextField, outletIdSchema, textField } from '../fields.ts';
import { syntaxProblems } from '../messages/merge-tags.ts';
import { problem, type Problem } from '../problem.ts';
import { say, type Text } from '../text.ts';
import { addDuration } from '../time.ts';
import { durationText } from '../time-words.ts';
import { defineStep, REASON_OPTED_OUT, type Effect, type Fact, type TaskAnswer } from './step.ts';

/** The way of those whom nobody decided about in time. */
export const TASK_TIMED_OUT = 'timedOut';

const EXAMPLE = '{{ contact.first_name }}';

const YES = 'Yes';
const NO = 'No';

const outcomeForm = z.strictObject({
  label: textField({ label: say('Outcome'), help: say('What the button says: reached, not interested.'), max: 200, required: true }),
});
const outcomeSchema = outcomeForm.extend({ id: outletIdSchema });
type Outcome = z.infer<typeof outcomeSchema>;

export const task = defineStep({
  type: 'task',
  family: 'people',
  icon: 'task',
  label: say('Task'),
  help: say(
    'Asks a person, on a card in the list of tasks, and keeps the contact until somebody has decided. Each outcome is a way out; whoever nobody decides about in time goes the way of the time-out. If the contact leaves the flow meanwhile, the card closes by itself.',
  ),
  config: z.strictObject({
    title: textField({ label: say('Title'), help: say('What is to be done. Merge tags are filled in: {example}', { example: EXAMPLE }), max: 300, required: true, mergeTags: true }),
    text: longTextField({ label: say('What to say or do'), help: say('Stands on the card: wording for the call, what to look at. With merge tags, too.'), mergeTags: true }),
    outcomes: formsField({
      label: say('Outcomes'),
      help: say('One button each; each is a way out of the step.'),
      required: true,
      item: outcomeForm,
      entry: outcomeSchema,
      most: MOST_OUTCOMES,
      start: [
        { id: 'yes', label: YES },
        { id: 'no', label: NO },
      ],
    }),
    assignee: textField({ label: say('For whom'), help: say('A name, where several people share the work.'), max: 200 }),
    priority: choiceField({
      label: say('Priority'),
      start: 'normal',
      options: [
        { value: TASK_PRIORITIES[0], label: say('normal') },
        { value: TASK_PRIORITIES[1], label: say('high') },
      ],
    }),
    due: durationField({ label: say('To be decided within'), help: say('Counted from when the contact comes to this step.'), start: { amount: 2, unit: 'days' }, required: true }),
    overdue: choiceField({
      label: say('If nobody has decided by then'),
      start: 'leave',
      options: [
        { value: 'leave', label: say('go the way of the time-out') },
        { value: 'escalate', label: say('remind, raise the priority and wait further') },
      ],
    }),
    further: durationField({
      label: say('Wait further for'),
      help: say('After that the contact goes the way of the time-out.'),
      start: { amount: 1, unit: 'days' },
      required: true,
      when: { field: 'overdue', is: ['escalate'] },
    }),
  }),
  outlets: ({ outcomes }) => [...outcomes.map((each, index) => ({ id: each.id, label: labelOf(each, index) })), { id: TASK_TIMED_OUT, label: say('Not decided in time') }],
  summary: ({ title, due }) => (title.trim() === '' ? say('Say what is to be decided') : say('“{title}”, to be decided within {duration}', { title: title.trim(), duration: durationText(due) })),
  problems: (config) => [
    ...syntaxProblems(config.title, 'title'),
    ...syntaxProblems(config.text, 'text'),
    ...outcomeProblems(config.outcomes),
    ...(config.due.amount > 0 ? [] : [problem('wait-zero', say('Nobody can decide in no time at all. Give the task some time.'), { field: 'due.amount' })]),
    ...(config.overdue === 'leave' || config.further.amount > 0 ? [] : [problem('wait-zero', say('This waits for no time at all. Give it a length, or do not wait further.'), { field: 'further.amount' })]),
  ],
  facts: () => ({
    answer: { taskAnswer: true },
    // Who leaves only one topic still wants to be written to; a mailbox that is dead is nobody's word, and may be why they are called.
    optedOut: { firstEvent: [{ id: 'withdrawn', question: { type: 'consent_withdrawn', channel: 'email', where: [{ property: 'topic', operator: 'isEmpty' }] } }, { id: 'suppressed', question: { type: 'suppressed', channel: 'email', where: [{ property: 'reason', operator: 'notEquals', value: 'bounced' }] } }], since: 'visit' },
  }),
  wakesOn: () => ['task_decided', 'consent_withdrawn', 'suppressed'],
  asksPeople: true,
  run({ config, facts, now, enteredAt, workspaceZone, optOutEnds }) {
    const answer = answerFrom(facts['answer']);
    // What was decided counts, whenever it becomes known. An outcome that is not there any more is nobody's way.
    if (answer !== null) return { kind: 'leave', outlet: config.outcomes.some(({ id }) => id === answer.outcome) ? answer.outcome : TASK_TIMED_OUT };
    if (optOutEnds === true && (facts['optedOut'] ?? null) !== null) return { kind: 'exit', reason: REASON_OPTED_OUT };
    // By the clock of those who decide, wherever the contact lives.
    const due = addDuration(enteredAt, config.due, workspaceZone);
    const escalates = config.overdue === 'escalate';
    const end = escalates ? addDuration(due, config.further, workspaceZone) : due;
    if (now >= end) return { kind: 'leave', outlet: TASK_TIMED_OUT };
    const { title, text, assignee, priority } = config;
    const outcomes = config.outcomes.map(({ id, label }) => ({ id, label: label.trim() }));
    // Asked at every look: a card follows an edited step, and one that stands already stays as it is.
    const ask: Effect = { kind: 'openTask', title: title.trim(), text, outcomes, assignee: assignee.trim(), priority, dueAt: due };
    return { kind: 'wait', until: now < due ? due : end, effects: now >= due ? [ask, { kind: 'escalateTask' }] : [ask] };
  },
});

function answerFrom(fact: Fact | undefined): TaskAnswer | null {
  if (fact === undefined) throw new Error('Nobody has looked for the answer to the task');
  return fact !== null && typeof fact === 'object' && 'outcome' in fact ? fact : null;
}

/** The names that a new task starts with are shown in the reader's language; every other is the user's own. */
function labelOf({ label }: Outcome, index: number): Text {
  if (label === YES) return say('Yes');
  if (label === NO) return say('No');
  return label.trim() === '' ? say('Outcome {number}', { number: index + 1 }) : say('{label}', { label: label.trim() });
}

function outcomeProblems(outcomes: readonly Outcome[]): Problem[] {
  return outcomes.flatMap(({ id }, index) => {
    const isTaken = id === TASK_TIMED_OUT || outcomes.slice(0, index).some((earlier) => earlier.id === id);
    return isTaken ? [problem('outlet-twice', say('Two ways out are both named “{id}” in the file. Each needs its own id.', { id }), { field: `outcomes.${index}.id` })] : [];
  });
}
