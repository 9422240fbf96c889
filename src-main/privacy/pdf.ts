// Makes a PDF out of headed lists, in a typeface that is packed into it and has the letters of every language of the program.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assetsFolder } from '../folders.ts';

/** A table below a heading; `empty`: what stands there instead when it has no rows. Widths are in points, cells without one share what is left. */
export type PdfSection = { title: string; columns: readonly { head: string; width: number | null }[]; rows: readonly (readonly string[])[]; empty: string };
export type PdfDocument = { language: string; title: string; lines: readonly string[]; sections: readonly PdfSection[]; page: (page: number, of: number) => string };

const GREY = '#666666';

/** The bytes of the document, A4. Throws when the typeface is not there, which is a broken installation. */
export async function pdfOf({ language, title, lines, sections, page }: PdfDocument): Promise<Uint8Array> {
  const { default: pdfmake } = await import('pdfmake');
  const font = (weight: string): string => {
    const path = join(assetsFolder(), 'fonts', `Roboto-${weight}.ttf`);
    if (!existsSync(path)) throw new Error(`The typeface ${path} is missing`);
    return path;
  };
  const [normal, bold] = [font('Regular'), font('Medium')];
  pdfmake.setFonts({ Roboto: { normal, bold, italics: normal, bolditalics: bold } });
  // Nothing in a document may lead to the network, or to other files of this computer.
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => path === normal || path === bold);
  const made = pdfmake.createPdf({
    pageSize: 'A4',
    pageMargins: [48, 56, 48, 56],
    language,
    info: { title, creator: 'Kanal', producer: 'Kanal' },
    defaultStyle: { font: 'Roboto', fontSize: 9, lineHeight: 1.15 },
    footer: (current, of) => ({ text: page(current, of), alignment: 'right', margin: [48, 20, 48, 0], color: GREY, fontSize: 8 }),
    content: [
      { text: title, fontSize: 18, bold: true, margin: [0, 0, 0, 8] },
      ...lines.map((text) => ({ text, color: GREY, margin: [0, 0, 0, 2] })),
      ...sections.map(tableOf),
    ],
  });
  return new Uint8Array(await made.getBuffer());
}

/** The heading is a part of the table, so that it never stays behind at the foot of a page, and stands over each page of a long table. */
function tableOf({ title, columns, rows, empty }: PdfSection): object {
  const heading = { text: title, fontSize: 12, bold: true, margin: [0, 12, 0, 0] };
  if (rows.length === 0) return { unbreakable: true, stack: [heading, { text: empty, color: GREY, margin: [0, 4, 0, 0] }] };
  return {
    layout: LAYOUT,
    table: {
      headerRows: 2,
      keepWithHeaderRows: 1,
      // A row goes over to the next page as a whole, unless it is longer than one.
      dontBreakRows: rows.every((cells) => cells.every((text) => text.length < LONG)),
      widths: columns.map(({ width }) => width ?? '*'),
      body: [
        [{ ...heading, colSpan: columns.length }, ...columns.slice(1).map(() => ({}))],
        columns.map(({ head }) => ({ text: head, bold: true, color: GREY })),
        ...rows.map((cells) => cells.map((text) => ({ text: breakable(text) }))),
      ],
    },
  };
}

const LONG = 2000;
/** The line below the heads of the columns. */
const HEAD = 2;

/** Thin lines between rows, a stronger one below the head. */
const LAYOUT = {
  hLineWidth: (line: number, node: { table: { body: unknown[] } }): number => (line <= 1 || line === node.table.body.length ? 0 : line === HEAD ? 1 : 0.5),
  vLineWidth: (): number => 0,
  hLineColor: (line: number): string => (line === HEAD ? '#999999' : '#dddddd'),
  paddingLeft: (column: number): number => (column === 0 ? 0 : 8),
  paddingRight: (): number => 0,
  paddingTop: (): number => 3,
  paddingBottom: (): number => 3,
};

/** Long words would push a table over the edge of the page: they may be broken where an address or a path has its joints, or anywhere if need be. */
function breakable(text: string): string {
  return text.replaceAll(/\S{18,}/g, (word) => word.replaceAll(/[@./_\-=&?,;:+]+(?=[^\s])|[^\s@./_\-=&?,;:+]{14}(?=[^\s])/g, '$&\u200b'));
}
