import type { Chart, View } from '../view/view.ts';
import type { ChartFonts } from './chart/fonts.ts';

/** The report is everything that a renderer may show: the machine formats hold all of it, the tables a readable part. */
export interface Report {
  readonly analysis: string;
  readonly schemaVersion: number;
  readonly wfaVersion: string;
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
  readonly runCount: number;
  readonly ledger: readonly ReportLedgerEntry[];
  readonly issues: readonly ({ readonly code: string; readonly message: string } & Readonly<Record<string, unknown>>)[];
  readonly warnings: readonly ReportWarning[];
  readonly gates: readonly {
    readonly gate: string;
    readonly of: string;
    readonly verdict: string;
    readonly reason: string | null;
  }[];
  readonly result: unknown;
}

/** An input of the report, as it was read. */
export interface ReportInput {
  readonly uri: string;
  readonly label: string;
  /** Length and digest of the stored bytes, before unpacking. */
  readonly byteLength: number;
  /** `null` where the format does not show it. */
  readonly sha256: string | null;
  readonly runCount: number;
  /** Rows of an input that is a table; absent when it holds runs. */
  readonly rowCount?: number;
}

/** A ledger entry counts the runs or fields left out for one reason. */
export interface ReportLedgerEntry {
  readonly reason: string;
  readonly scope: string;
  readonly metric: string | null;
  readonly count: number;
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
  /** Whether the headlines alone are shown. */
  readonly quiet: boolean;
  /** chalk's level: 0 is none. */
  readonly colourLevel: 0 | 1 | 2 | 3;
  readonly theme: ThemeName;
  /** Size of a chart in CSS pixels; `null`: the default width, or as high as the content needs. */
  readonly width: number | null;
  readonly height: number | null;
  /** The chart's title; `null`: its own; `false`: none. */
  readonly title: string | false | null;
  /** Whether SVG has its texts as paths. */
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

/** A renderer is a pure function from one report to one document. */
export type Renderer = (report: Report, view: View, settings: RenderSettings) => Promise<string | Uint8Array>;

/** Chooses the chart of a kind; `null`: the first one. The command has checked that it exists. */
export function chooseChart(view: View, kind: string | null): Chart {
  const chart = view.charts.find((candidate) => kind === null || candidate.kind === kind);
  if (!chart) throw new Error(`no chart of kind ${kind}`);
  return chart;
}
