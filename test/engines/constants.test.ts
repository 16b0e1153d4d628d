import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { isTaskMap, parseTaskMap } from '../../src/engines/index.ts';
import type { UserError } from '../../src/errors.ts';
import { plannerName, slaOf } from '../../src/model/timeline.ts';
import { askWfa } from '../ask-wfa.ts';
import { makeScratch } from '../scratch.ts';
import { makeExperiment, makeHistory, makeInstance, makeWorkflow } from './generate-documents.ts';
import { readText } from './read-text.ts';

/** What is said of whole files of other engines: planner, workflow and SLA. */

const scratch = makeScratch();
const parse = (map: string) =>
  parseTaskMap({ map: [map], timeUnit: undefined, durationUnit: undefined, memoryUnit: undefined });
const SAID = parse("planner='Mine',workflow='w',sla='p90'");

const trace = (status = 'COMPLETED') =>
  `task_id\thash\tname\tstatus\tsubmit\tduration\trealtime\n1\tab/1\ta\t${status}\t2026-01-31 12:00:00.000\t3s\t2s\n`;

const FILES: readonly (readonly [name: string, text: string])[] = [
  ['Nextflow', trace()],
  ['Nextflow, a run without a task that ended', trace('FAILED')],
  [
    'Lithops',
    JSON.stringify({
      host_job_create_tstamp: 1000,
      host_submit_tstamp: 1000,
      worker_start_tstamp: 1001,
      worker_func_start_tstamp: 1002,
      worker_func_end_tstamp: 1005,
    }),
  ],
  [
    'Airflow',
    'dag_id,run_id,task_id,state,start_date,end_date\nd,r,t,success,2026-01-31T12:00:00Z,2026-01-31T12:00:05Z\n',
  ],
  ['SeBS-Flow', 'func,start,end,is_cold,container_id,request_id\nf,1000,1005,True,c,r\n'],
  ['Step Functions', JSON.stringify(makeHistory({ seed: 1 }), null, 2)],
  ['Argo, YAML', stringify(makeWorkflow({ seed: 1 }))],
  ['SeBS', JSON.stringify(makeExperiment({ seed: 1 }))],
  ['WfFormat', JSON.stringify(makeInstance({ seed: 1 }))],
];

describe('constants are said of every run of a file that is read as it is', () => {
  test.each(FILES)('%s', async (_, text) => {
    const [plain, said] = [await readText(text), await readText(text, SAID)];
    expect(said.issues).toEqual(plain.issues);
    expect(said.runs.map(({ runId }) => runId)).toEqual(plain.runs.map(({ runId }) => runId));
    expect(said.runs.length).toBeGreaterThan(0);
    for (const [i, run] of said.runs.entries()) {
      expect([run.workflow, plannerName(run), slaOf(run)]).toEqual(['w', 'Mine', 90]);
      const { workflow: __, stated: ___, origin: ____, ...rest } = run;
      expect(plain.runs[i]).toMatchObject(rest);
    }
  });
});

describe('on the command line', () => {
  test('two traces, each imported under its planner, are two arms', async () => {
    const files = ['a', 'b'].map((name, i) =>
      scratch.write(`${name}.txt`, trace().replaceAll('3s\t2s', `${3 + i}s\t2s`)),
    );
    const imported = files.map((file) => file.replace('.txt', '.ndjson'));
    for (const [i, file] of files.entries()) {
      const { status } = await askWfa(['import', file, '--map', `planner='${'ab'[i]}'`, '-o', imported[i] as string]);
      expect(status).toBe(0);
    }
    const { stdout } = await askWfa(['compare', 'a', 'b', '-d', ...imported, '-f', 'json']);
    expect(JSON.parse(stdout).result.comparisons[0]).toMatchObject({
      baseline: 'a',
      candidate: 'b',
      metric: 'makespan',
    });
  });

  test("the measured engine's own records say it themselves", async () => {
    const { status, stderr } = await askWfa(['runs', '-d', 'sample:older', '--map', "planner='x'"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('name their planner, workflow and SLA')]);
  });

  test('a question of workers takes them for runs, not for a log', async () => {
    expect(isTaskMap(["planner='x'"])).toBe(true);
    const { status } = await askWfa(['workers', '-d', 'sample:lithops', '--map', "planner='x'"]);
    expect(status).toBe(0);
  });
});

test('an SLA is said of the runs of a table, too', async () => {
  const map = parseTaskMap({
    map: ["run=r,task=t,start=s,duration=d,sla='average'"],
    timeUnit: 's',
    durationUnit: undefined,
    memoryUnit: undefined,
  });
  const { runs } = await readText('r,t,s,d\n1,a,86400,2\n', map);
  expect(runs.map(slaOf)).toEqual(['average']);
});

test.each([
  ["worker='w'", /worker is none of a whole file.*planner, workflow and sla/s],
  ["sla='p101'", /names no SLA/],
  ["sla='often'", /names no SLA/],
  ['run=r,task=t,start=s,end=e,sla=column', /names no SLA/],
])('%s is refused', (map, words) => {
  expect(() => parse(map)).toThrow(expect.objectContaining({ message: expect.any(String) }));
  try {
    parse(map);
  } catch (error) {
    const { message, hintLines } = error as UserError;
    expect([message, ...hintLines].join('\n')).toMatch(words);
  }
});

test('constants have no unit', () => {
  expect(() =>
    parseTaskMap({ map: ["planner='x'"], timeUnit: 's', durationUnit: undefined, memoryUnit: undefined }),
  ).toThrow('has constants only, which have no unit');
});
