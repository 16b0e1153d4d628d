/** Commands and options that other tools have, and what they are here. */

const FORMAT = 'Formats are chosen by -f FORMAT, or by the ending of -o FILE.';
const CHART = 'Charts are drawn by the questions: wfa compare uniform non-uniform --chart FILE.svg';
const PLANNERS = 'Planners are named by position: wfa compare uniform non-uniform';
const QUESTION = 'The question stands first: wfa compare uniform non-uniform';
const BEHIND = 'Options stand behind the command: wfa compare uniform non-uniform -d FILE';
const DATA = 'Data are named by -d FILE, or stand behind the planners.';

const OPTIONS: Readonly<Record<string, string>> = {
  // Every command knows these two: they stood before it.
  d: BEHIND,
  data: BEHIND,
  json: FORMAT,
  csv: FORMAT,
  markdown: FORMAT,
  latex: FORMAT,
  'output-format': FORMAT,
  svg: 'Charts are drawn by --chart FILE.svg',
  png: 'Charts are drawn by --chart FILE.png',
  pdf: 'Charts are drawn by --chart FILE.pdf',
  plot: 'Charts are drawn by --chart FILE.svg',
  graph: 'Charts are drawn by --chart FILE.svg',
  chart: 'This command draws no chart.',
  out: 'Outputs are named by -o FILE.',
  baseline: PLANNERS,
  candidate: PLANNERS,
  planners: PLANNERS,
  input: DATA,
  file: DATA,
  filter: 'Filters are --workflow, --planner, --sla, --where KEY=VALUE, --since and --until: wfa help filters',
  cost: 'Costs are a metric: --metric cost, by the prices of --prices NAME.',
  median: 'Other figures than means are asked for by --stat median.',
  verbose: 'Nothing more is known: -f json holds all of an answer.',
};

const COMMANDS: Readonly<Record<string, string>> = {
  plot: CHART,
  chart: CHART,
  draw: CHART,
  graph: CHART,
  list: 'Runs are listed by wfa runs --list',
  ls: 'Runs are listed by wfa runs --list',
  show: 'One run is shown by wfa run ID',
  gantt: 'One run is drawn by wfa run ID --chart FILE.svg',
  diff: 'Planners are compared by wfa compare uniform non-uniform',
  cost: 'Costs are a metric: wfa rank --metric cost',
  export: 'Tables are written by wfa convert, records by wfa import.',
  stats: 'The data are described by wfa runs, planners by wfa rank.',
  summary: 'The data are described by wfa runs, planners by wfa rank.',
};

/** Gives lines that lead from an unknown command or option, as commander words it, to the one that is meant; none where nobody knows. */
export function explainMistake(text: string): string[] {
  const [, kind, word = ''] = /unknown (option|command) '-{0,2}([a-z-]+)/.exec(text) ?? [];
  const words = kind === 'option' ? OPTIONS : COMMANDS;
  if (kind !== undefined && Object.hasOwn(words, word)) return [words[word] as string];
  // Somebody who names no question, and no word near one, began with the planners.
  return kind === 'command' && !text.includes('Did you mean') ? [QUESTION] : [];
}
