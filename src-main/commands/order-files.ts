// `kanal event` with a table of orders: it goes in by the import of orders, which knows shops' exports, keeps a file of what was
// rejected, and can be taken back.
import type { Backend } from '../backend.ts';
import { readHead } from '../imports/source.ts';
import type { CommandContext } from './command.ts';

const NEEDED = ['number', 'at', 'amount'];
/** A file that says what happened is one of events. */
const TYPE_NAMES = /^(type|event|event_?type|event_?name)$/i;

/** Imports the file if it is a table of orders, and says what was done; answers false, with nothing done, for any other. */
export async function importOrders(context: CommandContext, backend: Backend, file: string): Promise<boolean> {
  if (/^\uFEFF?\s*[[{]/.test(readHead(file, 4096).toString('utf8'))) return false;
  const { plan } = await context.call(backend, 'imports.inspect', { file, kind: 'orders', useProfile: false });
  const fields = new Set(plan.columns.flatMap(({ target }) => (target.kind === 'order' ? [target.field as string] : [])));
  if (!NEEDED.every((field) => fields.has(field)) || plan.columns.some(({ header }) => TYPE_NAMES.test(header.trim()))) return false;
  const known = plan.columns.flatMap(({ target }) => (target.kind === 'attribute' ? [target.attribute] : []));
  const match = known.includes('email') ? plan.match : (['external_id', 'phone'] as const).filter((key) => known.includes(key));
  const { import: id } = await context.call(backend, 'imports.start', { file, plan: { ...plan, match: match.length === 0 ? plan.match : [...match] } });
  const done = await context.call(backend, 'imports.wait', { import: id });
  const { added, updated, unchanged, rejected, more = 0 } = done.counts;
  const rejects = done.rejectsFile === null ? '' : `\nRejected rows, with the reasons: ${done.rejectsFile}`;
  const changed = updated === 0 ? '' : `${updated} changed, `;
  context.print(`${added} orders recorded from ${done.counts.rows} rows, ${changed}${unchanged} known already, ${rejected} rejected.${rejects}`, { kind: 'orders', import: id, recorded: added, changed: updated, known: unchanged, more, rejectedRows: rejected, rejectsFile: done.rejectsFile });
  return true;
}
