// The access report of a person: all that is known of them, as JSON for machines or as a PDF to hand over (FEATURES B15).
import { extname } from 'node:path';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { instantText } from '../../shared/time.ts';
import { refuseUnknownContact } from '../store/contacts.ts';
import { everythingAbout } from '../store/person.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';
import { pdfOf } from './pdf.ts';
import { reportContent } from './report-content.ts';
import { writeWhole } from './write-whole.ts';

/** Writes the report, by the file's ending. `language`: of the PDF's words (en, da, nl, pl, sv). Throws a ProblemError for an unknown contact or another ending. */
export async function writeAccessReport(workspace: Workspace, contactId: number, file: string, language: string): Promise<void> {
  const ending = extname(file).toLowerCase();
  if (ending !== '.json' && ending !== '.pdf') refuse('report-ending', say('A report is a .json or a .pdf file; {file} is neither.', { file }), { file });
  const known = everythingAbout(workspace, contactId) ?? refuseUnknownContact(contactId);
  const settings = readSettings(workspace);
  const madeAt = workspace.clock.now();
  if (ending === '.json') {
    const { name, postalAddress, timeZone } = settings;
    const document = { kanalAccessReport: 1, madeAt: instantText(madeAt), madeBy: { name, postalAddress, timeZone }, ...known };
    await writeWhole(file, (write) => write(`${JSON.stringify(document, null, 2)}\n`));
    return;
  }
  const bytes = await pdfOf(reportContent(known, settings, madeAt, language));
  await writeWhole(file, (write) => write(bytes));
}
