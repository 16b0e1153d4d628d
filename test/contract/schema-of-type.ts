import { join } from 'node:path';
import ts from 'typescript';
import { unitOfKey, wordsOfKey } from '../../src/analyses/keys.ts';
import type { JsonSchema } from '../../src/analyses/result-schema.ts';
import { ROOT } from '../spawn-wfa.ts';

/**
 * The types of results are made JSON Schemas by the compiler that checks them: keys from interfaces, descriptions from their
 * comments, units from names, from `@unit ms` at a key, or from `@unit ms: ciLow, ciHigh` at what it stands in.
 */

/** A schema of a type, and what lacks a description (`Interface`, `Interface.key`) or, of a number, a unit. */
export interface Described {
  readonly schema: JsonSchema;
  readonly lacking: readonly string[];
}

/** Loads sources with the compiler; `describe` gives the schema of a type that a file exports or that a function's outcome holds. */
export function openTypes(files: readonly string[]) {
  const { options } = ts.parseJsonConfigFileContent(
    { ...ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config, include: [] },
    ts.sys,
    ROOT,
  );
  const paths = files.map((file) => join(ROOT, file));
  const program = ts.createProgram(paths, { ...options, types: [] });
  const checker = program.getTypeChecker();
  const exportsOf = (file: string): ts.Symbol[] => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(join(ROOT, file)) as ts.SourceFile);
    return module ? checker.getExportsOfModule(module) : [];
  };
  return {
    /** Describes what a file exports under this name. */
    describeExport: (file: string, name: string): Described => {
      const symbol = exportsOf(file).find((candidate) => candidate.name === name) as ts.Symbol;
      return new Describer(checker).describe(checker.getDeclaredTypeOfSymbol(symbol));
    },
    /** Describes the result in the outcome that a function of this file gives. */
    describeOutcome: (file: string): Described =>
      new Describer(checker).describe(findOutcome(checker, exportsOf(file))),
  };
}

function findOutcome(checker: ts.TypeChecker, exported: readonly ts.Symbol[]): ts.Type {
  for (const symbol of exported) {
    const type = checker.getTypeOfSymbol(symbol);
    for (const signature of type.getCallSignatures()) {
      const given = signature.getReturnType();
      if (given.symbol?.name === 'Outcome') return checker.getTypeArguments(given as ts.TypeReference)[0] as ts.Type;
    }
  }
  throw new Error('no function gives an Outcome');
}

const GENERIC_NAMES = ['Pick', 'Omit', 'Readonly', 'Record', 'Partial', 'Array', 'ReadonlyArray', '__type', '__object'];

const PLAIN: readonly (readonly [ts.TypeFlags, JsonSchema])[] = [
  [ts.TypeFlags.Unknown | ts.TypeFlags.Any, {}],
  [ts.TypeFlags.Null, { type: 'null' }],
  [ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral, { type: 'string' }],
  [ts.TypeFlags.Number, { type: 'number' }],
  [ts.TypeFlags.Boolean, { type: 'boolean' }],
];

class Describer {
  private readonly checker: ts.TypeChecker;
  private readonly defs: Record<string, JsonSchema> = {};
  private readonly named = new Map<string, ts.Type>();
  private readonly lacking = new Set<string>();

  constructor(checker: ts.TypeChecker) {
    this.checker = checker;
  }

  describe(type: ts.Type): Described {
    const described = this.convert(type);
    const root = described.$ref?.split('/').at(-1);
    const { [root ?? '']: own, ...others } = this.defs;
    const isRecursive = JSON.stringify(this.defs).includes(`"#/$defs/${root}"`);
    const schema = own && !isRecursive ? own : described;
    return {
      schema: { ...schema, $defs: own && !isRecursive ? others : this.defs },
      lacking: [...this.lacking],
    };
  }

  private convert(type: ts.Type): JsonSchema {
    const plain = PLAIN.find(([flags]) => type.flags & flags)?.[1];
    if (plain) return plain;
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: this.checker.typeToString(type) === 'true' };
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.isUnion()) return this.convertUnion(type.types);
    if (this.checker.isTupleType(type)) {
      const parts = this.checker.getTypeArguments(type as ts.TypeReference).map((part) => this.convert(part));
      return { type: 'array', prefixItems: parts, minItems: parts.length, maxItems: parts.length };
    }
    if (this.checker.isArrayType(type)) {
      return {
        type: 'array',
        items: this.convert(this.checker.getTypeArguments(type as ts.TypeReference)[0] as ts.Type),
      };
    }
    return this.convertObject(type);
  }

  private convertUnion(types: readonly ts.Type[]): JsonSchema {
    const parts = types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined)).map((part) => this.convert(part));
    const constants = parts.flatMap((part) => ('const' in part ? [part.const] : []));
    const isBoolean = constants.includes(true) && constants.includes(false);
    const words = constants.filter((word) => !isBoolean || typeof word !== 'boolean');
    const plain = parts.filter((part) => !('const' in part) && part.type !== 'null');
    const isNullable = parts.some((part) => part.type === 'null');
    if (isBoolean) plain.push({ type: 'boolean' });
    const first = plain[0];
    if (words.length === 0 && plain.length === 1 && typeof first?.type === 'string' && !('properties' in first)) {
      return isNullable ? { ...first, type: [first.type, 'null'] } : first;
    }
    if (plain.length === 0) return { enum: isNullable ? [...words, null] : words };
    const all = [...plain, ...(words.length > 0 ? [{ enum: words }] : []), ...(isNullable ? [{ type: 'null' }] : [])];
    return all.length === 1 ? (all[0] as JsonSchema) : { anyOf: all };
  }

  private convertObject(type: ts.Type): JsonSchema {
    const name = type.aliasSymbol?.name ?? type.symbol?.name ?? '__type';
    if (GENERIC_NAMES.includes(name)) return this.describeObject(type, name);
    const known = this.named.get(name);
    if (known !== undefined && known !== type) throw new Error(`two types are called ${name}`);
    if (!known) {
      this.named.set(name, type);
      this.defs[name] = this.describeObject(type, name);
    }
    return { $ref: `#/$defs/${name}` };
  }

  private describeObject(type: ts.Type, name: string): JsonSchema {
    const properties: Record<string, JsonSchema> = {};
    const required: string[] = [];
    for (const symbol of this.checker.getPropertiesOfType(type)) {
      properties[symbol.name] = this.describeKey(symbol, name);
      if (!(symbol.flags & ts.SymbolFlags.Optional)) required.push(symbol.name);
    }
    const index = this.checker.getIndexInfoOfType(type, ts.IndexKind.String);
    const words = wordsOf(this.checker, type.aliasSymbol ?? type.symbol);
    if (!words && !GENERIC_NAMES.includes(name)) this.lacking.add(name);
    return {
      type: 'object',
      ...(words ? { description: words } : {}),
      ...(required.length > 0 ? { properties, required } : {}),
      additionalProperties: index ? this.convert(index.type) : false,
    };
  }

  private describeKey(symbol: ts.Symbol, owner: string): JsonSchema {
    const type = this.checker.getTypeOfSymbol(symbol);
    const schema = this.convert(type);
    const key = symbol.name;
    const description = wordsOf(this.checker, symbol) || this.wordsOfType(type) || wordsOfKey(key);
    const unit = unitIn(symbol) ?? (isFigure(schema) ? unitOfKey(key) : undefined);
    if (!description) this.lacking.add(`${owner}.${key}`);
    if (isFigure(schema) && unit === undefined) this.lacking.add(`${owner}.${key} (unit)`);
    return {
      ...schema,
      ...(description ? { description } : {}),
      ...(unit !== undefined && isFigure(schema) ? { unit } : {}),
    };
  }

  /** The words of the type's own name, or of that of its items; empty for types of the library. */
  private wordsOfType(type: ts.Type): string {
    const bare = this.checker.getNonNullableType(type);
    const items = this.checker.isArrayType(bare)
      ? this.checker.getTypeArguments(bare as ts.TypeReference)[0]
      : undefined;
    const item = items ?? bare;
    const symbol = item.aliasSymbol ?? item.symbol;
    return symbol && !GENERIC_NAMES.includes(symbol.name) ? wordsOf(this.checker, symbol) : '';
  }
}

const wordsOf = (checker: ts.TypeChecker, symbol: ts.Symbol | undefined): string =>
  symbol ? ts.displayPartsToString(symbol.getDocumentationComment(checker)).replaceAll(/\s+/g, ' ').trim() : '';

/** Tells whether a key holds numbers of its own, in lists and tables too. */
function isFigure(schema: JsonSchema): boolean {
  const { items, additionalProperties, anyOf, prefixItems } = schema;
  const parts = [items, additionalProperties, ...(anyOf ?? []), ...(prefixItems ?? [])];
  if ('properties' in schema) return false;
  return [schema.type].flat().includes('number') || parts.some((part) => typeof part === 'object' && isFigure(part));
}

/** The unit that the key's comment gives, or that of what it stands in: the nearest that names it. */
function unitIn(symbol: ts.Symbol): string | undefined {
  const own = symbol.declarations?.[0];
  for (let node: ts.Node | undefined = own; node && !ts.isSourceFile(node); node = node.parent) {
    const unit = listUnits(node).find(({ keys }) => (keys === null ? node === own : keys.includes(symbol.name)))?.unit;
    if (unit !== undefined) return unit;
  }
  return undefined;
}

/** The `@unit` tags at a declaration; `keys` is `null` for the unit of the declaration itself. */
const listUnits = (node: ts.Node): { readonly unit: string; readonly keys: readonly string[] | null }[] =>
  ts.getJSDocTags(node).flatMap((tag) => {
    if (tag.tagName.text !== 'unit') return [];
    const [unit = '', keys] = (ts.getTextOfJSDocComment(tag.comment) ?? '').split(/:\s+/);
    return [{ unit, keys: keys?.split(/[\s,]+/) ?? null }];
  });
