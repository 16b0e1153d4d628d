import { expect } from 'vitest';
import { createRandom, type Random } from '../../src/stats/random.ts';
import { askWfa } from '../ask-wfa.ts';
import { type Json, readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';
import { testWithScipy, useReferences } from './reference-process.ts';

/** What wfa says of the bundled runs, held against Python (scipy 1.17.1) that was written from the description of the methods. */

const scratch = makeScratch();
const runReference = useReferences();
const [NEWER, OLDER] = ['samples/newer.ndjson.gz', 'samples/older.ndjson.gz'] as const;
const [U, UO, W, N] = ['UniformPlanner', 'UniformPlanner-opt', 'WUKONGPlanner', 'NonUniformPlanner'] as const;

/** Older runs with PreLoad and TaskDup strewn over their tasks: they meet in many blocks, at other places in every run. */
const STREWN = scratch.write('strewn.ndjson', strew(readSample('older')));

function strew(records: readonly Json[]): string {
  const random = createRandom(3);
  const chance = () => [0, 0.05, 0.4][Math.floor(3 * random())] as number;
  for (const record of records) strewOver(record as unknown as Strewn, [chance(), chance()], random);
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

function strewOver({ dag, tasks }: Strewn, [preload, duplicate]: readonly [number, number], random: Random): void {
  const upstreamOf = new Map(dag.nodes.map(({ id, upstream }) => [id, upstream]));
  for (const { internal_task_id: id, metrics } of tasks) {
    const [above] = upstreamOf.get(id) ?? [];
    if (!metrics || above === undefined) continue;
    metrics.optimization_metrics = [
      ...(random() < preload ? [{ type: 'PreLoad', preloaded: above }] : []),
      ...(random() < duplicate ? [{ type: 'TaskDup', dupped: above }] : []),
    ];
  }
}

interface Strewn {
  readonly dag: { readonly nodes: readonly { readonly id: string; readonly upstream: readonly string[] }[] };
  readonly tasks: readonly {
    readonly internal_task_id: string;
    readonly metrics: { optimization_metrics: unknown } | null;
  }[];
}

/** A command, and the script with its arguments before and after the path of what the command says. */
const CASES = [
  [NEWER, ['compare', U, UO, '--block', 'workflow'], ['compare', U, UO, NEWER, '--block', 'workflow', '--against']],
  [
    OLDER,
    ['compare', W, U, '--metric', 'makespan', '--metric', 'cold-starts'],
    ['compare', W, U, OLDER, '--metric', 'makespan', '--metric', 'cold-starts', '--against'],
  ],
  [NEWER, ['preload', '--planner', UO, '--against', U, '--match', 'memory'], ['preload', NEWER, UO, U, 'memory']],
  [OLDER, ['sla'], ['sla', OLDER, '--against']],
  [NEWER, ['breakdown'], ['breakdown', NEWER]],
  [NEWER, ['breakdown', '--by', 'function'], ['functions', NEWER]],
  [OLDER, ['breakdown', '--by', 'function'], ['functions', OLDER]],
  [OLDER, ['backtest'], ['backtest', OLDER]],
  [NEWER, ['memory', '--drift-at', '1795342064344'], ['memory', NEWER, '1795342064344']],
  [OLDER, ['memory'], ['memory', OLDER]],
  [NEWER, ['rank'], ['rank', NEWER]],
  // Cells deep enough for the corrected regret, with equal figures among them.
  [OLDER, ['rank', '--block', 'workflow'], ['rank', OLDER, '--block', 'workflow']],
  // So few runs that every p is exact, and with it ranks and statuses.
  [NEWER, ['rank', U, UO, N, '--workflow', 'gemm'], ['rank', NEWER, '--workflow', 'gemm', '--arms', `${U},${UO},${N}`]],
  [OLDER, ['failures'], ['failures', OLDER]],
  [NEWER, ['failures'], ['failures', NEWER]],
  [NEWER, ['scaling'], ['scaling', NEWER]],
  [OLDER, ['scaling'], ['scaling', OLDER]],
  [NEWER, ['conflicts'], ['conflicts', NEWER]],
  [STREWN, ['conflicts'], ['conflicts', STREWN]],
] as const;

testWithScipy.each(CASES)(
  '%s: wfa %j agrees with an independent computation',
  async (data, command, [script, ...args]) => {
    const { status, stdout } = await askWfa([...command, '-d', data, '-f', 'json']);
    expect(status).toBe(0);
    const said = scratch.write('said.json', stdout);
    const printed = await runReference(`${script}_reference.py`, ...args, said);
    const [, count, worst] = /^(\d+) figures, largest relative difference (\S+)/.exec(printed) ?? [];
    expect(Number(count)).toBeGreaterThan(25);
    expect(Number(worst)).toBeLessThan(1e-9);
  },
  180_000,
);
