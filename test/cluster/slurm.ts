import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Ended, spawnToEnd } from '../spawn-wfa.ts';
import { type Daemon, findFreePort, startDaemon, waitUntil } from './daemon.ts';

/** A real Slurm of one node with two processors: controller, node and munge on the loopback, all they write in one directory. */
export interface Slurm {
  /** Runs one of Slurm's commands. */
  readonly ask: (command: string, args: readonly string[], cwd?: string) => Promise<Ended>;
  /** Has the node fail and come back: what runs there is lost. */
  readonly failNode: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startSlurm(directory: string, env: Readonly<Record<string, string>>): Promise<Slurm> {
  const at = (name: string) => join(directory, name);
  mkdirSync(at('state'));
  mkdirSync(at('spool'));
  writeFileSync(at('munge.key'), randomBytes(1024), { mode: 0o600 });
  const [controllerPort, nodePort] = [await findFreePort(), await findFreePort()];
  writeFileSync(at('slurm.conf'), wordSettings(directory, controllerPort, nodePort));
  const settings = { ...env, SLURM_CONF: at('slurm.conf') };
  const ask = (command: string, args: readonly string[], cwd = directory) =>
    spawnToEnd(command, args, { env: settings, cwd });
  const daemons: Daemon[] = [];
  const start = async (command: string, args: readonly string[]) => {
    daemons.push(await startDaemon(command, args, { log: at(`${command}.log`), env: settings, cwd: directory }));
  };
  const stop = async () => {
    await ask('scancel', ['--user', userInfo().username]);
    await ask('scontrol', ['shutdown']);
    for (const daemon of daemons.reverse()) await daemon.stop();
  };
  try {
    const munge = ['key-file=munge.key', 'socket=munge.socket', 'pid-file=munge.pid', 'seed-file=munge.seed'];
    const files = munge.map((file) => `--${file.replace('=', `=${directory}/`)}`);
    await start('munged', ['--force', '--foreground', `--log-file=${at('munged.log')}`, ...files]);
    await start('slurmctld', ['-D']);
    await start('slurmd', ['-D', '-N', NODE]);
    const logs = ['munged', 'slurmctld', 'slurmd'].map((name) => at(`${name}.log`));
    await waitUntil(
      'Slurm with an idle node',
      async () => (await ask('sinfo', ['-h', '-o', '%t'])).stdout === 'idle\n',
      logs,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  const failNode = async () => {
    await ask('scontrol', ['update', `nodename=${NODE}`, 'state=down', 'reason=lost']);
    await ask('scontrol', ['update', `nodename=${NODE}`, 'state=resume']);
  };
  return { ask, failNode, stop };
}

const NODE = 'localhost';

/** Works without systemd and without control groups, for whoever runs the tests. Jobs go again after seconds instead of two minutes. */
function wordSettings(directory: string, controllerPort: number, nodePort: number): string {
  const [host] = hostname().split('.');
  const user = userInfo().username;
  return `ClusterName=wfa
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${directory}/munge.socket,cred_expire=5
StateSaveLocation=${directory}/state
SlurmdSpoolDir=${directory}/spool
SlurmctldPidFile=${directory}/slurmctld.pid
SlurmdPidFile=${directory}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerParameters=sched_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
NodeName=${NODE} NodeHostname=${host} NodeAddr=127.0.0.1 CPUs=2
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}
