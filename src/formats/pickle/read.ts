import { PickleBytes } from './bytes.ts';
import { resolveCall, takeState } from './calls.ts';
import { readBinaryInteger, readDecimal, readFloatText, readIntegerOrBoolean } from './numbers.ts';
import { readQuoted, readUnicodeLine } from './texts.ts';
import { PickledName, PickledObject, PickledOpaque, type PickledValue } from './values.ts';

/**
 * Operations, and items copied by them, in one pickle at most. Pickled workflows have about 240 a node: room for 33,000 nodes.
 * Each costs some 60 bytes at most: less than 0.5 GB in the worst case, and a few seconds.
 */
const MOST_OPERATIONS = 8_000_000;

/** Lists, dictionaries, sets and objects in one pickle at most: workflows have about 25 a node, 200 bytes each when empty. */
const MOST_CONTAINERS = 1_000_000;

const NEWEST_PROTOCOL = 5;

/**
 * Reads the value that a pickle (protocols 0 to 5) describes, as plain data: classes, functions and objects become their names,
 * their arguments and their fields. Nothing is imported, looked up or executed. Loops over the input, never recurses. Bytes after
 * the pickle's end are ignored, as in Python. Throws `PickleError` when the bytes are no pickle, are cut, or exceed the limits
 * above.
 */
export function readPickle(bytes: Uint8Array): PickledValue {
  return new PickleMachine(bytes).run();
}

class PickleMachine {
  readonly bytes: PickleBytes;
  #stack: PickledValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickledValue>();
  #operationCount = 0;
  #containerCount = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = new PickleBytes(bytes);
  }

  run(): PickledValue {
    for (;;) {
      this.charge(1);
      const code = this.bytes.uint8();
      if (code === STOP) return this.pop();
      const operate = OPERATIONS[code];
      if (!operate) this.bytes.fail(`0x${code.toString(16).padStart(2, '0')} is no operation of a pickle`);
      operate(this);
    }
  }

  readonly charge = (count: number): void => {
    this.#operationCount += count;
    if (this.#operationCount > MOST_OPERATIONS) this.bytes.fail(`it has more than ${MOST_OPERATIONS} operations`);
  };

  push(pushed: PickledValue): void {
    this.#stack.push(pushed);
  }

  /** Pushes something that others can be put into. */
  pushContainer(container: PickledValue): void {
    if (++this.#containerCount > MOST_CONTAINERS) this.bytes.fail(`it has more than ${MOST_CONTAINERS} containers`);
    this.#stack.push(container);
  }

  pop(): PickledValue {
    this.#guardMark(1);
    return this.#stack.pop() as PickledValue;
  }

  top(): PickledValue {
    this.#guardMark(1);
    return this.#stack.at(-1) as PickledValue;
  }

  popSeveral(count: number): PickledValue[] {
    this.#guardMark(count);
    return this.#stack.splice(this.#stack.length - count, count);
  }

  #guardMark(count: number): void {
    if (this.#stack.length - count < (this.#marks.at(-1) ?? 0)) this.bytes.fail('an operation lacks its operand');
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** Takes everything above the last mark, and the mark. */
  popToMark(): PickledValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) return this.bytes.fail('a mark is missing');
    return this.#stack.splice(mark);
  }

  /** Takes away the topmost thing: a mark when nothing stands above it. */
  discard(): void {
    if (this.#marks.length > 0 && this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
    else this.pop();
  }

  remember(index: number): void {
    this.#memo.set(index, this.top());
  }

  memoize(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    const found = this.#memo.get(index);
    if (found === undefined) this.bytes.fail(`memo ${index} was never written`);
    this.push(found);
  }

  append(items: readonly PickledValue[]): void {
    const target = this.top();
    const list = target instanceof PickledObject ? itemsOf(target) : target;
    if (list instanceof Set) for (const item of items) list.add(item);
    else if (Array.isArray(list)) for (const item of items) list.push(item);
    else this.bytes.fail('something is appended to what is no list');
  }

  setItems(pairs: readonly PickledValue[]): void {
    const target = this.top();
    const map = target instanceof PickledObject ? entriesOf(target) : target;
    if (!(map instanceof Map)) throw this.bytes.error('a key is set in what is no dictionary');
    if (pairs.length % 2 !== 0) throw this.bytes.error('a key lacks its value');
    for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i] as PickledValue, pairs[i + 1] as PickledValue);
  }

  build(): void {
    const state = this.pop();
    takeState(this.top(), state, this.charge);
  }

  call([called = null, args = null]: readonly PickledValue[]): void {
    this.pushContainer(resolveCall(called, asArguments(args), this.charge));
  }

  /** Makes an object of a class. Unlike a call of the class, that says nothing about the meaning of the arguments. */
  construct([type = null, args = null]: readonly PickledValue[]): void {
    this.pushContainer(new PickledObject(type, asArguments(args)));
  }
}

const asArguments = (args: PickledValue): readonly PickledValue[] => (Array.isArray(args) ? args : [args]);

function itemsOf(target: PickledObject): PickledValue[] {
  target.items ??= [];
  return target.items;
}

function entriesOf(target: PickledObject): Map<PickledValue, PickledValue> {
  target.entries ??= new Map();
  return target.entries;
}

type Operation = (machine: PickleMachine) => void;

const STOP = 0x2e;

/** The table holds the operations of Python's `pickletools`, by their names there. */
const OPERATIONS: readonly (Operation | undefined)[] = tabulate([
  // The stack, the marks and the memo.
  ['(', (m) => m.mark()], // MARK
  ['0', (m) => m.discard()], // POP
  ['1', (m) => m.popToMark()], // POP_MARK
  ['2', (m) => m.push(m.top())], // DUP
  ['p', (m) => m.remember(memoIndex(m))], // PUT
  ['q', (m) => m.remember(m.bytes.uint8())], // BINPUT
  ['r', (m) => m.remember(m.bytes.uint32())], // LONG_BINPUT
  ['\x94', (m) => m.memoize()], // MEMOIZE
  ['g', (m) => m.recall(memoIndex(m))], // GET
  ['h', (m) => m.recall(m.bytes.uint8())], // BINGET
  ['j', (m) => m.recall(m.bytes.uint32())], // LONG_BINGET
  // Scalars.
  ['N', (m) => m.push(null)], // NONE
  ['\x88', (m) => m.push(true)], // NEWTRUE
  ['\x89', (m) => m.push(false)], // NEWFALSE
  ['I', (m) => m.push(readIntegerOrBoolean(m.bytes))], // INT
  ['L', (m) => m.push(readDecimal(m.bytes))], // LONG
  ['J', (m) => m.push(m.bytes.int32())], // BININT
  ['K', (m) => m.push(m.bytes.uint8())], // BININT1
  ['M', (m) => m.push(m.bytes.uint16())], // BININT2
  ['\x8a', (m) => m.push(readBinaryInteger(m.bytes, m.bytes.uint8()))], // LONG1
  ['\x8b', (m) => m.push(readBinaryInteger(m.bytes, m.bytes.uint32()))], // LONG4
  ['F', (m) => m.push(readFloatText(m.bytes))], // FLOAT
  ['G', (m) => m.push(m.bytes.float64())], // BINFLOAT
  // Texts and bytes. Python 2's strings are read as one character a byte.
  ['S', (m) => m.push(readQuoted(m.bytes))], // STRING
  ['T', (m) => m.push(m.bytes.take(m.bytes.uint32()).toString('latin1'))], // BINSTRING
  ['U', (m) => m.push(m.bytes.take(m.bytes.uint8()).toString('latin1'))], // SHORT_BINSTRING
  ['V', (m) => m.push(readUnicodeLine(m.bytes))], // UNICODE
  ['X', (m) => m.push(m.bytes.text(m.bytes.uint32()))], // BINUNICODE
  ['\x8c', (m) => m.push(m.bytes.text(m.bytes.uint8()))], // SHORT_BINUNICODE
  ['\x8d', (m) => m.push(m.bytes.text(m.bytes.uint64()))], // BINUNICODE8
  ['B', (m) => m.push(m.bytes.take(m.bytes.uint32()))], // BINBYTES
  ['C', (m) => m.push(m.bytes.take(m.bytes.uint8()))], // SHORT_BINBYTES
  ['\x8e', (m) => m.push(m.bytes.take(m.bytes.uint64()))], // BINBYTES8
  ['\x96', (m) => m.push(m.bytes.take(m.bytes.uint64()))], // BYTEARRAY8
  // Containers.
  [')', (m) => m.pushContainer([])], // EMPTY_TUPLE
  [']', (m) => m.pushContainer([])], // EMPTY_LIST
  ['}', (m) => m.pushContainer(new Map())], // EMPTY_DICT
  ['\x8f', (m) => m.pushContainer(new Set())], // EMPTY_SET
  ['t', (m) => m.pushContainer(m.popToMark())], // TUPLE
  ['l', (m) => m.pushContainer(m.popToMark())], // LIST
  ['\x85', (m) => m.pushContainer(m.popSeveral(1))], // TUPLE1
  ['\x86', (m) => m.pushContainer(m.popSeveral(2))], // TUPLE2
  ['\x87', (m) => m.pushContainer(m.popSeveral(3))], // TUPLE3
  ['d', (m) => pushDictionary(m)], // DICT
  ['\x91', (m) => m.pushContainer(new Set(m.popToMark()))], // FROZENSET
  ['a', (m) => m.append([m.pop()])], // APPEND
  ['e', (m) => m.append(m.popToMark())], // APPENDS
  ['\x90', (m) => m.append(m.popToMark())], // ADDITEMS
  ['s', (m) => m.setItems(m.popSeveral(2))], // SETITEM
  ['u', (m) => m.setItems(m.popToMark())], // SETITEMS
  // Names, objects and calls.
  ['c', (m) => m.pushContainer(new PickledName(textLine(m), textLine(m)))], // GLOBAL
  ['\x93', (m) => pushGlobal(m)], // STACK_GLOBAL
  ['R', (m) => m.call(m.popSeveral(2))], // REDUCE
  ['b', (m) => m.build()], // BUILD
  ['i', (m) => pushInstance(m)], // INST
  ['o', (m) => pushObject(m)], // OBJ
  ['\x81', (m) => m.construct(m.popSeveral(2))], // NEWOBJ
  ['\x92', (m) => m.construct(m.popSeveral(3))], // NEWOBJ_EX
  ['P', (m) => pushOpaque(m, `the persistent id ${textLine(m)}`)], // PERSID
  ['Q', (m) => pushPersistent(m)], // BINPERSID
  ['\x82', (m) => pushOpaque(m, `the extension ${m.bytes.uint8()}`)], // EXT1
  ['\x83', (m) => pushOpaque(m, `the extension ${m.bytes.uint16()}`)], // EXT2
  ['\x84', (m) => pushOpaque(m, `the extension ${m.bytes.uint32()}`)], // EXT4
  // The frame around it all.
  ['\x80', (m) => checkProtocol(m)], // PROTO
  ['\x95', (m) => m.bytes.expect(m.bytes.uint64())], // FRAME
  ['\x97', (m) => m.bytes.fail('it refers to a buffer that is stored elsewhere')], // NEXT_BUFFER
  ['\x98', () => {}], // READONLY_BUFFER
]);

function tabulate(operations: readonly (readonly [string, Operation])[]): (Operation | undefined)[] {
  const table: (Operation | undefined)[] = new Array(256).fill(undefined);
  for (const [character, operation] of operations) table[character.charCodeAt(0)] = operation;
  return table;
}

const textLine = (m: PickleMachine): string => m.bytes.decode(m.bytes.line());

function memoIndex(m: PickleMachine): number {
  const index = readDecimal(m.bytes);
  return typeof index === 'number' && index >= 0 ? index : m.bytes.fail('a memo index is none');
}

function pushDictionary(m: PickleMachine): void {
  const pairs = m.popToMark();
  m.pushContainer(new Map());
  m.setItems(pairs);
}

function pushGlobal(m: PickleMachine): void {
  const [module, name] = m.popSeveral(2);
  if (typeof module !== 'string' || typeof name !== 'string') throw m.bytes.error('a global has no name');
  m.pushContainer(new PickledName(module, name));
}

function pushInstance(m: PickleMachine): void {
  const type = new PickledName(textLine(m), textLine(m));
  m.construct([type, m.popToMark()]);
}

function pushObject(m: PickleMachine): void {
  const [type = null, ...args] = m.popToMark();
  m.construct([type, args]);
}

function pushOpaque(m: PickleMachine, what: string): void {
  m.pushContainer(new PickledOpaque(what));
}

function pushPersistent(m: PickleMachine): void {
  m.pop();
  pushOpaque(m, 'a persistent id');
}

function checkProtocol(m: PickleMachine): void {
  const protocol = m.bytes.uint8();
  if (protocol > NEWEST_PROTOCOL) m.bytes.fail(`its protocol is ${protocol}, newer than ${NEWEST_PROTOCOL}`);
}
