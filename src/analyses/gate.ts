import { UserError } from '../errors.ts';
import type { GateFigure, GateQuantity } from './analysis.ts';

/** `--fail-on contradicted`: a word that must not hold. */
interface WordGate {
  readonly text: string;
  readonly name: string;
  readonly unit: 'word';
}

/** `--fail-on 'makespan>+5%'`: a bound that a script sets on a figure. */
interface BoundGate {
  readonly text: string;
  readonly name: string;
  readonly direction: '>' | '<';
  readonly bound: number;
  readonly unit: GateFigure['unit'];
}

export type Gate = WordGate | BoundGate;

/** `tripped`: the word holds, or the whole interval lies beyond the bound; `undecided`: it straddles it, there is none, or it is a hint only. */
export type Verdict = 'passed' | 'tripped' | 'undecided';

export interface GateOutcome {
  readonly gate: string;
  readonly of: string;
  readonly verdict: Verdict;
  /** Why an undecided gate is; `null` for a decided one. */
  readonly reason: string | null;
}

const WORD = /^\s*([a-z][a-z0-9-]*)\s*$/i;
const GATE = /^\s*([a-z][a-z0-9-]*)\s*(>|<)\s*([+\-\u2212]?\d+(?:\.\d+)?)\s*(%|ms|s)?\s*$/i;

/** Reads `name>bound` with a bound in %, ms, s or as a count, or a word by itself. */
export function parseGate(text: string): Gate {
  const word = WORD.exec(text)?.[1];
  if (word !== undefined) return { text, name: word.toLowerCase(), unit: 'word' };
  const match = GATE.exec(text);
  if (!match) {
    throw new UserError('bad-option', `--fail-on '${text}' is no gate`, {
      hint: "A gate is a name, > or <, and a bound with its unit, as in --fail-on 'makespan>+5%'. Quote it for the shell.",
    });
  }
  const [, name = '', direction, digits = '', unit] = match;
  const bound = Number(digits.replace('\u2212', '-'));
  return {
    text,
    name: name.toLowerCase(),
    direction: direction as '>' | '<',
    bound: unit === '%' ? bound / 100 : unit === 's' ? bound * 1000 : bound,
    unit: unit === '%' ? 'fraction' : unit === undefined ? 'count' : 'ms',
  };
}

/** Judges each gate on every quantity of its name; `UserError` when there is none, or in another unit. */
export function judgeGates(gates: readonly Gate[], quantities: readonly GateQuantity[]): GateOutcome[] {
  return gates.flatMap((gate) => {
    const named = quantities.filter((quantity) => quantity.name === gate.name);
    if (named.length === 0) {
      const names = [...new Set(quantities.map((quantity) => quantity.name))];
      throw new UserError('unknown-metric', `--fail-on '${gate.text}': there is no ${gate.name} in this result`, {
        hint: names.length > 0 ? `There are: ${names.join(', ')}.` : 'It holds no figure that a gate can be set on.',
      });
    }
    return named.map((quantity) => {
      const verdict = judge(gate, quantity);
      const reason = verdict === 'undecided' ? explainUndecided(quantity) : null;
      return { gate: gate.text, of: quantity.of, verdict, reason };
    });
  });
}

const UNIT_EXAMPLES = { fraction: '5%', ms: '250ms', count: '2' } as const;

function judge(gate: Gate, quantity: GateQuantity): Verdict {
  if (quantity.unit === 'word') {
    if (gate.unit !== 'word') {
      throw new UserError('bad-option', `--fail-on '${gate.text}': ${quantity.name} takes no bound`);
    }
    if (quantity.holds === null) return 'undecided';
    return quantity.holds ? 'tripped' : 'passed';
  }
  return judgeBound(gate, quantity);
}

function judgeBound(gate: Gate, { low, high, unit, name, isHint }: GateFigure): Verdict {
  if (gate.unit === 'word') {
    throw new UserError('bad-option', `--fail-on '${gate.text}' sets no bound on ${name}`, {
      hint: `As in --fail-on '${name}>${UNIT_EXAMPLES[unit]}'`,
    });
  }
  if (unit !== gate.unit) {
    throw new UserError(
      'bad-option',
      `--fail-on '${gate.text}': the bound of ${name} needs a unit like ${UNIT_EXAMPLES[unit]}`,
      { hint: `As in --fail-on '${name}${gate.direction}${UNIT_EXAMPLES[unit]}'` },
    );
  }
  if (low === null || high === null || isHint) return 'undecided';
  const [nearest, farthest] = gate.direction === '>' ? [low, high] : [-high, -low];
  const bound = gate.direction === '>' ? gate.bound : -gate.bound;
  if (nearest > bound) return 'tripped';
  return farthest > bound ? 'undecided' : 'passed';
}

function explainUndecided(quantity: GateQuantity): string {
  if (quantity.unit === 'word') return quantity.reason;
  const { low, high, isHint } = quantity;
  if (low === null || high === null) return 'there is no interval';
  return isHint ? 'the interval speaks of a change that its test does not confirm' : 'the interval straddles the bound';
}
