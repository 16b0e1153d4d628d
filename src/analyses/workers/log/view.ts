import { shortenPools } from '../../../model/short-ids.ts';
import { name, right, toPercent, toSeconds } from '../../../view/cells.ts';
import type { RecordRow, Records, Table, View } from '../../../view/view.ts';
import { NOT_MEASURED, wordCount, wordFigure, wordPercentChange, wordUsd } from '../../../view/words.ts';
import type { Outcome } from '../../analysis.ts';
import type { Drawn } from '../charts/lanes.ts';
import { chartContainers, tabulateCertainty } from '../view-containers.ts';
import type { InvocationResult, LogBill, LogResult, LogScore, MemoryUse, PoolScore } from './result.ts';
import { wordShare, wordUnit } from './wording.ts';

/** Tables, records and charts of the containers behind a log. */
export function viewLog({ result }: Outcome<LogResult>): View {
  // A picture needs all containers at once, and only if it is drawn.
  const gather = (): Drawn => ({ ...result, containers: [...result.containers], runCount: 0, sessions: [] });
  return {
    headlines: [result.headline],
    next:
      result.keepAlive.origin === 'given'
        ? '--chart lanes.svg draws every container'
        : '--keep-alive SECONDS where it is known, --chart lanes.svg draws every container',
    tables: [
      certaintyOf(result),
      tabulatePools(result),
      ...(result.startups.length > 0 ? [tabulateStartups(result)] : []),
      ...(result.memoryUse === null ? [] : [tabulateMemoryUse(result, result.memoryUse)]),
      ...(result.bill === null ? [] : [tabulateBill(result.bill)]),
      ...(result.scores.length > 0 ? [tabulateScores(result)] : []),
    ],
    records: recordInvocations(result),
    charts: chartContainers(gather),
  };
}

function certaintyOf(result: LogResult): Table {
  const { counts, bounds, envelope, alive } = result;
  return tabulateCertainty({
    session: 'invocation',
    aliveUnit: wordUnit(result),
    found: { containerCount: counts.containerCount, alive: alive.alive },
    policies: envelope,
    low: { containerCount: bounds.containers.low, alive: bounds.alive.low },
    high: { containerCount: bounds.containers.high, alive: bounds.alive.high },
    peakCount: counts.peakCount,
  });
}

/** More rows are no table for people. */
const MOST_POOLS = 15;

const wordRest = (count: number): string[] =>
  count > MOST_POOLS ? [`The largest ${MOST_POOLS} of ${count} pools; --format json has all.`] : [];

function tabulatePools(result: LogResult): Table {
  const { pools } = result;
  const shorten = shortenerOf(result);
  return {
    title: `pools, and ${wordUnit(result)} by what their containers were doing`,
    columns: [
      name('pool', 'pool'),
      ...(result.aliveUnit === 'gb-seconds' ? [right('memory', 'MB')] : []),
      right('invocations', 'calls'),
      right('containers', 'containers'),
      right('cold', 'cold (%)'),
      right('starting', 'starting'),
      right('busy', 'busy'),
      right('idle', 'idle'),
      right('tail', 'tail'),
      right('alive', 'alive'),
    ],
    rows: pools.slice(0, MOST_POOLS).map((pool) => ({
      pool: shorten(pool.pool),
      memory: pool.memoryMb === null ? NOT_MEASURED : wordFigure(pool.memoryMb),
      invocations: String(pool.invocationCount),
      containers: String(pool.containerCount),
      cold: toPercent(pool.coldCount / pool.invocationCount),
      starting: wordFigure(pool.starting),
      busy: wordFigure(pool.busy),
      idle: wordFigure(pool.idle),
      tail: wordFigure(pool.tail),
      alive: wordFigure(pool.alive),
    })),
    notes: [
      ...(pools.some(({ starting }) => starting === null)
        ? ['starting: not recorded where the rows do not say when they were ready.']
        : []),
      ...wordRest(pools.length),
    ],
    fold: { rows: 'pools' },
  };
}

const shortenerOf = ({ pools }: LogResult) => shortenPools(pools.map(({ pool }) => pool));

function tabulateStartups(result: LogResult): Table {
  const { startups, pools } = result;
  const shorten = shortenerOf(result);
  const shown = new Set(pools.slice(0, MOST_POOLS).map(({ pool }) => pool));
  return {
    title: 'start-ups, from start to ready',
    columns: [
      name('pool', 'pool'),
      name('state', 'state'),
      right('count', 'count'),
      right('median', 'median (s)'),
      right('low', 'p10 (s)'),
      right('high', 'p90 (s)'),
    ],
    rows: startups
      .filter(({ pool }) => shown.has(pool))
      .map(({ pool, state, count, medianMs, p10Ms, p90Ms }) => ({
        pool: shorten(pool),
        state,
        count: String(count),
        median: toSeconds(medianMs),
        low: toSeconds(p10Ms),
        high: toSeconds(p90Ms),
      })),
    notes: [],
  };
}

function tabulateMemoryUse(result: LogResult, all: MemoryUse): Table {
  const { pools } = result;
  const shorten = shortenerOf(result);
  const row = (pool: string, use: MemoryUse | null) => ({
    pool,
    median: toPercent(use?.medianFraction ?? null),
    max: toPercent(use?.maxFraction ?? null),
    recorded: wordShare(use?.recordedFraction ?? 0),
  });
  const rows = pools.slice(0, MOST_POOLS).map(({ pool, memoryUse }) => row(shorten(pool), memoryUse));
  return {
    title: 'most memory used, of the memory of the container',
    columns: [
      name('pool', 'pool'),
      right('median', 'median (%)'),
      right('max', 'most (%)'),
      right('recorded', 'recorded (% of calls)'),
    ],
    rows: pools.length > 1 ? [row('all of them', all), ...rows] : rows,
    notes: [
      'A platform may report the most of all invocations that a container has served so far, as AWS Lambda does.',
      ...wordRest(pools.length),
    ],
  };
}

function tabulateBill(bill: LogBill): Table {
  const row = (item: string, usd: number) => ({ item, usd: wordUsd(usd) });
  return {
    title: `bill by the prices of ${bill.prices}`,
    columns: [name('item', 'item'), right('usd', 'USD')],
    rows: [
      row(`${wordFigure(bill.billedGbSeconds)} GB-s billed`, bill.executionUsd),
      row(wordCount(bill.billedCount, 'request'), bill.requestsUsd),
      row('total', bill.totalUsd),
    ],
    notes: [],
  };
}

function tabulateScores(result: LogResult): Table {
  const { scores } = result;
  const shorten = shortenerOf(result);
  return {
    title: 'reconstruction without the recorded containers, against these',
    columns: [
      name('states', 'states'),
      name('pool', 'pool'),
      right('recorded', 'recorded'),
      right('found', 'found'),
      right('error', 'error (%)'),
      right('predecessor', 'right before (%)'),
      right('state', 'cold/warm (%)'),
      right('aliveError', 'alive (%)'),
      right('reused', 'reused', true),
      right('recordedAlive', 'recorded alive (s)', true),
      right('foundAlive', 'found alive (s)', true),
    ],
    rows: scores.flatMap(listScores).map((row) => ({ ...row, pool: shorten(row.pool) })),
    notes: [
      'recorded, found, error: containers. right before: share of reused invocations whose container last served the same one before. alive: how far container-seconds are off.',
      ...wordRest(scores[0]?.pools.length ?? 0),
    ],
  };
}

const listScores = ({ states, total, pools }: LogScore) =>
  [total, ...(pools.length > 1 ? pools.slice(0, MOST_POOLS) : [])].map((score) => ({ states, ...wordScore(score) }));

const wordScore = (score: PoolScore) => ({
  pool: score.pool,
  recorded: String(score.recordedContainerCount),
  found: String(score.containerCount),
  error: wordPercentChange(score.containerError),
  predecessor: wordShare(score.rightPredecessorFraction),
  state: wordShare(score.rightStateFraction),
  aliveError: wordPercentChange(score.aliveError),
  reused: String(score.reusedCount),
  recordedAlive: wordFigure(score.recordedAliveSeconds),
  foundAlive: wordFigure(score.aliveSeconds),
});

const COLUMNS: readonly (keyof InvocationResult)[] = [
  'uri',
  'line',
  'pool',
  'memoryMb',
  'container',
  'source',
  'state',
  'stateInferred',
  'startAtMs',
  'readyAtMs',
  'endAtMs',
  'usedMb',
  'billedMs',
  'recordedContainer',
];

/** One row per invocation, each made when it is written: there may be millions of them. */
const recordInvocations = ({ invocations }: LogResult): Records => ({
  columns: COLUMNS,
  rows: invocations as Iterable<InvocationResult & RecordRow>,
});
