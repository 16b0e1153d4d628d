import { ANALYSES } from '../analyses/list.ts';
import type { JsonSchema, ResultSchema } from '../analyses/result-schema.ts';
import { RUN_RECORD_SCHEMA } from '../engines/index.ts';
import { UserError } from '../errors.ts';
import { matchName } from '../model/names.ts';
import { RUN_SCHEMA } from '../octoflows/index.ts';
import reportSchema from '../render/report.schema.json' with { type: 'json' };

/** Name of the schema of everything around a result. */
export const REPORT_NAME = 'report';
/** Name of the schema of wfa's own run record. */
const RUN_RECORD_NAME = 'run-record';

/** Prints a schema as JSON Schema (draft 2020-12): that of a run record without a name; `UserError` for an unknown one. */
export async function printSchema(name: string | undefined): Promise<string> {
  const schema = name === undefined ? RUN_SCHEMA : (OTHERS[name]?.() ?? (await describeResult(name)));
  return `${JSON.stringify(schema, null, 2)}\n`;
}

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
const { schemaVersion: reportVersion, schema: envelope } = reportSchema as unknown as ResultSchema;

/** Schemas that are of no command's result. */
const OTHERS: Readonly<Record<string, (() => object) | undefined>> = Object.assign(Object.create(null), {
  [REPORT_NAME]: () => describeReport(),
  [RUN_RECORD_NAME]: () => RUN_RECORD_SCHEMA,
});

const describeReport = () => ({
  $schema: DRAFT,
  $id: `urn:wfa:${REPORT_NAME}:${reportVersion}`,
  title: `wfa COMMAND --format json: everything around the result, version ${reportVersion}`,
  ...envelope,
});

/** Puts the schema of a result into that of everything around it. */
async function describeResult(name: string): Promise<JsonSchema> {
  const found = ANALYSES.find((definition) => definition.name === name);
  if (!found) throw unknownName(name);
  const { schemaVersion, schema } = ((await found.schema()) as { default: unknown }).default as ResultSchema;
  const { $defs, ...result } = schema;
  const { properties, $defs: around, ...others } = envelope;
  const constants = { analysis: name, schemaVersion, reportVersion };
  const given = Object.entries(constants).map(([key, value]) => [key, { ...properties?.[key], const: value }]);
  return {
    $schema: DRAFT,
    $id: `urn:wfa:${name}:${schemaVersion}`,
    title: `wfa ${name} --format json, version ${schemaVersion}`,
    ...others,
    properties: { ...properties, ...Object.fromEntries(given), result: { $ref: '#/$defs/Result' } },
    $defs: { Result: result, ...$defs, ...around },
  } as JsonSchema;
}

function unknownName(name: string): UserError {
  const names = [...ANALYSES.map((definition) => definition.name), ...Object.keys(OTHERS)];
  const match = matchName(name, names);
  const nearest = 'nearest' in match && match.nearest ? `Did you mean ${match.nearest}? ` : '';
  return new UserError('bad-option', `wfa schema: there is no result '${name}'`, {
    hint: `${nearest}There are ${names.join(', ')}; without a name, the schema of a run record.`,
  });
}
