import { stat } from 'node:fs/promises';
import type { Command, Option } from 'commander';
import type { AnalysisDefinition } from '../../analyses/analysis.ts';
import { ANALYSES } from '../../analyses/list.ts';
import { METRICS } from '../../model/metrics.ts';
import { RUN_KEY_WORDS, type RunKey } from '../../model/select.ts';
import { FORMATS } from '../../render/index.ts';
import { listSampleUris } from '../../sources/index.ts';
import { THEMES } from '../common-flags.ts';
import { REPORT_NAME } from '../schema.ts';
import type { Pair } from './lists.ts';
import { TOPICS } from './topic-names.ts';

/** Names of the data by the key that they belong to; none where reading them would take long. */
export type DataNames = (data: readonly string[]) => Promise<Readonly<Partial<Record<RunKey, readonly string[]>>>>;

/** `null`: the shell completes names of files. */
export type Candidates = readonly Pair[] | null;

/** Lists the words that can stand in the place of the last one, which may be begun; the words are those behind `wfa`. */
export async function completeWords(program: Command, words: readonly string[], names: DataNames): Promise<Candidates> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const candidates = await listCandidates(program, before, current, names);
  return candidates === null ? null : candidates.filter(([name]) => name.startsWith(current));
}

async function listCandidates(
  program: Command,
  before: readonly string[],
  current: string,
  names: DataNames,
): Promise<Candidates> {
  const path = findCommand(program, before);
  const command = path.at(-1) as Command;
  const option = command.options.find(({ short, long }) => [short, long].includes(before.at(-1)));
  if (option && (option.required || option.optional)) return completeValue(command, option, current, before, names);
  if (current.startsWith('-')) return listOptions(command);
  if (command.commands.length > 0 && command !== program) return listCommands(command);
  if (command === program) return before.length === 0 ? listCommands(program) : null;
  return completeArgument(command, before, names);
}

/** The command and its subcommand that the words name, from the program down. */
function findCommand(program: Command, words: readonly string[]): Command[] {
  const path = [program];
  for (const word of words) {
    const found = path.at(-1)?.commands.find((command) => command.name() === word);
    if (!found) break;
    path.push(found);
  }
  return path;
}

const listCommands = (command: Command): Pair[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((own) => [own.name(), own.summary()]);

const listOptions = (command: Command): Pair[] => [
  ...command.options
    .filter(({ hidden }) => !hidden)
    .map(({ long, flags, description }): Pair => [long ?? flags, description]),
  ['--help', 'show this help'],
];

const bare = (list: readonly string[]): Pair[] => list.map((name) => [name, '']);

/** The option's value; `key=value` of `--where` completes both. */
async function completeValue(
  command: Command,
  option: Option,
  current: string,
  before: readonly string[],
  names: DataNames,
): Promise<Candidates> {
  const key = option.attributeName();
  const fixed = FIXED_VALUES[key]?.(ANALYSES.find(({ name }) => name === command.name()));
  if (fixed) return fixed;
  if (key === 'data' && beginsSample(current)) return bare(await listSampleUris());
  const data = () => names(listData(before));
  if (key === 'where') return completeClause(current, data);
  const named = NAMED_VALUES[key];
  return named === undefined ? null : bare((await data())[named] ?? []);
}

/** Is true of what is no beginning of a file's name, most likely. */
const beginsSample = (current: string): boolean =>
  current.startsWith('sample:') || (current.length >= 3 && 'sample:'.startsWith(current));

/** Values that no data are needed for, by option. */
const FIXED_VALUES: Readonly<Record<string, (definition: AnalysisDefinition | undefined) => readonly Pair[]>> = {
  format: () => Object.entries(FORMATS).map(([name, { words }]) => [name, words]),
  chartKind: (definition) => Object.entries(definition?.chartKinds ?? {}),
  theme: () => bare(THEMES),
  metric: () => [...METRICS.map(({ key, meaning }): Pair => [key, meaning]), ['all', 'every metric']],
  failOn: (definition) => Object.entries(definition?.gates ?? {}).filter(([name]) => !name.includes('<')),
  block: () => Object.entries(RUN_KEY_WORDS),
};

/** Options whose values are names in the data. */
const NAMED_VALUES: Readonly<Record<string, RunKey>> = {
  planner: 'planner',
  against: 'planner',
  workflow: 'workflow',
  sla: 'sla',
};

async function completeClause(current: string, data: () => ReturnType<DataNames>): Promise<Pair[]> {
  const [, key = '', sign = ''] = /^([a-z]+)(!?=)/.exec(current) ?? [];
  if (key === '') return Object.entries(RUN_KEY_WORDS).map(([name, words]) => [`${name}=`, words]);
  return bare(((await data())[key as RunKey] ?? []).map((name) => `${key}${sign}${name}`));
}

/** Arguments of an analysis are planners, then data; those of the others are fixed names or files. */
async function completeArgument(command: Command, before: readonly string[], names: DataNames): Promise<Candidates> {
  const name = command.name();
  if (name === 'schema') return bare([...ANALYSES.map((definition) => definition.name), REPORT_NAME]);
  if (name === 'completion') return bare(['bash', 'zsh', 'fish']);
  if (name === 'help') return [...Object.entries(TOPICS), ...listCommands(command.parent as Command)];
  const definition = ANALYSES.find((own) => own.name === name);
  if (!definition || name === 'claim' || name === 'run') return null;
  const planners = (await names(listData(before))).planner ?? [];
  return planners.length > 0 ? bare(planners) : null;
}

/** Lists the values of `-d`, `--data` and `--data=`. */
const listData = (words: readonly string[]): string[] =>
  words.flatMap((word, i) => {
    if (['-d', '--data'].includes(words[i - 1] ?? '')) return [word];
    return word.startsWith('--data=') ? [word.slice('--data='.length)] : [];
  });

/** Bytes of data that are read while a person waits for a completion. */
const MOST_BYTES = 4e6;

/** Is true when the data are read in a moment: bundled runs and small local files. */
export async function isCheap(uri: string): Promise<boolean> {
  if (/^sample:/.test(uri)) return true;
  const found = await stat(uri.replace(/^[A-Za-z0-9_.-]+=/, '')).catch(() => null);
  return found?.isFile() === true && found.size <= MOST_BYTES;
}
