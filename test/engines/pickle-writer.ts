/** A value that is pickled: as Python's dictionaries, lists, texts, floats, truth values and None. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | PickledInstance
  | readonly Pickled[]
  | { readonly [key: string]: Pickled };

/** An object of a class, by its name and its fields. */
export class PickledInstance {
  readonly module: string;
  readonly name: string;
  readonly fields: { readonly [key: string]: Pickled };

  constructor(module: string, name: string, fields: { readonly [key: string]: Pickled }) {
    this.module = module;
    this.name = name;
    this.fields = fields;
  }
}

/** Pickles a value in protocol 2, without a memo, as `pickletools.dis` of Python 3 reads it. */
export const writePickle = (value: Pickled): Buffer =>
  Buffer.concat([Buffer.from([0x80, 2]), write(value), Buffer.from('.')]);

function write(value: Pickled): Buffer {
  if (value === null) return Buffer.from('N');
  if (typeof value === 'boolean') return Buffer.from([value ? 0x88 : 0x89]);
  if (typeof value === 'number') return writeFloat(value);
  if (typeof value === 'string') return writeText(value);
  if (value instanceof PickledInstance) return writeInstance(value);
  if (Array.isArray(value)) return Buffer.concat([Buffer.from(']('), ...value.map(write), Buffer.from('e')]);
  const entries = Object.entries(value).flatMap(([key, own]) => [writeText(key), write(own)]);
  return Buffer.concat([Buffer.from('}('), ...entries, Buffer.from('u')]);
}

function writeFloat(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.write('G');
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function writeText(text: string): Buffer {
  const head = Buffer.alloc(5);
  head.write('X');
  head.writeUInt32LE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

const writeInstance = ({ module, name, fields }: PickledInstance): Buffer =>
  Buffer.concat([Buffer.from(`c${module}\n${name}\n)\x81`, 'latin1'), write(fields), Buffer.from('b')]);
