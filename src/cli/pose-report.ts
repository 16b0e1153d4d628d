import type { RawOptions } from '../analyses/analysis.ts';
import { CONFIGURED_PRICES } from '../analyses/prices-option.ts';
import type { Question } from '../engine/question.ts';
import type { Filter } from '../model/filter.ts';
import { listReadings, MOST_ASKED_RUNS } from '../report/questions.ts';
import { REPORT } from './report-definition.ts';

/** Gives the prices of a report, from the command line or from the configuration. */
export const pricesOf = ({ options }: RawOptions) => options['prices'] ?? options[CONFIGURED_PRICES];

/** Poses the questions of a report together, for one pass over the data: planners that are named and charts of runs come in later. */
export const poseReport = (raw: RawOptions, filter: Filter): Question => ({
  analysis: REPORT.name,
  raw: { arguments: [], options: {} },
  filter,
  joint: listReadings(pricesOf(raw)),
  mostRuns: MOST_ASKED_RUNS,
});
