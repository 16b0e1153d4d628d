import type { RunDetail } from './result.ts';

/**
 * A run's detail as one string. With `--latest` and `--slowest` any run may turn out to be the one that is meant, so all of them
 * are kept until the last is read; as text without the names of fields they take a third of the room of their objects.
 */
export type CompactDetail = string;

/** Rows of the same keys, with the keys said once; `null` rows stay. */
interface CompactRows {
  readonly keys: readonly string[];
  readonly rows: readonly (readonly unknown[] | null)[];
}

function packRows(rows: readonly (object | null)[]): CompactRows {
  const keys = Object.keys(rows.find((row) => row !== null) ?? {});
  return { keys, rows: rows.map((row) => row && keys.map((key) => (row as Record<string, unknown>)[key])) };
}

function unpackRows<Row>({ keys, rows }: CompactRows): (Row | null)[] {
  return rows.map((row) => row && (Object.fromEntries(keys.map((key, i) => [key, row[i]])) as Row));
}

interface Compact extends Omit<RunDetail, 'tasks' | 'startups'> {
  readonly nodes: CompactRows;
  readonly recorded: CompactRows;
  readonly planned: CompactRows;
  readonly startups: CompactRows;
}

/** Packs a run's detail; `unpackDetail` restores it. */
export function packDetail({ tasks, startups, ...rest }: RunDetail): CompactDetail {
  const compact: Compact = {
    ...rest,
    nodes: packRows(tasks.map(({ recorded: _, planned: __, ...node }) => node)),
    recorded: packRows(tasks.map(({ recorded }) => recorded)),
    planned: packRows(tasks.map(({ planned }) => planned)),
    startups: packRows(startups),
  };
  return JSON.stringify(compact);
}

type Task = RunDetail['tasks'][number];

/** Restores the detail that `packDetail` was given. */
export function unpackDetail(text: CompactDetail): RunDetail {
  const { nodes, recorded, planned, startups, ...rest } = JSON.parse(text) as Compact;
  const [recordings, plans] = [unpackRows<Task['recorded']>(recorded), unpackRows<Task['planned']>(planned)];
  return {
    ...rest,
    tasks: unpackRows<Omit<Task, 'recorded' | 'planned'>>(nodes).flatMap((node, i) =>
      node === null ? [] : [{ ...node, recorded: recordings[i] ?? null, planned: plans[i] ?? null }],
    ),
    startups: unpackRows<RunDetail['startups'][number]>(startups).flatMap((startup) => startup ?? []),
  };
}
