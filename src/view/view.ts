/**
 * View: what a result looks like, as plain data: tables of formatted text for people, one tidy table of raw figures for
 * programs, charts as Vega-Lite specifications without a theme. Knows nothing of terminals, fonts or files.
 */

/** How a cell is meant; renderers may colour it, but the words already say it. */
export type Tone = 'plain' | 'gain' | 'loss' | 'uncertain' | 'strong' | 'muted';

/** A cell for people: formatted text, with a tone where it is not plain. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

export interface Column {
  readonly key: string;
  /** With the unit, as in `makespan (s)`. */
  readonly header: string;
  readonly align: 'left' | 'right';
  /** Names: wrapped where the table would not fit otherwise. */
  readonly wraps?: boolean;
  /** Shown only where there is room: 120 columns or more. */
  readonly wide?: boolean;
}

/** A table for people. Every row has a cell for every column. */
export interface Table {
  readonly title: string | null;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  readonly notes: readonly (string | ColumnNote)[];
}

/** A note that only makes sense beside its column. */
export interface ColumnNote {
  readonly column: string;
  readonly text: string;
}

export type Scalar = string | number | boolean | null;

/** A tidy table for programs: base units, full precision, `null` for not measured. Keys are the columns, in order. */
export interface Records {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Scalar>>[];
}

/** A Vega-Lite specification; `view` writes no config, font or colour scheme into it. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** What a theme decides and a chart needs to know: names instead of colours. */
export interface Palette {
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  readonly faint: string;
  /** For areas that matter less than others and are still to be seen. */
  readonly pale: string;
  /** Okabe–Ito order or its counterpart on dark: told apart with every kind of colour vision. */
  readonly categories: readonly string[];
  readonly gain: string;
  readonly loss: string;
  readonly uncertain: string;
}

/** How large the picture is to be, in CSS pixels (1/96 inch). */
export interface ChartFrame {
  /** What the layout has to itself; it may differ a little from the picture's, to make up for labels that reach beyond it. */
  readonly width: number;
  /** What the picture will have: titles are broken to it. */
  readonly pictureWidth: number;
  /** `null`: as high as the content needs. */
  readonly height: number | null;
  readonly palette: Palette;
  /** In pixels; no text is set smaller. */
  readonly fontSize: number;
  /** Width of a text in pixels at a font size in pixels, in the font that will be drawn. */
  readonly textWidth: (text: string, fontSize: number, bold?: boolean) => number;
}

/** One chart: its kind as `--chart-kind` takes it, what it shows in one sentence, and how to draw it in a frame. */
export interface Chart {
  readonly kind: string;
  readonly description: string;
  readonly draw: (frame: ChartFrame) => VegaLiteSpec;
}

/** Everything that can be shown of a result. */
export interface View {
  /** The answer in a sentence each; printed above the tables. */
  readonly headlines: readonly string[];
  readonly tables: readonly Table[];
  readonly records: Records;
  /** The first is the default. */
  readonly charts: readonly Chart[];
}
