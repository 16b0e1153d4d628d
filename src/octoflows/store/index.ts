/**
 * The engine's own store, as a Redis snapshot → native run records. Knows which parts a run consists of; knows nothing of what
 * their numbers mean.
 */
import { UserError } from '../../errors.ts';
import type { RdbEvent } from '../../formats/rdb/layout.ts';
import { RdbReader, unpackString } from '../../formats/rdb/read.ts';
import type { Batch, DecodedRecord, Decoder, Format } from '../../formats/record.ts';
import type { Issue } from '../../model/issue.ts';
import { compareRunIds, isEngineKey, parseKey, STORE_NOTES } from './keys.ts';
import { PartError } from './plain.ts';
import { buildRun, type StoredPart } from './run.ts';
import type { ScatteredRuns } from './scattered.ts';

/** Recognizes a snapshot of Redis or Valkey by its magic word. */
export const isStoreSnapshot = (head: string): boolean => /^(REDIS|VALKEY)/.test(head);

/** The format of snapshots; of runs that are scattered over several, each holds its part back until the last has come. */
export const redisSnapshotFormat = (scattered: ScatteredRuns): Format => ({
  detect: isStoreSnapshot,
  binary: true,
  createDecoder: (uri) => new StoreDecoder(uri, scattered),
});

/** A batch of its own for each record: a run can be large. Its place is counted from the beginning of the input. */
const single = (record: DecodedRecord): Batch => ({ records: [record], lineCount: 0 });

/** A run's parts as they come. */
interface Collected {
  readonly runId: string;
  readonly parts: StoredPart[];
}

/**
 * Gives each run out as soon as it is known to be complete. A snapshot says so only by its end, because the parts of a run are
 * scattered: until then their values are held as they are stored, so memory is bounded by the size of the snapshot.
 */
class StoreDecoder implements Decoder {
  readonly #uri: string;
  readonly #scattered: ScatteredRuns;
  readonly #reader: RdbReader;
  /** By database and run. */
  #runs = new Map<string, Collected>();
  #runCount = 0;
  #heldCount = 0;
  #foreignKeyCount = 0;
  readonly #unknown = { count: 0, example: '' };

  constructor(uri: string, scattered: ScatteredRuns) {
    this.#uri = uri;
    this.#scattered = scattered;
    this.#reader = new RdbReader(uri, (key) => {
      const isPart = parseKey(key) !== null;
      if (!isPart) this.#countStranger(key);
      return isPart;
    });
  }

  *push(chunk: Uint8Array): Generator<Batch> {
    for (const event of this.#reader.push(chunk)) {
      if (event.kind === 'auxiliary' && event.name === STORE_NOTES.runsComplete)
        for (const record of this.#giveOut()) yield single(record);
      else this.#take(event);
    }
  }

  *end(): Generator<Batch> {
    this.#reader.end();
    for (const record of this.#giveOut()) yield single(record);
    if (this.#runCount + this.#heldCount === 0) throw this.#noRuns();
    if (this.#unknown.count > 0) {
      const origin = { uri: this.#uri, line: this.#runCount + 1 };
      yield single({ issue: { code: 'unknown-keys', origin, ...this.#unknown } });
    }
  }

  #take(event: RdbEvent): void {
    if (event.kind === 'auxiliary') {
      if (event.name === STORE_NOTES.lostKey) this.#takeLostKey(event.text);
    } else if (event.kind === 'other-type') {
      this.#collect(event.database, event.key)?.parts.push(lostPart(event.key, `it is a ${event.type}, no string`));
    } else if (event.kind === 'string') {
      const { key, stored } = event;
      // A copy: what came with it need not be held.
      const own = { bytes: Buffer.from(stored.bytes), plainLength: stored.plainLength };
      const unpack = () => unpackString(own, (problem) => new PartError(problem));
      this.#collect(event.database, key)?.parts.push({ key, unpack });
    }
  }

  #takeLostKey(text: string): void {
    const [key = '', problem = ''] = text.split('\n');
    this.#collect(0, key)?.parts.push(lostPart(key, problem));
  }

  /** Finds the parts that are collected of this key's run; `null` when the key is no run's. */
  #collect(database: number, key: string): Collected | null {
    const found = parseKey(key);
    if (!found) {
      this.#countStranger(key);
      return null;
    }
    const place = `${database} ${found.runId}`;
    const collected = this.#runs.get(place) ?? { runId: found.runId, parts: [] };
    this.#runs.set(place, collected);
    return collected;
  }

  /** Keys that look like the engine's, but like none that is known, may be what a later engine stores: that is worth saying. */
  #countStranger(key: string): void {
    if (!isEngineKey(key)) this.#foreignKeyCount++;
    else if (this.#unknown.count++ === 0) this.#unknown.example = key;
  }

  /** In the order of their ids, which begin with the time of creation. */
  *#giveOut(): Generator<DecodedRecord> {
    const runs = [...this.#runs.values()].sort((a, b) => compareRunIds(a.runId, b.runId));
    this.#runs = new Map();
    for (const run of runs) yield* this.#giveOutRun(run);
  }

  *#giveOutRun({ runId, parts: own }: Collected): Generator<DecodedRecord> {
    const parts = this.#scattered.gather(runId, this.#uri, own);
    if (parts === null) {
      this.#heldCount++;
      return;
    }
    const line = ++this.#runCount;
    const origin = { uri: this.#uri, line };
    const { record, missing, unreadable } = buildRun(runId, parts);
    yield { line, json: record };
    const issues: Issue[] = unreadable.map((part) => ({ code: 'unreadable-part', origin, ...part }));
    if (missing.length > 0) issues.push({ code: 'incomplete-run', origin, runId, missing });
    for (const issue of issues) yield { issue };
  }

  #noRuns(): UserError {
    const count = this.#foreignKeyCount + this.#unknown.count;
    return new UserError('not-run-records', `${this.#uri} holds no runs of the engine.`, {
      hint: `None of its ${count} keys is called dag-… or md-storage-…+… as the engine calls them. Is it the right database?`,
    });
  }
}

/** A part that is known of, but cannot be read. */
const lostPart = (key: string, problem: string): StoredPart => ({
  key,
  unpack: () => {
    throw new PartError(problem);
  },
});
