import type { RawOptions } from '../analyses/analysis.ts';
import { CONFIGURED_PRICES } from '../analyses/prices-option.ts';
import type { DataSpec } from '../engine/inputs.ts';
import type { CommonFlags } from './common-flags.ts';
import { quote } from './quote.ts';

/** The filters as flags, in the order in which a command names them. */
const FILTERS = ['workflow', 'planner', 'sla', 'where', 'since', 'until'] as const;

/** How the data are read: without these, the same data would be refused, or be others. */
const READING = [
  ...(['map', 'timeUnit', 'durationUnit', 'memoryUnit'] as const),
  ...(['s3Endpoint', 's3PathStyle', 'signRequest', 'requestPayer'] as const),
] as const;

/**
 * Words commands that ask one question of the data and filters of a report: what is typed in a shell. A page from facts names the data
 * too, for its facts answer all questions together.
 */
export function wordCommand(given: RawOptions, flags: CommonFlags, data: readonly DataSpec[]) {
  const places = [
    ...data.map(({ label, uri }) => ['-d', label === uri ? uri : `${label}=${uri}`]),
    ...[...READING, ...FILTERS].flatMap((key) => [flags[key] ?? []].flat().flatMap((text) => wordFlag(key, text))),
    ...(flags.seed === undefined ? [] : [['--seed', flags.seed]]),
  ].flat();
  return (analysis: string, { arguments: names, options }: RawOptions): string => {
    const own = Object.entries(options).flatMap(([key, value]) => {
      // Prices were read from a file: the command names it again.
      const text = key === 'prices' ? (given.options['prices'] ?? given.options[CONFIGURED_PRICES]) : value;
      return text === true ? [`--${key}`] : [`--${key}`, String(text)];
    });
    return ['wfa', analysis, ...names, ...own, ...places].map(quote).join(' ');
  };
}

/** A switch stands alone, where it is not what it is without the flag. */
function wordFlag(key: string, given: string | boolean): string[] {
  const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (typeof given === 'string') return [`--${name}`, given];
  if (key === 'signRequest') return given ? [] : [`--no-${name}`];
  return given ? [`--${name}`] : [];
}
