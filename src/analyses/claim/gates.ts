import type { GateQuantity, GateWord } from '../analysis.ts';
import { type ClaimResult, type JudgedClaim, listClaims } from './result.ts';
import { excludesClaim } from './verdict.ts';

/** The verdicts of every claim, under the names that gates call them by. */
export const gateQuantities = (result: ClaimResult): GateQuantity[] =>
  listClaims(result).flatMap((claim) => [
    { name: 'contradicted', of: nameOf(claim), unit: 'word', ...judge(claim, isContradicted(claim)) },
    { name: 'unsupported', of: nameOf(claim), unit: 'word', ...judgeSupport(claim) },
  ]);

const nameOf = ({ claim, line }: JudgedClaim): string => (line === null ? claim : `line ${line}: ${claim}`);

/** An artefact is contradicted too: the runs exclude its number. */
const isContradicted = ({ verdict }: JudgedClaim): boolean => verdict === 'contradicted' || verdict === 'artefact';

/** A number that the interval excludes is not supported, even where the direction cannot be told. */
function judgeSupport(claim: JudgedClaim): Judgement {
  return excludesClaim(claim) && claim.verdict === 'cannot-tell'
    ? { holds: true, reason: '' }
    : judge(claim, claim.verdict !== 'supported');
}

type Judgement = Pick<GateWord, 'holds' | 'reason'>;

/** A verdict that rests on a change which its test does not confirm decides no gate, and neither does none. */
function judge({ verdict, blocked }: JudgedClaim, holds: boolean): Judgement {
  if (verdict === 'cannot-tell') return { holds: null, reason: 'the runs cannot tell' };
  const isHint = blocked.outcome === 'hint' && verdict !== 'artefact';
  return { holds: isHint ? null : holds, reason: 'the interval speaks of a change that its test does not confirm' };
}
