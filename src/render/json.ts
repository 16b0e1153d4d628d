import type { Renderer } from './report.ts';
import { gather, pieceJson } from './stream.ts';

/** The whole report, indented for people who look at it with `less`. */
export const renderJson: Renderer = async (report) =>
  gather(
    (function* () {
      yield* pieceJson(report);
      yield '\n';
    })(),
  );

/** The view's records, one a line. */
export const renderNdjson: Renderer = async (_report, { records }) =>
  gather(
    (function* () {
      for (const row of records.rows) yield `${JSON.stringify(row)}\n`;
    })(),
  );
