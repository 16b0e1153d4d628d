/**
 * Render: a report and its view → text or bytes. One small file per format, each loaded when it is asked for; none knows what
 * the numbers mean.
 */
import type { Renderer } from './report.ts';

export type { RenderSettings, Report, ReportInput, ThemeName } from './report.ts';

/**
 * The formats by the name that `--format` takes; `chart` ones need an analysis with a chart, `binary` ones no terminal, and
 * `provenance` ones say what they were made from.
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
  png: { chart: true, binary: true, load: async () => (await import('./chart/png.ts')).renderPng },
};

/** The format that a chart file's ending asks for. */
export const CHART_ENDINGS: Readonly<Record<string, string>> = {
  '.svg': 'svg',
  '.png': 'png',
  '.vl.json': 'vega-lite',
  '.vg.json': 'vega',
};
