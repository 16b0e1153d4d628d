import type { Chart, View } from '../view/view.ts';
import type { ChartFonts } from './chart/fonts.ts';

/** The version of everything around the result, by semantic versioning as `schemaVersion` is. */
export const REPORT_VERSION = '1.0.0';

/** The report is everything that a renderer may show: the machine formats hold all of it, the tables a readable part. */
export interface Report {
  /** Name of the command. */
  readonly analysis: string;
  /** Version of `result`, by semantic versioning. */
  readonly schemaVersion: string;
  /** Version of everything around `result`, by semantic versioning. */
  readonly reportVersion: string;
  /** Version of wfa that made it. */
  readonly wfaVersion: string;
  /** Inputs in the order in which they were read. */
  readonly inputs: readonly ReportInput[];
  /** Files of a directory that hold no run records. */
  readonly skippedInputs: readonly string[];
  /** Filters in words, one each; empty when nothing was filtered. */
  readonly filters: readonly string[];
  /** Runs that the filters took out. */
  readonly filteredRunCount: number;
  /** The analysis's own options, as given. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Runs that were read and kept by the filters. */
  readonly runCount: number;
  /** Runs and figures that were left out, by reason. */
  readonly ledger: readonly ReportLedgerEntry[];
  /** Records that could not be read, with place and reason. */
  readonly issues: readonly ({ readonly code: string; readonly message: string } & Readonly<Record<string, unknown>>)[];
  readonly warnings: readonly ReportWarning[];
  /** The gates of `--fail-on`, judged. */
  readonly gates: readonly {
    readonly gate: string;
    readonly of: string;
    /** `tripped`, `passed` or `undecided`. */
    readonly verdict: string;
    /** Why an undecided gate is; `null` for a decided one. */
    readonly reason: string | null;
  }[];
  /** The answer itself: `wfa schema NAME` describes that of each command. */
  readonly result: unknown;
}

/** An input of the report, as it was read. */
export interface ReportInput {
  /** Where it was read from. */
  readonly uri: string;
  /** Its label, as `--data LABEL=URI` gives it, or the URI. */
  readonly label: string;
  /** Length of the stored bytes, before unpacking. */
  readonly byteLength: number;
  /** Digest of the stored bytes; `null` where the format does not show it. */
  readonly sha256: string | null;
  /** Runs that it holds. */
  readonly runCount: number;
  /** Rows of an input that is a table; absent when it holds runs. */
  readonly rowCount?: number;
}

/** A ledger entry counts the runs or fields left out for one reason. */
export interface ReportLedgerEntry {
  readonly reason: string;
  /** What was left out: a whole run, or one figure of it. */
  readonly scope: string;
  /** Key of the metric that is lacking; `null`: it is none. */
  readonly metric: string | null;
  readonly count: number;
  /** Where some of them stand. */
  readonly origins: readonly string[];
}

/** A warning limits the figures; a note only explains them. */
export interface ReportWarning {
  readonly code: string;
  readonly severity: 'warning' | 'note';
  readonly message: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** The theme chooses a palette. */
export type ThemeName = 'light' | 'dark' | 'paper';

/** The rows of tables for people that are shown. */
export interface RowSettings {
  /** Rows of a long table; `null`: as many as the format shows unasked. */
  readonly top: number | null;
  readonly all: boolean;
  /** The heading of the column to sort by; `null`: as the table stands. */
  readonly sort: string | null;
}

/** The settings say how the user wants the report shown. */
export interface RenderSettings {
  /** Terminal columns. */
  readonly columns: number;
  readonly rows: RowSettings;
  /** Is true when the headlines alone are shown. */
  readonly quiet: boolean;
  /** chalk's level: 0 is none. */
  readonly colourLevel: 0 | 1 | 2 | 3;
  readonly theme: ThemeName;
  /** Size of a chart in CSS pixels; `null`: the default width, or as high as the content needs. */
  readonly width: number | null;
  readonly height: number | null;
  /** Is true when the picture will be scaled to its place: it may come out a little wider or narrower than asked. */
  readonly isScaled?: boolean;
  /** The chart's title; `null`: its own; `false`: none. */
  readonly title: string | false | null;
  /** Is true when SVG has its texts as paths. */
  readonly outline: boolean;
  /** PNG pixels per CSS pixel. */
  readonly scale: number;
  /** Reads the fonts when a chart is drawn. */
  readonly loadFonts: () => Promise<ChartFonts>;
  /** Says what a document lacks. */
  readonly warn?: (message: string) => void;
  /** `null`: the analysis's first chart. */
  readonly chartKind: string | null;
}

/** A document is whole, or chunks of a long text that are made as they are written. */
export type Document = string | Uint8Array | Iterable<string>;

/** A renderer is a pure function from one report to one document. */
export type Renderer = (report: Report, view: View, settings: RenderSettings) => Promise<Document>;

/** Chooses the chart of a kind; `null`: the first one. The command has checked that it exists. */
export function chooseChart(view: View, kind: string | null): Chart {
  const chart = view.charts.find((candidate) => kind === null || candidate.kind === kind);
  if (!chart) throw new Error(`no chart of kind ${kind}`);
  return chart;
}
