import { type BigIntStats, fstatSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { UserError } from '../errors.ts';
import { cannotRead } from './file.ts';
import { explainChange } from './file-version.ts';
import type { Input, Source } from './source.ts';

const DESCRIPTOR = 0;
const NAME = 'standard input';

/** The source is standard input, named `-`. */
export const stdinSource: Source = {
  accepts: (uri) => uri === '-',
  list: async () => {
    const { stdin } = await import('node:process');
    if (stdin.isTTY) {
      throw new UserError('terminal-input', 'Standard input is a terminal, not data.', {
        hint: 'Pipe run records into wfa, as in: zcat runs.ndjson.gz | wfa runs --data -',
      });
    }
    const input: Input = {
      uri: '-',
      byteLength: null,
      explicit: true,
      version: null,
      open: () => readOn(stdin),
      openAhead: () => readAhead(stdin),
    };
    const found = stat();
    if (!found?.isFile()) return [input];
    return [{ ...input, findChange: async () => explainChange(NAME, found, stat()) }];
  },
};

/** The process has one standard input: what was read ahead of it is kept until it is opened. */
let rest: AsyncIterator<Uint8Array> | null = null;
const ahead: Uint8Array[] = [];

/** Reads chunks and keeps them, as long as someone asks for more. */
async function* readAhead(stdin: Readable): AsyncGenerator<Uint8Array> {
  // Not `yield*`, nor `for await`: an iterator that is left ends the stream.
  rest ??= stdin[Symbol.asyncIterator]();
  for (let next = await take(rest); !next.done; next = await take(rest)) {
    ahead.push(next.value);
    yield next.value;
  }
}

/** Reads all that was kept, and then what comes. */
async function* readOn(stdin: Readable): AsyncGenerator<Uint8Array> {
  const iterator = rest ?? stdin[Symbol.asyncIterator]();
  try {
    yield* ahead.splice(0);
    for (let next = await take(iterator); !next.done; next = await take(iterator)) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

const take = (iterator: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> =>
  iterator.next().catch((error) => {
    throw cannotRead(NAME, error as NodeJS.ErrnoException);
  });

function stat(): BigIntStats | null {
  try {
    return fstatSync(DESCRIPTOR, { bigint: true });
  } catch {
    return null;
  }
}
