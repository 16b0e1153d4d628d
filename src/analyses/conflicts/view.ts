import { name, right } from '../../view/cells.ts';
import type { Records, Scalar, Table, View } from '../../view/view.ts';
import { NOT_MEASURED, wordFigure, wordP } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import type { ConflictsResult, MeetingContrast } from './result.ts';
import { wordAgainst } from './wording.ts';

/** Tables and records of meetings. */
export const viewConflicts = ({ result }: Outcome<ConflictsResult>): View => ({
  headlines: result.headlines,
  next: 'wfa preload, wfa prewarm and wfa taskdup tell what each does by itself',
  tables: result.meetings.length > 0 ? [tabulateMeetings(result)] : [],
  records: recordMeetings(result),
  charts: [],
});

const VERDICTS: Readonly<Record<MeetingContrast['outcome'], string>> = {
  different: 'different',
  hint: 'a hint only',
  equivalent: 'no change',
  inconclusive: 'cannot tell',
};

function tabulateMeetings({ meetings }: ConflictsResult): Table {
  return {
    title: 'ready lag where two optimizations met, against the same places',
    columns: [
      { ...name('pair', 'met'), once: true },
      name('against', 'against'),
      right('runs', 'runs'),
      right('blocks', 'blocks', true),
      right('places', 'places', true),
      right('control', 'without (ms)', true),
      right('met', 'met (ms)', true),
      right('difference', 'difference (ms)'),
      right('interval', '95 %'),
      right('p', 'p (Holm)', true),
      { key: 'verdict', header: 'verdict', align: 'left' },
    ],
    rows: meetings.flatMap(({ first, second, contrasts }) =>
      contrasts.map((own) => ({
        pair: `${first} and ${second}`,
        against: wordAgainst(own),
        runs: `${own.unmetRunCount}, ${own.metRunCount}`,
        blocks: String(own.blockCount),
        places: String(own.positionCount),
        control: wordFigure(own.meanControlMs),
        met: wordFigure(own.meanMetMs),
        difference: wordFigure(own.differenceMs),
        interval:
          own.ciLow === null || own.ciHigh === null
            ? NOT_MEASURED
            : `[${wordFigure(own.ciLow)}, ${wordFigure(own.ciHigh)}]`,
        p: wordP(own.pAdjusted),
        verdict: { text: own.blockCount === 0 ? 'no counterpart' : VERDICTS[own.outcome], tone: toneOf(own) },
      })),
    ),
    notes: [
      'ready lag: from the last output of the upstream tasks to the start of execution. runs: without, with the meeting.',
    ],
  };
}

const toneOf = ({ outcome, differenceMs }: MeetingContrast): 'gain' | 'loss' | 'uncertain' =>
  outcome === 'different' ? ((differenceMs ?? 0) < 0 ? 'gain' : 'loss') : 'uncertain';

/** A row per pair and contrast. */
function recordMeetings({ meetings }: ConflictsResult): Records {
  const rows = meetings.flatMap(({ first, second, on, taskCount, runCount, contrasts }) =>
    contrasts.map(
      ({ ciLow, ciHigh, ...own }): Record<string, Scalar> => ({
        ...{ first, second, on, taskCount, runCount, ...own },
        differenceCiLow: ciLow,
        differenceCiHigh: ciHigh,
      }),
    ),
  );
  return { columns: COLUMNS, rows };
}

const COLUMNS = [
  ...['first', 'second', 'on', 'taskCount', 'runCount', 'against', 'blockCount', 'positionCount', 'metRunCount'],
  ...['unmetRunCount', 'meanControlMs', 'meanMetMs', 'differenceMs', 'intervalMethod', 'pValue'],
  ...['pAdjusted', 'outcome', 'differenceCiLow', 'differenceCiHigh'],
];
