import { UserError } from '../errors.ts';
import type { Renderer } from './report.ts';

/** The whole report, indented for people who look at it with `less`. */
export const renderJson: Renderer = async (report) => {
  try {
    return `${JSON.stringify(report, null, 2)}\n`;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError('too-large', 'The report is too large for one JSON document (512 MB).', {
      hint: 'Ask for --format ndjson or csv: one row after the other.',
      cause: error,
    });
  }
};

/** The view's records, one a line. */
export const renderNdjson: Renderer = async (_report, view) =>
  view.records.rows.map((row) => `${JSON.stringify(row)}\n`).join('');
