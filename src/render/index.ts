/**
 * Render: a report and its view come in; text or bytes go out. Each format is one small file, loaded when it is asked for; none knows
 * the meaning of the numbers, the analyses, or where its document goes.
 */
import type { Renderer } from './report.ts';

export type { RenderSettings, Report, ReportInput, ThemeName } from './report.ts';

/**
 * The formats are keyed by the name that `--format` takes: `chart` ones need an analysis with a chart, `binary` ones no terminal, and
 * `provenance` ones say from which inputs and options they were made.
 */
export const FORMATS: Readonly<
  Record<
    string,
    {
      readonly chart?: boolean;
      readonly binary?: boolean;
      readonly provenance?: boolean;
      readonly load: () => Promise<Renderer>;
    }
  >
> = {
  table: { load: async () => (await import('./table.ts')).renderTable },
  markdown: { load: async () => (await import('./markdown.ts')).renderMarkdown },
  csv: { load: async () => (await import('./csv.ts')).renderCsv },
  json: { provenance: true, load: async () => (await import('./json.ts')).renderJson },
  ndjson: { load: async () => (await import('./json.ts')).renderNdjson },
  vega: { chart: true, provenance: true, load: async () => (await import('./chart/chart.ts')).renderVega },
  'vega-lite': { chart: true, provenance: true, load: async () => (await import('./chart/chart.ts')).renderVegaLite },
  svg: { chart: true, provenance: true, load: async () => (await import('./chart/chart.ts')).renderSvg },
  pdf: { chart: true, binary: true, load: async () => (await import('./chart/pdf.ts')).renderPdf },
  png: { chart: true, binary: true, load: async () => (await import('./chart/png.ts')).renderPng },
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
  '.txt': 'table',
};
