import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { partsRead } from '../../src/analyses/analysis.ts';
import { ANALYSES } from '../../src/analyses/list.ts';
import { readWorkflows } from '../../src/engines/argo/index.ts';
import { parseTaskMap } from '../../src/engines/index.ts';
import { readExperiment } from '../../src/engines/sebs/index.ts';
import { readHistory } from '../../src/engines/stepfunctions/index.ts';
import { readInstance } from '../../src/engines/wfformat/index.ts';
import { UserError } from '../../src/errors.ts';
import type { Run } from '../../src/model/run.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { keepParts } from '../../src/model/run-parts.ts';
import { makeExperiment, makeHistory, makeInstance, makeWorkflow } from './generate-documents.ts';
import { readText } from './read-text.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];

/** The documents of each engine, half of them under each of two labels. */
const PRESETS = {
  'Step Functions': SEEDS.map((seed) => [readHistory, makeHistory({ seed })] as const),
  Argo: SEEDS.map((seed) => [readWorkflows, makeWorkflow({ seed })] as const),
  'SeBS experiments': SEEDS.map((seed) => [readExperiment, makeExperiment({ seed })] as const),
  'WfFormat 1.5': SEEDS.map((seed) => [readInstance, makeInstance({ seed })] as const),
  'WfFormat 1.6': SEEDS.map((seed) => [readInstance, makeInstance({ seed, version: '1.6' })] as const),
};

/** A header, and a row of each of six runs' two tasks; seconds since the epoch where a number is. */
const rowsOf = (header: string, row: (run: number, task: number) => string): string =>
  [header, ...SEEDS.flatMap((run) => [row(run, 0), row(run, 1)])].join('\n').concat('\n');
const startOf = (run: number, task: number): number => 1000 * run + 10 * task;

const dateOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, -1);
const NEXTFLOW_HEADER = 'task_id\thash\tname\tstatus\tsubmit\tduration\trealtime\tmemory';
const makeTrace = (run: number): string =>
  [0, 1]
    .map((task) => [
      task,
      `ab/${run}${task}`,
      `W:T${task}`,
      'COMPLETED',
      dateOf(startOf(run, task)),
      `${7 + run}s`,
      `${5 + run}s`,
      '1 GB',
    ])
    .reduce((text, cells) => `${text}${cells.join('\t')}\n`, `${NEXTFLOW_HEADER}\n`);

/** The tables of each engine. */
const TABLES: Readonly<Record<string, readonly [text: string, map: string | null]>> = {
  Lithops: [
    rowsOf('', (run, task) => {
      const at = startOf(run, task);
      return JSON.stringify({
        executor_id: `e${run}`,
        call_id: `${task}`,
        host_job_create_tstamp: at - 3 - 10 * task,
        host_submit_tstamp: at - 2,
        worker_start_tstamp: at - 1,
        worker_cold_start: task === 0,
        worker_func_start_tstamp: at,
        worker_func_end_tstamp: at + 5 + run,
        worker_func_exec_time: 5 + run,
        worker_result_upload_time: 0.1,
        func_result_size: 10,
      });
    }).trim(),
    null,
  ],
  'SeBS-Flow': [
    rowsOf(
      'func,start,end,is_cold,container_id,request_id',
      (run, task) => `f${task},${startOf(run, task)},${startOf(run, task) + 5 + run},True,c${task},r${run}`,
    ),
    null,
  ],
  Airflow: [
    rowsOf('dag_id,run_id,task_id,state,try_number,queued_dttm,start_date,end_date,hostname', (run, task) => {
      const [at, iso] = [startOf(run, task), (seconds: number) => new Date(seconds * 1000).toISOString()];
      return `d,r${run},t${task},success,1,${iso(at - 2)},${iso(at)},${iso(at + 5 + run)},h${task}`;
    }),
    null,
  ],
  'Task table (run, task, submitted, ready, start, end, parents)': [
    rowsOf('run,task,submitted,ready,start,end,parents', (run, task) => {
      const at = startOf(run, task);
      return `r${run},t${task},${at - 2},${at - 1},${at},${at + 5 + run},${task === 0 ? '' : 't0'}`;
    }),
    'run=run,task=task,submitted=submitted,ready=ready,start=start,end=end,parents=parents',
  ],
};

const runsOf = (documents: (typeof PRESETS)[keyof typeof PRESETS]): Run[] =>
  documents.flatMap(([read, document], i) =>
    read(document, { uri: `${i}.json`, line: 1 }, i % 2 === 0 ? 'old' : 'new').flatMap((own) =>
      'run' in own ? own.run : [],
    ),
  );

type Asked = readonly [readonly string[], Readonly<Record<string, string | boolean | string[]>>];

const askedOf = (runs: readonly Run[]): Readonly<Record<string, Asked>> => ({
  run: [[runs[0]?.runId ?? ''], {}],
  compare: [['source=old', 'source=new'], { metric: ['all'] }],
  preload: [[], { planner: 'unknown' }],
  rank: [[], { by: 'source' }],
  claim: [['source=old vs source=new: makespan +4 %'], {}],
});

/** `yes`, or the kinds of information that are asked for and not recorded. Anything else thrown is a bug, and ends the test. */
async function ask(name: string, runs: readonly Run[]): Promise<string> {
  const definition = ANALYSES.find((candidate) => candidate.name === name);
  const analysis = await (definition as NonNullable<typeof definition>).load();
  const [arguments_, given] = askedOf(runs)[name] ?? [[], {}];
  const options = analysis.parseOptions({ arguments: arguments_, options: given });
  const facts = runs.map((run) => {
    const kept = keepParts(run, new Set(partsRead(analysis, options)));
    return analysis.extract(kept, describeRun(kept), options);
  });
  expect(JSON.parse(JSON.stringify(facts))).toStrictEqual(facts);
  try {
    const outcome = analysis.analyze(facts, options, 1);
    expect(JSON.parse(JSON.stringify(outcome))).toStrictEqual(outcome);
    analysis.view(outcome, options);
    return 'yes';
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const needs = /^The question needs (.*?): /.exec(error.message)?.[1];
    return needs === undefined ? error.message : `lacks ${needs.replaceAll(' and ', ', ')}`;
  }
}

const labelled = (run: Run, i: number): Run => ({ ...run, sourceLabel: i % 2 === 0 ? 'old' : 'new' });

/** A trace is one run. */
async function readTraces(): Promise<Run[]> {
  const reads = await Promise.all(SEEDS.map((seed) => readText(makeTrace(seed))));
  return reads.flatMap(({ runs }) => runs).map(labelled);
}

async function readTable([text, map]: readonly [string, string | null]): Promise<Run[]> {
  const units = { timeUnit: 's', durationUnit: undefined, memoryUnit: undefined };
  const { runs, issues } = await readText(text, map === null ? null : parseTaskMap({ map: [map], ...units }));
  expect(issues).toEqual([]);
  return runs.map(labelled);
}

async function makeTable(): Promise<string> {
  const documented = Object.entries(PRESETS).map(([preset, documents]) => [preset, runsOf(documents)] as const);
  const tabled = await Promise.all(
    Object.entries(TABLES).map(async ([preset, table]) => [preset, await readTable(table)] as const),
  );
  const rows = await Promise.all(
    [...documented, ['Nextflow', await readTraces()] as const, ...tabled].map(async ([preset, runs]) => {
      const lines: string[] = [];
      for (const { name } of ANALYSES) lines.push(`- \`${name}\`: ${await ask(name, runs)}`);
      return `**${preset}**\n\n${lines.join('\n')}`;
    }),
  );
  return rows.join('\n\n');
}

const README = 'samples/README.md';
const [BEGIN, END] = ['<!-- answers: begin -->', '<!-- answers: end -->'];

test('the README says what each analysis makes of each engine’s files', async () => {
  const readme = readFileSync(README, 'utf8');
  const table = await makeTable();
  if (process.env['UPDATE_README']) {
    writeFileSync(
      README,
      `${readme.slice(0, readme.indexOf(BEGIN))}${BEGIN}\n\n${table}\n\n${readme.slice(readme.indexOf(END))}`,
    );
    return;
  }
  const shown = readme.slice(readme.indexOf(BEGIN) + BEGIN.length, readme.indexOf(END)).trim();
  expect(shown).toBe(table);
});
