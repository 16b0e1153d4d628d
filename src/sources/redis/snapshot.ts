// Writes a Redis snapshot (RDB version 9) of strings, so that a live server is read like a dump of it.

const OPCODE = { auxiliary: 0xfa, end: 0xff, string: 0x00 } as const;

/** Writes the beginning: magic and version. */
export const snapshotHead = (): Buffer => Buffer.from('REDIS0009');

/** Writes the end, with the checksum 0 that says there is none. */
export const snapshotEnd = (): Buffer => Buffer.concat([Buffer.of(OPCODE.end), Buffer.alloc(8)]);

/** Writes a key with its string. */
export const snapshotEntry = (key: string, stored: Buffer): Buffer =>
  Buffer.concat([Buffer.of(OPCODE.string), counted(Buffer.from(key)), counted(stored)]);

/** Writes a note about the snapshot itself, an auxiliary field. */
export const snapshotNote = (name: string, text: string): Buffer =>
  Buffer.concat([Buffer.of(OPCODE.auxiliary), counted(Buffer.from(name)), counted(Buffer.from(text))]);

/** Writes a string behind its length in 32 bits: Redis holds none longer than 2^29. */
function counted(bytes: Buffer): Buffer {
  const length = Buffer.from([0x80, 0, 0, 0, 0]);
  length.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([length, bytes]);
}
