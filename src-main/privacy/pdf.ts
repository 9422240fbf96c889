// Makes a PDF out of headed lists, in a typeface that is packed into it and has the letters of every language of the program.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assetsFolder } from '../folders.ts';

/** A table below a heading; `empty`: what stands there instead when it has no rows. */
export type PdfSection = { title: string; head: readonly string[]; rows: readonly (readonly string[])[]; empty: string };
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
      ...sections.flatMap((section) => [{ text: section.title, fontSize: 12, bold: true, margin: [0, 16, 0, 4] }, tableOf(section)]),
    ],
  });
  return new Uint8Array(await made.getBuffer());
}

function tableOf({ head, rows, empty }: PdfSection): object {
  if (rows.length === 0) return { text: empty, color: GREY };
  const widths = head.map((_, index) => (index === head.length - 1 ? '*' : 'auto'));
  return {
    layout: 'lightHorizontalLines',
    table: {
      headerRows: 1,
      widths,
      body: [head.map((text) => ({ text, bold: true, color: GREY })), ...rows.map((cells) => cells.map((text) => ({ text: breakable(text) })))],
    },
  };
}

/** Long words would push a table over the edge of the page. */
function breakable(text: string): string {
  return text.replaceAll(/[^\s]{40}(?=[^\s])/g, '$&\u200b');
}
