/** The result of `wfa plan-campaign`. */
export interface CampaignResult {
  readonly headline: string;
  /** Key of the metric that it is planned for. */
  readonly metric: string;
  readonly effectFraction: number;
  readonly blockKeys: readonly string[];
  /** Blocks that two planners or more ran. */
  readonly blockCount: number;
  readonly armCount: number;
  /** Standard deviation of ln figure within cells, pooled; `null`: no cell has two runs. */
  readonly logDeviation: number | null;
  readonly degreesOfFreedom: number;
  /** Runs that every cell is to have; `null`: more than 1,000 would be needed. */
  readonly runsPerCell: number | null;
  /** Cells that nobody ran. */
  readonly missingCellCount: number;
  /** Runs that the campaign has. */
  readonly toRunCount: number;
  /** The change that is detected between any two planners afterwards; `null`: no spread is known. */
  readonly detectableFraction: number | null;
  /** The same of the runs so far, between the worst pair; `null`: some pair shares no block, or no spread is known. */
  readonly detectableNowFraction: number | null;
  readonly pairs: readonly CampaignPair[];
  readonly cells: readonly CampaignCell[];
  /** The runs in the order to run them, 20,000 at most. */
  readonly order: readonly CampaignRun[];
}

/** Two planners, and what can be told of them. */
export interface CampaignPair {
  readonly first: string;
  readonly second: string;
  readonly firstLabel: string;
  readonly secondLabel: string;
  /** Blocks that both ran so far. */
  readonly sharedBlockCount: number;
  readonly detectableNowFraction: number | null;
  readonly detectableFraction: number | null;
}

/** A planner in a block. */
export interface CampaignCell {
  readonly block: string;
  readonly keys: Readonly<Record<string, string>>;
  /** The record's own name. */
  readonly planner: string;
  readonly label: string;
  /** Runs so far that have a figure. */
  readonly runCount: number;
  readonly toRunCount: number;
}

/** A run of the campaign. */
export interface CampaignRun {
  /** Place in the order, from 1. */
  readonly place: number;
  readonly round: number;
  readonly block: string;
  readonly planner: string;
  readonly label: string;
}
