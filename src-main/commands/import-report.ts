// What `kanal import` answers: for people, and as a document.
import type { BrokenOffImport, FileInspection, ImportRow } from '../../shared/api.ts';
import { consentChannels, type ColumnTarget, type ImportKind, type ImportPlan, type ImportProgress, type ImportUndo } from '../../shared/contacts/import-plan.ts';
import { inEnglish } from '../../shared/text.ts';
import { instantText } from '../../shared/time.ts';

/** The result of an import or a dry run; fields of `json` keep their names. */
export function importReport(done: ImportRow, plan: ImportPlan, inspection: FileInspection, dryRun: boolean): { human: string; json: unknown } {
  const { counts } = done;
  const notes = notesOn(plan, inspection);
  const created = plan.columns.flatMap(({ target }) => (target.kind === 'newAttribute' ? [target.attribute] : []));
  const sum = `${counts.rows} ${counts.rows === 1 ? 'row' : 'rows'}: ${counts.added} added, ${counts.updated} updated, ${counts.unchanged} unchanged, ${counts.skipped} skipped, ${counts.rejected} rejected${counts.more === undefined ? '' : `, ${counts.more} more of the orders above`}`;
  const lines = [
    dryRun ? `Nothing was written. It would be ${sum}.` : `${done.state === 'done' ? '' : `The import was ${done.state}. `}${sum}.`,
    ...(counts.suppressed > 0 ? [`${counts.suppressed} of them ${counts.suppressed === 1 ? 'has' : 'have'} opted out or ${counts.suppressed === 1 ? 'is' : 'are'} suppressed; that stays so.`] : []),
    ...((counts.erased ?? 0) > 0 ? [`${counts.erased} not imported: the person was erased, and asked to be forgotten.`] : []),
    ...(created.length > 0 ? [`New attributes: ${created.join(', ')}.`] : []),
    ...(done.rejectsFile === null ? [] : [`Rejected rows, with the reasons: ${done.rejectsFile}`]),
    ...notes,
  ];
  return {
    human: lines.join('\n'),
    json: {
      import: dryRun ? null : done.id,
      dryRun,
      state: done.state,
      fileName: done.fileName,
      fileHash: done.fileHash,
      counts,
      rejectsFile: done.rejectsFile,
      reading: plan.reading,
      columns: plan.columns.map(({ header, target }) => ({ column: header, ...described(target) })),
      notes,
    },
  };
}

function described(target: ColumnTarget): { to: string; created?: boolean; kind?: string } {
  if (target.kind === 'attribute') return { to: target.attribute };
  if (target.kind === 'newAttribute') return { to: target.attribute, created: true, kind: target.attributeKind };
  return { to: target.kind === 'consent' || target.kind === 'status' ? `${target.kind}:${target.channel}` : target.kind };
}

function notesOn(plan: ImportPlan, { importedBefore, profile }: FileInspection): string[] {
  const sourced = consentChannels(plan);
  const unsourced = plan.columns.filter(({ target }) => (target.kind === 'consent' || target.kind === 'status') && !sourced.includes(target.channel)).map(({ header }) => `"${header}"`);
  return [
    ...(profile === null ? [] : [`The columns were matched as those of ${profile.name}.`]),
    ...(importedBefore === null ? [] : [`This very file was imported before, at ${instantText(importedBefore.at)}.`]),
    ...(unsourced.length === 0 ? [] : [`${unsourced.length === 1 ? `The column ${unsourced[0]} says` : `The columns ${unsourced.join(' and ')} say`} who has consented. Only the opt-outs in ${unsourced.length === 1 ? 'it' : 'them'} were taken: say where the consent comes from with --consent-source.`]),
  ];
}

/** How far an import is, for people. */
export function progressLine({ checking, counts, bytesRead, bytesTotal, rowsPerSecond, secondsLeft }: ImportProgress): string {
  const share = bytesTotal === 0 ? 100 : Math.min(100, Math.round((bytesRead * 100) / bytesTotal));
  const left = secondsLeft === null ? [] : [secondsLeft < 90 ? `${secondsLeft} s left` : `about ${Math.round(secondsLeft / 60)} min left`];
  return [`${checking ? 'Checking the file: ' : ''}${counts.rows} rows`, `${share} %`, ...(rowsPerSecond === null ? [] : [`${rowsPerSecond} rows a second`]), ...left].join(', ');
}

/** What was broken off, and what can be done about it, for people. */
export function brokenOffText(workspaceFile: string, { import: { id, fileName, startedAt, counts, undo, canUndo }, file }: BrokenOffImport): string {
  const takeBack = `kanal undo-import ${workspaceFile} ${id}`;
  const leave = `\`kanal imports ${workspaceFile} --leave ${id}\` leaves it as it is.`;
  if (undo !== null) return `Taking back import ${id} of ${fileName} was broken off. ${canUndo ? `\`${takeBack}\` goes on with it; ` : ''}${leave}`;
  const again = file === null ? 'Import the same file again to finish it' : `Import ${file} again to finish it`;
  return `Import ${id} of ${fileName}, begun at ${instantText(startedAt)}, was broken off after ${counts.rows} ${counts.rows === 1 ? 'row' : 'rows'}. ${again}${canUndo ? `, or take it back with \`${takeBack}\`` : ''}; ${leave}`;
}

/** What taking an import back has done, for people. */
export function undoReport(id: number, undo: ImportUndo, kind: ImportKind): string {
  const { removed, restored, values, tags, consents, kept, inFlows, takenOut, cancelled, leftFlows, keptList } = undo;
  return [
    kind !== 'contacts'
      ? `Import ${id} is taken back: ${removed} ${kind} removed${restored > 0 ? `, ${restored} orders as they were before` : ''}${kept > 0 ? `, ${kept} left as they are, wholly or in part` : ''}.`
      : `Import ${id} is taken back: ${removed} ${removed === 1 ? 'contact' : 'contacts'} removed, ${restored} given back what they had (${values} values, ${tags} tags, ${consents} consents), ${kept} left as they are, wholly or in part.`,
    ...(takenOut > 0 ? [`${takenOut} of them were taken out of flows, and ${cancelled} planned messages were cancelled.`] : []),
    ...(leftFlows > 0 ? [`${leftFlows} had left flows because the import said that they opt out, and do not come back into them by themselves.`] : []),
    ...(inFlows > 0 ? [`${inFlows} of its contacts are in a flow now, and stay there.`] : []),
    ...keptList.map(({ name, reason }) => `  ${name}: ${inEnglish(reason)}`),
    ...(kept > 0 && keptList.length >= 500 ? ['  and more.'] : []),
  ].join('\n');
}
