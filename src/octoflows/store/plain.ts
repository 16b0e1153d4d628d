import {
  PickledArray,
  PickledName,
  PickledObject,
  PickledOpaque,
  type PickledValue,
} from '../../formats/pickle/values.ts';

/** The engine's pickled objects → what stands for them in a run record. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

type Scalar = null | boolean | number | bigint | string;

/** A part of a run that cannot be made a record of. */
export class PartError extends Error {}

/** Records are at most seven deep; deeper is no record, and a circle is infinitely deep. */
const DEEPEST = 64;

/**
 * The most that one run's record may cost, a value eight and a text its length: shared objects are written out each time, and that
 * could multiply without end. The largest real record seen costs 0.3 million.
 */
const LARGEST_RECORD = 1 << 26;

/** An optimization's fields, under the name by which the records call it. */
const OPTIMIZATION = /(?:^|\.)(\w+?)Optimizations?$/;
const OPTIMIZATION_METRICS = /(?:^|\.)(\w+?)Optimizations?\.OptimizationMetrics$/;

/** The engine gives a worker this much of a processor by its memory: AWS Lambda's rule, at most six. */
const MEGABYTES_PER_CPU = 1792;
const MOST_CPUS = 6;

/** An object's fields by name; `null` when it is no object or has none. */
export function fieldsOf(object: PickledValue | undefined): Map<PickledValue, PickledValue> | null {
  return object instanceof PickledObject && object.state instanceof Map ? object.state : null;
}

/** The id by which records name a node; also of the node itself, in whose place it stands. `null`: it is neither. */
export function nodeIdOf(node: PickledValue | undefined): string | null {
  if (typeof node === 'string') return node;
  const fields = fieldsOf(node);
  return wordNodeId(fields) ?? wordNodeId(fieldsOf(fields?.get('id')));
}

function wordNodeId(fields: Map<PickledValue, PickledValue> | null): string | null {
  const [functionName, taskId] = [fields?.get('function_name'), fields?.get('task_id')];
  return typeof functionName === 'string' && typeof taskId === 'string' ? `${functionName}+${taskId}` : null;
}

/** Writes the parts of one run, within one run's limits. */
export class PlainWriter {
  #size = 0;
  #losses = { first: '', count: 0 };

  /**
   * Gives the losses since the last call, each a value that could not be written and became `null`: their number, and the first
   * one's place and reason.
   */
  takeLosses(): { readonly first: string; readonly count: number } {
    const losses = this.#losses;
    this.#losses = { first: '', count: 0 };
    return losses;
  }

  /** `omit`: fields that are left out. `PartError` when it is too large. */
  write(value: PickledValue, path: string, omit: readonly string[] = []): Json {
    return this.#write(value, path, 0, omit);
  }

  #write(value: PickledValue, path: string, depth: number, omit: readonly string[] = []): Json {
    this.#charge(typeof value === 'string' ? value.length + 8 : 8);
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    // JSON.parse makes the same of an integer's digits: the nearest number.
    if (typeof value === 'number' || typeof value === 'bigint') return this.#number(Number(value), path);
    if (depth > DEEPEST) return this.#lose(path, 'it is nested too deeply, or contains itself');
    if (value instanceof PickledObject) return this.#object(value, path, depth, omit);
    return this.#container(value, path, depth, omit);
  }

  #container(value: Exclude<PickledValue, Scalar>, path: string, depth: number, omit: readonly string[]): Json {
    if (value instanceof Map) return this.#map(value, path, depth, omit);
    if (value instanceof Set) return this.#list([...value].sort(compareItems), path, depth);
    if (Array.isArray(value)) return this.#list(value, path, depth);
    if (value instanceof PickledName) return value.name.slice(value.name.lastIndexOf('.') + 1);
    if (value instanceof PickledArray) return this.#array(value, path);
    return this.#lose(path, value instanceof PickledOpaque ? value.what : 'bytes');
  }

  #charge(cost: number): void {
    this.#size += cost;
    if (this.#size > LARGEST_RECORD) throw new PartError("it makes the run's record too large");
  }

  #lose(path: string, what: string): null {
    if (this.#losses.count++ === 0) this.#losses.first = `${path}: ${what}`;
    return null;
  }

  #number(number: number, path: string): Json {
    return Number.isFinite(number) ? number : this.#lose(path, String(number));
  }

  #list(items: readonly PickledValue[], path: string, depth: number): Json {
    return items.map((item, i) => this.#write(item, `${path}[${i}]`, depth + 1));
  }

  #map(map: Map<PickledValue, PickledValue>, path: string, depth: number, omit: readonly string[]): Json {
    const entries: [string, Json][] = [];
    for (const [key, value] of map) {
      const name = typeof key === 'number' ? String(key) : nodeIdOf(key);
      // A class keeps its own affairs under names that begin with an underscore: locks, caches.
      if (name === null) this.#lose(path, 'a key that is no text');
      else if (!name.startsWith('_') && !omit.includes(name)) {
        this.#charge(name.length);
        entries.push([name, this.#write(value, `${path}.${name}`, depth + 1)]);
      }
    }
    return Object.fromEntries(entries);
  }

  #object(object: PickledObject, path: string, depth: number, omit: readonly string[]): Json {
    const id = nodeIdOf(object);
    if (id !== null) return id;
    const fields = fieldsOf(object);
    if (fields === null) return this.#objectWithoutFields(object, path, depth);
    if (object.className === 'Percentile')
      return { percentile: this.#write(fields.get('value') ?? null, path, depth + 1) };
    const record = this.#map(fields, path, depth, omit) as { [key: string]: Json };
    if (object.className === 'TaskWorkerResourceConfiguration') return withCpus(record);
    const [, type] = OPTIMIZATION_METRICS.exec(object.className) ?? [];
    if (type !== undefined) return { type, ...record };
    return OPTIMIZATION.test(object.className) ? { name: nameOptimization(object), ...record } : record;
  }

  #objectWithoutFields(object: PickledObject, path: string, depth: number): Json {
    if (object.items) return this.#list(object.items, path, depth);
    if (object.entries) return this.#map(object.entries, path, depth, []);
    if (OPTIMIZATION.test(object.className)) return { name: nameOptimization(object) };
    // An enum's member is its value; a decimal number its text.
    const [only] = object.args;
    if (object.args.length === 1 && (typeof only === 'string' || typeof only === 'number')) return only;
    return this.#lose(path, `an object of ${object.className || 'an unknown class'}`);
  }

  #array({ shape, values }: PickledArray, path: string): Json {
    if (values === null) return this.#lose(path, 'an array of other things than numbers');
    this.#charge(values.length * 8);
    let rows: Json[] = values.map((value) => (typeof value === 'boolean' ? value : this.#number(Number(value), path)));
    if (shape.length === 0) return rows[0] ?? null;
    for (const length of shape.slice(1).reverse()) rows = length === 0 ? [] : chunk(rows, length);
    return rows;
  }
}

const chunk = (items: readonly Json[], length: number): Json[] =>
  Array.from({ length: items.length / length }, (_, i) => items.slice(i * length, (i + 1) * length));

/** Sets have no order; a record's lists should. */
function compareItems(a: PickledValue, b: PickledValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [textA, textB] = [nodeIdOf(a), nodeIdOf(b)];
  if (textA === null || textB === null || textA === textB) return 0;
  return textA < textB ? -1 : 1;
}

function withCpus(record: { [key: string]: Json }): Json {
  const memoryMb = record['memory_mb'];
  if (typeof memoryMb !== 'number' || 'cpus' in record) return record;
  return { ...record, cpus: Number(Math.min(memoryMb / MEGABYTES_PER_CPU, MOST_CPUS).toFixed(2)) };
}

/** `PreLoadOptimization` → `PreLoad`; WUKONG's says how it was set. */
function nameOptimization(optimization: PickledObject): string {
  const { className } = optimization;
  const fields = fieldsOf(optimization);
  const largeOutputBytes = fields?.get('large_output_b');
  if (className !== 'WukongOptimizations' || typeof largeOutputBytes !== 'number') {
    return OPTIMIZATION.exec(className)?.[1] ?? className;
  }
  const flag = (name: string) => (fields?.get(name) === true ? 'True' : 'False');
  const settings = [
    `tco=${flag('task_clustering_fan_outs')}`,
    `tci=${flag('task_clustering_fan_ins')}`,
    `io=${flag('delayed_io')}`,
    `lo=${wordFloat(largeOutputBytes / 2 ** 20)}MB`,
  ];
  return `Wukong(${settings.join(', ')})`;
}

/** As Python writes a float: with a decimal point. */
const wordFloat = (number: number): string => (Number.isInteger(number) ? number.toFixed(1) : String(number));
