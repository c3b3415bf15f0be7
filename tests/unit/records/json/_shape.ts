import type { Definitions, Node } from './_published.ts';

/**
 * Every property of the definitions with its type, a line each: `plan.docker[].detail?: string`, with `?` where it may be absent.
 * `check.subject<latency>.qos: 1` is a value of a constant or an enumeration; `<latency>` names one of several forms.
 */
export function shapeOf(definitions: Definitions): string[] {
  return Object.entries(definitions).flatMap(([name, node]) => lines(node, name, ''));
}

function lines(node: Node, path: string, mark: '' | '?'): string[] {
  const { $ref, type, properties = {}, required = [], additionalProperties, items, allOf = [] } = node;
  const forms = [...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  if ($ref !== undefined) return [`${path}${mark}: ${$ref.split('/').at(-1)}`];
  if (allOf.length > 0) return allOf.flatMap((one) => lines(one, path, mark));
  if (forms.length > 0) return forms.flatMap((form) => lines(form, `${path}${formName(form)}`, mark));
  const values = node.enum ?? ('const' in node ? [node.const] : []);
  if (values.length > 0) return values.map((value) => `${path}${mark}: ${JSON.stringify(value)}`);
  return [
    `${path}${mark}: ${type ?? 'any'}`,
    ...Object.entries(properties).flatMap(([key, inner]) =>
      lines(inner, `${path}.${key}`, required.includes(key) ? '' : '?'),
    ),
    ...(typeof additionalProperties === 'object' ? lines(additionalProperties, `${path}.*`, '?') : []),
    ...(items === undefined ? [] : lines(items, `${path}[]`, '')),
  ];
}

/** The kind, or else the required properties, identify an object of a union. */
function formName({ type, properties = {}, required = [] }: Node): string {
  if (type !== 'object') return '';
  const { kind } = properties;
  return `<${kind?.const ?? required.join('+')}>`;
}

/** What readers of the old shape would miss in the new one. A property that is now always there is no loss. */
export function lostLines(before: readonly string[], now: readonly string[]): string[] {
  const known = new Set(now);
  return before.filter((line) => !known.has(line) && !known.has(line.replace('?:', ':')));
}
