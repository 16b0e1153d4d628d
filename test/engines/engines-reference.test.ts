import { mkdirSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { createRandom } from '../../src/stats/random.ts';
import { testWithScipy, useReferences } from '../analyses/reference-process.ts';
import { askWfa } from '../ask-wfa.ts';
import { makeScratch } from '../scratch.ts';
import { makeExperiment, makeInstance, makeWorkflow } from './generate-documents.ts';

/** What wfa says of other engines' files, held against Python (scipy 1.17.1) that reads the files themselves. */

const scratch = makeScratch();
const runReference = useReferences();

const ARMS = ['old', 'new'] as const;
type Arm = (typeof ARMS)[number];
const SLOWNESS = { old: 1, new: 1.6 } as const;
const RUNS = 5;
const MORNING_S = Date.UTC(2026, 4, 4, 8) / 1000;
const seeds = (arm: Arm): readonly number[] =>
  Array.from({ length: RUNS }, (_, i) => i + (arm === 'old' ? 1 : 1 + RUNS));

/** Draws seconds with ms, between these. */
const drawSeconds = (seed: number) => {
  const random = createRandom(seed);
  return (low: number, high: number): number => Math.round((low + random() * (high - low)) * 1000) / 1000;
};

/** Task instances of one DAG run each: a task, three mapped ones of which one is tried twice, and one that joins. */
const makeTaskInstances = (seed: number, slowness: number): readonly object[] => {
  const seconds = drawSeconds(seed);
  const iso = (atS: number) => new Date(Math.round(atS * 1000)).toISOString().replace('Z', '000+00:00');
  const beganS = MORNING_S + seed * 600;
  const instance = (task_id: string, map_index: number, at: number, more: object = {}) => {
    const startS = at + seconds(0.5, 2);
    const end_date = iso(startS + seconds(5, 8) * slowness);
    const names = { dag_id: 'etl', dag_run_id: `manual__${seed}`, task_id, map_index, try_number: 1, state: 'success' };
    return { ...names, queued_when: iso(at), start_date: iso(startS), end_date, hostname: 'worker-1', ...more };
  };
  return [
    instance('extract', -1, beganS),
    instance('load', 0, beganS + 20),
    instance('load', 1, beganS + 20, { state: 'failed' }),
    instance('load', 1, beganS + 45, { try_number: 2 }),
    instance('load', 2, beganS + 20),
    instance('publish', -1, beganS + 80),
  ];
};

/** Futures of one job of Lithops: a map over five parts. */
const makeFutures = (seed: number, slowness: number): readonly object[] => {
  const seconds = drawSeconds(seed);
  const createdS = MORNING_S + seed * 600;
  return Array.from({ length: 5 }, (_, i) => {
    const submitS = createdS + seconds(0.1, 0.3);
    const workerS = submitS + seconds(0.2, 1.5);
    const startS = workerS + seconds(0.01, 0.05);
    const tookS = seconds(2, 3) * slowness;
    return {
      executor_id: `e${seed}-0`,
      job_id: 'M000',
      call_id: String(i).padStart(5, '0'),
      function_name: 'render',
      runtime_memory: 1769,
      stats: {
        host_job_create_tstamp: createdS,
        host_submit_tstamp: submitS,
        host_status_done_tstamp: startS + tookS + 0.4,
        worker_start_tstamp: workerS,
        worker_cold_start: i % 2 === 0,
        worker_func_start_tstamp: startS,
        worker_func_end_tstamp: startS + tookS,
        worker_func_exec_time: tookS,
        worker_result_upload_time: seconds(0.01, 0.1),
        func_result_size: 120,
      },
    };
  });
};

/** The raw files of each engine's arms, as texts. */
const DOCUMENTS: Readonly<Record<string, (arm: Arm) => readonly unknown[]>> = {
  sebs: (arm) => [makeExperiment({ seed: arm === 'old' ? 1 : 2, count: 5 })],
  airflow: (arm) => {
    const task_instances = seeds(arm).flatMap((seed) => makeTaskInstances(seed, SLOWNESS[arm]));
    return [{ task_instances, total_entries: task_instances.length }];
  },
  argo: (arm) => seeds(arm).map((seed) => makeWorkflow({ seed, slowness: SLOWNESS[arm] })),
  wfformat: (arm) => seeds(arm).map((seed) => makeInstance({ seed, slowness: SLOWNESS[arm] })),
  lithops: (arm) => seeds(arm).map((seed) => makeFutures(seed, SLOWNESS[arm])),
};

/** Writes the files of an arm in a folder of their own, and gives its path. */
function writeArm(engine: string, documents: readonly unknown[], arm: Arm): string {
  mkdirSync(scratch.path(`${engine}/${arm}`), { recursive: true });
  documents.forEach((document, i) => void scratch.write(`${engine}/${arm}/${i}.json`, JSON.stringify(document)));
  return scratch.path(`${engine}/${arm}`);
}

const METRICS = ['makespan', 'execution-time', 'startup-time'].flatMap((metric) => ['--metric', metric]);

/** Asks wfa of both arms, and the reference what it finds otherwise; the outcomes of what was compared. */
async function hold(engine: string, folders: readonly string[], leastFigures: number): Promise<readonly string[]> {
  const data = folders.flatMap((folder, i) => ['-d', `${ARMS[i]}=${folder}`]);
  const [listed, compared] = [
    await askWfa(['runs', '--list', ...data, '-f', 'json']),
    await askWfa(['compare', 'source=old', 'source=new', ...METRICS, ...data, '-f', 'json']),
  ];
  expect([listed.status, compared.status]).toEqual([0, 0]);
  const said = [listed, compared].map(({ stdout }, i) => scratch.write(`${engine}-${i}.json`, stdout));
  const printed = await runReference('engines_reference.py', engine, ...said, ...folders);
  const [, count, worst] = /^(\d+) figures, largest relative difference (\S+)/.exec(printed) ?? [];
  expect(Number(count)).toBeGreaterThanOrEqual(leastFigures);
  // Instants are doubles of ms since 1970: exact to a quarter of a thousandth.
  expect(Number(worst)).toBeLessThan(1e-5);
  const { comparisons } = JSON.parse(compared.stdout).result;
  return comparisons.map(({ overall }: { overall: { outcome: string } }) => overall.outcome);
}

describe('makespan, execution time, start-ups, memory and the verdict agree with the raw files', () => {
  testWithScipy.each([
    ['airflow', 60, ['different', 'different', 'inconclusive']],
    ['argo', 60, ['different', 'different', 'inconclusive']],
    ['wfformat', 60, ['different', 'different', 'inconclusive']],
    ['sebs', 80, ['inconclusive', 'inconclusive', 'inconclusive']],
    ['lithops', 60, ['different', 'different', 'inconclusive']],
  ] as const)(
    '%s',
    async (engine, leastFigures, outcomes) => {
      const folders = ARMS.map((arm) => writeArm(engine, DOCUMENTS[engine]?.(arm) ?? [], arm));
      expect(await hold(engine, folders, leastFigures)).toEqual(outcomes);
    },
    60_000,
  );

  testWithScipy.each([2, 3, 4, 5])(
    'lithops, as Python pickles its futures in protocol %i',
    async (protocol) => {
      const folders = await Promise.all(
        ARMS.map(async (arm) => {
          const own = scratch.path(`pickle-${protocol}/${arm}`);
          mkdirSync(own, { recursive: true });
          for (const seed of seeds(arm)) {
            const futures = scratch.write(`futures-${seed}.json`, JSON.stringify(makeFutures(seed, SLOWNESS[arm])));
            await runReference('engines_reference.py', 'pickle', futures, `${own}/${seed}.pickle`, String(protocol));
          }
          return own;
        }),
      );
      expect(await hold('lithops-pickle', folders, 60)).toEqual(['different', 'different', 'inconclusive']);
    },
    60_000,
  );
});
