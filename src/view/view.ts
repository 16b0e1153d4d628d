/**
 * View: an analysis's result comes in; its looks go out as plain data: tables of formatted text for people, one tidy table of raw
 * figures for programs, charts as Vega-Lite specifications without a theme. Nothing here knows terminals, fonts or files.
 */

import type { PART_LABELS } from './part-marks.ts';

/** A tone says how a cell is meant; renderers may colour it, but the words already say it. */
export type Tone = 'plain' | 'gain' | 'loss' | 'uncertain' | 'strong' | 'muted';

/** A cell holds formatted text for people, with a tone where it is not plain. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

/** A column of a table for people. */
export interface Column {
  readonly key: string;
  /** Heading with the unit, as in `makespan (s)`. */
  readonly header: string;
  readonly align: 'left' | 'right';
  /** Is true when cells wrap where the table would not fit otherwise: those of names do. */
  readonly wraps?: boolean;
  /** Is true when the column is left out where it does not fit without wrapping. */
  readonly wide?: boolean;
  /** Is true when a cell is left blank where it and those of earlier such columns are the same as in the row above. */
  readonly once?: boolean;
}

/** The fold of a table says which of its rows are shown where it is long. */
export interface Fold {
  /** The rows in a word, as in `runs`. */
  readonly rows: string;
  /** The column whose largest figures are shown first; the first rows without one. */
  readonly by?: string;
  /** Is true when every row is shown unless `--top` asks for some: that is so for a table that was itself asked for. */
  readonly whole?: boolean;
}

/** A table for people: every row has a cell for every column. */
export interface Table {
  readonly title: string | null;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  readonly notes: readonly (string | ColumnNote)[];
  /** Absent: the table is short whatever the data. */
  readonly fold?: Fold;
}

/** A note is shown only together with its column. */
export interface ColumnNote {
  readonly column: string;
  readonly text: string;
}

/** A scalar is a raw figure or word for programs; `null`: not measured. */
export type Scalar = string | number | boolean | null;

/** The records are a tidy table for programs: base units, full precision, `null` for not measured. */
export interface Records {
  readonly columns: readonly string[];
  readonly rows: Iterable<RecordRow>;
}

/** A row of records has a value for each column. */
export type RecordRow = Readonly<Record<string, Scalar>>;

/** A specification of Vega-Lite has no config, font or colour scheme of its own. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** An activity is a part of a run's time, or a container's state without work. */
export type Activity = keyof typeof PART_LABELS | 'idle' | 'tail';

/** A palette names the colours of a theme by their purpose. */
export interface Palette {
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  readonly faint: string;
  /** Colour of areas that matter less than others and are still to be seen. */
  readonly pale: string;
  /** Colours of what workers and tasks do: each means the same in every chart, in hues by start-up, execution, waiting, transfer, idleness. */
  readonly activities: Readonly<Record<Activity, string>>;
  /** Colours of planners, workflows and positions, in order: told apart with every kind of colour vision. */
  readonly categories: readonly string[];
  readonly gain: string;
  readonly loss: string;
  readonly uncertain: string;
}

/** The frame gives a chart its size, in CSS pixels (1/96 inch), its colours and its font. */
export interface ChartFrame {
  /** Width for the layout; it may differ a little from the picture's, to make up for labels that reach beyond it. */
  readonly width: number;
  /** Width of the picture: titles are broken to it. */
  readonly pictureWidth: number;
  /** Height of the picture; `null`: as high as the content needs. */
  readonly height: number | null;
  readonly palette: Palette;
  /** Font size in pixels; no text is set smaller. */
  readonly fontSize: number;
  /** Measures a text in pixels at a font size in pixels, in the font that will be drawn. */
  readonly textWidth: (text: string, fontSize: number, bold?: boolean) => number;
}

/** A chart has a kind as `--chart-kind` takes it, a description in one sentence, and a way to draw it in a frame. */
export interface Chart {
  readonly kind: string;
  readonly description: string;
  /** Draws the chart; a promise where what draws it has to be loaded first. */
  readonly draw: (frame: ChartFrame) => VegaLiteSpec | Promise<VegaLiteSpec>;
}

/** A view is everything that can be shown of a result. */
export interface View {
  /** The answer in a sentence each; printed above the tables. */
  readonly headlines: readonly string[];
  /** The next thing to do in a line, shown below the headlines. */
  readonly next?: string | null;
  readonly tables: readonly Table[];
  readonly records: Records;
  /** Charts, the default one first. */
  readonly charts: readonly Chart[];
}
