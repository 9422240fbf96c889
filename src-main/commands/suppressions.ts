// Commands about addresses and domains that are never written to.
import { resolve } from 'node:path';
import type { SuppressionRow } from '../../shared/api.ts';
import { refuse } from '../../shared/problem.ts';
import { inEnglish, say, type Text } from '../../shared/text.ts';
import { instantText } from '../../shared/time.ts';
import type { Command, CommandContext } from './command.ts';

const suppress: Command = {
  name: 'suppress',
  usage: 'WORKSPACE ADDRESS REASON',
  help: 'Never write to this address again, whatever a flow or an import says.\nADDRESS is an e-mail address, a phone number, or a whole domain: "*@example.com".',
  positionals: { min: 3, max: 3 },
  async run(context) {
    const [workspace, address, reason] = context.positionals as [string, string, string];
    const backend = await context.open(workspace);
    await context.call(backend, 'contacts.suppress', { address, reason });
    context.print(`${address} is suppressed: ${reason}.`, { address, reason });
  },
};

const unsuppress: Command = {
  name: 'unsuppress',
  usage: 'WORKSPACE ADDRESS REASON [--confirm]',
  help: 'Takes an address or a domain off the list of those never to be written to. The reason is kept in the audit.\nWho has complained of spam, and who was erased, is taken off only with --confirm. ADDRESS may be that of somebody who was erased.',
  options: { confirm: { type: 'boolean' } },
  positionals: { min: 3, max: 3 },
  async run(context) {
    const [workspace, address, reason] = context.positionals as [string, string, string];
    const backend = await context.open(workspace);
    const { rows } = await context.call(backend, 'suppressions.list', { search: address, limit: 500 });
    const wanted = address.trim().toLowerCase();
    const found = rows.find((row) => row.address === wanted || row.address === `*${wanted}`) ?? rows.find(({ kind }) => kind === 'erased') ?? refuse('suppression-unknown', say('{address} is not on the list. See `kanal suppressions`.', { address }), { field: 'ADDRESS' });
    await context.call(backend, 'suppressions.remove', { id: found.id, reason, confirmed: context.options['confirm'] === true });
    context.print(`${address} is off the list.`, { address, was: found.reason, reason });
  },
};

const list: Command = {
  name: 'suppressions',
  usage: 'WORKSPACE [--search TEXT]',
  help: 'Lists who is never written to, the newest first.\n--search looks in addresses, domains and reasons; a whole address also finds its domain, and somebody who was erased.',
  options: { search: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const search = (context.options['search'] as string | undefined) ?? '';
    const all: SuppressionRow[] = [];
    for (;;) {
      const page = await context.call(backend, 'suppressions.list', { search, offset: all.length, limit: 500 });
      all.push(...page.rows);
      if (page.rows.length === 0 || all.length >= page.total) break;
    }
    const lines = all.map(({ kind, address, reason, at, source }) => `${kind === 'erased' ? '(erased)' : address} · ${reason} · ${instantText(at)} · ${source}`);
    context.print([...lines, `${all.length} suppressed.`].join('\n'), { total: all.length, suppressions: all });
  },
};

const importList: Command = {
  name: 'suppressions import',
  usage: 'WORKSPACE FILE [--reason TEXT]',
  help: 'Suppresses every address and domain of a file: one on each line, or a table with an address, and perhaps a reason, in each row.',
  options: { reason: { type: 'string' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const reason = context.options['reason'] as string | undefined;
    const answer = await context.call(backend, 'suppressions.importFile', { file: resolve(context.positionals[1]!), ...(reason !== undefined && { reason }) });
    tellRefused(context, answer);
    context.print(`${answer.added} suppressed, ${answer.known} were already, ${answer.refusedCount} not understood.`, { ...answer, refused: answer.refused.map((each) => ({ ...each, reason: inEnglish(each.reason) })) });
  },
};

function tellRefused(context: CommandContext, { refused, refusedCount }: { refused: readonly { line: number; address: string; reason: Text }[]; refusedCount: number }): void {
  for (const { line, reason } of refused.slice(0, 20)) context.progress(`Line ${line}: ${inEnglish(reason)}`);
  if (refusedCount > 20) context.progress(`and ${refusedCount - 20} more; --json lists the first ${refused.length}`);
}

const exportList: Command = {
  name: 'suppressions export',
  usage: 'WORKSPACE FILE',
  help: 'Writes the list of those never to be written to as CSV. Of people who were erased nobody has the address; see "erased export".',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const file = resolve(context.positionals[1]!);
    const backend = await context.open(context.positionals[0]!);
    const { rows } = await context.call(backend, 'suppressions.exportFile', { file });
    context.print(`Wrote ${rows} to ${file}.`, { file, rows });
  },
};

export const suppressionCommands: Command[] = [suppress, unsuppress, list, importList, exportList];
