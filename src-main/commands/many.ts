// The command line about what many contacts have in common: changing them at once and taking that back, attributes, companies.
import type { CallOutput } from '../../shared/api.ts';
import type { BulkChange, BulkWhom } from '../../shared/contacts/bulk-edit.ts';
import { ATTRIBUTE_KINDS, type Attribute, type AttributeValue } from '../../shared/contacts/contact.ts';
import { companyKey } from '../../shared/contacts/company.ts';
import { displayText } from '../../shared/contacts/value-text.ts';
import { parseAttribute, readingFor } from '../../shared/contacts/values.ts';
import { keySchema } from '../../shared/fields.ts';
import { refuse } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import { instantText } from '../../shared/time.ts';
import type { Backend } from '../backend.ts';
import type { Command, CommandContext } from './command.ts';
import { textOption } from './import-options.ts';
import { ruleFromOptions, segmentNamed } from './rule-option.ts';
import { withNearest, wrongUsage } from './usage.ts';

type Settings = CallOutput<'settings.get'>;

const edit: Command = {
  name: 'edit',
  usage: 'WORKSPACE (--segment S | --rule FILE | --contact EMAIL... | --all) [--set "key=value"]... [--clear key]... [--append "key=value"]... [--add-tag T]... [--remove-tag T]... [--into SEGMENT]... [--out-of SEGMENT]... [--start-flows] [--dry-run]',
  help: 'Changes many contacts at once. Values are written as the region of the workspace writes them; those of several choices between semicolons.\n--dry-run tells what would change and changes nothing. Flows do not start because of it unless --start-flows is given. `undo-edit` takes it back, weeks later, too.',
  options: {
    segment: { type: 'string' }, rule: { type: 'string' }, contact: { type: 'string', multiple: true }, all: { type: 'boolean' },
    set: { type: 'string', multiple: true }, clear: { type: 'string', multiple: true }, append: { type: 'string', multiple: true },
    'add-tag': { type: 'string', multiple: true }, 'remove-tag': { type: 'string', multiple: true },
    into: { type: 'string', multiple: true }, 'out-of': { type: 'string', multiple: true },
    'start-flows': { type: 'boolean' }, 'dry-run': { type: 'boolean' },
  },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const asked = { whom: await whomOf(context, backend), changes: await changesOf(context, backend), startFlows: context.options['start-flows'] === true };
    if (context.options['dry-run'] === true) {
      const preview = await context.call(backend, 'bulkEdits.preview', asked);
      const settings = await context.call(backend, 'settings.get', {});
      const kinds = new Map((await context.call(backend, 'attributes.list', {})).map(({ key, kind }) => [key, kind]));
      const shown = (key: string, value: AttributeValue): string => (value === null ? '(empty)' : typeof value === 'boolean' ? (value ? 'yes' : 'no') : displayText(value, kinds.get(key) ?? 'text', 'en', settings.timeZone, settings.currency));
      const lines = preview.changed.map(({ name, values, addTags, removeTags, enter, leave }) => `  ${name}: ${[...Object.entries(values).map(([key, [before, after]]) => `${key} ${shown(key, before)} -> ${shown(key, after)}`), ...addTags.map((tag) => `+${tag}`), ...removeTags.map((tag) => `-${tag}`), ...enter.map((key) => `into ${key}`), ...leave.map((key) => `out of ${key}`)].join(', ')}`);
      const flows = preview.flows.map(({ name, contacts, mails }) => `Would start "${name}" for ${contacts}, with ${mails} e-mails at once.`);
      context.print([`Would change ${preview.counts.changed} of ${preview.counts.contacts}; ${preview.counts.unchanged} skipped, because they are so already.`, ...lines, ...flows].join('\n'), preview);
      return;
    }
    const { bulkEdit } = await context.call(backend, 'bulkEdits.start', asked);
    const row = await context.call(backend, 'bulkEdits.wait', { bulkEdit });
    context.print(`Edit ${row.id}: ${row.counts.changed} changed, ${row.counts.unchanged} skipped. Take it back with: kanal undo-edit WORKSPACE ${row.id}`, row);
  },
};

const edits: Command = {
  name: 'edits',
  usage: 'WORKSPACE',
  help: 'Lists the changes of many contacts, the newest first.',
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const list = await context.call(backend, 'bulkEdits.list', {});
    const line = ({ id, startedAt, changes, counts, state, undo }: (typeof list)[number]): string =>
      `${String(id).padStart(5)}  ${instantText(startedAt).slice(0, 16)}  ${counts.changed} changed, ${counts.unchanged} skipped  ${changes.map(changeText).join(', ')}${state === 'done' ? '' : `  (${state})`}${undo?.state === 'done' ? '  taken back' : ''}`;
    context.print(list.length === 0 ? 'No contacts were changed in bulk yet.' : list.map(line).join('\n'), { edits: list });
  },
};

const undoEdit: Command = {
  name: 'undo-edit',
  usage: 'WORKSPACE EDIT',
  help: 'Takes a change of many contacts back, by its number as `edits` lists it, however long ago it was.\nWhat was changed later stays, and is named.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const [workspace, given] = context.positionals as [string, string];
    if (!/^\d{1,15}$/.test(given)) wrongUsage('bad-option', say('EDIT is the number of a change, not "{given}". See `kanal edits`.', { given }), { field: 'EDIT' });
    const backend = await context.open(workspace);
    const undo = await context.call(backend, 'bulkEdits.undo', { bulkEdit: Number(given) });
    const kept = undo.keptList.map(({ reason, ...each }) => ({ ...each, reason: inEnglish(reason) }));
    context.print([`Edit ${given} is taken back: ${undo.restored} have back what they had (${undo.values} values, ${undo.tags} tags, ${undo.memberships} memberships), ${undo.kept} keep something.`, ...(undo.takenOut > 0 ? [`${undo.takenOut} of them were taken out of flows, and ${undo.cancelled} planned messages were cancelled.`] : []), ...kept.map(({ name, reason }) => `  ${name}: ${reason}`)].join('\n'), { edit: Number(given), ...undo, keptList: kept });
  },
};

const attributes: Command = {
  name: 'attributes',
  usage: 'WORKSPACE [--add key:kind[:Label]]... [--rename "key=Label"]... [--choices "key=a|b|c"]... [--kind key:kind]... [--remove key]... [--dry-run]',
  help: `Lists the attributes of contacts: kind, how many have a value, what uses them. Adds, renames, changes and removes them.\nKinds: ${ATTRIBUTE_KINDS.join(', ')}. --choices adds choices; --kind changes the kind, and with --dry-run only tells what would be lost. An attribute that is used cannot be removed.`,
  options: { add: { type: 'string', multiple: true }, rename: { type: 'string', multiple: true }, choices: { type: 'string', multiple: true }, kind: { type: 'string', multiple: true }, remove: { type: 'string', multiple: true }, 'dry-run': { type: 'boolean' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const said: string[] = [];
    for (const given of listOption(context, 'add')) {
      const [key = '', kind = '', ...label] = given.split(':');
      if (!keySchema.safeParse(key).success) refuse('attribute-key', say('"{key}" cannot be the key of an attribute. Use small letters a to z, digits and _, beginning with a letter, at most 63 characters.', { key: key.slice(0, 80) }), { field: '--add' });
      await context.call(backend, 'attributes.add', { key, kind: kindNamed(kind, '--add'), label: label.join(':') || key });
      said.push(`Added ${key}.`);
    }
    for (const given of listOption(context, 'rename')) {
      const [key, label] = pairOf(given, '--rename');
      await context.call(backend, 'attributes.rename', { key, label });
      said.push(`${key} is called ${label}.`);
    }
    for (const given of listOption(context, 'choices')) {
      const [key, text] = pairOf(given, '--choices');
      const known = (await context.call(backend, 'attributes.list', {})).find((each) => each.key === key)?.choices ?? [];
      const added = text.split('|').map((choice) => choice.trim()).filter((choice) => choice !== '' && !known.includes(choice));
      await context.call(backend, 'attributes.setChoices', { key, choices: [...known.map((choice) => ({ was: choice, name: choice })), ...added.map((name) => ({ was: null, name }))] });
      said.push(`${key} has the choices ${[...known, ...added].join(', ')}.`);
    }
    for (const given of listOption(context, 'kind')) {
      const [key = '', kind = ''] = given.split(':');
      const dryRun = context.options['dry-run'] === true;
      const { kept, shortened, lost } = await context.call(backend, 'attributes.convert', { key, kind: kindNamed(kind, '--kind'), dryRun });
      said.push(`${key} ${dryRun ? 'would be' : 'is'} ${kind}: ${kept} kept, ${shortened} shortened, ${lost} lost.`);
    }
    for (const key of listOption(context, 'remove')) {
      await context.call(backend, 'attributes.remove', { key });
      said.push(`Removed ${key}.`);
    }
    const all = await context.call(backend, 'attributes.overview', {});
    const line = ({ key, label, kind, filled, usedBy, choices }: (typeof all)[number]): string => {
      const uses = [...usedBy.flows, ...usedBy.segments, ...usedBy.messages].map(({ name }) => `"${name}"`);
      return `${key.padEnd(20)}  ${kind.padEnd(8)}  ${String(filled).padStart(8)}  ${label}${choices === undefined ? '' : ` (${choices.join(', ')})`}${uses.length === 0 ? '' : `; used by ${uses.join(', ')}`}`;
    };
    context.print([...said, ...all.map(line)].join('\n'), { attributes: all });
  },
};

const companies: Command = {
  name: 'companies',
  usage: 'WORKSPACE [--search TEXT] [--rename "Name=New name"] [--merge "Name=Into"]',
  help: 'Lists companies with their contacts and orders. Renames one, or merges one into another; `undo-edit` takes that back.',
  options: { search: { type: 'string' }, rename: { type: 'string' }, merge: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const said: string[] = [];
    const done = async (bulkEdit: number | null): Promise<void> => {
      if (bulkEdit === null) return void said.push('Nobody is in it; its details were moved.');
      const row = await context.call(backend, 'bulkEdits.wait', { bulkEdit });
      said.push(`Edit ${row.id}: ${row.counts.changed} contacts changed.`);
    };
    const rename = textOption(context.options, 'rename');
    if (rename !== undefined) {
      const [name, to] = pairOf(rename, '--rename');
      await done((await context.call(backend, 'companies.rename', { key: companyKey(name), name: to })).bulkEdit);
    }
    const merge = textOption(context.options, 'merge');
    if (merge !== undefined) {
      const [name, into] = pairOf(merge, '--merge');
      await done((await context.call(backend, 'companies.merge', { key: companyKey(name), into: companyKey(into) })).bulkEdit);
    }
    const { total, rows } = await context.call(backend, 'companies.list', { search: textOption(context.options, 'search') ?? '', limit: 500 });
    const lines = rows.map(({ name, contacts, orders }) => `${String(contacts).padStart(8)}  ${name}${orders === 0 ? '' : ` (${orders} orders)`}`);
    context.print([...said, ...lines, `${total} ${total === 1 ? 'company' : 'companies'}${rows.length < total ? `, ${rows.length} shown` : ''}`].join('\n'), { total, companies: rows });
  },
};

export const manyCommands: readonly Command[] = [edit, edits, undoEdit, attributes, companies];

async function whomOf(context: CommandContext, backend: Backend): Promise<BulkWhom> {
  const addresses = listOption(context, 'contact');
  if (addresses.length > 0) {
    const contacts: number[] = [];
    for (const email of addresses) contacts.push((await context.call(backend, 'contacts.find', { email }))?.id ?? refuse('contact-unknown', say('There is no contact with the address {email}.', { email }), { field: '--contact' }));
    return { contacts, rule: null, search: '' };
  }
  const rule = await ruleFromOptions(context, backend);
  if (rule === null && context.options['all'] !== true) wrongUsage('bad-option', say('Say who is changed: --segment, --rule, --contact, or --all.'), { field: '--all' });
  return { contacts: null, rule, search: '' };
}

async function changesOf(context: CommandContext, backend: Backend): Promise<BulkChange[]> {
  const settings = await context.call(backend, 'settings.get', {});
  const known = new Map((await context.call(backend, 'attributes.list', {})).map((each): [string, Attribute] => [each.key, each]));
  const segments = await context.call(backend, 'segments.list', { sizes: false });
  const valued = (kind: 'set' | 'append', given: string): BulkChange => {
    const [key, text] = pairOf(given, `--${kind}`);
    return { kind, attribute: key, value: valueOf(known, key, text, settings) as string };
  };
  const changes: BulkChange[] = [
    ...listOption(context, 'set').map((given) => valued('set', given)),
    ...listOption(context, 'clear').map((attribute): BulkChange => ({ kind: 'clear', attribute })),
    ...listOption(context, 'append').map((given) => valued('append', given)),
    ...listOption(context, 'add-tag').map((tag): BulkChange => ({ kind: 'addTag', tag })),
    ...listOption(context, 'remove-tag').map((tag): BulkChange => ({ kind: 'removeTag', tag })),
    ...listOption(context, 'into').map((name): BulkChange => ({ kind: 'addToSegment', segment: segmentNamed(segments, name, '--into').key })),
    ...listOption(context, 'out-of').map((name): BulkChange => ({ kind: 'removeFromSegment', segment: segmentNamed(segments, name, '--out-of').key })),
  ];
  if (changes.length === 0) wrongUsage('bad-option', say('Say what is changed: --set, --clear, --append, --add-tag, --remove-tag, --into or --out-of.'), { field: '--set' });
  return changes;
}

function valueOf(known: ReadonlyMap<string, Attribute>, key: string, text: string, { locale, timeZone, currency }: Settings): AttributeValue {
  const attribute = known.get(key);
  if (attribute === undefined) refuse('attribute-unknown', withNearest(say('There is no attribute {key}. See `kanal attributes`.', { key }), key, [...known.keys()]), { field: key });
  const read = parseAttribute(text, attribute, readingFor(locale, timeZone, currency));
  return 'reason' in read ? refuse('value-unfit', read.reason, { field: key }) : read.value;
}

function changeText(change: BulkChange): string {
  switch (change.kind) {
    case 'set':
      return `${change.attribute} = ${String(change.value)}`;
    case 'clear':
      return `${change.attribute} emptied`;
    case 'append':
      return `${change.attribute} + ${String(change.value)}`;
    case 'replace':
      return `${change.attribute}: ${change.from} -> ${change.to ?? '(none)'}`;
    case 'addTag':
      return `+${change.tag}`;
    case 'removeTag':
      return `-${change.tag}`;
    case 'addToSegment':
      return `into ${change.segment}`;
    case 'removeFromSegment':
      return `out of ${change.segment}`;
  }
}

function listOption({ options }: CommandContext, name: string): string[] {
  const given = options[name];
  return Array.isArray(given) ? given : [];
}

function pairOf(given: string, option: string): [string, string] {
  const at = given.indexOf('=');
  if (at < 1 || at === given.length - 1) wrongUsage('bad-option', say('{option} takes a name, = and what it becomes; not "{given}".', { option, given }), { field: option });
  return [given.slice(0, at).trim(), given.slice(at + 1).trim()];
}

function kindNamed(kind: string, option: string): Attribute['kind'] {
  return ATTRIBUTE_KINDS.find((each) => each.toLowerCase() === kind.toLowerCase()) ?? wrongUsage('bad-option', withNearest(say('There is no kind "{kind}". There are: {kinds}.', { kind, kinds: ATTRIBUTE_KINDS.join(', ') }), kind, ATTRIBUTE_KINDS), { field: option });
}
