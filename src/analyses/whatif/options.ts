import { UserError } from '../../errors.ts';
import { matchName } from '../../model/names.ts';
import type { RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';
import { type ChosenPrices, parseBlockKeys, parsePrices } from '../named-options.ts';

/** Scenarios by name, in the order of tables. */
export const SCENARIO_NAMES = [
  'null',
  'no-startup',
  'all-warm',
  'no-transfers',
  'no-dag-fetch',
  'half-execution',
  'longest-path',
] as const;
export type ScenarioName = (typeof SCENARIO_NAMES)[number];

/** The tasks of one function, `factor` times as quick. */
export interface Speedup {
  readonly functionName: string;
  readonly factor: number;
}

/** Changes that are made together. */
export interface Scenario {
  /** As it was asked for: `all-warm`, `all-warm,no-transfers`, `multiply_chunks=2`. */
  readonly key: string;
  readonly names: readonly ScenarioName[];
  readonly speedups: readonly Speedup[];
}

/** The options of `wfa whatif`, parsed. */
export interface WhatIfOptions {
  readonly scenarios: readonly Scenario[];
  /** The beginning of the id of the one run that is meant; `null`: all of them. */
  readonly runPrefix: string | null;
  /** `null`: no bills. */
  readonly prices: ChosenPrices | null;
  readonly blockKeys: readonly RunKey[];
  readonly includeUnplanned: boolean;
}

const DEFAULT_BLOCK_KEYS: readonly RunKey[] = ['workflow', 'structure', 'sla'];

/** Parses the options; `UserError` for a scenario that is none, or a speed-up that is no number. */
export function parseWhatIf({ options }: RawOptions): WhatIfOptions {
  const asked = [
    ...((options['scenario'] ?? []) as readonly string[]).map((text) => parseScenario(text, '--scenario')),
    ...((options['speedup'] ?? []) as readonly string[]).map((text) => parseScenario(text, '--speedup')),
  ];
  const scenarios = asked.length > 0 ? asked : SCENARIO_NAMES.map((name) => parseScenario(name, '--scenario'));
  return {
    scenarios: [...new Map(scenarios.map((scenario) => [scenario.key, scenario])).values()],
    runPrefix: (options['run'] as string | undefined) ?? null,
    prices: options['prices'] === undefined ? null : parsePrices({ options }),
    blockKeys: parseBlockKeys({ options }) ?? DEFAULT_BLOCK_KEYS,
    includeUnplanned: options['includeUnplanned'] === true,
  };
}

function parseScenario(text: string, flag: '--scenario' | '--speedup'): Scenario {
  const parts = text.split(',').map((part) => part.trim());
  const speedups = parts.flatMap((part) => (part.includes('=') ? [parseSpeedup(part, flag)] : []));
  const named = parts.filter((part) => !part.includes('='));
  if (flag === '--speedup' && named.length > 0) {
    throw new UserError('bad-option', `--speedup '${text}' is no FUNCTION=FACTOR`, {
      hint: 'As in: --speedup multiply_chunks=2, for tasks in half the time.',
    });
  }
  const names = named.map(findScenario);
  const sorted = SCENARIO_NAMES.filter((name) => names.includes(name));
  const key = [...sorted, ...speedups.map(({ functionName, factor }) => `${functionName}=${factor}`)].join(',');
  return { key, names: sorted, speedups };
}

function findScenario(asked: string): ScenarioName {
  const match = matchName(asked, SCENARIO_NAMES);
  if ('found' in match) return match.found as ScenarioName;
  const nearest = 'nearest' in match && match.nearest ? `Did you mean ${match.nearest}? ` : '';
  throw new UserError('bad-option', `--scenario: there is no scenario '${asked}'`, {
    hint: [`${nearest}The scenarios are ${SCENARIO_NAMES.join(', ')}, and FUNCTION=FACTOR.`, 'A comma joins several.'],
  });
}

function parseSpeedup(text: string, flag: string): Speedup {
  const at = text.lastIndexOf('=');
  const [functionName, digits] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  const factor = digits === '' ? Number.NaN : Number(digits);
  if (functionName !== '' && factor > 0 && Number.isFinite(factor)) return { functionName, factor };
  throw new UserError('bad-option', `${flag} '${text}' is no FUNCTION=FACTOR with a factor above 0`, {
    hint: 'As in: --speedup multiply_chunks=2, for tasks in half the time.',
  });
}
