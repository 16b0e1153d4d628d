import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { STORE_NOTES } from '../../src/octoflows/store/keys.ts';
import { snapshotEnd, snapshotEntry, snapshotHead, snapshotNote } from '../../src/sources/redis/snapshot.ts';
import { testWith } from '../need-program.ts';
import { decodeAll } from './decode.ts';

const ID = '1795342000000.sink.0f0f0f0f-0000-4000-8000-000000000000.hash';
const NODE = 'sink+0f0f0f0f-1111-4000-8000-000000000000';

/** The classes of a newer engine as far as they are stored, and one run of one task made of them. */
const NEWER_ENGINE = `
import base64, dataclasses, enum, json, pickle, sys, types
def define(module, name, fields, **more):
  names = module.split('.')
  for i in range(len(names)):
    sys.modules.setdefault('.'.join(names[:i + 1]), types.ModuleType('.'.join(names[:i + 1])))
  made = dataclasses.make_dataclass(name.split('.')[-1], fields, **more)
  made.__module__, made.__qualname__ = module, name
  outer = sys.modules[module]
  for part in name.split('.')[:-1]:
    if not hasattr(outer, part):
      setattr(outer, part, type(part, (), {}))
    outer = getattr(outer, part)
  setattr(outer, name.split('.')[-1], made)
  return made
M = 'src.storage.metadata.metrics_types'
Resources = define('src.task_worker_resource_configuration', 'TaskWorkerResourceConfiguration', ['memory_mb', 'worker_id'])
NodeId = define('src.dag_task_node', 'DAGTaskNodeId', ['function_name', 'task_id'])
Node = define('src.dag_task_node', 'DAGTaskNode', ['id', 'func_name', 'upstream_nodes', 'downstream_nodes', 'worker_config', 'optimizations', '_lock'])
FullDAG = define('src.dag.dag', 'FullDAG', ['sink_node', '_all_nodes', 'root_nodes', 'master_dag_structure_hash', 'dag_name'])
PreLoad = define('src.planning.optimizations.preload', 'PreLoadOptimization', ['_lock'])
PreLoadMetrics = define('src.planning.optimizations.preload', 'PreLoadOptimization.OptimizationMetrics', ['preloaded'])
PreWarm = define('src.planning.optimizations.prewarm', 'PreWarmOptimization', ['target_resource_configs'])
Wukong = define('src.planning.optimizations.wukong_optimizations', 'WukongOptimizations', ['task_clustering_fan_outs', 'task_clustering_fan_ins', 'delayed_io', 'large_output_b'])
Task = define(M, 'TaskMetrics', ['worker_resource_configuration', 'input_metrics', 'tp_execution_time_ms', 'optimization_metrics'])
Usage = define(M, 'DAGResourceUsageMetrics', ['master_dag_id', 'run_time_seconds', 'cpu_seconds', 'gb_seconds'], slots=True)
Submission = define(M, 'UserDAGSubmissionMetrics', ['dag_submission_time_ms'])
Startup = define(M, 'WorkerStartupMetrics', ['start_time_ms', 'state'])
Download = define(M, 'FullDAGPrepareTime', ['download_time_ms'])
State = enum.Enum('State', {'COLD': 'cold'}, module=M); sys.modules[M].State = State
node_id = NodeId('sink', '${NODE.slice(5)}')
optimizations = [PreLoad('lock'), PreWarm([(0.5, Resources(8192, None))]), Wukong(True, False, True, 5 * 2**20)]
node = Node(node_id, 'sink', [], [], Resources(12288, 'w'), optimizations, 'lock')
stored = {
  'dag-ID': FullDAG(node, {'${NODE}': node}, [node], 'hash', 'flow'),
  'md-storage-user-dag-submission+ID': Submission(1795342000500.25),
  'md-storage-dag-resource-usage+ID': Usage('ID', 3, 2**60, 1.5),
  'md-storage-tasks+${NODE}+ID': Task(Resources(512, 'w'), {'hardcoded-dep-1': (1, None)}, float('nan'), [PreLoadMetrics(node_id)]),
  'md-storage-worker-startup+ID_' + 'b' * 64: Startup(2.0, State.COLD),
  'md-storage-worker-startup+ID_' + 'a' * 64: Startup(1.0, None),
  'md-storage-dag+ID' + 'c' * 32: Download(0),
}
json.dump({key: base64.b64encode(pickle.dumps(stored[key], 4)).decode() for key in stored}, sys.stdout)
`;

function storeOf(entries: Readonly<Record<string, Uint8Array>>): Buffer {
  const parts = Object.entries(entries).map(([key, stored]) => snapshotEntry(key, Buffer.from(stored)));
  return Buffer.concat([snapshotHead(), ...parts, snapshotEnd()]);
}

testWith('python3')('a run of a newer engine', async () => {
  const pickles: Record<string, string> = JSON.parse(execFileSync('python3', ['-c', NEWER_ENGINE]).toString());
  const entries = Object.fromEntries(
    Object.entries(pickles).map(([key, pickle]) => [key.replace('ID', ID), Buffer.from(pickle, 'base64')]),
  );
  const [decoded, ...issues] = await decodeAll(storeOf(entries));
  expect(decoded).toEqual({
    line: 1,
    json: {
      master_dag_id: ID,
      dag_name: 'flow',
      dag: {
        master_dag_structure_hash: 'hash',
        sink_node_id: NODE,
        root_node_ids: [NODE],
        nodes: [
          {
            id: NODE,
            func_name: 'sink',
            upstream: [],
            downstream: [],
            // 12288 MB would be 6.86 processors: no worker has more than six.
            worker_config: { memory_mb: 12288, worker_id: 'w', cpus: 6 },
            optimizations: ['PreLoad', 'PreWarm', 'Wukong(tco=True, tci=False, io=True, lo=5.0MB)'],
            optimizations_params: [
              { name: 'PreLoad' },
              { name: 'PreWarm', target_resource_configs: [[0.5, { memory_mb: 8192, worker_id: null, cpus: 4.57 }]] },
              {
                name: 'Wukong(tco=True, tci=False, io=True, lo=5.0MB)',
                task_clustering_fan_outs: true,
                task_clustering_fan_ins: false,
                delayed_io: true,
                large_output_b: 5 * 2 ** 20,
              },
            ],
          },
        ],
      },
      submission: { dag_submission_time_ms: 1795342000500.25 },
      plan: null,
      tasks: [
        {
          global_task_id: `${NODE}+${ID}`,
          internal_task_id: NODE,
          metrics: {
            worker_resource_configuration: { memory_mb: 512, worker_id: 'w', cpus: 0.29 },
            input_metrics: { 'hardcoded-dep-1': [1, null] },
            tp_execution_time_ms: null,
            optimization_metrics: [{ type: 'PreLoad', preloaded: NODE }],
          },
        },
      ],
      worker_startups: [
        { start_time_ms: 1, state: null },
        { start_time_ms: 2, state: expect.stringMatching(/cold/i) },
      ],
      dag_downloads: [{ download_time_ms: 0 }],
      resource_usage: { master_dag_id: 'ID', run_time_seconds: 3, cpu_seconds: 2 ** 60, gb_seconds: 1.5 },
    },
  });
  expect(issues).toMatchObject([
    {
      issue: {
        code: 'unreadable-part',
        key: `md-storage-tasks+${NODE}+${ID}`,
        problem: 'left out it.tp_execution_time_ms: NaN',
      },
    },
  ]);
});

/** An object with these fields, as protocol 0 writes it. */
const pickleObject = (fields: string): Buffer => Buffer.from(`csrc\nC\n(t\x81}${fields}b.`, 'latin1');
const SUBMISSION = `md-storage-user-dag-submission+${ID}`;

describe('hostile parts', () => {
  test.each([
    // A list that holds itself; lists that hold the one before ten times, 10^30 texts when written out; an object in its own fields.
    ['a circle', 'S"x"\n(lq\x00h\x00as', /nested too deeply/],
    ['a bomb', `S"lol"\nq\x000${`(${'h\x00'.repeat(10)}lq\x000`.repeat(30)}S"x"\nh\x00s`, /too large/],
    ['a function', 'S"x"\ncbuiltins\nprint\n(tRs', /an object of print/],
    ['a key that is no text', '(t(ls', /a key that is no text/],
  ])('%s', async (_, fields, problem) => {
    const decoded = await decodeAll(storeOf({ [SUBMISSION]: pickleObject(fields) }));
    const problems = decoded.flatMap((record) =>
      'issue' in record && 'problem' in record.issue ? [record.issue.problem] : [],
    );
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  test('a field called __proto__ is a field', async () => {
    const [decoded] = await decodeAll(storeOf({ [SUBMISSION]: pickleObject('S"_proto"\nI1\nsS"a__proto__"\nI2\ns') }));
    expect(decoded).toMatchObject({ json: { submission: { a__proto__: 2 } } });
    expect(({} as Record<string, unknown>)['_proto']).toBeUndefined();
  });

  test('a run of which nothing can be read is given, with every reason', async () => {
    const decoded = await decodeAll(
      storeOf({ [`dag-${ID}`]: Buffer.from('no pickle'), [SUBMISSION]: Buffer.alloc(0) }),
    );
    expect(decoded[0]).toMatchObject({ json: { master_dag_id: ID, dag: null, submission: null, tasks: [] } });
    expect(decoded.slice(1).map((record) => ('issue' in record ? record.issue.code : ''))).toEqual([
      'unreadable-part',
      'unreadable-part',
      'incomplete-run',
    ]);
  });

  test('keys that only look like the engine’s are counted, others are nobody’s business', async () => {
    const decoded = await decodeAll(
      storeOf({
        'dag-cache': Buffer.of(1),
        'md-storage-new+1': Buffer.of(1),
        'sink+1': Buffer.of(1),
        [SUBMISSION]: Buffer.from('N.'),
      }),
    );
    expect(decoded.at(-1)).toMatchObject({ issue: { code: 'unknown-keys', count: 2, example: 'dag-cache' } });
    await expect(decodeAll(storeOf({ other: Buffer.of(1) }))).rejects.toMatchObject({ code: 'not-run-records' });
  });
});

test('what a live server had to say is heard, and runs come as soon as they are complete', async () => {
  const parts = [snapshotHead(), snapshotNote(STORE_NOTES.lostKey, `${SUBMISSION}\nit was deleted`)];
  const later = `md-storage-plan+9${ID}`;
  const stream = [
    ...parts,
    snapshotNote(STORE_NOTES.runsComplete, ''),
    snapshotEntry(later, Buffer.from('N.')),
    snapshotEnd(),
  ];
  const decoded = await decodeAll(Buffer.concat(stream));
  expect(decoded.map((record) => ('issue' in record ? record.issue.code : record.line))).toEqual([
    1,
    'unreadable-part',
    'incomplete-run',
    2,
    'unreadable-part',
    'incomplete-run',
  ]);
});
