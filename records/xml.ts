/** An element with its defined attributes in order; `content` is XML. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content = '',
): string {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${xmlAttribute(String(value))}"`],
  );
  return content === '' ? `<${name}${given.join('')}/>` : `<${name}${given.join('')}>${content}</${name}>`;
}

/** Text between two tags. Characters that XML 1.0 forbids even as references (section 2.2) become visible, as `\x1b`. */
export function xmlText(text: string): string {
  return text
    .replaceAll(FORBIDDEN, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replaceAll(/[&<>"'\r]/g, (character) => REFERENCES[character] ?? '');
}

/** Text of an attribute; a parser would turn its white space into blanks (section 3.3.3). */
export function xmlAttribute(text: string): string {
  return xmlText(text).replaceAll(/[\t\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};
