import { UserError } from '../../errors.ts';
import type { Metric } from '../../model/metrics.ts';
import type { RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';
import { type ArmRequest, parseArm } from '../design/arms.ts';
import {
  type ChosenPrices,
  defaultBlockKeys,
  parseBlockKeys,
  parseEquivalence,
  parsePricesOf,
} from '../named-options.ts';
import { findClaimedMetric } from './metric-words.ts';
import { type ClaimedChange, type ParsedSentence, parseSentence } from './sentence.ts';

export interface ClaimOptions {
  /** At least one. */
  readonly claims: readonly Claim[];
  /** The metrics of all claims, each once. */
  readonly metrics: readonly Metric[];
  /** `null`: no claim is about a cost. */
  readonly prices: ChosenPrices | null;
  /** Is true when the claims came as a list: the answer is then a table of them, however many they are. */
  readonly isList: boolean;
  /** Half-width of the margin of no change, as a fraction. */
  readonly equivalenceFraction: number;
  readonly includeUnplanned: boolean;
  /** Is true when tables show every way to the number. */
  readonly showWays: boolean;
}

/** A claim about two arms. */
export interface Claim {
  readonly text: string;
  /** Its line in the list, from 1; `null`: it was given by itself. */
  readonly line: number | null;
  readonly baseline: ArmRequest;
  readonly candidate: ArmRequest;
  readonly blockKeys: readonly RunKey[];
  readonly metric: Metric;
  /** The metric in the claim's own words. */
  readonly metricWords: string;
  readonly claimed: ClaimedChange;
  readonly otherReading: ClaimedChange | null;
}

/** A claim can look so: for those whose was not understood. */
const GRAMMAR_EXAMPLES: readonly string[] = [
  'non-uniform vs uniform: makespan -8.1 %',
  'planner=uniform,sla=p90 vs planner=uniform,sla=p50: resource-usage +10 %',
  'non-uniform is 53 % faster than uniform',
  'non-uniform uses 45 % less memory than uniform',
  'non-uniform takes 1.5 times as long as uniform',
  'non-uniform reduces the makespan by 12 % compared to uniform',
  'non-uniform costs 10 % more than uniform',
];

/** Parses the claim of the arguments, or the text of `--claims`, one a line. */
export function parseClaims(raw: RawOptions): ClaimOptions {
  const list = raw.options['claims'] as string | undefined;
  const given = raw.arguments.join(' ').trim();
  if ((list === undefined) === (given === '')) {
    throw new UserError(
      'bad-option',
      given === '' ? 'claim needs a claim' : 'claim takes a sentence or --claims, not both',
      {
        hint: ['As in:', ...GRAMMAR_EXAMPLES.map((example) => `  wfa claim "${example}"`)],
      },
    );
  }
  const claims = list === undefined ? [readClaim({ text: given, line: null }, raw)] : readList(list, raw);
  const metrics = [...new Set(claims.map(({ metric }) => metric))];
  return {
    claims,
    metrics,
    prices: parsePricesOf(metrics, raw),
    isList: list !== undefined,
    equivalenceFraction: parseEquivalence(raw),
    includeUnplanned: raw.options['includeUnplanned'] === true,
    showWays: raw.options['ways'] === true,
  };
}

interface Line {
  readonly text: string;
  readonly line: number | null;
}

/** Says where a claim stands, at the beginning of what is said against it. */
function wordPlace({ text, line }: Line): string {
  const quoted = text.length > MOST_QUOTED ? `'${text.slice(0, MOST_QUOTED)}…'` : `'${text}'`;
  return line === null ? quoted : `--claims line ${line}, ${quoted}`;
}

/** Characters of a sentence that a message repeats. */
const MOST_QUOTED = 200;

function readList(list: string, raw: RawOptions): Claim[] {
  const lines = list
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((text, i): Line => ({ text: text.trim(), line: i + 1 }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
  if (lines.length === 0) {
    throw new UserError('bad-option', '--claims holds no claim', { hint: ['One a line, as in:', ...examples()] });
  }
  return lines.map((line) => readClaim(line, raw));
}

const examples = (): string[] => GRAMMAR_EXAMPLES.map((example) => `  ${example}`);

function readClaim(line: Line, raw: RawOptions): Claim {
  const parsed = parseSentence(line.text);
  if ('problem' in parsed) {
    throw new UserError('bad-option', `${wordPlace(line)} ${parsed.problem}`, {
      hint: ['A claim is one of these sentences:', ...examples()],
    });
  }
  return placing(line, () => describe(line, parsed, raw));
}

function describe(line: Line, parsed: ParsedSentence, raw: RawOptions): Claim {
  const [baseline, candidate] = [parseArm(parsed.baseline), parseArm(parsed.candidate)];
  const metricWords = parsed.metric;
  return {
    ...line,
    baseline,
    candidate,
    blockKeys: parseBlockKeys(raw) ?? defaultBlockKeys([baseline, candidate]),
    metric: findClaimedMetric(metricWords, line.line === null ? 'The claim' : 'the claim'),
    metricWords,
    claimed: parsed.claimed,
    otherReading: parsed.otherReading,
  };
}

/** Asks something about a claim of a list so that a `UserError` names its line. */
export function placing<Answer>(line: Line, ask: () => Answer): Answer {
  try {
    return ask();
  } catch (error) {
    if (line.line === null || !(error instanceof UserError)) throw error;
    throw new UserError(error.code, `${wordPlace(line)}: ${error.message}`, { hint: error.hintLines, cause: error });
  }
}
