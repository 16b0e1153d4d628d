import { env } from 'node:process';
import type { S3Client } from '@aws-sdk/client-s3';
import { UserError } from '../../errors.ts';
import { regionOfArn } from './place.ts';

/** Chooses the region of the environment or profile, else Amazon's first one, whose answers name the right one. */
export async function chooseRegion(client: S3Client): Promise<string> {
  const named = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (named !== undefined)
    return checkRegion(named, `${env['AWS_REGION'] ? 'AWS_REGION' : 'AWS_DEFAULT_REGION'} '${named}'`);
  try {
    return await client.config.region();
  } catch (error) {
    if ((error as Error).message === 'Region is missing') return 'us-east-1';
    throw noRegion("the profile's region", error);
  }
}

/** Names of regions stand in host names. */
const isRegion = (name: string): boolean => /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i.test(name);

function checkRegion(name: string, words: string): string {
  if (isRegion(name)) return name;
  throw noRegion(words);
}

const noRegion = (words: string, cause?: unknown): UserError =>
  new UserError('wrong-region', `Cannot reach S3: ${words} is no name of a region.`, {
    hint: 'Set AWS_REGION to one such as eu-west-1.',
    cause,
  });

/** Regions that answers may name one after the other before the last answer is believed. */
const MOST_HOPS = 3;

/** Creates a `send` that asks again where an answer says that the bucket is in another region, and remembers that. */
export function followRegions(
  region: string,
  client: S3Client,
  createClient: (region: string) => S3Client,
): S3Client['send'] {
  const clients = new Map([[region, client]]);
  const regionOf = new Map<string, string>();
  const clientIn = (asked: string): S3Client => {
    const there = clients.get(asked) ?? createClient(asked);
    clients.set(asked, there);
    return there;
  };
  const send = async (command: Command, options?: object, hopCount = 0): Promise<unknown> => {
    const bucket = (command.input as { Bucket?: string }).Bucket ?? '';
    const asked = regionOf.get(bucket) ?? regionOfArn(bucket) ?? region;
    try {
      return await clientIn(asked).send(command, options);
    } catch (error) {
      const named = readRegion(error);
      if (named === null || named === asked || hopCount === MOST_HOPS) throw error;
      regionOf.set(bucket, named);
      return send(command, options, hopCount + 1);
    }
  };
  return ((command: Command, options?: object) => send(command, options)) as S3Client['send'];
}

type Command = Parameters<S3Client['send']>[0];

interface RegionAnswer {
  readonly Region?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Reads the bucket's region from a refusal; `null` when it names none. It becomes a part of the host that is asked next. */
export function readRegion(refusal: unknown): string | null {
  const { Region, $metadata, $response } = refusal as RegionAnswer;
  const status = $metadata?.httpStatusCode ?? 0;
  const named = $response?.headers?.['x-amz-bucket-region'] ?? Region;
  return status >= 300 && status < 500 && named !== undefined && isRegion(named) ? named : null;
}
