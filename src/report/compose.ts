import type { AnyAnalysis, Outcome, RawOptions } from '../analyses/analysis.ts';
import { ANALYSES } from '../analyses/list.ts';
import { UserError } from '../errors.ts';
import type { RunFacts } from '../model/run-facts.ts';
import { shortenIds } from '../model/short-ids.ts';
import type { Answer, Page, Section } from '../render/html/document.ts';
import type { Report } from '../render/index.ts';
import { wordCount } from '../view/words.ts';
import { type ChosenRun, chooseRuns, type RunCandidate } from './choose-runs.ts';
import { givePrices, MOST_ASKED_RUNS, NOTHING, type Prices, QUESTIONS, type ReportQuestion, RUN } from './questions.ts';
import { summarize } from './summarize.ts';
import { surveyRuns } from './survey.ts';

/**
 * A report asks several analyses of the facts that one pass over the data gave, and lays their answers out as a page. It computes
 * nothing and words no result: that is what the analyses do.
 */
export interface ReportSource {
  readonly runs: readonly RunFacts[];
  /** The facts of one of the questions; `null`: there are more runs than it is asked of. */
  readonly factsOf: (analysis: string) => readonly unknown[] | null;
  /** The report of an outcome, as the command would write it. */
  readonly frame: (asked: FramedQuestion, outcome: Outcome) => Report;
  /** The command that asks the same. */
  readonly wordCommand: (analysis: string, raw: RawOptions) => string;
  readonly provenance: readonly string[];
  readonly seed: number;
  /** Prices for the questions that make bills, as `--prices` takes them. */
  readonly prices: Prices;
  /** Planners to compare, as they were named. */
  readonly named: readonly string[];
  /** Single runs in the page at most. */
  readonly mostShownRuns: number;
}

/** A question as it was asked in the end. */
export interface FramedQuestion {
  readonly name: string;
  readonly analysis: AnyAnalysis;
  readonly raw: RawOptions;
}

const definitionOf = (name: string) => {
  const found = ANALYSES.find((definition) => definition.name === name);
  if (!found) throw new Error(`no analysis is called ${name}`);
  return found;
};

/** Composes the page of all answers. `UserError` where an option cannot be used; a question without an answer says why. */
export async function composePage(source: ReportSource): Promise<Page> {
  const survey = surveyRuns(source.runs, source.named);
  const asked = await Promise.all(
    QUESTIONS.filter(({ analysis }) => analysis !== RUN).map(async (question) => ({
      question,
      section: await answerQuestion(question, survey, source),
    })),
  );
  const sectionOf = (name: string) => asked.find(({ question }) => question.analysis === name)?.section as Section;
  const single = source.factsOf(RUN) as readonly RunCandidate[];
  const chosen = chooseRuns(single, survey.pair ?? [], source.mostShownRuns);
  const runs = await Promise.all(chosen.map((run) => showRun(run, single, source)));
  const sections = asked.map(({ section }) => section);
  return {
    title: `wfa report: ${headlineOf(sectionOf('runs'))}`,
    provenance: source.provenance,
    summary: summarize(sections),
    sections: [...sections.filter(({ name }) => name !== 'runs'), sectionOf('runs')],
    runs,
    shortIds: shortenRuns(source.runs),
    runsNote: `${wordCount(runs.length, 'run')} of ${survey.runCount}: the slowest, the median, a failed one, the slowest planned ones of the planners compared, then others that failed and the next slowest; --runs N shows as many.`,
  };
}

/** Ids of which a picture may hold more than a name: only plain ones are shortened, so that no mark is written anew. */
const PLAIN_ID = /^[\w.-]+$/;

function shortenRuns(runs: readonly RunFacts[]): Map<string, string> {
  const shorten = shortenIds(runs.map(({ runId }) => runId));
  return new Map(runs.filter(({ runId }) => PLAIN_ID.test(runId)).map(({ runId }) => [runId, shorten(runId)]));
}

const headlineOf = ({ answer }: Section): string => ('view' in answer ? (answer.view.headlines[0] ?? '') : '');

async function answerQuestion(
  question: ReportQuestion,
  survey: Parameters<ReportQuestion['ask']>[0],
  source: ReportSource,
): Promise<Section> {
  const { analysis: name, ask, charts } = question;
  const definition = definitionOf(name);
  const asked = ask(survey);
  const raw = typeof asked === 'string' ? NOTHING : givePrices(question, asked, source.prices);
  const section = { name, title: definition.summary, command: source.wordCommand(name, raw) };
  if (typeof asked === 'string') return { ...section, answer: { whyNot: asked } };
  const facts = source.factsOf(name);
  if (facts === null) {
    const whyNot = `left out beyond ${MOST_ASKED_RUNS} runs, where it takes longer than the page may; the command answers`;
    return { ...section, answer: { whyNot } };
  }
  const chartKinds = charts ?? Object.keys(definition.chartKinds).slice(0, 1);
  return { ...section, answer: await answerOrWhyNot({ name, raw, facts, chartKinds }, source) };
}

/** A question that has its facts. */
interface Answerable {
  readonly name: string;
  readonly raw: RawOptions;
  readonly facts: readonly unknown[];
  readonly chartKinds: readonly string[];
}

async function answerOrWhyNot(asked: Answerable, source: ReportSource): Promise<Section['answer']> {
  try {
    return await answer(asked, source);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { whyNot: error.message };
  }
}

async function answer({ name, raw, facts, chartKinds }: Answerable, source: ReportSource): Promise<Answer> {
  const analysis = await definitionOf(name).load();
  const options = analysis.parseOptions(raw);
  const outcome = analysis.analyze(facts, options, source.seed);
  return { report: source.frame({ name, analysis, raw }, outcome), view: analysis.view(outcome, options), chartKinds };
}

async function showRun({ runId, why }: ChosenRun, facts: readonly unknown[], source: ReportSource) {
  const options = source.prices === undefined ? {} : { prices: source.prices };
  const raw = { arguments: [runId], options };
  const shown = await answer({ name: RUN, raw, facts, chartKinds: ['gantt'] }, source);
  return { runId, why, command: source.wordCommand(RUN, raw), answer: shown };
}
