/** The text in the other letter case: upper case, or lower case where it is in upper case. */
export function otherCase(text: string): string {
  const upper = text.toUpperCase();
  return upper === text ? text.toLowerCase() : upper;
}
