import { z } from 'zod';
import { UserError } from '../errors.ts';
import type { PriceTable } from './price-table.ts';

/** No price, size or step is greater; a bill of numbers beyond that would not be finite. */
const GREATEST = 1e9;
const price = z.number().nonnegative().max(GREATEST);
const positive = z.number().positive().max(GREATEST);

/** A user's own table is written so; its keys are those of `PriceTable`. */
const WRITTEN_TABLE = z.strictObject({
  name: z.string().min(1).optional(),
  source: z.string().nullable().default(null),
  date: z.string().nullable().default(null),
  region: z.string().nullable().default(null),
  usdPerMillionRequests: price,
  usdPerGbSecond: price.nullable().default(null),
  sizes: z
    .array(z.strictObject({ memoryMb: positive, usdPerSecond: price }))
    .min(1)
    .nullable()
    .default(null),
  memoryStepMb: positive.default(1),
  mostMemoryMb: positive.nullable().default(null),
  stepMs: positive,
  leastMs: price.default(0),
  billsStartup: z.boolean(),
});

/** Reads a user's table; it is named after its `place` unless it has a name. `UserError` `bad-prices`: the text is not one. */
export function parsePriceTable(text: string, place: string): PriceTable {
  const found = WRITTEN_TABLE.safeParse(parseJson(text, place), { reportInput: true });
  if (!found.success) throw refuse(place, wordProblem(found.error.issues[0]));
  const { name = place, ...prices } = found.data;
  const { usdPerGbSecond, sizes } = prices;
  if ((usdPerGbSecond === null) === (sizes === null)) {
    throw refuse(place, `it needs either usdPerGbSecond or sizes, and has ${sizes === null ? 'neither' : 'both'}`);
  }
  const twice = sizes?.find(({ memoryMb }, i) => sizes.findIndex((size) => size.memoryMb === memoryMb) < i);
  if (twice) throw refuse(place, `sizes has ${twice.memoryMb} MB twice`);
  return { name, ...prices };
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw refuse(place, 'it is no JSON');
  }
}

type Problem = z.core.$ZodIssue | undefined;

/** `usdPerGbSecond: a number of 0 or more is expected`. */
function wordProblem(problem: Problem): string {
  if (problem === undefined) return 'it cannot be read';
  const path = problem.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const where = path.replace(/^\./, '');
  return where === '' ? wordFault(problem) : `${where}: ${wordFault(problem)}`;
}

function wordFault(problem: NonNullable<Problem>): string {
  switch (problem.code) {
    case 'unrecognized_keys':
      return `unknown key ${problem.keys.map((key) => `'${key}'`).join(', ')}`;
    case 'too_small':
      if (problem.origin !== 'number') return 'it is empty';
      return `a number ${problem.inclusive ? 'of 0 or more' : 'above 0'} is expected`;
    case 'too_big':
      return `a number of ${GREATEST} at most is expected`;
    case 'invalid_type':
      if (problem.input === undefined) return 'it is missing';
      return `${/^[aeiou]/.test(problem.expected) ? 'an' : 'a'} ${problem.expected} is expected`;
    default:
      return problem.message;
  }
}

const EXAMPLE =
  '{"usdPerGbSecond": 0.0000166667, "usdPerMillionRequests": 0.2, "stepMs": 1, "leastMs": 1, "billsStartup": true}';

const refuse = (place: string, problem: string): UserError =>
  new UserError('bad-prices', `--prices '${place}' is no price table: ${problem}`, {
    hint: [
      'A price table is JSON like this:',
      EXAMPLE,
      'With sizes of their own price: "sizes": [{"memoryMb": 512, "usdPerSecond": 0.00000925}].',
    ],
  });
