import type { Table, View } from '../../view/view.ts';
import type { ChartFonts } from '../chart/fonts.ts';
import type { Report } from '../report.ts';

/**
 * A page holds the answers of several analyses. It is composed of the same reports and views that the commands render: the page words
 * and computes nothing that they do not.
 */
export interface Page {
  readonly title: string;
  /** Inputs, filters and version in a line each. */
  readonly provenance: readonly string[];
  readonly summary: Summary;
  readonly sections: readonly Section[];
  /** Single runs, each with its chart. */
  readonly runs: readonly RunSection[];
  /** The shortest beginning of each run's id that no other run shares, by the id: marks name runs by that. */
  readonly shortIds: ReadonlyMap<string, string>;
  /** Says which runs those are. */
  readonly runsNote: string;
}

/** The first screen. */
export interface Summary {
  /** The answers in a sentence each, the first one first. */
  readonly answers: readonly string[];
  readonly tables: readonly Table[];
  /** The warnings that limit the answers most, and how many there are in all. */
  readonly limits: readonly string[];
  readonly warningCount: number;
  readonly data: readonly string[];
  /** The next things to do, with the command that does each. */
  readonly next: readonly { readonly words: string; readonly command: string | null }[];
  readonly nextTables: readonly Table[];
}

/** The section of one question. */
export interface Section {
  /** Name of the command. */
  readonly name: string;
  readonly title: string;
  /** The command that gives the same answer. */
  readonly command: string;
  readonly answer: Answer | { readonly whyNot: string };
}

/** An answer as the command renders it. */
export interface Answer {
  readonly report: Report;
  readonly view: View;
  /** Kinds of the charts that are shown. */
  readonly chartKinds: readonly string[];
}

/** A run that has its chart in the page. */
export interface RunSection {
  readonly runId: string;
  /** Says why this run is here: slowest, median, failed. */
  readonly why: string;
  readonly command: string;
  readonly answer: Answer;
}

/** The settings of a page. */
export interface PageSettings {
  /** Is true when the page has a script, which sorts, filters, zooms, copies and downloads. */
  readonly isInteractive: boolean;
  /** The style sheet and the script, as the build put them beside the program. */
  readonly assets: { readonly css: string; readonly js: string };
  readonly loadFonts: () => Promise<ChartFonts>;
  readonly warn: (message: string) => void;
}
