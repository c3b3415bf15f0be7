/** Id of a check's element: white space, which an HTML id cannot have, and invisible characters become `~hex`. */
export function anchorOf(checkId: string): string {
  const visible = checkId.replaceAll(
    /[\s\p{C}~]/gu,
    (character) => `~${character.codePointAt(0)?.toString(16) ?? ''}.`,
  );
  return `check-${visible}`;
}

/** Link to a check within the page. */
export function hrefOf(checkId: string): string {
  return `#${encodeURIComponent(anchorOf(checkId))}`;
}
