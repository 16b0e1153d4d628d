import { expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';

const DATA = ['-d', 'sample:newer'];
const ARMS = ['uniform', 'non-uniform'];

// The mistakes that people make most: each is answered by words that lead to the right command.
test.each([
  ['no arguments', ['compare', ...DATA], 'As in: wfa compare non-uniform non-uniform-opt -d sample:newer'],
  ['one planner', ['compare', 'uniform', ...DATA], 'As in: wfa compare uniform uniform-opt -d sample:newer'],
  ['a comma', ['compare', 'uniform,non-uniform', ...DATA], 'As in: wfa compare uniform non-uniform -d sample:newer'],
  [
    'a word between',
    ['compare', 'uniform', 'vs', 'non-uniform', ...DATA],
    "Leave out 'vs': planners follow each other.",
  ],
  [
    'a workflow for a planner',
    ['compare', 'uniform', 'gemm', ...DATA],
    'gemm is a workflow: workflow=gemm names its runs',
  ],
  ['an SLA for a planner', ['compare', 'p50', 'p90', ...DATA], 'p50 is an SLA: sla=p50 names its runs'],
  [
    'a planner for a workflow',
    ['runs', '--workflow', 'uniform', ...DATA],
    'uniform is a planner: planner=UniformPlanner',
  ],
  [
    'a workflow for a run',
    ['run', 'gemm', ...DATA],
    'gemm is a workflow: wfa runs --list --workflow gemm lists its runs',
  ],
  ['no run', ['run', ...DATA], '--latest, or --slowest'],
  ['one arm twice', ['compare', 'uniform', 'UniformPlanner', ...DATA], 'Baseline and candidate are the same'],
  ['a name mistyped', ['compare', 'unifrom', 'non-uniform', ...DATA], 'Did you mean UniformPlanner?'],
  ['a command mistyped', ['comapre', ...ARMS, ...DATA], 'Did you mean compare?'],
  ['an option mistyped', ['compare', ...ARMS, ...DATA, '--wokflow', 'gemm'], 'Did you mean --workflow?'],
  ['a key mistyped', ['runs', '--where', 'workfow=gemm', ...DATA], 'Did you mean workflow?'],
  ['a colon for the sign', ['runs', '--where', 'workflow:gemm', ...DATA], 'As in --where workflow=gemm.'],
  ["another tool's metric", ['compare', ...ARMS, '--metric', 'latency', ...DATA], 'Did you mean makespan?'],
  ["another tool's option", ['compare', ...ARMS, '--json', ...DATA], 'Formats are chosen by -f FORMAT'],
  ['planners as options', ['compare', '--baseline', 'uniform', ...DATA], 'Planners are named by position'],
  ['a command to plot', ['plot', ...DATA], '--chart FILE.svg'],
  ['a chart of what has none', ['runs', '--chart', 'x.svg', ...DATA], 'This command draws no chart.'],
  ['a spreadsheet', ['compare', ...ARMS, '-o', 'x.xlsx', ...DATA], 'FILE.csv'],
  ['a picture of an unknown kind', ['compare', ...ARMS, '--chart', 'x.jpg', ...DATA], '.png'],
  ['a gate without a unit', ['compare', ...ARMS, '--fail-on', 'makespan>5', ...DATA], "As in --fail-on 'makespan>5%'"],
  ['no data', ['compare', ...ARMS], '--data sample:'],
  ['a file that is not there', ['compare', ...ARMS, '-d', 'no/runs.ndjson'], 'there is no such file or directory'],
  ['an invocation log', ['runs', '-d', 'sample:invocations'], 'wfa workers --map'],
  ['a claim without a figure', ['claim', 'it is faster', ...DATA], 'non-uniform is 53 % faster than uniform'],
  ['options before the command', [...DATA, 'compare', ...ARMS], 'Options stand behind the command'],
  ['planners without a question', [...ARMS, ...DATA], 'The question stands first: wfa compare uniform non-uniform'],
  ['no shell', ['completion'], 'eval "$(wfa completion bash)"'],
  ['facts of no planners', ['extract', 'compare', ...DATA], 'as in: compare uniform non-uniform'],
  ['a day in words', ['runs', '--since', 'yesterday', ...DATA], 'Give ISO 8601 such as 2026-11-20'],
])('%s', async (_, args, answer) => {
  const { status, stdout, stderr } = await askWfa(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(answer);
});
