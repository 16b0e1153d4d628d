/**
 * The contract of an analysis. Facts of one run → all facts to a result → the result to tables and charts. Each analysis is a
 * folder beside this file and a line in `list.ts`; it knows neither files nor flags' syntax nor terminals.
 */
import type { Issue } from '../model/issue.ts';
import type { Ledger, LedgerEntry } from '../model/ledger.ts';
import type { RowBlock } from '../model/row-block.ts';
import type { Origin, Run } from '../model/run.ts';
import type { RunFacts } from '../model/run-facts.ts';
import type { RunPart } from '../model/run-parts.ts';
import type { View } from '../view/view.ts';
import { gateByNeeds, type Need } from './needs.ts';

/** A command that asks questions offers this on the command line. It is plain data, read before anything heavy is loaded. */
export interface CommandDefinition {
  readonly name: string;
  /** One line for `wfa --help`. */
  readonly summary: string;
  /** A paragraph for the command's own help. */
  readonly description: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** Common flags that this analysis takes itself, as `planner`: they are among `options` and filter nothing. */
  readonly ownFilters?: readonly FilterFlagName[];
  /**
   * The planners without which it cannot begin: the command lists those in the data where they are missing, and proposes those with
   * most runs of the optimization that it is about.
   */
  readonly needsPlanners?: { readonly count: number; readonly what: string; readonly optimization?: string };
  /** Kinds for `--chart-kind` with what they show, the default one first; empty: the analysis has no chart. */
  readonly chartKinds: Readonly<Record<string, string>>;
  /** Says in words what `--fail-on` can be set on; `<metric>` stands for any metric, and the like. Empty: it has no gates. */
  readonly gates: Readonly<Record<string, string>>;
  /** An example of what to ask of `--fail-on`; `null`: nothing can be asked. */
  readonly gateExample: string | null;
  readonly examples: readonly { readonly command: string; readonly comment: string }[];
}

/** An analysis offers this on the command line. */
export interface AnalysisDefinition extends CommandDefinition {
  /** Reads the JSON Schema of the result, a `ResultSchema`, which a test makes of its type. */
  readonly schema: () => Promise<{ readonly default: unknown }>;
  readonly load: () => Promise<AnyAnalysis>;
  /** The same question asked of rows rather than runs, wherever this option is given. */
  readonly rows?: { readonly option: string; readonly load: () => Promise<AnyRowAnalysis> };
}

/**
 * The version of a result, by semantic versioning: the first number is raised when a key goes, or changes its type, unit or meaning;
 * the second when a key or a word for one comes; the third when only words of its schema change.
 */
export type SchemaVersion = `${number}.${number}.${number}`;

/** The common flags that an analysis may take itself. */
export type FilterFlagName = 'workflow' | 'planner' | 'sla' | 'map' | 'timeUnit' | 'durationUnit' | 'memoryUnit';

export interface ArgumentSpec {
  /** `<required>`, `[optional]`, `<several...>`. */
  readonly name: string;
  readonly description: string;
}

export interface OptionSpec {
  /** `--metric <name>` takes a value, `--list` is a switch. */
  readonly flags: string;
  readonly description: string;
  readonly repeatable?: boolean;
  /** Is true when facts are the same whatever the option says; left out: they are not. */
  readonly leavesFacts?: boolean;
}

/** Raw options are as the user wrote them: arguments in order, options by their camel-case name; repeatable ones are arrays. */
export interface RawOptions {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, string | readonly string[] | boolean | undefined>>;
}

/** A weak or conditional statistic, as data: `code` for programs and tests, `message` for people. */
export interface Warning {
  readonly code: string;
  /** `warning`: may change the conclusion; `note`: good to know. */
  readonly severity: 'warning' | 'note';
  readonly message: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** An outcome is JSON all the way down: no NaN, no Infinity. */
export interface Outcome<Result = unknown> {
  readonly result: Result;
  readonly ledger: readonly LedgerEntry[];
  readonly warnings: readonly Warning[];
}

/** A gate is set on one of these. */
export type GateQuantity = GateFigure | GateWord;

/** A word that holds or not, which is a gate by itself. */
export interface GateWord {
  /** Its name for `--fail-on`. */
  readonly name: string;
  /** Names what it is said of, for the message. */
  readonly of: string;
  readonly unit: 'word';
  /** Is true when it holds; `null`: it cannot be decided. */
  readonly holds: boolean | null;
  /** Why it cannot be decided. */
  readonly reason: string;
}

/** A figure with its uncertainty, on which a gate sets a bound. */
export interface GateFigure {
  /** Its name for `--fail-on`. */
  readonly name: string;
  /** Which comparison it belongs to, for the message. */
  readonly of: string;
  /** `fraction` is asked for in percent. */
  readonly unit: 'fraction' | 'ms' | 'count';
  readonly low: number | null;
  readonly high: number | null;
  /** Is true when the interval speaks of a change that its test does not confirm: no gate is decided by that. */
  readonly isHint?: boolean;
}

/** The pure parts, loaded when the command runs. */
export interface Analysis<Options, Facts, Result> {
  readonly schemaVersion: SchemaVersion;
  /** `UserError` when an option cannot be used. */
  readonly parseOptions: (raw: RawOptions) => Options;
  /** The parts of a run that `extract` looks at beside what every run has; to look at another one is an error. */
  readonly reads: readonly RunPart[];
  /** More of them, where it depends on the options; none where left out. */
  readonly alsoReads?: (options: Options) => readonly RunPart[];
  /**
   * The kinds of information without which there is no answer: runs that lack one are left out, and said so. Figures that need more
   * than that give their own reasons; of a list of kinds, one is enough. None where left out.
   */
  readonly needs?: readonly Need[];
  /** Says what to do where no run has them. */
  readonly wayOn?: string;
  /** One run → that analysis's facts: plain JSON, with the run's facts as `run`. Pure. */
  readonly extract: (run: Run, facts: RunFacts, options: Options) => Facts;
  /** All facts → result. Pure and deterministic; `UserError` when the data cannot answer the question. */
  readonly analyze: (facts: readonly Facts[], options: Options, seed: number) => Outcome<Result>;
  readonly view: (outcome: Outcome<Result>, options: Options) => View;
  readonly gateQuantities?: (result: Result) => readonly GateQuantity[];
}

/** The pure parts of an analysis of rows: like that of runs, but for what is read. */
export interface RowAnalysis<Options, Facts, Result>
  extends Omit<Analysis<Options, Facts, Result>, 'reads' | 'alsoReads' | 'needs' | 'wayOn' | 'extract'> {
  /** The columns to be read, by name. */
  readonly columns: (options: Options) => readonly string[];
  /** Those of them that an input may lack altogether: their cells are then empty. */
  readonly optionalColumns: (options: Options) => readonly string[];
  /** Creates what takes the rows; those that are left out go into the ledger. */
  readonly createCollector: (options: Options, ledger: Ledger) => RowCollector<Facts>;
}

/** Takes the rows of all inputs, one by one. */
export interface RowCollector<Facts> {
  /** Cells stand in the order of the columns. Gives what is wrong with a row that cannot be taken. */
  readonly take: (cells: readonly unknown[], origin: Origin) => Issue | null;
  /** Takes a block of rows of an input, as if one by one. */
  readonly takeBlock: (block: RowBlock, uri: string) => readonly Issue[];
  /** When all have been taken; how many that were. */
  readonly finish: () => { readonly facts: Facts; readonly count: number };
}

export type AnyRowAnalysis = RowAnalysis<unknown, unknown, unknown>;

export const defineRowAnalysis = <Options, Facts, Result>(
  analysis: RowAnalysis<Options, Facts, Result>,
): AnyRowAnalysis => analysis as unknown as AnyRowAnalysis;

/** Lists the parts of a run that an analysis looks at with these options. */
export const partsRead = <Options>(
  { reads, alsoReads }: Pick<Analysis<Options, never, never>, 'reads' | 'alsoReads'>,
  options: Options,
): RunPart[] => [...reads, ...(alsoReads?.(options) ?? [])];

/** An analysis as the list holds it: the command hands each only its own options and facts back. */
export type AnyAnalysis = Analysis<unknown, unknown, unknown>;

/**
 * Leaves out the runs that lack what the analysis needs, and forgets the types of its own parts, after they have been checked against
 * each other.
 */
export const defineAnalysis = <Options, Facts extends { readonly run: RunFacts }, Result>(
  analysis: Analysis<Options, Facts, Result>,
): AnyAnalysis => gateByNeeds(analysis) as unknown as AnyAnalysis;
