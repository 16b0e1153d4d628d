import { Ledger, type LedgerEntry } from '../../model/ledger.ts';
import { toPercent } from '../../view/cells.ts';
import { wordCount, wordFigure } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { diagnoseClockOffsets } from '../diagnostics/common.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import { USUAL_KEEP_ALIVE_MS } from './calibrate.ts';
import type { WorkersFacts } from './extract.ts';
import type { WorkersOptions } from './options.ts';
import { followsPlan } from './planned.ts';
import type { PlanKnowledge, WorkersResult } from './result.ts';

type Unworded = Omit<WorkersResult, 'headline'>;

const seconds = (ms: number): string => `${wordFigure(ms / 1000)} s`;

/** Runs that the reconstruction, or the replay of plans, could not use. */
export function listLeftOut(facts: readonly WorkersFacts[], options: WorkersOptions): readonly LedgerEntry[] {
  const ledger = new Ledger();
  for (const each of facts) {
    const { run, sessions } = each;
    if (sessions.length === 0) ledger.add('without-worker-start-ups', 'run', run.origin);
    const reason = options.plan ? whyNotReplayed(each) : null;
    if (reason) ledger.add(reason, 'metric', run.origin, 'plan');
  }
  return ledger.entries();
}

function whyNotReplayed({ run, plan, makespanMs }: WorkersFacts): string | null {
  if (run.submittedAtMs === null) return 'not-submitted';
  if (!run.traits.planned) return 'without-plan';
  if (!followsPlan(run)) return 'planner-does-not-follow-its-plan';
  if (plan === null) return 'plan-without-some-nodes';
  return makespanMs === null ? 'replayed-without-actual-makespan' : null;
}

/** Audits what the reconstruction cannot know, and what it had to assume. */
export function auditWorkers(result: Unworded, facts: readonly WorkersFacts[], options: WorkersOptions): Warning[] {
  const findings: Finding[] = [
    auditKeepAlive(result),
    auditMemory(result, facts),
    auditContradiction(result),
    auditPools(result),
    auditOutlived(result),
    auditPolicies(result),
    auditInferred(result),
    auditUnseen(result),
    auditPrewarms(facts),
    auditOrphans(facts),
    diagnoseClockOffsets(facts.map(({ run }) => run)),
    auditOutside(),
    ...(options.plan ? auditPlans(result) : []),
  ];
  return keepFindings(findings);
}

type Audited = Pick<Unworded, 'keepAlive'>;

/** Says how the keep-alive was found, but states none that recorded states contradict. */
export function auditKeepAlive({ keepAlive }: Audited): Finding {
  const { keepAliveMs, exitLagMs, origin, flatLowMs, flatHighMs, statedCount, disagreeingCount } = keepAlive;
  if (origin !== 'given' && (keepAlive.contradicted || (keepAlive.poolCount ?? 1) > 1)) return false;
  const assumed = keepAliveMs === null ? 'for ever' : seconds(keepAliveMs);
  const agreement = disagreeingCount === null ? '' : `; ${disagreeingCount} of ${statedCount} starts disagree`;
  const exit = `a container is free ${seconds(exitLagMs)} after its last task`;
  if (origin === 'given') return note('keep-alive-given', `keep-alive ${assumed} as asked; ${exit}${agreement}`);
  if (origin === 'estimated') {
    const range = `${wordFigure((flatLowMs ?? 0) / 1000)} to ${seconds(flatHighMs ?? 0)}`;
    return note(
      'keep-alive-estimated',
      `keep-alive ${assumed}, estimated from the recorded states: ${range} explain them about as well; ${exit}${agreement}`,
    );
  }
  return warn(
    'keep-alive-not-identifiable',
    `these data do not tell how long idle containers live${wordBounds(keepAlive)}: ${assumed} is assumed, and tails and unrecorded states rest on that; name it with --keep-alive${agreement}`,
  );
}

/** Says that containers are counted by their time alone, and who can share them. */
function auditMemory(
  { gbSeconds, settings }: Pick<Unworded, 'gbSeconds' | 'settings'>,
  facts: readonly { readonly run: { readonly traits: { readonly workflow: string } } }[],
): Finding {
  if (gbSeconds !== null) return false;
  const workflowCount = new Set(facts.map(({ run }) => run.traits.workflow)).size;
  const shared =
    workflowCount > 1 && !settings.poolKeys.includes('workflow')
      ? `; workers of all ${workflowCount} workflows can share containers here, which --pool-key workflow ends`
      : '';
  return note(
    'memory-not-recorded',
    `the records do not say how much memory workers have: containers are counted by their time, without GB-seconds${shared}`,
  );
}

/** ` (at least 700 s, at most 900 s)`: the bounds that the data give, if any. */
function wordBounds({ flatLowMs, flatHighMs }: Audited['keepAlive']): string {
  const bounds = [
    ...(flatLowMs === null ? [] : [`at least ${seconds(flatLowMs)}`]),
    ...(flatHighMs === null ? [] : [`at most ${seconds(flatHighMs)}`]),
  ];
  return bounds.length === 0 ? '' : ` (${bounds.join(', ')})`;
}

/** Says that recorded states contradict the keep-alive, and why that can be. */
export function auditContradiction({ keepAlive }: Audited): Finding {
  const { contradicted, disagreeingCount, statedCount, origin, poolCount } = keepAlive;
  if (!contradicted) return false;
  const count = disagreeingCount ?? 0;
  const which = origin === 'given' ? 'the keep-alive as given does not explain' : 'no single keep-alive explains';
  const pools =
    (poolCount ?? 1) > 1
      ? `about ${poolCount} of them explain the states best`
      : 'no number of them explains the states better';
  return warn(
    'keep-alive-contradicted',
    `${which} the recorded states: ${count} of ${wordCount(statedCount, 'start')} (${toPercent(count / statedCount)} %) disagree. It can be that runs are missing here that shared the containers (filtered out, or never exported), that several pools stand behind the record, as with several gateways (${pools}), that cold starts were forced, or that idle containers do not all live as long; idle, tail and unrecorded states rest on it`,
    { count, statedCount },
  );
}

/** Says how many hidden pools explain the recorded states best. */
export function auditPools({ keepAlive }: Audited): Finding {
  const { poolCount, keepAliveMs, flatLowMs, flatHighMs, origin } = keepAlive;
  if (poolCount === null || poolCount < 2) return false;
  const range = origin === 'given' ? '' : ` (${wordFigure((flatLowMs ?? 0) / 1000)} to ${seconds(flatHighMs ?? 0)})`;
  return warn(
    'hidden-pools',
    `about ${poolCount} hidden pools, where idle containers live for ${seconds(keepAliveMs ?? 0)}${range}, explain the recorded states better than one pool, as when each of ${poolCount} gateways has containers of its own: which one took a worker is not recorded, and missing runs that shared the containers look the same`,
    { poolCount },
  );
}

/** Counts the warm starts that no container inside the keep-alive explains. */
export function auditOutlived({ counts }: { readonly counts: Pick<Unworded['counts'], 'outlivedCount'> }): Finding {
  const { outlivedCount } = counts;
  if (outlivedCount === 0) return false;
  return note(
    'keep-alive-outlived',
    `${wordCount(outlivedCount, 'warm start')} found only containers idle for longer than the keep-alive, and took the youngest of them: not all live as long`,
    { count: outlivedCount },
  );
}

interface AuditedPolicies {
  readonly envelope: readonly { readonly containerCount: number }[];
  readonly settings: Pick<Unworded['settings'], 'reuse'>;
}

export function auditPolicies({ envelope, settings }: AuditedPolicies): Finding {
  const counts = envelope.map(({ containerCount }) => containerCount);
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  return note(
    'reuse-assumed',
    `which idle container takes a worker is not recorded: ${settings.reuse} is assumed (--reuse); most and least recently used first give ${low === high ? low : `${low} to ${high}`} containers`,
    { low, high },
  );
}

function auditInferred({ counts }: Unworded): Finding {
  const { inferredStateCount, inferredReadyCount, inferredEndCount } = counts;
  if (inferredStateCount + inferredReadyCount + inferredEndCount === 0) return false;
  return note(
    'inferred',
    `not recorded and inferred: cold or warm of ${wordCount(inferredStateCount, 'session')}, the instant of being ready of ${inferredReadyCount}, the end of ${inferredEndCount} (no task metrics)`,
    { inferredStateCount, inferredReadyCount, inferredEndCount },
  );
}

function auditUnseen({ counts }: Unworded): Finding {
  if (counts.unseenCount === 0) return false;
  return note(
    'unseen-containers',
    `${wordCount(counts.unseenCount, 'session')} began warm in a container that nothing recorded explains, as when a prewarm is lost or another run used it: counted from then on`,
    { count: counts.unseenCount },
  );
}

/** The engine launches what it planned, but records only what is answered before the trigger exits. */
function auditPrewarms(facts: readonly WorkersFacts[]): Finding {
  const prewarms = facts.flatMap((each) => each.prewarms);
  const count = prewarms.filter(({ readyAtMs }) => readyAtMs === null).length;
  if (count === 0) return false;
  return note(
    'prewarms-from-plan',
    `${count} of ${wordCount(prewarms.length, 'prewarm')} left no record, as when the trigger exits first: they are taken to be ready when the plan wanted them, and what recorded ones took later`,
    { count, launchedCount: prewarms.length },
  );
}

function auditOrphans(facts: readonly WorkersFacts[]): Finding {
  const count = facts.reduce((sum, { orphanTaskCount }) => sum + orphanTaskCount, 0);
  if (count === 0) return false;
  return warn(
    'tasks-without-start-up',
    `${wordCount(count, 'task')} ran on workers whose start-up is not recorded: their containers are missing here`,
    { count },
  );
}

const auditOutside = (): Finding =>
  note(
    'only-these-runs',
    'only the runs read here are known: containers are shared with runs that were filtered out or never exported',
  );

const TOLD: ReadonlySet<string> = new Set<PlanKnowledge['keepAliveOrigin']>(['given', 'estimated']);

function auditPlans({ planned, planScores }: Unworded): Finding[] {
  if (planned.length === 0) return [warn('no-plans', 'no run has a plan that can be replayed')];
  const sum = (amount: (run: (typeof planned)[number]) => number) =>
    planned.reduce((total, run) => total + amount(run), 0);
  const untold = planned.filter(({ known }) => !TOLD.has(known.keepAliveOrigin)).length;
  const borrowed = sum(({ borrowedStartupCount }) => borrowedStartupCount);
  const unknown = sum(({ unknownStartupCount }) => unknownStartupCount);
  const corrected = planScores.find(({ planner, prediction }) => planner === 'all' && prediction === 'corrected');
  return [
    note(
      'plans-replayed',
      'plans are replayed with what runs that had ended before their submission recorded, and nothing later: start-up times, waits between tasks, idle containers, keep-alive and exit lag. Which worker of a burst finds the warm container is chance',
    ),
    untold > 0 &&
      note(
        'keep-alive-not-yet-told',
        `${untold} of ${wordCount(planned.length, 'plan')} came before recorded states told the keep-alive: ${seconds(USUAL_KEEP_ALIVE_MS)} was assumed for them, within a bound where one was known`,
        { count: untold },
      ),
    borrowed > 0 &&
      note(
        'start-ups-borrowed',
        `${wordCount(borrowed, 'start-up')} predicted from the nearest memory size: none of its own was known`,
        {
          count: borrowed,
        },
      ),
    unknown > 0 &&
      warn(
        'start-ups-unknown',
        `${wordCount(unknown, 'start-up')} counted as 0 s: no run that had ended by then had one of that state`,
        {
          count: unknown,
        },
      ),
    corrected !== undefined &&
      corrected.ciLow === null &&
      warn('few-plans', 'fewer than six plans with an actual makespan: no interval for their errors'),
  ];
}
