// What the commands that look ahead print for people.
import type { Flow } from '../../shared/flow/flow.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import type { CheckReport } from '../../shared/simulation/checks.ts';
import type { Explained } from '../../shared/simulation/explained.ts';
import type { Leaving, PublishPreview } from '../../shared/simulation/publish-preview.ts';
import type { SimulationResult } from '../../shared/simulation/simulation.ts';
import type { TryResult } from '../../shared/simulation/try.ts';
import type { Why, WhyAnswer } from '../../shared/simulation/why.ts';
import { inEnglish } from '../../shared/text.ts';
import { instantText } from '../../shared/time.ts';

export function humanResult(result: SimulationResult, flow: Flow): string {
  const { people } = result;
  const title = (id: string) => {
    const step = flow.steps.find((each) => each.id === id);
    return step === undefined ? id : `${id}: ${inEnglish(titleOf(step))}`;
  };
  const width = Math.max(4, ...Object.keys(result.steps).map((id) => title(id).length));
  const sent = result.outcomes.filter(({ state }) => state === 'sent').reduce((sum, { count }) => sum + count, 0);
  return [
    `“${result.name}” (${result.version}), ${instantText(result.from)} to ${instantText(result.until)}, seed ${result.seed}. Simulated: nothing was sent, nothing was changed.`,
    `inside before ${people.insideBefore}, entered ${people.entered} (of ${people.chosen} chosen, ${people.skipped} kept out), inside ${people.inside}, finished ${people.finished}, exited ${people.exited}, failed ${people.failed}; ${sent} messages`,
    '',
    `${'step'.padEnd(width)}  entered  waiting     sent  stopped`,
    ...Object.entries(result.steps).map(([id, step]) => `${title(id).padEnd(width)}  ${[step.entered, step.waiting, step.sent, step.stopped].map((n) => String(n).padStart(7)).join('  ')}`),
    '',
    ...section('Messages that did not leave', result.outcomes.filter(({ state }) => state !== 'sent').map(({ message, state, reason, count }) => `${message}: ${state}, ${reason ?? 'no reason'}: ${count}`)),
    ...section('Messages that had to wait', result.putOff.map(({ reason, count }) => `${reason}: ${count}`)),
    ...section(`Met the frequency cap: ${result.caps.contacts} contacts`, result.caps.first.slice(0, 10).map(({ contact, email, message, at, state }) => `${instantText(at)}  ${email ?? `contact ${contact}`}: ${message}, ${state}`)),
    ...result.accounts.flatMap(({ name, days }) => section(`Messages per day from the account “${name}”, all flows together`, days.map(({ day, sent: n }) => `${day}  ${n}`))),
    ...section('How passages ended', result.ends.map(({ reason, count }) => `${reason}: ${count}`)),
    ...section('Messages per day', result.days.filter((day) => day.sent + day.stopped + day.sentByOthers > 0).map((day) => `${day.day}  sent ${day.sent}, stopped ${day.stopped}, opened ${day.opened}, clicked ${day.clicked}, ordered ${day.ordered}; other flows ${day.sentByOthers}`)),
  ].join('\n');
}

export function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${heading}:`, ...lines.map((line) => `  ${line}`)];
}

export function humanTrial({ contact, keptOut, steps, end }: TryResult): string {
  const who = `${contact.email ?? `contact ${contact.id}`}${contact.invented ? ' (invented)' : ''}`;
  if (keptOut !== null) return [`${who} does not come in. It takes:`, ...explanation(keptOut, 1)].join('\n');
  const lines = steps.flatMap(({ step, title, leftAt, outlet, outletLabel, why, message }) => [
    `${instantText(leftAt)}  ${step}: ${inEnglish(title)} -> ${outletLabel === null ? (outlet ?? 'out') : inEnglish(outletLabel)}`,
    ...why.flatMap(({ name, rule }) => [`    ${name}:`, ...explanation(rule, 3)]),
    ...(message === null ? [] : [`    ${message.message}: ${message.state}${message.reason === null ? '' : `, ${message.reason}`}${message.subject === '' ? '' : `  “${message.subject}”`}`]),
  ]);
  const last = end === null ? '' : `${instantText(end.at)}  ${end.state}${end.stepId === null ? '' : ` at ${end.stepId}`}${end.reason === null ? '' : `: ${end.reason}`}${end.failure === null ? '' : `: ${end.failure}`}`;
  return [`${who}. Tried on a copy: nothing was sent, nothing was changed.`, ...lines, last].join('\n');
}

export function humanPreview(name: string, preview: PublishPreview): string {
  const { live, people, existing, backfill, until } = preview;
  const inside = live === null ? `“${name}” was never published, so nobody is inside.` : people === 0 ? `Nobody is inside “${name}”.` : insidePreview(preview);
  const messagesTo = (messages: readonly { message: string; count: number }[]) => section('Messages to those', messages.map(({ message, count }) => `${message}: ${count}`));
  return [
    inside,
    ...(existing === null ? [] : [`Match already: ${existing.people}. Of these come in until ${instantText(until)}: ${existing.entered}.`, ...messagesTo(existing.messages)]),
    ...(backfill === null ? [] : [`Went past the new steps, and go through these alone: ${backfill.people}.`, ...messagesTo(backfill.messages)]),
  ].join('\n');
}

function insidePreview({ people, atSeveral, steps, kept, messages, twice, until }: PublishPreview): string {
  const when = ({ now, today, within, later }: Leaving) => `at once ${now}, later today ${today}, until ${instantText(until)} ${within}, after that ${later}`;
  return [
    `Inside: ${people}${atSeveral === 0 ? '' : ` (${atSeveral} of them at several steps at once)`}`,
    ...kept.map(({ version, people: staying }) => `${staying} stay on version ${version}`),
    ...steps.flatMap(({ step, title, people: here, removed, to, lostWays, before, after }) => [
      `${here} at ${step}: ${inEnglish(title)}${removed ? ` (gone; they ${to === null ? 'leave the flow' : `go on at ${to.step}`})` : ''}`,
      ...(lostWays.length === 0 ? [] : [`    ways out that are gone: ${lostWays.map(inEnglish).join(', ')}`]),
      `    go on as it is:      ${when(before)}`,
      `    go on with the draft: ${when(after)}`,
    ]),
    ...section('Messages to those inside', messages.map(({ message, before, after }) => `${message}: ${before} as it is, ${after} with the draft`)),
    twice.count === 0 ? 'Nobody gets a message twice because of the draft.' : `Would get a message twice: ${twice.count}`,
    ...twice.first.map(({ contact, email, message, at }) => `  ${email ?? `contact ${contact}`}: ${message}, ${instantText(at)}`),
  ].join('\n');
}

export function humanChecks(reports: readonly CheckReport[]): string {
  if (reports.length === 0) return 'Nothing is stated that must always hold. Say it with --set FILE.';
  return reports
    .flatMap(({ check, holds, contacts, example }) => [
      `${holds ? 'holds' : 'FAILS'}  ${JSON.stringify(check)}${holds ? '' : `  for ${contacts} contacts`}`,
      ...(example === null ? [] : [`    ${example.email ?? `contact ${example.contact}`}:`, ...example.timeline.map(({ at, what, message }) => `      ${instantText(at)}  ${what}${message === null ? '' : ` ${message}`}`)]),
    ])
    .join('\n');
}

const ANSWERS: Record<WhyAnswer, string> = {
  planned: 'It is planned, and has not left yet',
  claimed: 'It is being sent',
  handed: 'It is being sent',
  sent: 'It was sent',
  failed: 'It could not be delivered',
  unknown: 'It may or may not have been delivered',
  held: 'It is held for your decision',
  cancelled: 'It was not sent',
  'not-sent-here': 'This flow does not send it on the way that the contact took',
  'never-entered': 'The contact never came into the flow',
  'left-before': 'The contact left the flow before it',
  'other-way': 'The contact went another way',
  'on-the-way': 'The contact has not come to it yet',
};

export function humanWhy({ answer, reason, at, step, passage, steps, rules, failing, consent, certain }: Why): string {
  const details = [reason, step === null ? null : `at ${step}`, at === null ? null : instantText(at)].filter((each) => each !== null);
  return [
    `${ANSWERS[answer]}${details.length === 0 ? '' : ` (${details.join(', ')})`}.`,
    ...(passage === null ? [] : [`Came in ${instantText(passage.enteredAt)} by ${passage.trigger}; ${passage.state} now.`]),
    ...steps.map(({ step: id, title, leftAt, outlet, outletLabel }) => `  ${instantText(leftAt)}  ${id}: ${inEnglish(title)} -> ${outletLabel === null ? (outlet ?? 'out') : inEnglish(outletLabel)}`),
    ...rules.flatMap(({ name, rule }) => [`${name}:`, ...explanation(rule, 1)]),
    ...(failing === null ? [] : [`First that failed: ${inEnglish(failing.text)}`]),
    ...(consent === null ? [] : [`On record about e-mail: ${consent.state}, ${instantText(consent.at)}, ${consent.source}`]),
    ...(certain ? [] : ['The history does not tell everything that would have to be known to be certain.']),
  ].join('\n');
}

/** A rule taken apart, one line for each part. */
function explanation(rule: Explained, depth: number): string[] {
  const sign = rule.holds === null ? '?' : rule.holds ? 'yes' : 'no';
  const indent = '  '.repeat(depth);
  if (rule.kind !== 'condition') return [`${indent}${sign.padEnd(3)} ${rule.kind} of:`, ...rule.parts.flatMap((part) => explanation(part, depth + 1))];
  const found = rule.actual === undefined ? '' : ` (is: ${rule.actual === null ? 'empty' : String(rule.actual)}${rule.missing === undefined || rule.holds === true ? '' : `, off by ${rule.missing}`})`;
  return [`${indent}${sign.padEnd(3)} ${inEnglish(rule.text)}${found}`];
}
