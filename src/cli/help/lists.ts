import type { AnalysisDefinition } from '../../analyses/analysis.ts';
import { DEFAULT_METRIC_KEYS, METRICS } from '../../model/metrics.ts';
import { RUN_KEY_WORDS } from '../../model/select.ts';
import { wrapWords } from '../../view/wrap.ts';

/** Lists of names with what they mean, for help: from the tables that the commands themselves use. */

/** A name and what it means. */
export type Pair = readonly [name: string, words: string];

/** Lists names with their words beside them, in as many columns as there are. */
export function listPairs(pairs: readonly Pair[], columns: number): string {
  const width = Math.min(WIDEST_NAME, Math.max(...pairs.map(([name]) => name.length)));
  const indent = ' '.repeat(width + 4);
  return pairs
    .flatMap(([name, words]) => {
      const lines = wrapWords(words, Math.max(20, columns - indent.length), (text) => text.length, '');
      const isLong = name.length > width;
      const first = isLong ? [`  ${name}`, indent + lines[0]] : [`  ${name.padEnd(width)}  ${lines[0]}`];
      return [...first, ...lines.slice(1).map((line) => indent + line)];
    })
    .join('\n');
}

const WIDEST_NAME = 28;

/** A heading with its list. */
export const listUnder = (heading: string, pairs: readonly Pair[], columns: number): string =>
  `${heading}\n${listPairs(pairs, columns)}`;

const UNIT_WORDS = { ms: 'ms', 'gb-s': 'GB-seconds', bytes: 'bytes', count: 'count', usd: 'USD' } as const;

/** The metrics with their units. */
export const METRIC_PAIRS: readonly Pair[] = METRICS.map(({ key, meaning, unit }) => [
  key,
  `${meaning} (${UNIT_WORDS[unit] ?? unit})`,
]);

/** The keys that runs are selected and blocks made by. */
export const KEY_PAIRS: readonly Pair[] = Object.entries(RUN_KEY_WORDS);

/** Lists the names that the options of a command take. */
export function listNames({ options, chartKinds, gates }: AnalysisDefinition, columns: number): string {
  const takes = (flag: string) => options.some(({ flags }) => flags.startsWith(`${flag} `));
  const charts = Object.entries(chartKinds);
  const sections: readonly (readonly [string, readonly Pair[]])[] = [
    [`--metric (default: ${DEFAULT_METRIC_KEYS.join(', ')}):`, takes('--metric') ? METRIC_PAIRS : []],
    [`--where KEY=VALUE, KEY!=VALUE${takes('--block') ? ', --block KEY,KEY' : ''}:`, KEY_PAIRS],
    [`--chart-kind (default: ${charts[0]?.[0]}):`, charts],
    ['--fail-on NAME>BOUND, with % of a share or change, ms or s of a time:', Object.entries(gates)],
  ];
  return sections
    .filter(([, pairs]) => pairs.length > 0)
    .map(([heading, pairs]) => `\n${listUnder(heading, pairs, columns)}`)
    .join('\n');
}
