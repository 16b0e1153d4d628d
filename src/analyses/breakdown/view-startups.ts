import { right } from '../../view/cells.ts';
import type { Table, View } from '../../view/view.ts';
import { NOT_MEASURED, wordFigure, wordNumber, wordPercentChange, wordPercentInterval } from '../../view/words.ts';
import type { BreakdownResult, StartupParts } from './result.ts';

/** The tables of start-ups and of the DAG, with their headline, in place of the planners' tables. */
export const viewStartups = (result: BreakdownResult): Pick<View, 'headlines' | 'next' | 'tables'> => ({
  headlines: [wordStartups(result)],
  next: 'wfa whatif --scenario all-warm,no-dag-fetch tells what both would save, wfa prewarm what prewarming saves',
  tables: [tabulateStartups(result), tabulateFetches(result)],
});

/** `a cold start (157 of workers of 2048 MB, newer engine) loses 674 ms to others beside it, launches in 669 ms and boots in 381 ms; …`. */
function wordStartups({ startupParts, dagFetches }: Pick<BreakdownResult, 'startupParts' | 'dagFetches'>): string {
  const told = startupParts.filter(({ bootMs }) => bootMs !== null).sort((a, b) => b.coldCount - a.coldCount);
  const [first] = told;
  const parts = first
    ? wordParts(first)
    : startupParts.length === 0
      ? 'the records do not say what cold starts are made of'
      : 'what cold starts are made of cannot be told: none was alone, or no warm one';
  const changes = dagFetches.flatMap(({ withoutFetch }) => withoutFetch?.changeFraction ?? []);
  if (changes.length === 0) return parts;
  const [least, most] = [Math.min(...changes), Math.max(...changes)];
  const range = least === most ? wordPercentChange(least) : `${wordPercentChange(least)} to ${wordPercentChange(most)}`;
  return `${parts}; without fetching the DAG makespans change by ${range} % at most`;
}

function wordParts({
  engine,
  memoryMb,
  coldCount,
  waitMs,
  launchMs,
  bootMs,
  bootShareOfMakespan,
}: StartupParts): string {
  const share =
    bootShareOfMakespan === null
      ? ''
      : `; such boots are ${wordNumber(bootShareOfMakespan * 100, 1)} % of the makespan`;
  return `a cold start (${coldCount} of workers of ${memoryMb ?? 'unknown'} MB, ${engine} engine) loses ${toMs(waitMs)} ms to others beside it, launches in ${toMs(launchMs)} ms and boots in ${toMs(bootMs)} ms${share}`;
}

const toMs = (ms: number | null): string => wordNumber(ms, 0);

/** Tables cold starts by part. */
export function tabulateStartups({ startupParts }: Pick<BreakdownResult, 'startupParts'>): Table {
  const untold = startupParts.some(({ bootMs }) => bootMs === null);
  return {
    title: 'worker start-up by part: what a cold start is made of, in ms',
    columns: [
      { key: 'engine', header: 'engine', align: 'left' },
      { key: 'memory', header: 'memory (MB)', align: 'right' },
      { key: 'cold', header: 'cold', align: 'right' },
      { key: 'wait', header: 'others', align: 'right' },
      { key: 'launch', header: 'launch', align: 'right' },
      { key: 'boot', header: 'boot', align: 'right' },
      { key: 'share', header: 'boot of makespan %', align: 'right' },
      { key: 'alone', header: 'alone (cold, warm)', align: 'right' },
    ],
    rows: startupParts.map((parts) => ({
      engine: parts.engine,
      memory: toMs(parts.memoryMb),
      cold: String(parts.coldCount),
      wait: toMs(parts.waitMs),
      launch: toMs(parts.launchMs),
      boot: toMs(parts.bootMs),
      share: wordNumber(parts.bootShareOfMakespan === null ? null : parts.bootShareOfMakespan * 100, 1),
      alone: `${parts.aloneColdCount}, ${parts.aloneWarmCount}`,
    })),
    notes: [
      'others: waiting for other launches and booting more slowly beside them, mean over cold starts; launch: of the container; boot: interpreter, imports and DAG, which loading code on demand could shorten, as long as it takes alone; from the medians of starts that no other overlaps',
      ...(untold ? [`${NOT_MEASURED} cannot tell: no cold or no warm start was alone`] : []),
    ],
  };
}

/** Tables what fetching the DAG takes, and the makespan without it where that was asked for. */
export function tabulateFetches({ dagFetches }: Pick<BreakdownResult, 'dagFetches'>): Table {
  const asked = dagFetches.some(({ withoutFetch }) => withoutFetch !== null);
  return {
    title: 'fetching the DAG',
    columns: [
      { key: 'engine', header: 'engine', align: 'left' },
      { key: 'workflow', header: 'workflow', align: 'left', wraps: true },
      { key: 'runs', header: 'runs', align: 'right' },
      { key: 'bytes', header: 'bytes a task', align: 'right' },
      { key: 'fetches', header: 'fetches', align: 'right' },
      { key: 'fetch', header: 'a fetch (ms)', align: 'right' },
      ...(asked ? [right('without', 'makespan %'), right('interval', '95 %')] : []),
    ],
    rows: dagFetches.map((own) => ({
      engine: own.engine,
      workflow: dagFetches.some((other) => other.workflow === own.workflow && other.structure !== own.structure)
        ? `${own.workflow} #${own.structure.slice(0, 6)}`
        : own.workflow,
      runs: String(own.runCount),
      bytes: toMs(own.bytesPerTask),
      fetches: String(own.fetchCount),
      fetch: wordFigure(own.fetchMs),
      ...(asked
        ? {
            without: wordPercentChange(own.withoutFetch?.changeFraction ?? null),
            interval: wordPercentInterval(own.withoutFetch?.ciLow ?? null, own.withoutFetch?.ciHigh ?? null),
          }
        : {}),
    })),
    notes: asked
      ? [
          'makespan: change if no worker fetched the DAG, replayed; planned runs, each planner and SLA with equal weight',
        ]
      : [],
  };
}
