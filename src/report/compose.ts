import type { AnyAnalysis, Outcome, RawOptions } from '../analyses/analysis.ts';
import { ANALYSES } from '../analyses/list.ts';
import { UserError } from '../errors.ts';
import type { RunFacts } from '../model/run-facts.ts';
import type { Answer, Page, Section } from '../render/html/document.ts';
import type { Report } from '../render/index.ts';
import { wordCount } from '../view/words.ts';
import { chooseRuns, type RunCandidate } from './choose-runs.ts';
import { QUESTIONS, type ReportQuestion } from './questions.ts';
import { summarize } from './summarize.ts';
import { surveyRuns } from './survey.ts';

/**
 * A report asks several analyses of the facts that one pass over the data gave, and lays their answers out as a page. It computes
 * nothing and words no result: that is what the analyses do.
 */
export interface ReportSource {
  readonly runs: readonly RunFacts[];
  /** The facts of one of the questions. */
  readonly factsOf: (analysis: string) => readonly unknown[];
  /** The report of an outcome, as the command would write it. */
  readonly frame: (asked: FramedQuestion, outcome: Outcome) => Report;
  /** The command that asks the same. */
  readonly wordCommand: (analysis: string, raw: RawOptions) => string;
  readonly provenance: readonly string[];
  readonly seed: number;
  /** Options that are handed on to every question that has them. */
  readonly handedOn: RawOptions['options'];
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

/** The options of all questions that `handedOn` can hold, as they have to be known when data are read. */
export const listReadings = (handedOn: RawOptions['options']) =>
  QUESTIONS.map(({ analysis, reading }) => ({ analysis, raw: handOn(analysis, reading, handedOn) }));

/** Gives a question those of the options that its analysis has. */
function handOn(name: string, raw: RawOptions, handedOn: RawOptions['options']): RawOptions {
  const flags = definitionOf(name).options.map((option) => option.flags);
  const own = Object.entries(handedOn).filter(([key]) => flags.some((flag) => flag.startsWith(`--${key}`)));
  return { ...raw, options: { ...Object.fromEntries(own), ...raw.options } };
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
    QUESTIONS.map(async (question) => ({ question, section: await answerQuestion(question, survey, source) })),
  );
  const sectionOf = (name: string) => asked.find(({ question }) => question.analysis === name)?.section as Section;
  const chosen = chooseRuns(source.factsOf('run') as readonly RunCandidate[], source.mostShownRuns);
  const runs = await Promise.all(chosen.map(({ runId, why }) => showRun(runId, why, source)));
  const sections = asked.map(({ section }) => section).filter(({ name }) => name !== 'run');
  return {
    title: `wfa report: ${headlineOf(sectionOf('runs'))}`,
    provenance: source.provenance,
    summary: summarize(sections),
    sections: [...sections.filter(({ name }) => name !== 'runs'), sectionOf('runs')],
    runs,
    runsNote: `${wordCount(runs.length, 'run')} of ${survey.runCount}: the slowest, the median and those that failed first, then the next slowest; --runs N shows as many.`,
  };
}

const headlineOf = ({ answer }: Section): string => ('view' in answer ? (answer.view.headlines[0] ?? '') : '');

async function answerQuestion(
  { analysis: name, ask, charts, mostRuns }: ReportQuestion,
  survey: Parameters<ReportQuestion['ask']>[0],
  source: ReportSource,
): Promise<Section> {
  const definition = definitionOf(name);
  const asked = ask(survey);
  const raw = typeof asked === 'string' ? { arguments: [], options: {} } : handOn(name, asked, source.handedOn);
  const section = { name, title: definition.summary, command: source.wordCommand(name, raw) };
  if (name === 'run') return { ...section, answer: { whyNot: '' } };
  if (typeof asked === 'string') return { ...section, answer: { whyNot: asked } };
  if (mostRuns !== undefined && survey.runCount > mostRuns) {
    return { ...section, answer: { whyNot: `left out beyond ${mostRuns} runs, for it takes longer than all others; the command asks it` } };
  }
  const chartKinds = charts ?? Object.keys(definition.chartKinds).slice(0, 1);
  return { ...section, answer: await answerOrWhyNot(name, raw, chartKinds, source) };
}

async function answerOrWhyNot(
  name: string,
  raw: RawOptions,
  chartKinds: readonly string[],
  source: ReportSource,
): Promise<Section['answer']> {
  try {
    return await answer(name, raw, chartKinds, source);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { whyNot: error.message };
  }
}

async function answer(
  name: string,
  raw: RawOptions,
  chartKinds: readonly string[],
  source: ReportSource,
): Promise<Answer> {
  const analysis = await definitionOf(name).load();
  const options = analysis.parseOptions(raw);
  const outcome = analysis.analyze(source.factsOf(name), options, source.seed);
  return { report: source.frame({ name, analysis, raw }, outcome), view: analysis.view(outcome, options), chartKinds };
}

async function showRun(runId: string, why: string, source: ReportSource) {
  const raw = { arguments: [runId], options: {} };
  const shown = await answer('run', raw, ['gantt'], source);
  return { runId, why, command: source.wordCommand('run', raw), answer: shown };
}
