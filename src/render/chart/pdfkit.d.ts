/** The part of PDFKit that wfa uses; its types are a package of their own. */
declare module 'pdfkit' {
  import type { Readable } from 'node:stream';

  class PDFDocument extends Readable {
    constructor(options: {
      readonly size: readonly [width: number, height: number];
      readonly margin: number;
      readonly font: null;
      readonly info: Readonly<Record<string, string | Date>>;
    });
    registerFont(name: string, bytes: Uint8Array): this;
    end(): void;
  }

  export = PDFDocument;
}

/** The package has no types. */
declare module 'svg-to-pdfkit' {
  import type PDFDocument from 'pdfkit';

  function addSvg(
    document: PDFDocument,
    svg: string,
    x: number,
    y: number,
    options: {
      readonly width: number;
      readonly height: number;
      readonly assumePt: boolean;
      readonly fontCallback: (family: string, bold: boolean) => string;
      readonly warningCallback: (warning: string) => void;
    },
  ): void;

  export = addSvg;
}
