// Commands about what people may ask of whoever keeps their data: to be erased, to see it; and the topics of consent.
import { resolve } from 'node:path';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Backend } from '../backend.ts';
import type { Command, CommandContext } from './command.ts';

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
    context.print(`${email} is erased. Flows left: ${answer.flowsLeft}. Messages taken back: ${answer.messagesCancelled}.`, answer);
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

export const privacyCommands: Command[] = [erase, accessReport, exportHashes, importHashes, listTopics, addTopic, changeTopic];
