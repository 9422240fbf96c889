// Writes contacts to a file that a spreadsheet opens, or that any program reads, and that an import reads back unchanged.
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Rule } from '../../shared/contacts/rule.ts';
import { regionOf } from '../../shared/contacts/locale-words.ts';
import { excelStyle, plainStyle } from '../../shared/contacts/value-text.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { writeRecord } from '../imports/records.ts';
import { turn } from '../imports/survey.ts';
import { attributesOf } from '../store/attributes.ts';
import { consentStatesFor } from '../store/consents.ts';
import { getContacts } from '../store/contacts.ts';
import { contactsMatching } from '../store/rules.ts';
import { readSettings } from '../store/settings.ts';
import { tagsFor } from '../store/tags.ts';
import type { Workspace } from '../workspace.ts';
import { exportColumns, type ExportedContact } from './export-columns.ts';

const AT_ONCE = 300;

type ExportOrder = {
  file: string;
  /** Keys; `null`: all attributes, tags and consent to e-mail. */
  columns: string[] | null;
  /** `null`: all contacts. */
  rule: Rule | null;
  /** `excel`: separator, decimal mark and dates of the workspace's region, a byte order mark, CRLF. `plain`: commas, ISO dates. */
  for: 'excel' | 'plain';
};

/**
 * Writes the file, whole or not at all: it is written beside its place and then renamed. Other calls are answered meanwhile.
 * Answers the number of contacts. Throws a ProblemError for unknown columns and places that cannot be written to.
 */
export async function exportContacts(workspace: Workspace, order: ExportOrder): Promise<{ rows: number }> {
  const { locale, timeZone, currency } = readSettings(workspace);
  const attributes = attributesOf(workspace);
  const excel = order.for === 'excel';
  const style = excel ? excelStyle(locale, timeZone, currency) : plainStyle(currency);
  const separator = excel && regionOf(locale).decimal === ',' ? ';' : ',';
  const columns = exportColumns(order.columns, attributes, style, excel);
  const ids = contactsMatching(workspace, order.rule, { limit: Number.MAX_SAFE_INTEGER });
  const line = (cells: string[]): string => writeRecord(cells, separator, '"', '\r\n');
  const unfinished = `${order.file}.part`;
  refuseFolder(order.file);
  try {
    mkdirSync(dirname(order.file), { recursive: true });
    const handle = await open(unfinished, 'w');
    let rows = 0;
    try {
      await handle.write(`${excel ? '\ufeff' : ''}${line(columns.map(({ name }) => name))}`);
      for (let at = 0; at < ids.length; at += AT_ONCE) {
        const contacts = contactsFor(workspace, ids.slice(at, at + AT_ONCE), attributes);
        rows += contacts.length;
        await handle.write(contacts.map((contact) => line(columns.map(({ cell }) => cell(contact)))).join(''));
        await turn();
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, order.file);
    return { rows };
  } catch (error) {
    rmSync(unfinished, { force: true });
    refuseUnwritable(order.file, error);
    throw error;
  }
}

function contactsFor(workspace: Workspace, ids: readonly number[], attributes: ReturnType<typeof attributesOf>): ExportedContact[] {
  const contacts = getContacts(workspace, ids, attributes);
  const tags = tagsFor(workspace, ids);
  const email = consentStatesFor(workspace, ids, 'email');
  const sms = consentStatesFor(workspace, ids, 'sms');
  return ids.flatMap((id) => {
    const contact = contacts.get(id);
    return contact === undefined ? [] : [{ ...contact, tags: tags.get(id) ?? [], emailConsent: email.get(id) ?? '', smsConsent: sms.get(id) ?? '' }];
  });
}

function refuseFolder(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) refuse('not-a-file', say('{file} is a folder. Give the file a name inside it, such as contacts.csv.', { file }), { file });
}

function refuseUnwritable(file: string, error: unknown): void {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') refuse('file-unwritable', say('{file} cannot be written: permission is missing, or another program has it open. Choose another place or close it there.', { file }), { file });
  if (code === 'ENOSPC') refuse('disk-full', say('There is no room left for {file}. Nothing was exported; free some space and try again.', { file }), { file });
  if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'ENAMETOOLONG') refuse('file-unwritable', say('{file} cannot be a file here: check its path.', { file }), { file });
}
