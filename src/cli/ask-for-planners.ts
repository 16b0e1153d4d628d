import type { AnalysisDefinition } from '../analyses/analysis.ts';
import type { RunsResult } from '../analyses/runs/analyze.ts';
import { type LoadRequest, loadFacts } from '../engine/load.ts';
import { prepareQuestion, type Question } from '../engine/question.ts';
import { UserError } from '../errors.ts';
import { shortenPlanners } from '../model/names.ts';
import { showUri } from '../sources/index.ts';
import { wordCount } from '../view/words.ts';
import { quote } from './quote.ts';

/** Does nothing where enough planners are named; else reads the data and throws a `UserError` that lists those to choose from. */
export async function askForPlanners(
  definition: AnalysisDefinition,
  question: Question,
  request: LoadRequest,
): Promise<void> {
  const { needsPlanners: needed } = definition;
  if (!needed) return;
  const given = [...question.raw.arguments, question.raw.options['planner']].filter((name) => typeof name === 'string');
  // Planners are separated by spaces: commas are for several in one arm.
  const named = given.flatMap((name) => (name.includes('=') ? [name] : name.split(',')));
  if (given.length >= needed.count || request.data.length === 0) return;
  const planners = await listPlanners(question, request);
  const shorten = shortenPlanners(planners);
  const names = planners.map(({ planner }) => shorten(planner));
  const proposed = propose(named, names, needed.count);
  const where = request.data.map(({ uri }) => `-d ${quote(showUri(uri))}`).join(' ');
  throw new UserError('bad-option', `wfa ${definition.name} needs ${needed.what}.`, {
    hint: [
      `The data have: ${planners.map(({ planner, runCount }) => `${shorten(planner)} (${wordCount(runCount, 'run')})`).join(', ')}.`,
      `As in: wfa ${definition.name} ${proposed.map(quote).join(' ')} ${where}`,
    ],
  });
}

interface PlannerCount {
  readonly planner: string;
  readonly runCount: number;
}

/** Lists the planners of all runs that the filters leave, those with most planned runs first. */
async function listPlanners({ filter }: Question, request: LoadRequest): Promise<PlannerCount[]> {
  const question = { analysis: 'runs', raw: { arguments: [], options: {} }, filter };
  const preparing = prepareQuestion(question);
  const { facts } = await loadFacts(
    { ...request, question, cache: null },
    preparing.then(({ extraction }) => extraction),
  );
  const { analysis, options } = await preparing;
  const { groups } = analysis.analyze(facts, options, 1).result as RunsResult;
  const counts = new Map<string, number>();
  for (const { planner, runCount } of groups) counts.set(planner, (counts.get(planner) ?? 0) + runCount);
  return [...counts].map(([planner, runCount]) => ({ planner, runCount })).sort((a, b) => b.runCount - a.runCount);
}

/** Completes what was named: by the same planner with or without `-opt`, else by those with most runs. One alone is one that optimizes. */
function propose(named: readonly string[], names: readonly string[], count: number): string[] {
  const optimizing = count === 1 ? names.find((name) => name.endsWith('-opt')) : undefined;
  const [first = optimizing ?? (names[0] as string)] = named;
  const sibling = first.endsWith('-opt') ? first.slice(0, -'-opt'.length) : `${first}-opt`;
  return [...new Set([first, ...named, ...(names.includes(sibling) ? [sibling] : []), ...names])].slice(0, count);
}
