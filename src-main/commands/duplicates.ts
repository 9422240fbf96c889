// Commands about contacts that may be one person: the list of them, merging two, and taking a merge back.
import type { CallOutput } from '../../shared/api.ts';
import { GRADES } from '../../shared/contacts/duplicates.ts';
import { refuse } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import { instantText } from '../../shared/time.ts';
import type { Backend } from '../backend.ts';
import type { Command, CommandContext } from './command.ts';
import { wordOption } from './import-options.ts';
import { wrongUsage } from './usage.ts';

/** As many as one call answers. */
const PAGE = 200;

const list: Command = {
  name: 'duplicates',
  usage: `WORKSPACE [--grade ${GRADES.join('|')}] [--merge-certain]`,
  help: 'Lists contacts that may be one person, the surest first, with what speaks for it. Of each group the first one stays when they are merged.\n--merge-certain merges every group that is certain; each merge can be taken back with `undo-merge`.',
  options: { grade: { type: 'string' }, 'merge-certain': { type: 'boolean' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const grade = wordOption(context.options, 'grade', GRADES) ?? null;
    const backend = await context.open(context.positionals[0]!);
    if (context.options['merge-certain'] === true) {
      const done = await context.call(backend, 'duplicates.mergeCertain', {});
      context.print(`${done.merged} merged.`, done);
      return;
    }
    const groups: CallOutput<'duplicates.list'>['groups'] = [];
    let total = 0;
    do {
      const page = await context.call(backend, 'duplicates.list', { grade, again: total === 0, offset: groups.length, limit: PAGE });
      total = page.total;
      groups.push(...page.groups);
      if (page.groups.length === 0) break;
    } while (groups.length < total);
    const lines = groups.map(({ grade: of, contacts, reasons }) => [`${of}: ${reasons.map(inEnglish).join('; ')}`, ...contacts.map((contact) => `  ${contact.id}  ${nameOf(contact)}`)].join('\n'));
    context.print([...lines, `${total} ${total === 1 ? 'group' : 'groups'}`].join('\n'), { total, groups: groups.map((group) => ({ ...group, reasons: group.reasons.map(inEnglish) })) });
  },
};

const merge: Command = {
  name: 'merge',
  usage: 'WORKSPACE SURVIVOR OTHER [--take ATTRIBUTE]...',
  help: 'Merges two contacts, given by their address or their number. SURVIVOR stays, with its own values; empty ones are filled from OTHER, and --take names those that OTHER\'s value replaces. Everything else is united, and an opt-out of either holds.\nWhoever has OTHER\'s address finds SURVIVOR from now on. `undo-merge` takes it back.',
  options: { take: { type: 'string', multiple: true } },
  positionals: { min: 3, max: 3 },
  async run(context) {
    const [workspace, one, two] = context.positionals as [string, string, string];
    const backend = await context.open(workspace);
    const [survivor, other] = [await contactNamed(context, backend, one, 'SURVIVOR'), await contactNamed(context, backend, two, 'OTHER')];
    const done = await context.call(backend, 'merges.merge', { survivor, other, take: (context.options['take'] as string[] | undefined) ?? [] });
    context.print(`${two} was merged into ${one}. \`kanal undo-merge\` with number ${done.merge} takes it back.`, { ...done, survivor, other });
  },
};

const listOfMerges: Command = {
  name: 'merges',
  usage: 'WORKSPACE',
  help: 'Lists the merges of contacts, the latest first.',
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const merges = await context.call(backend, 'merges.list', { limit: 500 });
    const lines = merges.map(({ id, at, mergedName, survivorName, undoneAt }) => `${id} · ${instantText(at)} · ${mergedName} into ${survivorName}${undoneAt === null ? '' : ` · taken back ${instantText(undoneAt)}`}`);
    context.print(lines.length === 0 ? 'Nothing was merged yet.' : lines.join('\n'), { merges: merges.map((row) => ({ ...row, kept: row.kept.map(inEnglish) })) });
  },
};

const undo: Command = {
  name: 'undo-merge',
  usage: 'WORKSPACE MERGE',
  help: 'Takes a merge back, by its number as `merges` lists it: both contacts are as they were. What has happened since stays with the one that had remained, and is named.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const [workspace, given] = context.positionals as [string, string];
    if (!/^\d{1,15}$/.test(given)) wrongUsage('bad-option', say('MERGE is the number of a merge, not "{given}". See `kanal merges`.', { given }), { field: 'MERGE' });
    const backend = await context.open(workspace);
    const done = await context.call(backend, 'merges.undo', { merge: Number(given) });
    const kept = done.kept.map(inEnglish);
    context.print([`${done.name} is a contact of its own again.`, ...kept].join('\n'), { ...done, kept });
  },
};

export const duplicateCommands: Command[] = [list, merge, listOfMerges, undo];

async function contactNamed(context: CommandContext, backend: Backend, given: string, field: string): Promise<number> {
  if (/^\d{1,15}$/.test(given)) return Number(given);
  const found = await context.call(backend, 'contacts.find', { email: given });
  return found?.id ?? refuse('contact-unknown', say('There is no contact with the address {email}.', { email: given }), { field });
}

function nameOf({ values }: CallOutput<'duplicates.list'>['groups'][number]['contacts'][number]): string {
  const name = [values['first_name'], values['last_name']].filter(Boolean).join(' ');
  return [name, values['email'], values['phone']].filter((part) => part !== '' && part !== undefined && part !== null).join(' · ');
}
