/** The mistake in a topic to publish to, or undefined: no wildcards (MQTT-3.3.2-2), 1 to 65535 bytes (MQTT-4.7.3-1, -3), no NUL (MQTT-4.7.3-2). */
export function topicMistake(topic: string): string | undefined {
  if (/[+#]/.test(topic)) return 'has a wildcard, + or #; a plain topic name is allowed';
  return textMistake(topic);
}

/** A filter whose wildcards are in place: # is last and alone in its level (MQTT-4.7.1-2), + alone in its level (MQTT-4.7.1-3). */
export const FILTER_FORM = /^(([^/+#]*|\+)\/)*([^/+#]*|\+|#)$/;
export const NOT_IN_PLACE = 'has a wildcard out of place; + alone between slashes, # alone and last are allowed';

/** The mistake in a topic filter, or undefined. */
export function filterMistake(filter: string): string | undefined {
  return FILTER_FORM.test(filter) ? textMistake(filter) : NOT_IN_PLACE;
}

/**
 * Whether a filter covers a topic, or all topics of another filter (MQTT 3.1.1 and 5, section 4.7); of a shared subscription,
 * the filter after its group.
 */
export function covers(filter: string, topic: string): boolean {
  // the usual case, which a large lab decides a million times
  if (!filter.includes('+') && !filter.includes('#') && !filter.startsWith('$share/')) return filter === topic;
  const own = withoutShare(filter);
  const wanted = own.split('/');
  const levels = topic.split('/');
  // a wildcard in the first level does not match the server's own topics (MQTT-4.7.2-1)
  if (topic.startsWith('$') && /^[+#]/.test(own)) return false;
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    const other = levels[index];
    if (other === undefined || other === '#' || (level !== '+' && level !== other)) return false;
  }
  return wanted.length === levels.length;
}

/** The filter after the group of a shared subscription (MQTT 5, 4.8.2). */
export function withoutShare(filter: string): string {
  return /^\$share\/[^/]+\/(.*)$/s.exec(filter)?.[1] ?? filter;
}

/** Whether a topic exists that both filters cover. */
export function overlap(one: string, other: string): boolean {
  const isReserved = [one, other].some((filter) => filter.startsWith('$'));
  if (isReserved && [one, other].some((filter) => /^[+#]/.test(filter))) return false;
  const levels = [one.split('/'), other.split('/')] as const;
  for (let index = 0; index <= Math.max(levels[0].length, levels[1].length); index += 1) {
    const [left, right] = [levels[0][index], levels[1][index]];
    if (left === '#' || right === '#') return true;
    if (left === undefined || right === undefined) return left === right;
    if (left !== right && left !== '+' && right !== '+') return false;
  }
  return true;
}

function textMistake(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.includes('\0')) return 'has a NUL character, which MQTT forbids';
  if (new TextEncoder().encode(text).length > 65_535) return 'is longer than 65535 bytes';
  return undefined;
}
