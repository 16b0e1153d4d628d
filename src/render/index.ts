/**
 * Render: a report and its view come in; text or bytes go out. Each format is one small file, loaded when it is asked for; none knows
 * the meaning of the numbers, the analyses, or where its document goes.
 */
import type { Renderer } from './report.ts';

export type { Document, RenderSettings, Report, ReportInput, ThemeName } from './report.ts';

/**
 * The formats are keyed by the name that `--format` takes: `chart` ones need an analysis with a chart, `binary` ones no terminal, and
 * `provenance` ones say from which inputs and options they were made, and `rowsOnly` ones have no place for warnings.
 */
export const FORMATS: Readonly<
  Record<
    string,
    {
      /** Names the format, for help. */
      readonly words: string;
      readonly chart?: boolean;
      readonly binary?: boolean;
      readonly provenance?: boolean;
      readonly rowsOnly?: boolean;
      readonly load: () => Promise<Renderer>;
    }
  >
> = {
  table: { words: 'tables for a terminal', load: async () => (await import('./table.ts')).renderTable },
  markdown: {
    words: "tables for papers' notes and pull requests",
    load: async () => (await import('./markdown.ts')).renderMarkdown,
  },
  latex: {
    words: 'tables for papers, with booktabs',
    load: async () => (await import('./latex.ts')).renderLatex,
  },
  csv: {
    words: 'one tidy table for programs, with a heading',
    rowsOnly: true,
    load: async () => (await import('./csv.ts')).renderCsv,
  },
  json: {
    words: 'everything in one document',
    provenance: true,
    load: async () => (await import('./json.ts')).renderJson,
  },
  ndjson: {
    words: 'the rows of csv as JSON, one a line',
    rowsOnly: true,
    load: async () => (await import('./json.ts')).renderNdjson,
  },
  vega: {
    words: 'the chart as a Vega specification',
    chart: true,
    provenance: true,
    load: async () => (await import('./chart/chart.ts')).renderVega,
  },
  'vega-lite': {
    words: 'the chart as a Vega-Lite specification',
    chart: true,
    provenance: true,
    load: async () => (await import('./chart/chart.ts')).renderVegaLite,
  },
  svg: {
    words: 'the chart as a picture of lines',
    chart: true,
    provenance: true,
    load: async () => (await import('./chart/chart.ts')).renderSvg,
  },
  pdf: {
    words: 'the chart as a page of its size, with texts as texts',
    chart: true,
    binary: true,
    load: async () => (await import('./chart/pdf.ts')).renderPdf,
  },
  png: {
    words: 'the chart as a picture of pixels',
    chart: true,
    binary: true,
    load: async () => (await import('./chart/png.ts')).renderPng,
  },
};

/** The endings of chart files ask for these formats. */
export const CHART_ENDINGS: Readonly<Record<string, string>> = {
  '.svg': 'svg',
  '.pdf': 'pdf',
  '.png': 'png',
  '.vl.json': 'vega-lite',
  '.vg.json': 'vega',
};

/** The endings of output files ask for these formats, the longest first. */
export const OUTPUT_ENDINGS: Readonly<Record<string, string>> = {
  ...CHART_ENDINGS,
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
  '.md': 'markdown',
  '.tex': 'latex',
  '.txt': 'table',
};
