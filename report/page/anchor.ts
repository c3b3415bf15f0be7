/** Id of a check's element: its own with what an HTML id can't have (white space) and what nobody can see written as `~hex`. */
export function anchorOf(checkId: string): string {
  const visible = checkId.replaceAll(
    /[\s\p{C}~]/gu,
    (character) => `~${character.codePointAt(0)?.toString(16) ?? ''}.`,
  );
  return `check-${visible}`;
}

/** Address of a check within the page. */
export function hrefOf(checkId: string): string {
  return `#${encodeURIComponent(anchorOf(checkId))}`;
}
