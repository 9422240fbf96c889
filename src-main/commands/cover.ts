// The command that invents test contacts for every way through a flow.
import type { CoverResult, TestContact } from '../../shared/simulation/cover.ts';
import { inEnglish } from '../../shared/text.ts';
import type { Command } from './command.ts';
import { flowNamed } from './flow-named.ts';
import { section } from './simulate-report.ts';

export const coverCommand: Command = {
  name: 'cover',
  usage: 'WORKSPACE FLOW [--live]',
  help: `Invents a small set of test contacts that together walk every way through a flow: what they must be like, what they must do with their messages, what must be decided about tasks and which share of a split must fall to them.
Each is really led through the flow, on an empty copy of the workspace. Ways that nobody was found for are listed as RED, with the contradiction where it is certain that nobody can ever go there.
Unusual people walk along as well (nothing filled in, 29 February, fourteen hours ahead of UTC, an hour that the clock skips): whatever they go through, nothing may fail.
The draft is covered; with --live the version that runs. Nothing is sent, nothing is changed.`,
  options: { live: { type: 'boolean' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const { id } = flowNamed(await context.call(backend, 'flows.list', {}), context.positionals[1]!);
    const result = await context.call(backend, 'simulations.cover', { flow: id, version: context.options['live'] === true ? 'live' : 'draft' });
    context.print(humanCover(result), result);
  },
};

function humanCover({ name, ways, contacts, red, odd, tried, smallest }: CoverResult): string {
  return [
    `“${name}”: ${contacts.length} contacts walk ${ways.length} of ${ways.length + red.length} ways (${tried} tried${smallest ? '; no fewer of those would do' : ''}).`,
    ...section('RED: nobody was found for', red.map(({ step, outlet, label, contradiction }) => `${step}.${outlet} (${inEnglish(label)})${contradiction === null ? '' : `: ${inEnglish(contradiction)}`}`)),
    ...contacts.flatMap((contact, index) => section(`Contact ${index + 1}`, contactLines(contact))),
    ...section('Unusual people', odd.map(({ what, end }) => `${inEnglish(what)}: ${end === null ? 'does not come in' : `${end.state}${end.failure === null ? '' : `: ${end.failure}`}`}`)),
  ].join('\n');
}

function contactLines({ values, tags, consent, segments, before, happens, messages, decide, chance, went, end }: TestContact): string[] {
  const pairs = (record: Record<string, unknown>) => Object.entries(record).map(([key, value]) => `${key}=${value === null ? '(empty)' : JSON.stringify(value)}`).join(', ');
  const line = (what: string, text: string) => (text === '' ? [] : [`${what}: ${text}`]);
  return [
    ...line('values', pairs(values)),
    ...line('tags', tags.join(', ')),
    ...line('consent', consent.join(', ') || 'none'),
    ...line('segments', segments.join(', ')),
    ...line('before', before.join('; ')),
    ...line('happens', happens.join('; ')),
    ...line('messages', pairs(messages)),
    ...line('decided', pairs(decide)),
    ...line('chance', pairs(chance)),
    `goes: ${went.map(({ step, outlet }) => `${step}.${outlet}`).join(' > ')}; ${end.state}${end.reason === null ? '' : ` (${end.reason})`}`,
  ];
}
