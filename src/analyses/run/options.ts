import { UserError } from '../../errors.ts';
import type { RawOptions } from '../analysis.ts';
import { type ChosenPrices, parsePrices } from '../named-options.ts';

/** Which run is meant: by the beginning of its id, or by what it is among all runs. */
export type RunChoice = { readonly prefix: string } | { readonly extreme: 'latest' | 'slowest' };

/** The options of `wfa run`, parsed. */
export interface RunOptions {
  readonly choice: RunChoice;
  readonly plan: boolean;
  /** The task whose details are asked for, by its function or node id; `null`: none. */
  readonly task: string | null;
  /** The bill is made by these. */
  readonly prices: ChosenPrices;
}

/** `UserError` unless exactly one of id, `--latest` and `--slowest` is given. */
export function parseRunChoice({ arguments: [prefix = ''], options }: RawOptions): RunOptions {
  const choices: RunChoice[] = [
    ...(prefix === '' ? [] : [{ prefix }]),
    ...(['latest', 'slowest'] as const).flatMap((extreme) => (options[extreme] === true ? [{ extreme }] : [])),
  ];
  const [choice, another] = choices;
  if (choice && !another)
    return {
      choice,
      plan: options['plan'] === true,
      task: (options['task'] as string | undefined) ?? null,
      prices: parsePrices({ options }),
    };
  const names = choices.map((given) => ('prefix' in given ? `the id '${given.prefix}'` : `--${given.extreme}`));
  throw new UserError('bad-option', choice ? `${names.join(' and ')} ask for several runs` : 'No run is named.', {
    hint: 'Give either the beginning of one run id (wfa runs --list shows them), or --latest, or --slowest.',
  });
}
