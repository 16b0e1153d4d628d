/**
 * Reads ahead until `isEnough` says so of the bytes read, or none are left. Gives these bytes, and all from the beginning in chunks, of
 * which the first holds them.
 */
export async function peek(
  chunks: AsyncIterable<Uint8Array>,
  isEnough: (read: Buffer) => boolean,
): Promise<readonly [read: Buffer, all: AsyncGenerator<Uint8Array>]> {
  const iterator = chunks[Symbol.asyncIterator]();
  let read: Buffer = Buffer.alloc(0);
  while (!isEnough(read)) {
    const next = await iterator.next();
    if (next.done) break;
    read = Buffer.concat([read, next.value]);
  }
  const all = async function* () {
    try {
      if (read.length > 0) yield read;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  };
  return [read, all()];
}
