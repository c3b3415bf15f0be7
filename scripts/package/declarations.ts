/** What of a JSON Schema of draft 7 the project's schemas use. */
export type JsonSchema = {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
};

/** TypeScript declarations of a schema, under this name, and of its definitions. */
export function declarations(schema: JsonSchema, name: string): string {
  const definitions = Object.entries(schema.definitions ?? {}).map(([key, value]) => declaration(value, typeName(key)));
  return [declaration(schema, name), ...definitions].join('\n');
}

function declaration(schema: JsonSchema, name: string): string {
  return `${comment(schema, '')}export type ${name} = ${typeText(schema, '')};\n`;
}

function typeText(schema: JsonSchema, indent: string): string {
  if (schema.$ref !== undefined) return typeName(schema.$ref.split('/').at(-1) ?? '');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map((value) => JSON.stringify(value)));
  // beside a type, anyOf only says which properties are required together
  if (schema.type !== undefined) return union([schema.type].flat().map((type) => typed(type, schema, indent)));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return union(choices.map((choice) => typeText(choice, indent)));
  if (schema.allOf !== undefined) return schema.allOf.map((part) => typeText(part, indent)).join(' & ');
  return 'unknown';
}

function typed(type: string, schema: JsonSchema, indent: string): string {
  if (type === 'object') return object(schema, indent);
  if (type === 'array') return `Array<${typeText(schema.items ?? {}, indent)}>`;
  return type === 'integer' ? 'number' : type;
}

function object({ properties = {}, required = [], additionalProperties: others }: JsonSchema, indent: string): string {
  const inner = `${indent}  `;
  const named = Object.entries(properties).map(
    ([key, value]) =>
      `${comment(value, inner)}${inner}${propertyName(key)}${required.includes(key) ? '' : '?'}: ${typeText(value, inner)};`,
  );
  const rest = typeof others === 'object' ? [`${inner}[name: string]: ${typeText(others, inner)};`] : [];
  const lines = [...named, ...rest];
  if (lines.length === 0) return others === false ? 'Record<string, never>' : 'Record<string, unknown>';
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}

/** `known-deviation` → `KnownDeviation`. */
function typeName(key: string): string {
  return key.replaceAll(/(?:^|[^A-Za-z0-9]+)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function propertyName(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

function comment({ description }: JsonSchema, indent: string): string {
  return description === undefined ? '' : `${indent}/** ${description.replaceAll('*/', '*\\/')} */\n`;
}
