// The command line about contacts: in from files, out to files, and looked at.
import { basename, resolve } from 'node:path';
import type { CallOutput, ImportRow } from '../../shared/api.ts';
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { refuse } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import { instantText } from '../../shared/time.ts';
import type { Backend } from '../backend.ts';
import type { Command, CommandContext } from './command.ts';
import { ruleFromOptions } from './rule-option.ts';
import { importReport, progressLine, undoReport } from './import-report.ts';
import { importOrders } from './order-files.ts';
import { planFromOptions, readingOptions, textOption, wordOption } from './import-options.ts';
import { wrongUsage } from './usage.ts';

const importContacts: Command = {
  name: 'import',
  usage: 'WORKSPACE FILE [--map "Column=attribute"]... [--existing update|fill|skip] [--existing "Column=keep|overwrite|fill|append"]... [--match KEYS] [--duplicates merge|first|last] [--consent CHANNEL[,CHANNEL][:TOPIC] --consent-source TEXT] [--tag T]... [--start-flows] [--rejects FILE] [--segment NAME [--replace-segment]] [--profile] [--recipe NAME] [--dry-run]',
  help: [
    'Takes the contacts of a CSV file into a workspace.',
    'Encoding, separator, header and columns are recognised; --encoding, --separator, --header-line, --decimal and --date-order (dmy, mdy, ymd) overrule a wrong guess; --sheet names the sheet of a workbook.',
    '--map says what a column is: an attribute\'s key, a new key (points, points:number), tags, consent:email, consent:sms, status (a word such as "unsubscribed" or "cleaned"), or ignore.',
    '--existing says what happens to values that a contact has already: update (the file wins), fill (only empty ones), skip (the contact stays as it is). Empty cells never empty anything. For one column, keep, overwrite, fill or append (to lists) says otherwise.',
    '--match says by what contacts are found: email, phone, external_id, or several in order ("external_id,email"). --duplicates says what becomes of rows about the same person: merge, or only the first or the last is taken.',
    '--profile matches the columns as they were matched the last time for a file with the same header.',
    '--segment puts everybody of the file into a fixed segment, which is made if there is none of that name; --replace-segment takes everybody else out of it.',
    '--recipe does an import again as it was saved under a name (see recipes); the other options that say how are not looked at.',
    '--consent gives consent to every row, or, where the file has a column for it, to those that say yes. Opt-outs are never lifted.',
    'Flows do not start for imported contacts unless --start-flows is given. Rejected rows go to FILE-rejected.csv beside the file, or to --rejects.',
    '--dry-run tells what would happen and writes nothing. Importing the same file again changes nothing, and finishes an import that was broken off.',
  ].join('\n'),
  options: {
    map: { type: 'string', multiple: true },
    existing: { type: 'string', multiple: true },
    match: { type: 'string' },
    duplicates: { type: 'string' },
    consent: { type: 'string' },
    'consent-source': { type: 'string' },
    tag: { type: 'string', multiple: true },
    'start-flows': { type: 'boolean' },
    rejects: { type: 'string' },
    'dry-run': { type: 'boolean' },
    encoding: { type: 'string' },
    separator: { type: 'string' },
    sheet: { type: 'string' },
    'header-line': { type: 'string' },
    decimal: { type: 'string' },
    'date-order': { type: 'string' },
    profile: { type: 'boolean' },
    recipe: { type: 'string' },
    segment: { type: 'string' },
    'replace-segment': { type: 'boolean' },
  },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const { options } = context;
    const file = resolve(context.positionals[1]!);
    const dryRun = options['dry-run'] === true;
    const rejects = textOption(options, 'rejects');
    if (dryRun && options.recipe !== undefined) wrongUsage('bad-option', say('A recipe is carried out for good: leave out --dry-run, or --recipe.'), { field: '--dry-run' });
    const backend = await context.open(context.positionals[0]!);
    const inspection = await context.call(backend, 'imports.inspect', { file, reading: readingOptions(options), useProfile: options.profile === true });
    const plan = planFromOptions(file, inspection, await context.call(backend, 'attributes.list', {}), options);
    if (!inspection.reading.sure) context.progress(`The way ${basename(file)} is read is a guess: ${plan.reading.encoding}, separator "${plan.reading.separator}", dates ${plan.reading.dateOrder}. See --help for how to say it.`);
    const stopTelling = tellProgress(backend, context);
    const recipe = textOption(options, 'recipe');
    const started: { import: number; plan?: ImportPlan } = recipe !== undefined ? await context.call(backend, 'recipes.run', { recipe, file, rejectsFile: rejects === undefined ? null : resolve(rejects) }) : await context.call(backend, 'imports.start', { file, plan, rejectsFile: rejects === undefined ? null : resolve(rejects), dryRun });
    const done = await context.call(backend, 'imports.wait', { import: started.import });
    stopTelling();
    const { human, json } = importReport(done, started.plan ?? plan, inspection, dryRun);
    context.print(human, json);
  },
};

const listImports: Command = {
  name: 'imports',
  usage: 'WORKSPACE [--leave IMPORT]',
  help: 'Lists the imports of a workspace, the newest first.\nOne that was broken off is told of with every command until its file was imported again or it was taken back; --leave leaves it as it is.',
  options: { leave: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const leave = textOption(context.options, 'leave');
    const backend = await context.open(context.positionals[0]!);
    if (leave !== undefined) await context.call(backend, 'imports.leaveSo', { import: importNumber(leave, '--leave') });
    const imports = await context.call(backend, 'imports.list', {});
    context.print(imports.length === 0 ? 'Nothing was imported yet.' : imports.map(importLine).join('\n'), { imports });
  },
};

const undoImport: Command = {
  name: 'undo-import',
  usage: 'WORKSPACE IMPORT',
  help: 'Takes an import back, by its number as `imports` lists it, until 90 days after its end.\nContacts that it added are removed unless they have lived since; values, tags and consents become what they were. What was changed later stays, and is named.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const [workspace, given] = context.positionals as [string, string];
    const id = importNumber(given, 'IMPORT');
    const backend = await context.open(workspace);
    const undo = await context.call(backend, 'imports.undo', { import: id });
    const kind = (await context.call(backend, 'imports.list', {})).find((each) => each.id === id)?.kind ?? 'contacts';
    context.print(undoReport(id, undo, kind), { import: id, ...undo, keptList: undo.keptList.map(({ reason, ...kept }) => ({ ...kept, reason: inEnglish(reason) })) });
  },
};

const listContacts: Command = {
  name: 'contacts',
  usage: 'WORKSPACE [--segment S | --rule FILE] [--search TEXT] [--limit N]',
  help: 'Lists contacts, the newest first.\n--segment takes its name or its key; --rule a file with a rule as JSON; --search looks in names, addresses, phone numbers and external ids.',
  options: { segment: { type: 'string' }, rule: { type: 'string' }, search: { type: 'string' }, limit: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const limit = limitOf(context);
    const backend = await context.open(context.positionals[0]!);
    const asked = { rule: await ruleFromOptions(context, backend), search: textOption(context.options, 'search') ?? '' };
    const contacts: CallOutput<'contacts.list'>['rows'] = [];
    let total = 0;
    do {
      const page = await context.call(backend, 'contacts.list', { ...asked, offset: contacts.length, limit: Math.min(500, limit - contacts.length) });
      total = page.total;
      contacts.push(...page.rows);
      if (page.rows.length === 0) break;
    } while (contacts.length < Math.min(total, limit));
    const lines = contacts.map(({ values, tags, emailConsent, suppressed }) =>
      [nameOf(values), [values['first_name'], values['last_name']].filter(Boolean).join(' '), `consent: ${emailConsent}${suppressed ? ', suppressed' : ''}`, tags.join(', ')].filter((part) => part !== '').join(' · '),
    );
    context.print([...lines, `${total} ${total === 1 ? 'contact' : 'contacts'}${contacts.length < total ? `, ${contacts.length} shown` : ''}`].join('\n'), { total, contacts });
  },
};

const showContact: Command = {
  name: 'contact',
  usage: 'WORKSPACE EMAIL',
  help: 'Shows a contact: attributes, tags, consent, flows and what happened.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const [workspace, email] = context.positionals;
    const backend = await context.open(workspace!);
    const found = await context.call(backend, 'contacts.find', { email: email! });
    if (found === null) refuse('contact-unknown', say('There is no contact with the address {email}.', { email: email! }), { field: 'EMAIL' });
    const contact = inPlain(await context.call(backend, 'contacts.get', found));
    const timeline = await context.call(backend, 'contacts.timeline', { ...found, limit: 500 });
    context.print(contactText(contact, timeline), { ...contact, timeline });
  },
};

const exportContacts: Command = {
  name: 'export',
  usage: 'WORKSPACE FILE [--segment S | --rule FILE] [--columns a,b] [--for excel|plain] [--profile NAME] [--save-profile NAME]',
  help: 'Writes contacts to a CSV file; importing it again changes nothing.\n--for excel writes it as the spreadsheets of the workspace\'s region read it. Columns are the keys of attributes, and tags, email_consent, sms_consent.\n--save-profile keeps the columns, their order and --for under a name; --profile takes them from there, where nothing else is said.',
  options: { segment: { type: 'string' }, rule: { type: 'string' }, columns: { type: 'string' }, for: { type: 'string' }, profile: { type: 'string' }, 'save-profile': { type: 'string' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const file = resolve(context.positionals[1]!);
    const said = wordOption(context.options, 'for', ['excel', 'plain'] as const);
    const named = textOption(context.options, 'columns')?.split(',').map((key) => key.trim()).filter((key) => key !== '');
    const backend = await context.open(context.positionals[0]!);
    const profile = await profileFromOptions(context, backend);
    const how = said ?? profile?.for ?? 'plain';
    const columns = named ?? profile?.columns ?? null;
    const { rows } = await context.call(backend, 'exports.contacts', { file, columns, rule: await ruleFromOptions(context, backend), for: how });
    const kept = textOption(context.options, 'save-profile');
    if (kept !== undefined) await context.call(backend, 'exports.saveProfile', { name: kept, columns, for: how });
    context.print(`Wrote ${rows} ${rows === 1 ? 'contact' : 'contacts'} to ${file}.`, { file, rows });
  },
};

async function profileFromOptions(context: CommandContext, backend: Backend): Promise<CallOutput<'exports.profiles'>[number] | undefined> {
  const asked = textOption(context.options, 'profile');
  if (asked === undefined) return undefined;
  const profiles = await context.call(backend, 'exports.profiles', {});
  const found = profiles.find(({ key, name }) => key === asked || name.toLowerCase() === asked.toLowerCase());
  return found ?? refuse('profile-unknown', say('There is no export profile "{name}". There are: {known}.', { name: asked, known: profiles.map(({ name }) => name).join(', ') || 'none' }), { field: '--profile' });
}

const recordEvents: Command = {
  name: 'event',
  usage: 'WORKSPACE FILE',
  help: 'Records what happened to contacts, from a table (CSV) or one JSON object on each line (NDJSON).\nEach has email and type, and may have at (a time), eventId (the same one twice changes nothing) and properties of its own.\nWhat comes in is an import: it is in the history, and undo-import takes it back; rejected lines go to FILE-rejected beside it.\nA table of orders (order number, date, address, amount, and perhaps currency and product) is recognised by its header; an order that is known changes as far as the file says something else; rejected rows go to FILE-rejected.csv beside it.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const file = resolve(context.positionals[1]!);
    const backend = await context.open(context.positionals[0]!);
    if (await importOrders(context, backend, file)) return;
    const done = await context.call(backend, 'events.importFile', { file });
    const rejected = done.rejected.map(({ line, problem: { code, text } }) => ({ line, code, message: inEnglish(text) }));
    rejected.sort((a, b) => a.line - b.line);
    for (const { line, message } of rejected.slice(0, 50)) context.progress(message.startsWith('Line ') ? message : `Line ${line}: ${message}`);
    if (done.counts.rejected > 50) context.progress(`and ${done.counts.rejected - 50} more; --json lists them all`);
    if (done.rejectsFile !== null) context.progress(`Rejected lines, with the reasons: ${done.rejectsFile}`);
    const { added, updated, unchanged } = done.counts;
    context.print(`${added} recorded, ${updated === 0 ? '' : `${updated} orders changed, `}${unchanged} known already, ${done.counts.rejected} rejected.`, { import: done.import, recorded: added, changed: updated, known: unchanged, rejected, rejectsFile: done.rejectsFile });
  },
};

export const contactCommands: Command[] = [importContacts, listImports, undoImport, listContacts, showContact, exportContacts, recordEvents];

/** A line on standard error about every second while an import runs. */
function tellProgress(backend: Backend, context: CommandContext): () => void {
  let told = performance.now();
  return backend.on((event) => {
    if (event.type !== 'import' || event.progress.state !== 'running' || performance.now() - told < 1000) return;
    told = performance.now();
    context.progress(progressLine(event.progress));
  });
}

function importLine({ id, fileName, startedAt, state, counts, undo }: ImportRow): string {
  const after = undo === null ? '' : undo.state === 'done' ? ' · taken back' : ' · partly taken back';
  return `${id} · ${instantText(startedAt)} · ${fileName} · ${state} · ${counts.rows} rows: ${counts.added} added, ${counts.updated} updated, ${counts.unchanged} unchanged, ${counts.skipped} skipped, ${counts.rejected} rejected${after}`;
}

function importNumber(given: string, field: string): number {
  if (!/^\d{1,15}$/.test(given)) wrongUsage('bad-option', say('IMPORT is the number of an import, not "{given}". See `kanal imports`.', { given }), { field });
  return Number(given);
}

function limitOf({ options }: CommandContext): number {
  const given = textOption(options, 'limit');
  if (given === undefined) return Number.POSITIVE_INFINITY;
  if (!/^\d{1,9}$/.test(given)) wrongUsage('bad-option', say('--limit is a number of contacts, not "{given}".', { given }), { field: '--limit' });
  return Number(given);
}

function nameOf(values: Record<string, AttributeValue>): string {
  return String(values['email'] ?? values['phone'] ?? values['external_id'] ?? '');
}

/** With the names of steps as scripts read them. */
function inPlain(contact: CallOutput<'contacts.get'>) {
  return { ...contact, flows: contact.flows.map((each) => ({ ...each, stepName: each.stepName && inEnglish(each.stepName) })) };
}

function contactText(contact: ReturnType<typeof inPlain>, timeline: CallOutput<'contacts.timeline'>): string {
  const part = (title: string, lines: string[]): string[] => (lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]);
  return [
    `${nameOf(contact.values)}${contact.suppressed ? ' (suppressed)' : ''}`,
    ...part('Attributes', Object.entries(contact.values).map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)),
    ...part('Tags', contact.tags),
    ...part('Consent', contact.consents.map(({ channel, topic, state, source, file, at }) => `${channel}${topic === '' ? '' : ` about ${topic}`} ${state}, ${instantText(at)}, ${source}${file === null ? '' : ` (${file})`}`)),
    ...part('Suppressed', contact.suppressions.map(({ reason, at }) => `${instantText(at)}, ${reason}`)),
    ...part('Flows', contact.flows.map(({ flowName, state, stepName, exitReason }) => [flowName, state, stepName, exitReason].filter(Boolean).join(', ')).concat(contact.flows.length < contact.passages ? [`${contact.flows.length} of ${contact.passages}: earlier ones are not shown.`] : [])),
    ...part('What happened', timeline.map(({ at, type, source, flow, data }) => `${instantText(at)} ${type} (${flow ?? source})${Object.keys(data).length === 0 ? '' : ` ${JSON.stringify(data)}`}`)),
  ].join('\n');
}
