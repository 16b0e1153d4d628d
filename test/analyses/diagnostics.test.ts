import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { accuracy } from './diagnostics/accuracy.cases.ts';
import { backtest } from './diagnostics/backtest.cases.ts';
import { breakdown } from './diagnostics/breakdown.cases.ts';
import { type CaseTable, countDifferences, type Facts } from './diagnostics/cases.ts';
import { claim } from './diagnostics/claim.cases.ts';
import { compare } from './diagnostics/compare.cases.ts';
import { conflicts } from './diagnostics/conflicts.cases.ts';
import { failures } from './diagnostics/failures.cases.ts';
import { memory } from './diagnostics/memory.cases.ts';
import { planCampaign } from './diagnostics/plan-campaign.cases.ts';
import { preload } from './diagnostics/preload.cases.ts';
import { prewarm } from './diagnostics/prewarm.cases.ts';
import { rank } from './diagnostics/rank.cases.ts';
import { runDetail } from './diagnostics/run.cases.ts';
import { runs } from './diagnostics/runs.cases.ts';
import { scaling } from './diagnostics/scaling.cases.ts';
import { sla } from './diagnostics/sla.cases.ts';
import { taskdup } from './diagnostics/taskdup.cases.ts';
import { whatif } from './diagnostics/whatif.cases.ts';
import { workers } from './diagnostics/workers.cases.ts';
import { workersLog } from './diagnostics/workers-log.cases.ts';

const TABLES: readonly CaseTable[] = [
  compare,
  claim,
  preload,
  rank,
  sla,
  breakdown,
  accuracy,
  backtest,
  workers,
  workersLog,
  runs,
  runDetail,
  prewarm,
  taskdup,
  failures,
  memory,
  scaling,
  planCampaign,
  conflicts,
  whatif,
];

/** Codes without a case, as `analysis code`: this list only ever gets shorter. */
const WITHOUT_CASE: readonly string[] = [];

const ANALYSES = join(import.meta.dirname, '../../src/analyses');
const sources = new Map(
  globSync('**/*.ts', { cwd: ANALYSES, absolute: true }).map((file) => [resolve(file), readFileSync(file, 'utf8')]),
);

const literalCodes = (text: string): string[] =>
  [...text.matchAll(/\b(?:warn|note)\(\s*'([^']+)'/g)].flatMap(([, code]) => code ?? []);

const importsOf = (text: string) =>
  [
    ...text.matchAll(
      /(?:import|export) \{([^}]*)\} from '([^']*(?:diagnostics|common|design-audit|prices|quantiles)\.ts)'/g,
    ),
  ].map(([, names = '', from = '']) => ({ names: (names.match(/\w+/g) ?? []) as readonly string[], from }));

/** The codes in an exported check of another file, by the name under which it is exported, and in the checks that it calls. */
function codesOfExport(file: string, name: string, seen = new Set<string>()): string[] {
  if (seen.has(`${file} ${name}`)) return [];
  seen.add(`${file} ${name}`);
  const text = sources.get(file) ?? '';
  const pieces = text.split(/^(?=(?:export )?(?:const|function|interface|type) )/m);
  const own = pieces.filter((piece) => new RegExp(`^(?:export )?(?:const|function) ${name}\\b`).test(piece));
  const called = own.flatMap((piece) => piece.match(/\b(?:audit|diagnose)\w+(?=\()/g) ?? []);
  const homeOf = (check: string) => importsOf(text).find(({ names }) => names.includes(check))?.from;
  return [
    ...own.flatMap(literalCodes),
    ...called.flatMap((check) => codesOfExport(resolve(dirname(file), homeOf(check) ?? file), check, seen)),
  ];
}

/** Every code that an analysis may give: those it words itself, and those of the checks it imports. */
function codesOf(file: string, text: string): string[] {
  const shared = importsOf(text).flatMap(({ names, from }) =>
    names.flatMap((name) => codesOfExport(resolve(dirname(file), from), name)),
  );
  return [...new Set([...literalCodes(text), ...shared])];
}

const codes = [...sources]
  .filter(([file]) => file.endsWith('/diagnostics.ts'))
  .flatMap(([file, text]) => codesOf(file, text).map((code) => `${relative(ANALYSES, dirname(file))} ${code}`))
  .sort();
const withCase = new Set(TABLES.flatMap(({ analysis, cases }) => cases.map(({ code }) => `${analysis} ${code}`)));

describe('every diagnostic', () => {
  it('has a case', () => {
    expect(codes.filter((code) => !withCase.has(code))).toEqual([...WITHOUT_CASE].sort());
  });

  it('of a case exists', () => {
    expect([...withCase].filter((code) => !codes.includes(code))).toEqual([]);
  });

  it('is worded in diagnostics.ts of its analysis, under a code that can be searched for', () => {
    for (const [file, text] of sources) {
      if (file.endsWith('diagnostics/finding.ts')) continue;
      expect(text, file).not.toMatch(/severity: '\w+',/);
      expect(text, file).not.toMatch(/\b(?:warn|note)\(\s*[^'\s]/);
      const isHome =
        file.endsWith('/diagnostics.ts') || /\/diagnostics\/(?:common|design-audit|prices|quantiles)\.ts$/.test(file);
      if (!isHome) expect(literalCodes(text), file).toEqual([]);
    }
  });
});

describe.each(TABLES)('$analysis', ({ diagnose, cases }) => {
  const codesOn = (facts: Facts) => diagnose(facts).map(({ code }) => code);

  it.each(cases.map((each, i) => ({ ...each, i })))('$i: $code', ({ code, fires, quiet }) => {
    const found = diagnose(fires).filter((finding) => finding.code === code);
    expect(found).toHaveLength(1);
    expect(found[0]?.message).not.toMatch(/undefined|NaN|Infinity|\[object/);
    if (quiet === 'always') {
      for (const other of cases) expect(codesOn(other.fires)).toContain(code);
      return;
    }
    expect(codesOn(quiet)).not.toContain(code);
    expect(countDifferences(fires, quiet)).toBeLessThanOrEqual(3);
  });
});
