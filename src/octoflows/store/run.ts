import { readPickle } from '../../formats/pickle/read.ts';
import { type PickledObject, type PickledValue, PickleError } from '../../formats/pickle/values.ts';
import { type PartKey, type PartName, parseKey } from './keys.ts';
import { fieldsOf, type Json, nodeIdOf, PartError, PlainWriter } from './plain.ts';

/** One run's parts, as they are stored → its native record. */

export interface StoredPart {
  readonly key: string;
  /** The pickle; `PartError` when it cannot be had. */
  readonly unpack: () => Uint8Array;
}

export interface BuiltRun {
  readonly record: { readonly [field: string]: Json };
  /** The record lacks these, in words. The plan is not among them: a run without history has none. */
  readonly missing: readonly string[];
  /** Parts that are there but could not be read, or not wholly. */
  readonly unreadable: readonly { readonly key: string; readonly problem: string }[];
}

/** The record with everything that is there. Never throws on bad data. */
export function buildRun(runId: string, parts: readonly StoredPart[]): BuiltRun {
  return new RunBuilder(runId, parts).build();
}

/** A part that was read: its key, what tells it from others of its kind, and its fields. */
interface ReadPart {
  readonly key: string;
  readonly id: string;
  readonly json: Json;
}

class RunBuilder {
  readonly #runId: string;
  readonly #parts: readonly (StoredPart & PartKey)[];
  readonly #writer = new PlainWriter();
  readonly #missing: string[] = [];
  readonly #unreadable: { key: string; problem: string }[] = [];

  constructor(runId: string, parts: readonly StoredPart[]) {
    this.#runId = runId;
    const known = parts.flatMap((stored) => {
      const key = parseKey(stored.key);
      return key ? [{ ...stored, ...key }] : [];
    });
    this.#parts = known.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  build(): BuiltRun {
    const [dag] = this.#readAll('dag', (object) => this.#writeDag(object));
    const { dag_name = null, ...dagRecord } = (dag?.json as { [key: string]: Json } | undefined) ?? {};
    const nodeIds = ((dagRecord['nodes'] as { id: string }[] | undefined) ?? []).map(({ id }) => id);
    const record = {
      master_dag_id: this.#runId,
      dag_name,
      dag: dag ? dagRecord : this.#lack('dag', 'the workflow'),
      submission: this.#one('submission') ?? this.#lack('submission', 'the submission'),
      plan: this.#one('plan') ?? null,
      tasks: this.#tasks(nodeIds),
      worker_startups: this.#startups(),
      dag_downloads: this.#readAll('dag-download').map(({ json }) => json),
      resource_usage: this.#one('resource-usage') ?? this.#lack('resource-usage', 'the resource usage'),
    };
    return { record, missing: this.#missing, unreadable: this.#unreadable };
  }

  /** `null` in the record; missing only if there was nothing at all, not even something unreadable. */
  #lack(part: PartName, words: string): null {
    if (!this.#parts.some((stored) => stored.part === part)) this.#missing.push(words);
    return null;
  }

  #one = (part: PartName): Json | undefined => this.#readAll(part)[0]?.json;

  #readAll(part: PartName, write = (object: PickledObject) => this.#writeFields(object)): ReadPart[] {
    return this.#parts.filter((stored) => stored.part === part).flatMap((stored) => this.#read(stored, write) ?? []);
  }

  #read(stored: StoredPart & PartKey, write: (object: PickledObject) => Json): ReadPart | null {
    const { key, id } = stored;
    try {
      const object = readPickle(stored.unpack());
      if (!fieldsOf(object)) throw new PartError('it is no object with fields');
      const json = write(object as PickledObject);
      this.#noteLosses(key);
      return { key, id, json };
    } catch (error) {
      if (!(error instanceof PickleError || error instanceof PartError)) throw error;
      this.#writer.takeLosses();
      this.#unreadable.push({ key, problem: error.message });
      return null;
    }
  }

  #noteLosses(key: string): void {
    const { first, count } = this.#writer.takeLosses();
    const more = count > 1 ? ` (and ${count - 1} more)` : '';
    if (count > 0) this.#unreadable.push({ key, problem: `left out ${first}${more}` });
  }

  #writeFields(object: PickledObject): Json {
    const fields = this.#writer.write(object, 'it', ['nodes_info']) as { [key: string]: Json };
    const nodesInfo = fieldsOf(object)?.get('nodes_info');
    if (!(nodesInfo instanceof Map)) return fields;
    // Each entry refers to its node, and through it to the whole workflow.
    const written = [...nodesInfo].map(([id, info]): [string, Json] => [
      nodeIdOf(id) ?? '',
      this.#writer.write(info, `nodes_info.${nodeIdOf(id)}`, ['node_ref']),
    ]);
    return { ...fields, nodes_info: Object.fromEntries(written) };
  }

  #writeDag(object: PickledObject): Json {
    const fields = fieldsOf(object);
    const nodes = fields?.get('_all_nodes');
    if (!(nodes instanceof Map)) throw new PartError('it is no workflow: it has no _all_nodes');
    const plain = (name: string) => this.#writer.write(fields?.get(name) ?? null, name);
    return {
      dag_name: plain('dag_name'),
      master_dag_structure_hash: plain('master_dag_structure_hash'),
      sink_node_id: plain('sink_node'),
      root_node_ids: plain('root_nodes'),
      nodes: [...nodes.values()].map((node) => this.#writeNode(node)),
    };
  }

  #writeNode(node: PickledValue): Json {
    const fields = fieldsOf(node);
    const id = nodeIdOf(node);
    if (!fields || id === null) throw new PartError('a node of the workflow has no id');
    const plain = (name: string) => this.#writer.write(fields.get(name) ?? null, `${id}.${name}`);
    const optimizations = plain('optimizations');
    return {
      id,
      func_name: plain('func_name'),
      upstream: plain('upstream_nodes'),
      downstream: plain('downstream_nodes'),
      worker_config: plain('worker_config'),
      optimizations: Array.isArray(optimizations) ? optimizations.map(nameIn) : [],
      optimizations_params: optimizations,
      ...(fields.has('duppable_tasks_predictions')
        ? { duppable_tasks_predictions: plain('duppable_tasks_predictions') }
        : {}),
    };
  }

  /** In the order of the workflow's nodes; then those that it does not name. */
  #tasks(nodeIds: readonly string[]): Json {
    const metrics = new Map(this.#readAll('task').map(({ id, json }) => [id, json]));
    const stored = new Set(this.#parts.filter(({ part }) => part === 'task').map(({ id }) => id));
    const lost = nodeIds.filter((id) => !stored.has(id)).length;
    if (lost > 0) this.#missing.push(`the metrics of ${lost} of ${nodeIds.length} tasks`);
    return [...new Set([...nodeIds, ...stored])].map((id) => ({
      global_task_id: `${id}+${this.#runId}`,
      internal_task_id: id,
      metrics: metrics.get(id) ?? null,
    }));
  }

  #startups(): Json {
    const startups = this.#readAll('worker-startup').map(({ json }) => json as { [key: string]: Json });
    if (startups.length === 0) this.#lack('worker-startup', 'all worker start-ups');
    const startedAtMs = (startup: { [key: string]: Json }) => Number(startup['start_time_ms'] ?? 0);
    return startups.sort((a, b) => startedAtMs(a) - startedAtMs(b));
  }
}

const nameIn = (optimization: Json): Json =>
  optimization !== null && typeof optimization === 'object' && 'name' in optimization
    ? (optimization['name'] as Json)
    : null;
