import { expect, test } from 'vitest';
import { z } from 'zod';
import { readInstance } from '../../src/engines/wfformat/index.ts';
import { toTraceEvents } from '../../src/exports/trace.ts';
import { toInstance } from '../../src/exports/wfformat.ts';
import { createRun } from '../../src/model/create-run.ts';
import { groupBy } from '../../src/model/group-by.ts';
import { makespanMs } from '../../src/model/timeline.ts';
import { sampleRuns } from '../sample-records.ts';

/** The rules of WfFormat's published JSON Schema 1.5, in words of our own: that file is under another licence. */
const named = z.string().min(1);
const reference = z.string().regex(/^[0-9a-zA-Z-_.]*$/);
const ofTask = z.object({
  name: named,
  id: named,
  parents: z.array(reference),
  children: z.array(reference),
  inputFiles: z.array(reference.min(1)).optional(),
  outputFiles: z.array(reference.min(1)).optional(),
});
const amount = z.number().optional();
const from1 = z.int().min(1).optional();
const ofExecutedTask = z.object({
  id: named,
  runtimeInSeconds: z.number(),
  command: z.object({ program: named.optional(), arguments: z.array(named).optional() }).optional(),
  coreCount: z.number().min(1).optional(),
  avgCPU: amount,
  readBytes: amount,
  writtenBytes: amount,
  memoryInBytes: amount,
  energyInKWh: amount,
  avgPowerInW: amount,
  priority: amount,
  machine: named.optional(),
});
const ofMachine = z.object({
  system: z.enum(['linux', 'macos', 'windows']).optional(),
  architecture: named.optional(),
  nodeName: z.string().regex(/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/),
  release: named.optional(),
  memoryInBytes: from1,
  cpu: z.object({ coreCount: from1, speedInMHz: from1, vendor: named.optional() }).optional(),
});
const WF_FORMAT = z.object({
  name: named,
  description: named.optional(),
  createdAt: z.iso.datetime({ offset: true }).optional(),
  schemaVersion: z.literal('1.5'),
  runtimeSystem: z.object({ name: named, version: named, url: z.url().optional() }).optional(),
  author: z
    .object({ name: named, email: z.email(), institution: named.optional(), country: named.optional() })
    .optional(),
  workflow: z.object({
    specification: z.object({
      tasks: z.array(ofTask).min(1),
      files: z.array(z.object({ id: named, sizeInBytes: z.int().min(0) })).optional(),
    }),
    execution: z
      .object({
        makespanInSeconds: z.number(),
        executedAt: named,
        tasks: z.array(ofExecutedTask).min(1),
        machines: z.array(ofMachine).min(1).optional(),
      })
      .optional(),
  }),
});

const HOSTILE = createRun({
  runId: 'a "quoted"\n</script> run \ud800',
  workflow: 'w\u2028',
  origin: { uri: 'x', line: 1 },
  sourceLabel: 'x',
  submittedAtMs: 1000,
  nodes: [
    { id: 'a b', functionName: '"};alert(1)//', upstream: [], downstream: ['a/b'] },
    { id: 'a/b', functionName: 'ü\u0000', upstream: ['a b', 'stranger'], downstream: [] },
  ],
  tasks: [
    { nodeId: 'a b', startedAtMs: 1010, executionMs: 20, uploadMs: 5, outputBytes: 10.4, workerId: '--w' },
    { nodeId: 'a/b', startedAtMs: 1040.25, executionMs: 8, inputWaitMs: 2, workerId: '--w' },
  ],
  workerStartups: [
    { workerId: '--w', memoryMb: 512, initialTaskIds: ['a b'], requestedAtMs: 1001, readyAtMs: 1009, state: 'cold' },
  ],
});

test('every run of the sample is a valid instance, with the same makespan, tasks and edges', () => {
  for (const run of sampleRuns()) {
    const { instance } = toInstance(run);
    const written = WF_FORMAT.parse(JSON.parse(JSON.stringify(instance)));
    const { specification, execution } = written.workflow;
    expect(specification.tasks).toHaveLength(run.nodeCount);
    expect(execution?.makespanInSeconds).toBe(execution && (makespanMs(run) as number) / 1000);
    const parents = new Map(specification.tasks.map(({ id, parents: own }) => [id, own]));
    for (const { id, children } of specification.tasks)
      for (const child of children) expect(parents.get(child)).toContain(id);
    if (execution === undefined) continue;
    const [read] = readInstance(instance, { uri: 'x', line: 1 }, 'x');
    expect(read).toMatchObject({
      run: { nodeCount: run.nodeCount, submittedAtMs: expect.closeTo(run.submittedAtMs as number, 2) },
    });
  }
});

test('ids that the format does not take are replaced, and stay different', () => {
  const { instance, note } = toInstance(HOSTILE);
  const { specification, execution } = WF_FORMAT.parse(instance).workflow;
  expect(note).toBeNull();
  expect(specification.tasks.map(({ id, parents, children }) => [id, parents, children])).toEqual([
    ['a_b', [], ['a_b-2']],
    ['a_b-2', ['a_b'], []],
  ]);
  expect(specification.files).toEqual([{ id: 'a_b.out', sizeInBytes: 10 }]);
  expect(execution?.tasks.map(({ runtimeInSeconds }) => runtimeInSeconds)).toEqual([0.02, 0.008]);
});

test('what is not recorded of files is left out, and comes back as not recorded', () => {
  const tasks = HOSTILE.tasks.map(({ outputBytes: _, ...task }) => task);
  const { instance } = toInstance(createRun({ ...HOSTILE, tasks }));
  expect(JSON.stringify(instance)).not.toMatch(/inputFiles|outputFiles|"files"/);
  // Other converters write empty lists then.
  const { workflow } = WF_FORMAT.parse(instance);
  const none = workflow.specification.tasks.map((task) => ({ ...task, inputFiles: [], outputFiles: [] }));
  for (const specified of [workflow.specification, { tasks: none, files: [] }]) {
    const document = { name: 'x', schemaVersion: '1.5', workflow: { ...workflow, specification: specified } };
    const [read] = readInstance(document, { uri: 'x', line: 1 }, 'x');
    expect(read && 'run' in read && read.run.lacks.has('sizes')).toBe(true);
  }
});

test('without edges there is no instance, and without a submission no execution', () => {
  const bare = createRun({ ...HOSTILE, nodes: HOSTILE.nodes.map(({ id, functionName }) => ({ id, functionName })) });
  expect(toInstance(bare)).toEqual({ instance: null, note: expect.stringContaining('which task waits for which') });
  const { submittedAtMs: _, ...unsubmitted } = HOSTILE;
  expect(toInstance(createRun(unsubmitted))).toMatchObject({ note: expect.stringContaining('structure only') });
});

test('a trace has slices and flows in µs, and is JSON whatever names hold', () => {
  const events = toTraceEvents(HOSTILE, { processCount: 0, flowCount: 0 });
  const parsed = JSON.parse(JSON.stringify(events)) as Record<string, unknown>[];
  const slices = parsed.filter(({ ph }) => ph === 'X').map(({ name, pid, tid, ts, dur }) => [name, pid, tid, ts, dur]);
  expect(slices).toEqual([
    ['makespan of w\u2028', 1, 1, 1_000_000, 50_250],
    ['start-up', 2, 1, 1_001_000, 8000],
    ['"};alert(1)//', 2, 1, 1_010_000, 25_000],
    ['execution', 2, 1, 1_010_000, 20_000],
    ['upload', 2, 1, 1_030_000, 5000],
    ['ü\u0000', 2, 1, 1_040_250, 10_000],
    ['input wait', 2, 1, 1_040_250, 2000],
    ['execution', 2, 1, 1_042_250, 8000],
  ]);
  expect(parsed.filter(({ ph }) => ph === 's' || ph === 'f')).toEqual([
    { ph: 's', name: 'output', cat: 'wfa', id: 1, pid: 2, tid: 1, ts: 1_034_999 },
    { ph: 'f', bp: 'e', name: 'output', cat: 'wfa', id: 1, pid: 2, tid: 1, ts: 1_040_250 },
  ]);
});

test('slices of one lane of a trace never overlap but to hold one another', () => {
  const counters = { processCount: 0, flowCount: 0 };
  const crossing = sampleRuns()
    .slice(0, 20)
    .flatMap((run) => gatherLanes(toTraceEvents(run, counters) as TraceEvent[]))
    .flatMap((slices) => slices.flatMap((a) => slices.filter((b) => a.ts < b.ts && b.ts < a.end && a.end < b.end - 1)));
  expect(crossing).toEqual([]);
});

type TraceEvent = Record<string, number | string>;

/** The slices of each lane. */
function gatherLanes(events: readonly TraceEvent[]): { readonly ts: number; readonly end: number }[][] {
  const slices = events.filter(({ ph }) => ph === 'X');
  return groupBy(
    slices,
    ({ pid }) => pid,
    ({ tid }) => tid,
  ).map((lane) => lane.map(({ ts, dur }) => ({ ts: Number(ts), end: Number(ts) + Number(dur) })));
}

/**
 * The rules of the Trace Event Format (Google, "Trace Event Format", sections Complete, Instant, Metadata and Flow Events): every event
 * has a phase, a name, a process and a thread; all but metadata have an instant in µs; a complete event has a duration; a flow has an id,
 * begins once and ends once, and each of its ends lies in a slice of its thread.
 */
const INTEGER = z.int().min(0);
const placed = { name: z.string(), pid: z.int().min(1), tid: INTEGER };
const timed = { ...placed, cat: z.string().min(1), ts: INTEGER };
const TRACE_EVENT = z.discriminatedUnion('ph', [
  z.strictObject({ ph: z.literal('M'), ...placed, name: z.literal('process_name'), args: z.object({ name: named }) }),
  z.strictObject({ ph: z.literal('X'), ...timed, dur: INTEGER, args: z.object({}) }),
  z.strictObject({ ph: z.literal('i'), ...timed, s: z.enum(['g', 'p', 't']), args: z.object({}) }),
  z.strictObject({ ph: z.literal('s'), ...timed, id: z.int() }),
  z.strictObject({ ph: z.literal('f'), ...timed, id: z.int(), bp: z.literal('e') }),
]);

test('every event of the sample keeps the rules of the Trace Event Format', () => {
  const counters = { processCount: 0, flowCount: 0 };
  const events = sampleRuns()
    .slice(0, 40)
    .flatMap((run) => toTraceEvents(run, counters))
    .map((event) => TRACE_EVENT.parse(JSON.parse(JSON.stringify(event))));
  const processes = events.flatMap((event) => (event.ph === 'M' ? event.pid : []));
  expect(new Set(processes).size).toBe(processes.length);
  expect(new Set(events.map(({ pid }) => pid))).toEqual(new Set(processes));
  const slices = events.filter((event) => event.ph === 'X');
  const ends = events.filter((event) => event.ph === 's' || event.ph === 'f');
  for (const flow of groupBy(ends, ({ id }) => id)) {
    expect(flow.map(({ ph }) => ph)).toEqual(['s', 'f']);
  }
  const lanes = new Map(
    groupBy(slices, ({ pid, tid }) => `${pid} ${tid}`).map((lane) => [`${lane[0]?.pid} ${lane[0]?.tid}`, lane]),
  );
  const isHeld = ({ pid, tid, ts }: (typeof ends)[number]) =>
    (lanes.get(`${pid} ${tid}`) ?? []).some((slice) => slice.ts <= ts && ts <= slice.ts + slice.dur);
  expect(ends.filter((end) => !isHeld(end))).toEqual([]);
});
