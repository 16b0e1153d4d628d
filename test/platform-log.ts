import { createRandom } from '../src/stats/random.ts';

/** A made-up platform that logs every invocation with the container that it really ran in: a plain list of containers, searched in full. */

export interface PlatformSettings {
  readonly seed: number;
  readonly keepAliveMs: number;
  /** Age from which on no container is used again; left out: there is none. */
  readonly maxAgeMs?: number;
  readonly reuse: 'mru' | 'lru' | 'oldest' | 'newest';
  readonly concurrency: number;
  readonly pools: readonly Pool[];
  readonly durationMs: number;
  readonly beginsAtMs: number;
}

export interface Pool {
  readonly app: string;
  readonly func: string;
  readonly memoryMb: number;
  /** Means, in ms: between two requests, of an execution, of a cold start. */
  readonly gapMs: number;
  readonly executionMs: number;
  readonly coldStartMs: number;
}

/** What the platform logs. Instants are whole ms: no clock is finer. */
export interface Logged {
  readonly app: string;
  readonly func: string;
  readonly memoryMb: number;
  readonly startAtMs: number;
  readonly readyAtMs: number;
  readonly endAtMs: number;
  readonly cold: boolean;
  readonly container: string;
}

interface Container {
  readonly name: string;
  readonly age: number;
  readonly beganAtMs: number;
  ends: number[];
  idleSinceMs: number;
}

const WARM_START_MS = 3;

/** Invocations in the order of their requests. No two of a pool begin or end at the same instant. */
export function simulatePlatform(settings: PlatformSettings): Logged[] {
  const random = createRandom(settings.seed);
  const exponential = (mean: number) => Math.ceil(-mean * Math.log(1 - random()));
  return settings.pools
    .flatMap((pool) => simulatePool(pool, settings, exponential))
    .sort((a, b) => a.startAtMs - b.startAtMs || (a.container < b.container ? -1 : 1));
}

function simulatePool(pool: Pool, settings: PlatformSettings, exponential: (mean: number) => number): Logged[] {
  const { beginsAtMs, durationMs, keepAliveMs, maxAgeMs = Number.POSITIVE_INFINITY, concurrency, reuse } = settings;
  const containers: Container[] = [];
  const taken = new Set<number>();
  const logged: Logged[] = [];
  for (
    let atMs = beginsAtMs + exponential(pool.gapMs);
    atMs < beginsAtMs + durationMs;
    atMs += exponential(pool.gapMs)
  ) {
    while (taken.has(atMs)) atMs++;
    for (const container of containers) settle(container, atMs);
    const free = containers.filter(
      ({ ends, idleSinceMs, beganAtMs }) =>
        ends.length < concurrency &&
        (ends.length > 0 || (atMs - idleSinceMs < keepAliveMs && atMs - beganAtMs < maxAgeMs)),
    );
    const known = choose(free, reuse);
    const container = known ?? {
      name: `${pool.func}-${containers.length + 1}`,
      age: containers.length,
      beganAtMs: atMs,
      ends: [],
      idleSinceMs: atMs,
    };
    if (!known) containers.push(container);
    const readyAtMs = atMs + (known ? WARM_START_MS : exponential(pool.coldStartMs));
    let endAtMs = readyAtMs + exponential(pool.executionMs);
    while (taken.has(endAtMs)) endAtMs++;
    taken.add(atMs).add(endAtMs);
    container.ends.push(endAtMs);
    const { app, func, memoryMb } = pool;
    logged.push({ app, func, memoryMb, startAtMs: atMs, readyAtMs, endAtMs, cold: !known, container: container.name });
  }
  return logged;
}

function settle(container: Container, nowMs: number): void {
  for (const endAtMs of container.ends) {
    if (endAtMs <= nowMs) container.idleSinceMs = Math.max(container.idleSinceMs, endAtMs);
  }
  container.ends = container.ends.filter((endAtMs) => endAtMs > nowMs);
}

/** Of those that are free, by when they were last used or by age. */
function choose(free: readonly Container[], reuse: PlatformSettings['reuse']): Container | undefined {
  const by = (key: (container: Container) => number) => [...free].sort((a, b) => key(a) - key(b))[0];
  if (reuse === 'oldest') return by(({ age }) => age);
  if (reuse === 'newest') return by(({ age }) => -age);
  return by(({ idleSinceMs }) => (reuse === 'lru' ? idleSinceMs : -idleSinceMs));
}

/** As CSV with the header given: a column for each entry. */
export function writeCsv(
  rows: readonly Logged[],
  columns: Readonly<Record<string, (row: Logged) => string | number | boolean>>,
): string {
  const lines = rows.map((row) =>
    Object.values(columns)
      .map((cell) => String(cell(row)))
      .join(','),
  );
  return `${[Object.keys(columns).join(','), ...lines].join('\n')}\n`;
}

/** The log that comes with wfa, as samples/invocations.csv. */
export function sampleLog(): string {
  const rows = simulatePlatform({
    seed: 7,
    keepAliveMs: 60_000,
    reuse: 'mru',
    concurrency: 1,
    durationMs: 1_800_000,
    beginsAtMs: Date.UTC(2026, 10, 23, 9),
    pools: [
      { app: 'shop', func: 'checkout', memoryMb: 512, gapMs: 11_000, executionMs: 900, coldStartMs: 1100 },
      { app: 'shop', func: 'search', memoryMb: 256, gapMs: 8000, executionMs: 9000, coldStartMs: 600 },
      { app: 'media', func: 'thumbnail', memoryMb: 1024, gapMs: 45_000, executionMs: 4000, coldStartMs: 1700 },
    ],
  });
  return writeCsv(rows, {
    app: ({ app }) => app,
    function: ({ func }) => func,
    memory_mb: ({ memoryMb }) => memoryMb,
    requested: ({ startAtMs }) => new Date(startAtMs).toISOString(),
    started: ({ readyAtMs }) => new Date(readyAtMs).toISOString(),
    ended: ({ endAtMs }) => new Date(endAtMs).toISOString(),
    cold: ({ cold }) => cold,
    container_id: ({ container }) => container,
  });
}
