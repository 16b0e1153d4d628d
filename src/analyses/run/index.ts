import type { AnalysisDefinition } from '../analysis.ts';
import { PRICES_OPTION } from '../prices-option.ts';

/**
 * The analysis shows one run task by task: all runs that the filters leave come in, one of them goes out with its workers, tasks,
 * critical path and plan. It draws no conclusion from a single run.
 */
export const runDefinition: AnalysisDefinition = {
  name: 'run',
  summary: 'one run task by task: a Gantt chart of its workers, with the critical path and the plan',
  description:
    'Shows one run: every task on its worker with the time it waited, executed, uploaded and handed on, the start-ups of the ' +
    'workers, and the observed critical path, from the sink back to the upstream task whose output came last. The run is ' +
    'named by the beginning of its id (wfa runs --list shows them), or is the latest or slowest that the filters leave.',
  arguments: [{ name: '[id]', description: 'the run, by as much of the beginning of its id as no other run shares' }],
  options: [
    { flags: '--latest', description: 'the run submitted last' },
    { flags: '--slowest', description: 'the run with the longest makespan' },
    { flags: '--plan', description: 'also what the plan predicted for each task, under what happened' },
    {
      flags: '--task <name>',
      description: 'planned against observed of one task, by its function or the beginning of its id',
    },
    PRICES_OPTION,
  ],
  chartKinds: ['gantt', 'dag'],
  gateExample: null,
  examples: [
    { command: 'wfa run --slowest --workflow gemm --data sample:', comment: 'the slowest run of one workflow' },
    {
      command: 'wfa run 1795340906110 --plan --data sample:newer --chart run.svg',
      comment: 'one run beside its plan, drawn',
    },
    {
      command: 'wfa run 1795340906110 --task multiply_chunks --data sample:newer',
      comment: 'planned against observed of the tasks of one function',
    },
  ],
  load: async () => (await import('./stages.ts')).run,
};
