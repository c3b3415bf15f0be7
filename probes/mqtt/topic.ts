/** The mistake in a topic to publish to, or undefined: no wildcards (MQTT-3.3.2-2), 1 to 65535 bytes (MQTT-4.7.3-1, -3), no NUL (MQTT-4.7.3-2). */
export function topicMistake(topic: string): string | undefined {
  if (/[+#]/.test(topic)) return 'has a wildcard, + or #; a plain topic name is allowed';
  return textMistake(topic);
}

/** The mistake in a topic filter, or undefined: # is last and alone in its level (MQTT-4.7.1-2), + alone in its level (MQTT-4.7.1-3). */
export function filterMistake(filter: string): string | undefined {
  const levels = filter.split('/');
  const misplaced = levels.some((level, index) => {
    if (level === '#') return index < levels.length - 1;
    return level.length > 1 && /[+#]/.test(level);
  });
  if (misplaced) return 'has a wildcard out of place; + alone between slashes, # alone and last are allowed';
  return textMistake(filter);
}

/** Whether a topic matches a filter (MQTT 3.1.1 and 5, section 4.7); of a shared subscription, the filter after its group. */
export function covers(filter: string, topic: string): boolean {
  const [, shared] = /^\$share\/[^/]+\/(.*)$/s.exec(filter) ?? [];
  const wanted = (shared ?? filter).split('/');
  const levels = topic.split('/');
  // a wildcard in the first level does not match the server's own topics (MQTT-4.7.2-1)
  if (topic.startsWith('$') && /^[+#]/.test(shared ?? filter)) return false;
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    const other = levels[index];
    if (other === undefined || (level !== '+' && level !== other)) return false;
  }
  return wanted.length === levels.length;
}

function textMistake(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.includes('\0')) return 'has a NUL character, which MQTT forbids';
  if (Buffer.byteLength(text) > 65_535) return 'is longer than 65535 bytes';
  return undefined;
}
