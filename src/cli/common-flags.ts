import { Option } from 'commander';
import type { CommandDefinition } from '../analyses/analysis.ts';
import { UserError } from '../errors.ts';
import { matchName } from '../model/names.ts';
import { CHART_ENDINGS, FORMATS, type ThemeName } from '../render/index.ts';
import { GROUPS, type Group } from './help/groups.ts';
import { REPORT } from './report-definition.ts';

/** The flags that every analysis shares: commander's options, their type and their names all come from one table. */

interface FlagSpec {
  readonly group: 'input' | 'source' | 'output';
  /** The heading under which `--help` lists it. */
  readonly heading: Group;
  /** `list`: repeatable; `switch`: takes no text. */
  readonly kind: 'text' | 'list' | 'switch';
  readonly flags: string;
  readonly help: string | ((definition: CommandDefinition) => string);
  /** Names the output that it needs: where nothing of the kind is made, it does nothing, and that is said. */
  readonly of?: 'chart' | 'table';
  /** Reads the text; `UserError` when it cannot. */
  readonly parse?: (definition?: CommandDefinition) => (text: string) => string;
  /** The analyses that have it; all of them when absent. */
  readonly has?: (definition: CommandDefinition) => boolean;
  /** The analyses that take it without a word in their help. */
  readonly hidden?: (definition: CommandDefinition) => boolean;
}

const hasChart = ({ chartKinds }: CommandDefinition) => Object.keys(chartKinds).length > 0;
export const THEMES = ['light', 'dark', 'paper'] as const satisfies readonly ThemeName[];

/** In the order in which `--help` lists them. */
const FLAGS = {
  data: {
    group: 'input',
    heading: 'essential',
    kind: 'list',
    flags: '-d, --data <[label=]uri>',
    help: 'file, directory, glob, s3://bucket/key, https://host/path, redis://host, - or sample: (repeatable; else WFA_DATA)',
  },
  workflow: {
    group: 'input',
    heading: 'filter',
    kind: 'list',
    flags: '--workflow <name>',
    help: 'only this workflow (repeatable)',
  },
  planner: {
    group: 'input',
    heading: 'filter',
    kind: 'list',
    flags: '--planner <name>',
    help: 'only this planner (repeatable)',
  },
  sla: {
    group: 'input',
    heading: 'filter',
    kind: 'list',
    flags: '--sla <sla>',
    help: 'only this SLA: average, p90, … (repeatable)',
  },
  where: {
    group: 'input',
    heading: 'filter',
    kind: 'list',
    flags: '--where <key=value>',
    help: 'only runs with this, or key!=value without (repeatable)',
  },
  since: {
    group: 'input',
    heading: 'filter',
    kind: 'text',
    flags: '--since <time>',
    help: 'only runs submitted then or later: ISO 8601, epoch s or ms',
  },
  until: {
    group: 'input',
    heading: 'filter',
    kind: 'text',
    flags: '--until <time>',
    help: 'only runs submitted before',
  },
  strict: {
    group: 'input',
    heading: 'reading',
    kind: 'switch',
    flags: '--strict',
    help: 'status 2 when a record cannot be read',
  },
  threads: {
    group: 'input',
    heading: 'reading',
    kind: 'text',
    flags: '--threads <number>',
    help: 'read with so many threads (default: one per core)',
  },
  facts: {
    group: 'input',
    heading: 'reading',
    kind: 'list',
    flags: '--facts <uri>',
    help: 'facts of wfa extract instead of data (repeatable)',
  },
  cache: {
    group: 'input',
    heading: 'reading',
    kind: 'switch',
    flags: '--no-cache',
    help: 'read large inputs again, and keep nothing of them',
  },
  s3Endpoint: {
    group: 'source',
    heading: 'reading',
    kind: 'text',
    flags: '--s3-endpoint <url>',
    help: "of an S3 server that is not Amazon's (else AWS_ENDPOINT_URL_S3)",
  },
  s3PathStyle: {
    group: 'source',
    heading: 'reading',
    kind: 'switch',
    flags: '--s3-path-style',
    help: 'the bucket in the path, not in the host name',
  },
  signRequest: {
    group: 'source',
    heading: 'reading',
    kind: 'switch',
    flags: '--no-sign-request',
    help: 'ask S3 without credentials, for public buckets',
  },
  requestPayer: {
    group: 'source',
    heading: 'reading',
    kind: 'text',
    flags: '--request-payer <requester>',
    help: 'pay for S3 buckets whose owner does not',
    parse: () => parseChoice('--request-payer', ['requester']),
  },
  map: {
    group: 'source',
    heading: 'reading',
    kind: 'list',
    flags: '--map <key=column,…>',
    help: 'read tables of tasks (CSV, NDJSON): run, task, start, end or duration, and more; or @FILE (wfa help formats)',
  },
  timeUnit: {
    group: 'source',
    heading: 'reading',
    kind: 'text',
    flags: '--time-unit <unit>',
    help: 'of the instants in the table: s, ms, us, or iso for ISO 8601',
  },
  durationUnit: {
    group: 'source',
    heading: 'reading',
    kind: 'text',
    flags: '--duration-unit <unit>',
    help: 'of the durations in the table: s, ms or us (default: as instants)',
  },
  memoryUnit: {
    group: 'source',
    heading: 'reading',
    kind: 'text',
    flags: '--memory-unit <unit>',
    help: 'of the memory in the table: bytes, KiB, MB or decimal-bytes (default: MB)',
  },
  format: {
    group: 'output',
    heading: 'essential',
    kind: 'text',
    flags: '-f, --format <format>',
    help: (definition) => `${listFormats(definition).join(', ')} (default: as --output ends, else table)`,
    parse: () => parseChoice('--format', Object.keys(FORMATS)),
  },
  output: {
    group: 'output',
    heading: 'essential',
    kind: 'text',
    flags: '-o, --output <file>',
    help: 'write there (also s3://) instead of standard output',
  },
  chart: {
    group: 'output',
    heading: 'essential',
    kind: 'list',
    flags: '--chart <file>',
    help: `also draw a chart: ${joinOr(Object.keys(CHART_ENDINGS))} (repeatable)`,
    has: hasChart,
  },
  chartKind: {
    group: 'output',
    heading: 'chart',
    of: 'chart',
    kind: 'text',
    flags: '--chart-kind <kind>',
    help: ({ chartKinds }) => `${Object.keys(chartKinds).join(', ')} (default: ${Object.keys(chartKinds)[0]})`,
    parse: (definition) => parseChoice('--chart-kind', Object.keys(definition?.chartKinds ?? {})),
    has: hasChart,
  },
  width: {
    group: 'output',
    heading: 'chart',
    of: 'chart',
    kind: 'text',
    flags: '--width <length>',
    help: 'of the chart: 85mm, 7in, 680 (pixels; default: 180mm)',
    has: hasChart,
  },
  height: {
    group: 'output',
    heading: 'chart',
    of: 'chart',
    kind: 'text',
    flags: '--height <length>',
    help: 'of the chart (default: as high as it needs)',
    has: hasChart,
  },
  title: {
    group: 'output',
    heading: 'chart',
    of: 'chart',
    kind: 'text',
    flags: '--title <text>',
    help: 'of the chart (default: the answer)',
    has: hasChart,
  },
  noTitle: {
    group: 'output',
    heading: 'chart',
    of: 'chart',
    kind: 'switch',
    flags: '--no-title',
    help: 'leave it out: the caption says it',
    has: hasChart,
  },
  outline: {
    group: 'output',
    heading: 'chart',
    of: 'chart',
    kind: 'switch',
    flags: '--outline',
    help: 'SVG with texts as paths: the same in every program',
    has: hasChart,
  },
  scale: {
    group: 'output',
    heading: 'chart',
    of: 'chart',
    kind: 'text',
    flags: '--scale <number>',
    help: 'PNG pixels per pixel (default: 2)',
    has: hasChart,
  },
  font: {
    group: 'output',
    heading: 'chart',
    of: 'chart',
    kind: 'list',
    flags: '--font <file>',
    help: "for names that the chart's own font cannot write: .ttf, .otf (repeatable)",
    has: (definition) => hasChart(definition) || definition === REPORT,
  },
  theme: {
    group: 'output',
    heading: 'chart',
    kind: 'text',
    flags: '--theme <theme>',
    of: 'chart',
    help: `of charts: ${THEMES.join(', ')} (default: light)`,
    parse: () => parseChoice('--theme', THEMES),
    hidden: (definition) => !hasChart(definition),
  },
  top: {
    group: 'output',
    heading: 'table',
    of: 'table',
    kind: 'text',
    flags: '--top <number>',
    help: 'rows of long tables (default: 20)',
  },
  sort: {
    group: 'output',
    heading: 'table',
    of: 'table',
    kind: 'text',
    flags: '--sort <column>',
    help: 'rows of tables with this column: figures from the largest, names from A',
  },
  all: {
    group: 'output',
    heading: 'table',
    of: 'table',
    kind: 'switch',
    flags: '--all',
    help: 'all rows of long tables',
  },
  quiet: {
    group: 'output',
    heading: 'essential',
    of: 'table',
    kind: 'switch',
    flags: '--quiet',
    help: 'the headline alone',
  },
  columns: {
    group: 'output',
    heading: 'table',
    of: 'table',
    kind: 'text',
    flags: '--columns <number>',
    help: "characters in a line of a table (default: the terminal's, else COLUMNS, else 80)",
  },
  color: {
    group: 'output',
    heading: 'table',
    kind: 'switch',
    flags: '--no-color',
    help: 'no colours in the terminal (else NO_COLOR)',
  },
  seed: {
    group: 'output',
    heading: 'gate',
    kind: 'text',
    flags: '--seed <number>',
    help: 'of random permutations (default: 1)',
  },
  failOn: {
    group: 'output',
    heading: 'gate',
    kind: 'list',
    flags: '--fail-on <gate>',
    help: ({ gateExample }) => `status 1 when it trips, 3 when undecided: '${gateExample}' (repeatable)`,
    has: ({ gateExample }) => Boolean(gateExample),
  },
} as const satisfies Readonly<Record<string, FlagSpec>>;

type Flags = typeof FLAGS;
type Value = { readonly text: string; readonly list: readonly string[]; readonly switch: boolean };

/** The flags as commander gives them; one that begins with `--no-` is false when given. */
export type CommonFlags = { readonly [Name in keyof Flags]?: Value[Flags[Name]['kind']] } & {
  readonly theme?: ThemeName;
};

/** Their camel-case names, to tell them from an analysis's own. */
export const COMMON_FLAG_NAMES: readonly string[] = Object.keys(FLAGS);

/** One group of them as options, but those `taken` that the analysis defines itself, in its own sense. */
export function toOptions(
  group: 'input' | 'output',
  definition: CommandDefinition,
  taken: readonly string[] = [],
): Option[] {
  return Object.entries<FlagSpec>(FLAGS)
    .filter(([name, spec]) => spec.group === group && !taken.includes(name) && (spec.has?.(definition) ?? true))
    .map(([, spec]) => toOption(spec, definition));
}

function toOption(spec: FlagSpec, definition: CommandDefinition): Option {
  const option = new Option(spec.flags, typeof spec.help === 'string' ? spec.help : spec.help(definition));
  if (spec.kind === 'list') option.argParser(collect);
  if (spec.parse) option.argParser(spec.parse(definition));
  option.helpGroup(GROUPS[spec.heading]);
  return option.hideHelp(spec.hidden?.(definition) ?? false);
}

/** Gives the options that say how places are reached and tables are read, the same for every command, but those `taken`. */
export const toSourceOptions = (taken: readonly string[] = []): Option[] =>
  Object.entries<FlagSpec>(FLAGS)
    .filter(([name, { group }]) => group === 'source' && !taken.includes(name))
    .map(([, { flags, help, parse, heading, kind }]) => {
      const option = new Option(flags, help as string).helpGroup(GROUPS[heading]);
      if (kind === 'list') return option.argParser(collect);
      return parse ? option.argParser(parse()) : option;
    });

/** The flags that were given and are for charts or for tables only, as they are written. */
export const listFlagsOf = (of: 'chart' | 'table', flags: CommonFlags): string[] =>
  Object.entries<FlagSpec>(FLAGS).flatMap(([name, spec]) =>
    spec.of === of && flags[name as keyof CommonFlags] !== undefined ? [spec.flags.replace(/ <.*/, '')] : [],
  );

/** An option's values so far and one more. */
export const collect = (text: string, earlier: readonly string[] = []): string[] => [...earlier, text];

/** The formats that the analysis can be written in. */
export function listFormats(definition: CommandDefinition): string[] {
  return Object.keys(FORMATS).filter((name) => hasChart(definition) || !FORMATS[name]?.chart);
}

/** `a, b or c`. */
export function joinOr(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Checks a name against a closed list; the error suggests the nearest. */
export function parseChoice(option: string, choices: readonly string[]): (text: string) => string {
  return (text) => {
    if (choices.includes(text)) return text;
    const match = matchName(text, choices);
    const nearest = 'nearest' in match && match.nearest ? `Did you mean ${match.nearest}? ` : '';
    throw new UserError('bad-option', `${option} '${text}' is not known`, {
      hint: `${nearest}${choices.length === 1 ? 'There is only' : 'There are'} ${choices.join(', ')}.`,
    });
  };
}
