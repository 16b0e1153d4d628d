import { type AnyAnalysis, type Outcome, partsRead } from '../../src/analyses/analysis.ts';
import { ANALYSES } from '../../src/analyses/list.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { keepParts } from '../../src/model/run-parts.ts';
import type { View } from '../../src/view/view.ts';
import { EXAMPLES, type Example } from '../analyses/examples.ts';
import { sampleRuns } from '../sample-records.ts';

/** Every analysis asked everything that shows a table, a key or a column of its own. */

/** Beside what every analysis is asked anyway. */
const MORE: Readonly<Record<string, readonly Example[]>> = {
  compare: [
    { arguments: ['uniform', 'non-uniform'], options: { blocks: true, block: 'workflow' } },
    { arguments: ['uniform', 'non-uniform', 'non-uniform-opt'], options: { blocks: true, metric: ['all'] } },
  ],
  claim: [{ arguments: ['non-uniform is 53 % faster than uniform'], options: { ways: true } }],
  accuracy: [
    { arguments: [], options: { level: 'task' } },
    { arguments: [], options: { quantity: ['all'] } },
  ],
  breakdown: [{ arguments: [], options: { by: 'function' } }],
  preload: [{ arguments: [], options: { planner: 'non-uniform-opt' } }],
  sla: [{ arguments: [], options: { metric: ['all'] } }],
  run: [{ arguments: [], options: { slowest: true, task: 'final_comprehensive_report' } }],
};

/** One answer. */
export interface Walked {
  readonly name: string;
  readonly title: string;
  readonly outcome: Outcome;
  readonly view: View;
}

/** Asks every analysis all of its examples, of the bundled runs. */
export async function walkAnalyses(): Promise<Walked[]> {
  const runs = sampleRuns();
  const walked: Walked[] = [];
  for (const { name, load } of ANALYSES) {
    const analysis: AnyAnalysis = await load();
    for (const example of [...(EXAMPLES[name] ?? []), ...(MORE[name] ?? [])]) {
      const options = analysis.parseOptions(example);
      const facts = runs.map((run) => {
        const kept = keepParts(run, new Set(partsRead(analysis, options)));
        return analysis.extract(kept, describeRun(kept), options);
      });
      const outcome = analysis.analyze(facts, options, 1);
      const title = [name, ...example.arguments, JSON.stringify(example.options)].join(' ');
      walked.push({ name, title, outcome, view: analysis.view(outcome, options) });
    }
  }
  return walked;
}
