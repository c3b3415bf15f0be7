/** Of longer lists of numbers, such as latencies, only the length is shown. */
const MOST_NUMBERS = 20;
/** The same for lists of other things. */
const MOST_THINGS = 20;
/** Shorter values stay on one line. */
const LINE = 100;

/** An expected or observed value for a reader: JSON without quotes around keys, long lists shortened. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : written(value, '');
}

function written(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'nothing';
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? shortened(value).map((item) => (typeof item === 'string' ? item : written(item.value, inner)))
    : Object.entries(value).map(([name, item]) => `${nameText(name)}: ${written(item, inner)}`);
  const line = `${open}${parts.join(', ')}${close}`;
  if (line.length + indent.length <= LINE && !line.includes('\n')) return line;
  return `${open}\n${parts.map((part) => `${inner}${part}`).join(',\n')}\n${indent}${close}`;
}

/** The first items of a list, and how many more there are. */
function shortened(items: readonly unknown[]): (string | { readonly value: unknown })[] {
  if (items.length > MOST_NUMBERS && items.every((item) => typeof item === 'number')) {
    return [`${items.length} numbers, in the records`];
  }
  const rest = items.length - MOST_THINGS;
  const first = items.slice(0, MOST_THINGS).map((value) => ({ value }));
  return rest > 0 ? [...first, `${rest} more, in the records`] : first;
}

function nameText(name: string): string {
  return /^\w+$/.test(name) ? name : JSON.stringify(name);
}
