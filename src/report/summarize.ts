import { sum } from 'd3-array';
import type { ArmMetric, RankResult } from '../analyses/rank/result.ts';
import { isHint, isLowest, isToldWorse, labelOf } from '../analyses/rank/wording.ts';
import type { RunGroup, RunsResult } from '../analyses/runs/analyze.ts';
import { groupBy } from '../model/group-by.ts';
import { shortenPlanners } from '../model/names.ts';
import type { Answer, Section, Summary } from '../render/html/document.ts';
import { collectFootnotes } from '../render/notes.ts';
import { name, right } from '../view/cells.ts';
import type { Column, Table, Tone } from '../view/view.ts';
import { readableUnit, withUnit, wordFigure, wordPercentChange, wordPercentInterval } from '../view/words.ts';

/** Warnings on the first screen. */
const MOST_LIMITS = 3;

/** The first screen of what the sections say: the ranking, what limits it, and what to run next. */
export function summarize(sections: readonly Section[]): Summary {
  const answerOf = (wanted: string): Answer | null => {
    const answer = sections.find((section) => section.name === wanted)?.answer;
    return answer && 'view' in answer ? answer : null;
  };
  const rank = answerOf('rank');
  const plan = answerOf('plan-campaign');
  const refused = sections.find((section) => section.name === 'rank')?.answer;
  const limits = listLimits(sections);
  return {
    answers: rank ? chooseHeadlines(rank) : [refused && 'whyNot' in refused ? refused.whyNot : ''],
    tables: rank ? [tabulateRanking(rank.report.result as RankResult)] : [],
    limits: chooseLimits(limits),
    warningCount: new Set(limits.map(({ message }) => message)).size,
    data: describeData(answerOf('runs'), rank),
    next: [
      ...(plan ? [{ words: plan.view.headlines.join('. '), command: commandOf(sections, 'plan-campaign') }] : []),
      ...(rank?.view.next && plan === null ? [{ words: rank.view.next, command: null }] : []),
      ...(rank === null && plan === null ? [{ words: RUN_TWICE, command: null }] : []),
    ],
    nextTables: plan?.view.tables.slice(0, 1) ?? [],
  };
}

const RUN_TWICE = 'two planned runs or more of two planners, in the same workflows: then they can be ranked';

/** Workflows and planners with their runs, and what is left out of the ranking. */
function describeData(runs: Answer | null, rank: Answer | null): string[] {
  if (runs === null) return [];
  const { groups } = runs.report.result as RunsResult;
  const count = (keyOf: (group: RunGroup) => string) =>
    groupBy(groups, keyOf).map((own) => `${keyOf(own[0] as RunGroup)} ${sum(own, ({ runCount }) => runCount)}`);
  const shorten = shortenPlanners(groups);
  const leftOut = rank === null ? null : collectFootnotes(rank.report).leftOut;
  return [
    ...runs.view.headlines,
    `runs by planner: ${count(({ planner }) => shorten(planner)).join(', ')}`,
    `runs by workflow: ${count(({ workflow }) => workflow).join(', ')}`,
    ...(leftOut === null ? [] : [`left out of the ranking: ${leftOut}`]),
  ];
}

const commandOf = (sections: readonly Section[], wanted: string): string | null =>
  sections.find((section) => section.name === wanted)?.command ?? null;

/** The sentences on the first metric and on the price. */
const chooseHeadlines = ({ view }: Answer): string[] => {
  const [first = '', ...others] = view.headlines;
  const price = others.at(-1);
  return price === undefined ? [first] : [first, price];
};

/** The first warning of each kind: several of a kind say nearly the same. */
function chooseLimits(limits: readonly Limit[]): string[] {
  const first = new Map([...limits].reverse().map(({ code, message }) => [code, message]));
  const messages = new Set(limits.map(({ code }) => first.get(code) as string));
  return [...messages].slice(0, MOST_LIMITS);
}

type Limit = Answer['report']['warnings'][number];

/** Warnings as they stand with their questions, the ranking's first. */
function listLimits(sections: readonly Section[]): Limit[] {
  const order = ['rank', 'runs', 'compare'];
  const placeOf = ({ name: own }: Section) => (order.includes(own) ? order.indexOf(own) : order.length);
  const sorted = [...sections].sort((a, b) => placeOf(a) - placeOf(b));
  return sorted.flatMap(({ answer }) =>
    'report' in answer ? answer.report.warnings.filter(({ severity }) => severity === 'warning') : [],
  );
}

/** The arms by the first metric, each with its change against the best in words, and what it uses. */
function tabulateRanking(result: RankResult): Table {
  const [arm] = result.arms;
  const [metric = ''] = Object.keys(arm?.metrics ?? {});
  const price = result.costMetric in (arm?.metrics ?? {}) ? result.costMetric : null;
  const header = (key: string) => withUnit(labelOf(key), arm?.metrics[key]?.unit ?? '');
  const isAlone = result.arms.length === 1;
  const besideOthers = (column: Column) => (isAlone ? [] : [column]);
  return {
    title: `planners by ${labelOf(metric)}`,
    columns: [
      name('arm', 'planner'),
      right('level', header(metric)),
      ...besideOthers(right('change', 'against the lowest (%)')),
      ...besideOthers(right('interval', '95 % interval')),
      ...besideOthers(name('verdict', 'verdict')),
      ...(price === null
        ? []
        : [right('price', header(price)), ...besideOthers(right('priceChange', 'against the lowest (%)'))]),
      right('runs', 'runs'),
    ],
    rows: result.arms.map(({ label, metrics, runCount }) => {
      const of = metrics[metric] as ArmMetric;
      const own = price === null ? undefined : metrics[price];
      return {
        arm: label,
        level: wordLevel(of),
        change: isLowest(of) ? '0' : wordPercentChange(of.changeFromBestFraction),
        interval: isLowest(of) ? '' : wordPercentInterval(of.ciLow, of.ciHigh),
        verdict: wordVerdict(of),
        price: own === undefined ? '' : wordLevel(own),
        priceChange: own === undefined ? '' : wordPercentChange(own.changeFromBestFraction),
        runs: String(runCount),
      };
    }),
    notes: [],
  };
}

function wordLevel({ level, unit }: ArmMetric): string {
  return wordFigure(level === null ? null : level * readableUnit(unit).scale);
}

function wordVerdict(of: ArmMetric): { readonly text: string; readonly tone: Tone } {
  if (of.level === null) return { text: 'no figure', tone: 'muted' };
  if (isLowest(of)) return { text: 'lowest', tone: 'gain' };
  if (isToldWorse(of)) return { text: 'worse', tone: 'loss' };
  if (isHint(of)) return { text: 'may be worse: a hint, not confirmed', tone: 'uncertain' };
  return { text: 'cannot be told from the lowest', tone: 'uncertain' };
}
