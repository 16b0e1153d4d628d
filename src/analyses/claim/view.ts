import type { Cell, Records, Scalar, Table, Tone, View } from '../../view/view.ts';
import { wordPercentChange, wordPercentInterval } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import { showArms } from '../design/arm-names.ts';
import { quoteArm } from '../design/propose-comparison.ts';
import { drawClaims } from './charts/ways.ts';
import type { ClaimOptions } from './options.ts';
import { type ClaimResult, type ClaimVerdict, type JudgedClaim, listClaims, type Way } from './result.ts';
import { VERDICT_WORDS, wordClaimed, wordInstead, wordKind, wordScope } from './wording.ts';

/** Tables, records and charts of claims. */
export function viewClaims({ result }: Outcome<ClaimResult>, { showWays }: Pick<ClaimOptions, 'showWays'>): View {
  const claims = listClaims(result);
  const isList = 'claims' in result;
  const headlines = isList ? [wordTally(claims)] : claims.map(({ headline }) => headline);
  return {
    headlines,
    next: isList ? wordNextOfList(claims, showWays) : wordNext(claims[0] as JudgedClaim),
    tables: [
      ...(isList ? [tabulateClaims(claims)] : []),
      ...(isList && !showWays ? [] : claims.map((claim) => tabulateWays(claim, showWays))),
    ],
    records: recordClaims(claims),
    charts: [
      {
        kind: 'ways',
        description: `The claimed change against the blocked interval and the ways of counting. ${headlines.join('. ')}`,
        draw: (frame) => drawClaims(result, headlines, frame),
      },
    ],
  };
}

/** `4 claims: 1 supported, 2 artefact, 1 cannot tell`. */
function wordTally(claims: readonly JudgedClaim[]): string {
  const verdicts = Object.keys(VERDICT_WORDS) as ClaimVerdict[];
  const counts = verdicts.flatMap((verdict) => {
    const count = claims.filter((claim) => claim.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${VERDICT_WORDS[verdict]}`];
  });
  return `${claims.length} ${claims.length === 1 ? 'claim' : 'claims'}: ${counts.join(', ')}`;
}

/** What to write instead, or to run; of a supported claim how to look closer. */
function wordNext(claim: JudgedClaim): string {
  const instead = wordInstead(showArms(claim));
  if (instead !== '') return instead;
  const [baseline, candidate] = [claim.baselineLabel, claim.candidateLabel].map(quoteArm);
  return claim.verdict === 'supported'
    ? `wfa compare ${baseline} ${candidate} --metric ${claim.metric} tells in which workflows it holds`
    : 'wfa runs shows which runs have which figures';
}

function wordNextOfList(claims: readonly JudgedClaim[], showWays: boolean): string {
  const unsupported = claims.filter(({ verdict }) => verdict !== 'supported');
  const ways = showWays ? [] : ['--ways shows how each number can come about'];
  const alone = unsupported.length > 0 ? ['wfa claim with one of them alone says what may be written instead'] : [];
  return [...ways, ...alone].join('; ');
}

const TONES: Readonly<Record<ClaimVerdict, Tone>> = {
  supported: 'gain',
  'direction-only': 'uncertain',
  'cannot-tell': 'uncertain',
  contradicted: 'loss',
  artefact: 'loss',
};

/** One row per claim of a list. */
function tabulateClaims(claims: readonly JudgedClaim[]): Table {
  return {
    title: 'claims, by line',
    columns: [
      { key: 'line', header: 'line', align: 'right' },
      { key: 'claim', header: 'claim', align: 'left', wraps: true },
      { key: 'claimed', header: 'claimed %', align: 'right' },
      { key: 'change', header: 'blocks %', align: 'right' },
      { key: 'interval', header: '95 % interval', align: 'right' },
      { key: 'verdict', header: 'verdict', align: 'left' },
      { key: 'ways', header: 'ways that match', align: 'right', wide: true },
    ],
    rows: claims.map((claim) => ({
      line: String(claim.line),
      claim: claim.claim,
      claimed: wordClaimed(claim),
      change: wordPercentChange(claim.blocked.changeFraction),
      interval: wordPercentInterval(claim.blocked.ciLow, claim.blocked.ciHigh),
      verdict: { text: VERDICT_WORDS[claim.verdict], tone: TONES[claim.verdict] },
      ways: `${claim.ways.filter(({ matches }) => matches).length} of ${claim.ways.length}`,
    })),
    notes: [],
  };
}

/** One row per way over all runs, and per way that matches; all of them where asked for. */
function tabulateWays(claim: JudgedClaim, showAll: boolean): Table {
  const shown = claim.ways.filter((way) => showAll || way.matches || isShown(way));
  const hidden = claim.ways.length - shown.length;
  const told = claim.answers.filter((answer) => answer !== wordInstead(showArms(claim)));
  const answers = told.map((answer, i) =>
    hidden > 0 && i === told.length - 1 ? `${answer}; --ways shows the other ${hidden}` : answer,
  );
  return {
    title: `${claim.claim}: what ways of counting give`,
    columns: [
      { key: 'way', header: 'way of counting', align: 'left', wraps: true },
      { key: 'scope', header: 'runs', align: 'left', wraps: true },
      { key: 'change', header: 'change %', align: 'right' },
      { key: 'matches', header: `is ${wordClaimed(claim)} %`, align: 'left' },
    ],
    rows: shown.map((way) => rowOfWay(way)),
    notes: answers,
  };
}

const isShown = ({ scope, changeFraction }: Way): boolean => scope === 'all' && changeFraction !== null;

function rowOfWay(way: Way): Record<string, Cell> {
  return {
    way: wordKind(way),
    scope: wordScope(way),
    change: wordPercentChange(way.changeFraction),
    matches: way.matches ? { text: 'yes', tone: 'strong' } : '',
  };
}

const COLUMNS = [
  'line',
  'claim',
  'baseline',
  'candidate',
  'metric',
  'unit',
  'claimedFraction',
  'verdict',
  'way',
  'scope',
  'changeFraction',
  'changeFractionCiLow',
  'changeFractionCiHigh',
  'intervalMethod',
  'matches',
  'runCountBaseline',
  'runCountCandidate',
  'blockCount',
] as const;

/** One row per claim and way; the interval stands with the way in blocks over all. */
function recordClaims(claims: readonly JudgedClaim[]): Records {
  const rows = claims.flatMap((claim) => claim.ways.map((way) => recordWay(claim, way)));
  return { columns: COLUMNS, rows };
}

function recordWay(claim: JudgedClaim, { way, scope, changeFraction, matches }: Way): Record<string, Scalar> {
  const own = way === 'blocked' && scope === 'all' ? claim.blocked : null;
  return {
    line: claim.line,
    claim: claim.claim,
    baseline: claim.baseline,
    candidate: claim.candidate,
    metric: claim.metric,
    unit: claim.unit,
    claimedFraction: claim.claimedFraction,
    verdict: claim.verdict,
    way,
    scope,
    changeFraction,
    changeFractionCiLow: own?.ciLow ?? null,
    changeFractionCiHigh: own?.ciHigh ?? null,
    intervalMethod: own?.intervalMethod ?? null,
    matches,
    runCountBaseline: own?.runCountBaseline ?? null,
    runCountCandidate: own?.runCountCandidate ?? null,
    blockCount: own?.blockCount ?? null,
  };
}
