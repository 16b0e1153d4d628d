import { shortPlannerName } from '../../../model/names.ts';
import { ABOUT } from '../../../view/about.ts';
import { titleOf } from '../../../view/chart-text.ts';
import { drawNothing } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordCount, wordNumber } from '../../../view/words.ts';
import type { AccuracyOptions } from '../options.ts';
import type { Quantity } from '../quantities.ts';
import type { AccuracyResult, Score } from '../result.ts';
import { wordCalibration } from '../wording.ts';
import { AXIS_WIDTH, availableWidth, LEGEND_GAP, markPlanners, type PlannerMarks } from './planners.ts';

const MOST_HEIGHT = 380;
const OVERHEAD = 150;
/** Planners stand side by side within this many percentage points around the percentile asked for. */
const SPREAD = 3.2;

/** The share of runs asked for against the share attained, with binomial intervals; on the diagonal both are the same. */
export function drawCalibration(result: AccuracyResult, options: AccuracyOptions, frame: ChartFrame): VegaLiteSpec {
  const quantity = options.detailed[0] as Quantity;
  const scores = result.scores.filter(({ quantity: key, askedLevel }) => key === quantity.key && askedLevel !== null);
  const title = wordCalibration(result, quantity);
  if (scores.length === 0) {
    return drawNothing([title], `no prediction of ${quantity.label} was asked for at a percentile`, frame);
  }
  const planners = markPlanners(scores, frame);
  const dots = scores.map((score) => toDot(score, planners));
  const asked = scores.map(({ askedLevel }) => (askedLevel ?? 0) * 100);
  const domain = [Math.min(45, ...asked.map((level) => level - 5)), Math.max(55, ...asked.map((level) => level + 4))];
  const width = Math.floor(availableWidth(frame) - AXIS_WIDTH);
  const x = {
    type: 'quantitative',
    scale: { domain, nice: false, zero: false },
    axis: { title: 'asked for, % of runs', values: [...new Set(asked)].sort((a, b) => a - b), grid: false },
  };
  const y = {
    type: 'quantitative',
    scale: { domain: [0, 100], nice: false },
    axis: { title: 'within the prediction, % of runs' },
  };
  const ends = domain.map((level) => ({ asked: level, attained: Math.min(100, level) }));
  const diagonal = (domain[1] as number) > 100 ? [ends[0], { asked: 100, attained: 100 }] : ends;
  return {
    title: titleOf([title], [legendOf(quantity)], frame),
    spacing: LEGEND_GAP,
    vconcat: [
      {
        width,
        height: frame.height === null ? Math.min(width, MOST_HEIGHT) : Math.max(100, frame.height - OVERHEAD),
        layer: [
          {
            data: { values: diagonal },
            mark: { type: 'line', color: frame.palette.muted, strokeDash: [4, 3], strokeWidth: 1 },
            encoding: { x: { ...x, field: 'asked' }, y: { ...y, field: 'attained' } },
          },
          {
            data: { values: dots },
            mark: { type: 'rule', strokeWidth: 1.4 },
            encoding: {
              x: { ...x, field: 'asked' },
              y: { ...y, field: 'low' },
              y2: { field: 'high' },
              color: planners.color,
            },
          },
          {
            data: { values: dots },
            mark: {
              type: 'point',
              size: 52,
              strokeWidth: 1.5,
              filled: false,
              fill: frame.palette.background,
              opacity: 1,
              ...ABOUT.mark,
            },
            encoding: {
              x: { ...x, field: 'asked' },
              y: { ...y, field: 'attained' },
              ...planners.marked,
              ...ABOUT.encoding,
            },
          },
        ],
      },
      planners.legend,
    ],
  };
}

function toDot(score: Score, planners: PlannerMarks) {
  const planner = planners.placeOf(score.planner);
  const place = planners.count < 2 ? 0 : planner / (planners.count - 1) - 0.5;
  return {
    planner,
    asked: (score.askedLevel ?? 0) * 100 + place * SPREAD,
    attained: score.coverage * 100,
    low: (score.coverageLow ?? score.coverage) * 100,
    high: (score.coverageHigh ?? score.coverage) * 100,
    about: wordScore(score),
  };
}

function wordScore({ planner, sla, runCount, coverage, coverageLow, coverageHigh }: Score): string {
  const percent = (fraction: number) => wordNumber(100 * fraction, 1);
  const interval =
    coverageLow === null || coverageHigh === null ? '' : ` [${percent(coverageLow)}, ${percent(coverageHigh)}]`;
  return `${shortPlannerName(planner)}, ${sla}: ${percent(coverage)} %${interval} of ${wordCount(runCount, 'run')}`;
}

function legendOf({ label, speed }: Quantity): string {
  const inverted = speed ? ' The SLA asks for a percentile of the speed: here, what is left of it to 100.' : '';
  return `${label}: share of runs that stayed within the prediction, with 95 % binomial intervals. On the dashed line as many as asked for; below it predictions are too low.${inverted}`;
}
