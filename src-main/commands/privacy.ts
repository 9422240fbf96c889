// Commands about what people may ask of whoever keeps their data: to be erased, to see it; and the topics of consent.
import { resolve } from 'node:path';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { RetentionRow } from '../../shared/api.ts';
import { instantText } from '../../shared/time.ts';
import type { Backend } from '../backend.ts';
import type { Command, CommandContext } from './command.ts';
import { wrongUsage } from './usage.ts';

async function contactWith(context: CommandContext, backend: Backend, email: string): Promise<number> {
  const found = await context.call(backend, 'contacts.find', { email });
  return found?.id ?? refuse('contact-unknown', say('There is no contact with the address {email}.', { email }), { field: 'EMAIL' });
}

const erase: Command = {
  name: 'erase',
  usage: 'WORKSPACE EMAIL',
  help: 'Erases a person for good: attributes, events, orders, notes, tasks, messages, everywhere, and the bytes out of the file.\nWhat stays is a keyed hash of the address, by which no import and no event brings them back, and sums without names. Older backups still hold them; a workspace that is restored from one erases them again.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const [workspace, email] = context.positionals as [string, string];
    const backend = await context.open(workspace);
    const answer = await context.call(backend, 'erasure.erase', { contacts: [await contactWith(context, backend, email)] });
    const later = answer.bytesGone ? '' : '\nAnother program still reads the file, so their bytes cannot leave it yet. That is tried again when this ends, and whenever the workspace is opened.';
    context.print(`${email} is erased. Flows left: ${answer.flowsLeft}. Messages taken back: ${answer.messagesCancelled}.${later}`, answer);
  },
};

const accessReport: Command = {
  name: 'access-report',
  usage: 'WORKSPACE EMAIL FILE(.json|.pdf) [--language en|da|nl|pl|sv]',
  help: 'Writes everything that is known of a person: attributes, consents with their evidence, messages, orders, flows, notes, tasks, and all that happened.\nJSON is complete and for machines; PDF is to hand over, in the language of the workspace unless --language says another.',
  options: { language: { type: 'string' } },
  positionals: { min: 3, max: 3 },
  async run(context) {
    const [workspace, email, file] = context.positionals as [string, string, string];
    const backend = await context.open(workspace);
    const language = (context.options['language'] as string | undefined) ?? (await context.call(backend, 'settings.get', {})).locale;
    const answer = await context.call(backend, 'contacts.accessReport', { id: await contactWith(context, backend, email), file: resolve(file), language });
    context.print(`Wrote ${answer.file}.`, answer);
  },
};

const exportHashes: Command = {
  name: 'erased export',
  usage: 'WORKSPACE FILE',
  help: 'Writes the hashes of those who were erased, for other workspaces. Nobody can be read from it; whoever has an address can ask whether it is in it.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const file = resolve(context.positionals[1]!);
    const backend = await context.open(context.positionals[0]!);
    const { rows } = await context.call(backend, 'erasure.exportHashes', { file });
    context.print(`Wrote ${rows} to ${file}.`, { file, rows });
  },
};

const importHashes: Command = {
  name: 'erased import',
  usage: 'WORKSPACE FILE',
  help: 'Refuses here too whoever was erased in another workspace, by the file that "erased export" has written there.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const answer = await context.call(backend, 'erasure.importHashes', { file: resolve(context.positionals[1]!) });
    context.print(`${answer.added} added, ${answer.known} known already.`, answer);
  },
};

const listTopics: Command = {
  name: 'topics',
  usage: 'WORKSPACE',
  help: 'Lists the topics that people may consent to beside a channel as a whole.',
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const topics = await context.call(backend, 'topics.list', {});
    context.print(topics.length === 0 ? 'There are no topics yet.' : topics.map(({ key, name, archived, given }) => `${key} · ${name} · ${given} consents${archived ? ' · archived' : ''}`).join('\n'), { topics });
  },
};

const addTopic: Command = {
  name: 'topics add',
  usage: 'WORKSPACE NAME',
  help: 'Adds a topic of consent; prints the key by which imports and rules name it.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const topic = await context.call(backend, 'topics.save', { name: context.positionals[1]! });
    context.print(topic.key, topic);
  },
};

const changeTopic: Command = {
  name: 'topics change',
  usage: 'WORKSPACE TOPIC [--name NAME] [--archive | --offer]',
  help: 'Renames a topic, archives it, so that it is not offered any more, or offers it again. What was consented to stays. TOPIC is its key.',
  options: { name: { type: 'string' }, archive: { type: 'boolean' }, offer: { type: 'boolean' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const [workspace, key] = context.positionals as [string, string];
    const backend = await context.open(workspace);
    const topic = (await context.call(backend, 'topics.list', {})).find((each) => each.key === key) ?? refuse('topic-unknown', say('There is no topic {topic}. See `kanal topics`.', { topic: key }), { field: 'TOPIC' });
    const archived = context.options['archive'] === true ? true : context.options['offer'] === true ? false : topic.archived;
    const name = (context.options['name'] as string | undefined) ?? topic.name;
    await context.call(backend, 'topics.save', { key, name, archived });
    context.print(`${key} · ${name}${archived ? ' · archived' : ''}`, { key, name, archived });
  },
};

const retention: Command = {
  name: 'retention',
  usage: 'WORKSPACE [--months N] [--action review|erase] [--grace DAYS] [--preview]',
  help: 'Shows, or sets, how long contacts are kept of whom nothing is heard, and who is on the list.\n--months 0 keeps everybody. --action: review puts them on a list, erase erases them when the days of grace are over. --preview only says whom --months would mean today.',
  options: { months: { type: 'string' }, action: { type: 'string' }, grace: { type: 'string' }, preview: { type: 'boolean' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const now = await context.call(backend, 'retention.get', {});
    const months = numberFrom(context, 'months') ?? now.months;
    if (context.options['preview'] === true) {
      const preview = await context.call(backend, 'retention.preview', { months });
      context.print([`${preview.total} would be on the list today.`, ...preview.rows.map(quietLine)].join('\n'), preview);
      return;
    }
    const asked = (context.options['action'] as string | undefined) ?? now.action;
    const action = asked === 'review' || asked === 'erase' ? asked : wrongUsage('bad-option', say('--action is review or erase, not "{given}".', { given: asked }), { field: '--action' });
    const rule = { months, action, graceDays: numberFrom(context, 'grace') ?? now.graceDays } as const;
    if (rule.months !== now.months || rule.action !== now.action || rule.graceDays !== now.graceDays) await context.call(backend, 'retention.save', rule);
    const list = await context.call(backend, 'retention.list', { limit: 500 });
    const words = rule.months === 0 ? 'Contacts are kept for good.' : `After ${rule.months} months without a sign of life: ${rule.action === 'erase' ? `erased after ${rule.graceDays} days of grace` : 'listed for review'}.`;
    context.print([words, `${list.total} on the list.`, ...list.rows.map(quietLine)].join('\n'), { ...rule, ...list });
  },
};

function quietLine({ name, lastHeard, eraseAt }: RetentionRow): string {
  return `${name} · last heard of ${instantText(lastHeard)}${eraseAt === null ? '' : ` · erased on ${instantText(eraseAt)}`}`;
}

function numberFrom(context: CommandContext, option: string): number | undefined {
  const given = context.options[option] as string | undefined;
  if (given !== undefined && !/^\d{1,4}$/.test(given)) wrongUsage('bad-option', say('--{option} is a number, not "{given}".', { option, given }), { field: `--${option}` });
  return given === undefined ? undefined : Number(given);
}

export const privacyCommands: Command[] = [retention, erase, accessReport, exportHashes, importHashes, listTopics, addTopic, changeTopic];
