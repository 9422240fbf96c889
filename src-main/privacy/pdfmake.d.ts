// What is used of pdfmake, which brings no types.
declare module 'pdfmake' {
  type Fonts = Record<string, { normal: string; bold: string; italics: string; bolditalics: string }>;
  type Pdf = { getBuffer(): Promise<Uint8Array> };
  const pdfmake: {
    setFonts(fonts: Fonts): void;
    setUrlAccessPolicy(allows: (url: string) => boolean): void;
    setLocalAccessPolicy(allows: (path: string) => boolean): void;
    createPdf(document: Record<string, unknown> & { footer?: (page: number, of: number) => object }): Pdf;
  };
  export default pdfmake;
}
