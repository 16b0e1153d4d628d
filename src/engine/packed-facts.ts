import { crc32 } from 'node:zlib';
import type { Line } from './facts-lines.ts';
import { packValues } from './pack-values.ts';
import { unpackValues } from './unpack-values.ts';

/** Lines of facts as blocks of bytes, for files of the cache. */

/** Length and checksum, each a 32-bit integer; the values behind it stay aligned. */
const HEAD_BYTES = 8;

/** Lines as a block of bytes that can stand behind others in a file. */
export function packBlock(lines: readonly Line[]): Uint8Array {
  const values = packValues(lines);
  const block = new Uint8Array(HEAD_BYTES + values.length);
  const head = new DataView(block.buffer);
  head.setUint32(0, values.length);
  head.setUint32(4, crc32(values));
  block.set(values, HEAD_BYTES);
  return block;
}

/** The lines of one block after the other; `RangeError` at one that is cut or damaged. */
export function* unpackBlocks(bytes: Uint8Array): Generator<unknown[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; ) {
    const valuesAt = at + HEAD_BYTES;
    const end = valuesAt + view.getUint32(at);
    const values = bytes.subarray(valuesAt, end);
    if (end > bytes.length || crc32(values) !== view.getUint32(at + 4))
      throw new RangeError('a damaged block of facts');
    yield unpackValues(values);
    at = end;
  }
}
