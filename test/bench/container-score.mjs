// What a pool's own log says of its containers, and how far a reconstruction from run records is from it.

/** Containers and jobs of a pool log. */
export function readTruth(events) {
  const containers = new Map();
  const jobs = new Map();
  for (const event of events) {
    const container = containers.get(event.container_id) ?? { memoryMb: event.memory_mb };
    containers.set(event.container_id, container);
    if (event.event === 'launch_begin') container.beganAtMs = event.t_ms;
    if (event.event === 'expire') container.endedAtMs = event.t_ms;
    if (event.event === 'acquire') jobs.set(`${event.dag_id}\n${event.worker_id}`, event);
  }
  return { containers: [...containers.values()], jobs };
}

/** Figures of a reconstruction beside the truth. `source` holds the functions of `src/`. */
export function scoreObservation({ tracePeriods, boundContainers }, observation, truth) {
  const { sessions, placement, settings, keepAlive } = observation;
  const horizonAtMs = Math.max(...sessions.map(({ endAtMs }) => endAtMs));
  const found = placement.containers.map((container) => {
    const periods = tracePeriods(container, sessions, settings, horizonAtMs);
    const memoryMb = Number.parseInt(container.poolKey, 10);
    return { memoryMb, beganAtMs: periods[0].startAtMs, endedAtMs: periods.at(-1).endAtMs };
  });
  let [right, known] = [0, 0];
  for (const [i, { run, workerId }] of sessions.entries()) {
    const job = truth.jobs.get(`${run.runId}\n${workerId}`);
    if (!job) continue;
    known++;
    if (job.cold === (placement.sourceOf(i) === 'launched')) right++;
  }
  const [foundAlive, trueAlive] = [found, truth.containers].map(sumAlive);
  const bounds = boundContainers(observation);
  const bracket = (low, x, high) => ({ low, truth: x, high, holds: low <= x && x <= high });
  return {
    keepAliveMs: keepAlive.keepAliveMs,
    exitLagMs: keepAlive.exitLagMs,
    launchIntervalMs: settings.launchIntervalMs,
    sessions: sessions.length,
    containers: found.length,
    trueContainers: truth.containers.length,
    containerError: found.length / truth.containers.length - 1,
    sources: countBy(sessions.map((_, i) => placement.sourceOf(i))),
    coldWarmRight: right / known,
    aliveGbSeconds: foundAlive,
    trueAliveGbSeconds: trueAlive,
    aliveError: foundAlive / trueAlive - 1,
    aliveCountMae: meanAbsoluteError(found, truth.containers),
    trueMeanAlive: meanAlive(truth.containers),
    containerBounds: bracket(bounds.containers.low, truth.containers.length, bounds.containers.high),
    gbSecondsBounds: bracket(bounds.gbSeconds.low, trueAlive, bounds.gbSeconds.high),
  };
}

const sumAlive = (containers) =>
  containers.reduce(
    (sum, { memoryMb, beganAtMs, endedAtMs }) => sum + ((memoryMb / 1024) * (endedAtMs - beganAtMs)) / 1000,
    0,
  );

function countBy(names) {
  const counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Containers alive in each second, sampled at its middle. */
function countAlive(containers, fromMs, toMs) {
  const changes = new Int32Array(Math.ceil((toMs - fromMs) / 1000) + 2);
  for (const { beganAtMs, endedAtMs } of containers) {
    changes[Math.max(0, Math.ceil((beganAtMs - fromMs) / 1000 - 0.5))]++;
    changes[Math.max(0, Math.ceil((endedAtMs - fromMs) / 1000 - 0.5))]--;
  }
  for (let i = 1; i < changes.length; i++) changes[i] += changes[i - 1];
  return changes;
}

function meanAbsoluteError(found, truth) {
  const [fromMs, toMs] = spanOf([...found, ...truth]);
  const [a, b] = [found, truth].map((containers) => countAlive(containers, fromMs, toMs));
  return a.reduce((sum, count, i) => sum + Math.abs(count - b[i]), 0) / a.length;
}

function meanAlive(containers) {
  const counts = countAlive(containers, ...spanOf(containers));
  return counts.reduce((sum, count) => sum + count, 0) / counts.length;
}

const spanOf = (containers) => [
  Math.min(...containers.map(({ beganAtMs }) => beganAtMs)),
  Math.max(...containers.map(({ endedAtMs }) => endedAtMs)),
];
