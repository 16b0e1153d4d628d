import type { Renderer } from './report.ts';

/** The whole report, indented for people who look at it with `less`. */
export const renderJson: Renderer = async (report) => `${JSON.stringify(report, null, 2)}\n`;

/** The view's records, one a line. */
export const renderNdjson: Renderer = async (_report, view) =>
  view.records.rows.map((row) => `${JSON.stringify(row)}\n`).join('');
