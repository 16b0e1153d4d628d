import { name, right } from '../../view/cells.ts';
import type { Chart, Table } from '../../view/view.ts';
import { NOT_MEASURED, wordFigure } from '../../view/words.ts';
import { type Drawn, drawAlive, drawLanes } from './charts/lanes.ts';

/** Containers are counted, and their time alive is summed in one unit. */
interface ContainerSum {
  /** `null`, as below: not known. */
  readonly containerCount: number | null;
  readonly alive: number | null;
}

/** What was found, and the bounds of what can be. */
interface Certainty {
  /** The word for what a container serves. */
  readonly session: 'worker' | 'invocation';
  readonly aliveUnit: string;
  readonly found: ContainerSum;
  /** By policy of reuse, most to least recently used first. */
  readonly policies: readonly ContainerSum[];
  readonly low: ContainerSum;
  readonly high: ContainerSum;
  readonly peakCount: number;
}

/** Tabulates how many containers there were and how long they were alive, with bounds. */
export function tabulateCertainty({ session, aliveUnit, found, policies, low, high, peakCount }: Certainty): Table {
  const row = (quantity: string, word: (sum: ContainerSum) => string) => ({
    quantity,
    found: word(found),
    policies: policies.map(word).join(' to '),
    low: word(low),
    high: word(high),
  });
  return {
    title: 'containers, and how sure that is',
    columns: [
      name('quantity', ''),
      right('found', 'found'),
      right('policies', 'mru to lru'),
      right('low', 'at least'),
      right('high', 'at most'),
    ],
    rows: [
      row('containers', ({ containerCount }) => (containerCount === null ? NOT_MEASURED : String(containerCount))),
      row(`alive (${aliveUnit})`, ({ alive }) => wordFigure(alive)),
    ],
    notes: [
      `at least: ${session}s under way at one time; at most: a container for each. Most alive at one time: ${peakCount}.`,
    ],
  };
}

/** Lists the charts of containers; `gather` is called only when one is drawn. */
export const chartContainers = (gather: () => Drawn): readonly Chart[] => [
  {
    kind: 'lanes',
    description: 'A lane per container: starting, busy, idle, tail; above them the containers alive.',
    draw: (frame) => drawLanes(gather(), frame),
  },
  {
    kind: 'alive',
    description: 'Containers alive over time, by what they are doing.',
    draw: (frame) => drawAlive(gather(), frame),
  },
];
