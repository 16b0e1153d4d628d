// The grammar of an RDB snapshot, as a coroutine that asks for bytes and reports what it found.

/** A stored string is unpacked only when somebody looks into it. */
export interface StoredString {
  readonly bytes: Buffer;
  /** Length in bytes when unpacked; `null`: it is not packed. */
  readonly plainLength: number | null;
}

/** An event reports one thing found: a wanted string, a key with a value of another type, a note about the snapshot, or its end. */
export type RdbEvent =
  | { readonly kind: 'string'; readonly database: number; readonly key: string; readonly stored: StoredString }
  | { readonly kind: 'other-type'; readonly database: number; readonly key: string; readonly type: string }
  | { readonly kind: 'auxiliary'; readonly name: string; readonly text: string }
  | { readonly kind: 'end' };

/** A request asks for so many bytes to be given, or to be passed over. */
export type RdbRequest = { readonly take: number } | { readonly skip: number };

/** A step yields requests and events, and is resumed with the bytes asked for. */
export type RdbStep<Result = void> = Generator<RdbRequest | RdbEvent, Result, Buffer>;

/** The settings let the grammar decide, fail and unpack without knowing its input. */
export interface RdbGrammarSettings {
  /** Says whether the strings under this key are wanted; others are passed over without holding them. */
  readonly wanted: (key: string) => boolean;
  readonly fail: (problem: string) => Error;
  readonly unpack: (stored: StoredString) => Buffer;
}

const OLDEST_VERSION = 5;
const NEWEST_VERSION = 13;
/** Valkey counts from 80 on since it has a format of its own (9.0). */
const VALKEY_VERSION = 80;

/** Reads a whole snapshot of Redis (versions 5 to 13) or Valkey (80), up to its checksum. Throws `settings.fail` when it is damaged or not known. */
export function* readSnapshot(settings: RdbGrammarSettings): RdbStep {
  const grammar = yield* readHeader(settings);
  let database = 0;
  for (let code = yield* readByte(); code !== OPCODE.end; code = yield* readByte()) {
    if (code === OPCODE.database) database = yield* readLength(settings);
    else if (code === OPCODE.auxiliary) yield* readAuxiliary(settings);
    else if (code === OPCODE.own) yield* grammar.skipOwn(settings);
    else if (code >= FIRST_OPCODE) yield* skipOpcode(code, settings);
    else yield* readEntry(code, database, grammar, settings);
  }
  yield { kind: 'end' };
}

/** Servers that come from one ancestor use two numbers for different things. */
interface Grammar {
  readonly types: Readonly<Record<number, ValueType>>;
  readonly skipOwn: (settings: RdbGrammarSettings) => RdbStep;
}

function* readHeader(settings: RdbGrammarSettings): RdbStep<Grammar> {
  const head = (yield { take: 9 }).toString('latin1');
  if (head === `VALKEY0${VALKEY_VERSION}`) return VALKEY;
  const version = /^REDIS(\d{4})$/.exec(head)?.[1];
  if (version !== undefined && Number(version) >= OLDEST_VERSION && Number(version) <= NEWEST_VERSION) return REDIS;
  const known = `Redis ${OLDEST_VERSION} to ${NEWEST_VERSION} and Valkey ${VALKEY_VERSION}`;
  throw settings.fail(`its version is ${head.replace(/^[A-Z]+/, '')}; wfa reads ${known}`);
}

/** 0xf3 is what each server has of its own. */
const OPCODE = { own: 0xf3, auxiliary: 0xfa, database: 0xfe, end: 0xff } as const;

const FIRST_OPCODE = 0xf4;

/** The table lists the fields behind the other opcodes: numbers of known length, lengths, strings, or a module's own data. */
const SKIPPED_OPCODES: Readonly<Record<number, readonly Field[]>> = {
  244: ['length', 'length', 'length'], // the slot of a cluster, its size, how many of its keys expire
  245: ['string'], // a function library
  247: ['length', 'length', 'length', 'module'], // a module's own data
  248: ['length'], // least recently used: seconds idle
  249: ['1'], // least frequently used: a counter
  251: ['length', 'length'], // how many keys follow
  252: ['8'], // expires at this millisecond
  253: ['4'], // expires at this second
};

type Field = '1' | '4' | '8' | '16' | 'length' | 'string' | 'double-text' | 'module';

function* skipOpcode(code: number, settings: RdbGrammarSettings): RdbStep {
  const fields = SKIPPED_OPCODES[code];
  if (!fields) throw settings.fail(`it holds an instruction that wfa does not know (${code})`);
  yield* skipFields(fields, settings);
}

function* readAuxiliary(settings: RdbGrammarSettings): RdbStep {
  const name = yield* readText(settings);
  yield { kind: 'auxiliary', name, text: yield* readText(settings) };
}

interface ValueType {
  readonly name: string;
  /** Fields before the count, if there is one. */
  readonly prefix?: readonly Field[];
  /** Fields of each counted element; absent: there is no count. */
  readonly each?: readonly Field[];
  readonly skip?: (settings: RdbGrammarSettings) => RdbStep;
}

/** The types are keyed by their number in the snapshot. */
const VALUE_TYPES: Readonly<Record<number, ValueType>> = {
  1: { name: 'list', each: ['string'] },
  2: { name: 'set', each: ['string'] },
  3: { name: 'sorted set', each: ['string', 'double-text'] },
  4: { name: 'hash', each: ['string', 'string'] },
  5: { name: 'sorted set', each: ['string', '8'] },
  7: { name: "module's own value", prefix: ['length', 'module'] },
  9: { name: 'hash', prefix: ['string'] },
  10: { name: 'list', prefix: ['string'] },
  11: { name: 'set', prefix: ['string'] },
  12: { name: 'sorted set', prefix: ['string'] },
  13: { name: 'hash', prefix: ['string'] },
  14: { name: 'list', each: ['string'] },
  15: { name: 'stream', skip: (settings) => skipStream(settings, 1) },
  16: { name: 'hash', prefix: ['string'] },
  17: { name: 'sorted set', prefix: ['string'] },
  18: { name: 'list', each: ['length', 'string'] },
  19: { name: 'stream', skip: (settings) => skipStream(settings, 2) },
  20: { name: 'set', prefix: ['string'] },
  21: { name: 'stream', skip: (settings) => skipStream(settings, 3) },
  24: { name: 'hash', prefix: ['8'], each: ['length', 'string', 'string'] },
  25: { name: 'hash', prefix: ['8', 'string'] },
};

const REDIS: Grammar = {
  types: { ...VALUE_TYPES, 26: { name: 'stream', skip: (settings) => skipStream(settings, 4) } },
  // Modules keep fields of the key that follows, each behind its number.
  skipOwn: (settings) => skipCounted(['4', 'module'], settings),
};

const VALKEY: Grammar = {
  types: { ...VALUE_TYPES, 22: { name: 'hash', each: ['string', 'string', '8'] } },
  // Slots that are being moved here: a name, and from where to where.
  skipOwn: function* (settings) {
    yield* skipString(settings);
    yield* skipCounted(['length', 'length'], settings);
  },
};

function* readEntry(code: number, database: number, { types }: Grammar, settings: RdbGrammarSettings): RdbStep {
  const key = yield* readText(settings);
  if (code !== 0) {
    const type = types[code];
    if (!type) throw settings.fail(`the value of ${key} has type ${code}, which wfa cannot pass over`);
    yield* skipValue(type, settings);
    yield { kind: 'other-type', database, key, type: type.name };
  } else if (settings.wanted(key)) {
    yield { kind: 'string', database, key, stored: yield* readString(settings) };
  } else yield* skipString(settings);
}

function* skipValue(type: ValueType, settings: RdbGrammarSettings): RdbStep {
  if (type.prefix) yield* skipFields(type.prefix, settings);
  if (type.each) {
    const count = yield* readLength(settings);
    for (let i = 0; i < count; i++) yield* skipFields(type.each, settings);
  }
  if (type.skip) yield* type.skip(settings);
}

/** Passes over entries, ids, and consumer groups with their deliveries, and what keeps entries single; each version adds fields. */
function* skipStream(settings: RdbGrammarSettings, version: 1 | 2 | 3 | 4): RdbStep {
  yield* skipCounted(['string', 'string'], settings);
  yield* skipFields(['length', 'length', 'length'], settings);
  if (version >= 2) yield* skipFields(['length', 'length', 'length', 'length', 'length'], settings);
  const groupCount = yield* readLength(settings);
  for (let group = 0; group < groupCount; group++) {
    yield* skipFields(['string', 'length', 'length'], settings);
    if (version >= 2) yield* skipFields(['length'], settings);
    yield* skipCounted(['16', '8', 'length'], settings);
    const consumerCount = yield* readLength(settings);
    for (let consumer = 0; consumer < consumerCount; consumer++) {
      yield* skipFields(version >= 3 ? ['string', '8', '8'] : ['string', '8'], settings);
      yield* skipCounted(['16'], settings);
    }
  }
  if (version >= 4) yield* skipProducers(settings);
}

/** Passes over what keeps a stream's entries single (RDB 13): two settings, producers, two counters. */
function* skipProducers(settings: RdbGrammarSettings): RdbStep {
  yield* skipFields(['length', 'length'], settings);
  const producerCount = yield* readLength(settings);
  if (producerCount > 0) throw settings.fail('a stream in it has producers of its own, which wfa cannot pass over');
  yield* skipFields(['length', 'length'], settings);
}

function* skipCounted(fields: readonly Field[], settings: RdbGrammarSettings): RdbStep {
  const count = yield* readLength(settings);
  for (let i = 0; i < count; i++) yield* skipFields(fields, settings);
}

function* skipFields(fields: readonly Field[], settings: RdbGrammarSettings): RdbStep {
  for (const field of fields) {
    if (field === 'string') yield* skipString(settings);
    else if (field === 'length') yield* readLength(settings);
    else if (field === 'double-text') yield* skipDoubleText();
    else if (field === 'module') yield* skipModule(settings);
    else yield { skip: Number(field) };
  }
}

/** Passes over a number as text; a length of 253 and more stands for not a number and the infinities. */
function* skipDoubleText(): RdbStep {
  const length = yield* readByte();
  if (length < 253) yield { skip: length };
}

const MODULE_FIELDS: Readonly<Record<number, readonly Field[]>> = {
  1: ['length'],
  2: ['length'],
  3: ['4'],
  4: ['8'],
  5: ['string'],
};

function* skipModule(settings: RdbGrammarSettings): RdbStep {
  for (let code = yield* readLength(settings); code !== 0; code = yield* readLength(settings)) {
    const fields = MODULE_FIELDS[code];
    if (!fields) throw settings.fail(`a module's data hold what wfa cannot pass over (${code})`);
    yield* skipFields(fields, settings);
  }
}

function* readByte(): RdbStep<number> {
  return (yield { take: 1 })[0] as number;
}

/** Reads a length, whose first byte says in its two highest bits how it is written; 3: it is no length but a string's packing. */
function* readLengthOrPacking(settings: RdbGrammarSettings): RdbStep<{ length: number } | { packing: number }> {
  const first = yield* readByte();
  const rest = first & 0x3f;
  if (first < 0x40) return { length: rest };
  if (first < 0x80) return { length: (rest << 8) | (yield* readByte()) };
  if (first >= 0xc0) return { packing: rest };
  if (first === 0x80) return { length: (yield { take: 4 }).readUInt32BE() };
  if (first === 0x81) return { length: Number((yield { take: 8 }).readBigUInt64BE()) };
  throw settings.fail('a length in it is none');
}

function* readLength(settings: RdbGrammarSettings): RdbStep<number> {
  const found = yield* readLengthOrPacking(settings);
  if ('length' in found) return found.length;
  throw settings.fail('a string stands where a length should');
}

const INTEGER_BYTES = [1, 2, 4] as const;
const LZF = 3;

function* readString(settings: RdbGrammarSettings): RdbStep<StoredString> {
  const found = yield* readLengthOrPacking(settings);
  if ('length' in found) return { bytes: yield* takeString(found.length, settings), plainLength: null };
  const integerBytes = INTEGER_BYTES[found.packing];
  if (integerBytes) {
    const integer = (yield { take: integerBytes }).readIntLE(0, integerBytes);
    return { bytes: Buffer.from(String(integer)), plainLength: null };
  }
  if (found.packing !== LZF) throw settings.fail('a string in it is packed in a way that wfa does not know');
  const packedLength = yield* readLength(settings);
  const plainLength = yield* readLength(settings);
  return { bytes: yield* takeString(packedLength, settings), plainLength };
}

/** Bytes of a string at most, as in Redis itself (its setting proto-max-bulk-len). */
const LONGEST_STRING_BYTES = 1 << 29;

function* takeString(length: number, settings: RdbGrammarSettings): RdbStep<Buffer> {
  if (length > LONGEST_STRING_BYTES) throw settings.fail(`a string in it is said to have ${length} bytes`);
  return yield { take: length };
}

function* skipString(settings: RdbGrammarSettings): RdbStep {
  const found = yield* readLengthOrPacking(settings);
  if ('length' in found) yield { skip: found.length };
  else if (found.packing === LZF) {
    const packedLength = yield* readLength(settings);
    yield* readLength(settings);
    yield { skip: packedLength };
  } else {
    const integerBytes = INTEGER_BYTES[found.packing];
    if (!integerBytes) throw settings.fail('a string in it is packed in a way that wfa does not know');
    yield { skip: integerBytes };
  }
}

function* readText(settings: RdbGrammarSettings): RdbStep<string> {
  return settings.unpack(yield* readString(settings)).toString('utf8');
}
