/** A JSON Schema (draft 2020-12) of a part of a result; `unit` is an annotation of our own: of the numbers in the part. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly unit?: string;
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** The committed schema of a result, beside the version that it is of. */
export interface ResultSchema {
  readonly schemaVersion: string;
  readonly schema: JsonSchema;
}
