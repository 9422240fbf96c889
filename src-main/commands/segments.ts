// The command line about segments: listed, made from a rule or as a fixed set, filled, removed.
import type { SegmentRow } from '../../shared/api.ts';
import { ruleText } from '../../shared/contacts/rule-words.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { refuse } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import type { Backend } from '../backend.ts';
import type { Command, CommandContext } from './command.ts';
import { textOption } from './import-options.ts';
import { ruleFromFile, segmentNamed } from './rule-option.ts';

const list: Command = {
  name: 'segments',
  usage: 'WORKSPACE',
  help: 'Lists the segments of a workspace: how many contacts are in each, its rule, and what uses it.',
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const segments = await context.call(backend, 'segments.list', {});
    const { currency, timeZone } = await context.call(backend, 'settings.get', {});
    const names = namesFrom({
      currency,
      zone: timeZone,
      messages: await context.call(backend, 'messages.list', {}),
      attributes: (await context.call(backend, 'attributes.list', {})).filter(({ standard }) => !standard),
      segments,
      flows: await context.call(backend, 'flows.list', {}),
    });
    const line = ({ key, name, rule, size, usedBy }: SegmentRow) => {
      const uses = [...usedBy.flows, ...usedBy.segments].map((use) => `“${use.name}”`);
      const what = rule === null ? 'fixed set' : inEnglish(ruleText(rule, names));
      return `${String(size ?? '?').padStart(8)}  ${name} (${key}): ${what}${uses.length === 0 ? '' : `; used by ${uses.join(', ')}`}`;
    };
    context.print(segments.length === 0 ? 'There are no segments yet.' : segments.map(line).join('\n'), segments);
  },
};

const add: Command = {
  name: 'segment add',
  usage: 'WORKSPACE NAME [--rule FILE] [--track]',
  help: 'Adds a segment: whoever meets the rule of the file (JSON), or without --rule a fixed set, which is empty at first.\n--track writes down who comes in and who leaves, also where no flow asks for it.',
  options: { rule: { type: 'string' }, track: { type: 'boolean' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const file = textOption(context.options, 'rule');
    const rule = file === undefined ? null : ruleFromFile(file);
    const backend = await context.open(context.positionals[0]!);
    const name = context.positionals[1]!;
    const { key, size } = await context.call(backend, 'segments.save', { key: null, name, rule, track: context.options['track'] === true });
    context.print(`“${name}” (${key}) has ${size} ${size === 1 ? 'contact' : 'contacts'}.`, { key, size });
  },
};

const fill: Command = {
  name: 'segment fill',
  usage: 'WORKSPACE SEGMENT [--add EMAIL]... [--rule FILE] [--remove EMAIL]...',
  help: 'Puts contacts into a fixed set, and takes them out: by address, and whoever meets the rule of a file now.',
  options: { add: { type: 'string', multiple: true }, remove: { type: 'string', multiple: true }, rule: { type: 'string' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const file = textOption(context.options, 'rule');
    const addRule = file === undefined ? null : ruleFromFile(file);
    const backend = await context.open(context.positionals[0]!);
    const { key, name } = segmentNamed(await context.call(backend, 'segments.list', { sizes: false }), context.positionals[1]!, 'SEGMENT');
    const result = await context.call(backend, 'segments.members', {
      key,
      addRule,
      add: await contacts(context, backend, 'add'),
      remove: await contacts(context, backend, 'remove'),
    });
    context.print(`“${name}”: ${result.added} added, ${result.removed} taken out.`, result);
  },
};

const remove: Command = {
  name: 'segment remove',
  usage: 'WORKSPACE SEGMENT',
  help: 'Removes a segment that no flow and no other segment uses. Its contacts stay.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const { key, name } = segmentNamed(await context.call(backend, 'segments.list', { sizes: false }), context.positionals[1]!, 'SEGMENT');
    await context.call(backend, 'segments.remove', { key });
    context.print(`“${name}” is removed.`, { key });
  },
};

export const segmentCommands: Command[] = [list, add, fill, remove];

/** The contacts of the addresses that an option names. */
async function contacts(context: CommandContext, backend: Backend, option: 'add' | 'remove'): Promise<number[]> {
  const emails = (context.options[option] ?? []) as string[];
  return Promise.all(
    emails.map(async (email) => {
      const found = await context.call(backend, 'contacts.find', { email });
      return (
        found?.id ?? refuse('contact-unknown', say('There is no contact with the address {email}.', { email }), { field: `--${option}` })
      );
    }),
  );
}
