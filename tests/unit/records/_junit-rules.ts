/** An element of an XML document. */
export type Element = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
};

type Open = { name: string; attributes: Record<string, string>; children: Element[]; text: string };

const TOKEN = /<\?xml[^?]*\?>|<(\/?)([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w.-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
const REFERENCE = /&(amp|lt|gt|quot|apos|#\d+);|&/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads a document that has neither comments nor namespaces; throws where it is not well-formed. */
export function parseXml(document: string): Element {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(document))
    throw new Error('a forbidden character');
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const stack = [root];
  let end = 0;
  for (const match of document.matchAll(TOKEN)) {
    end = match.index + match[0].length;
    const [, closing, name, attributes = '', empty, text] = match;
    const top = stack.at(-1) ?? root;
    if (text !== undefined) top.text += decoded(text);
    else if (closing === '/') {
      if (top.name !== name) throw new Error(`</${name}> ends <${top.name}>`);
      stack.pop();
    } else if (name !== undefined) {
      const opened: Open = { name, attributes: attributesOf(attributes), children: [], text: '' };
      top.children.push(opened);
      if (empty === '') stack.push(opened);
    }
  }
  if (end !== document.length) throw new Error(`not XML at ${end}: ${document.slice(end, end + 40)}`);
  const [only, ...more] = root.children;
  if (stack.length !== 1 || only === undefined || more.length > 0) throw new Error('not one element');
  return only;
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([A-Za-z_][\w.-]*)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new Error(`an attribute twice: ${text}`);
  return Object.fromEntries(pairs.map(([name, value]) => [name, decoded(value.replaceAll(/[\t\n\r]/g, ' '))]));
}

function decoded(text: string): string {
  return text.replaceAll(REFERENCE, (_, name: string | undefined) => {
    if (name === undefined) throw new Error(`a bare & in ${text}`);
    return NAMED[name] ?? String.fromCharCode(Number(name.slice(1)));
  });
}

const DECIMAL = /^\d+(\.\d+)?$/;
const WHOLE = /^\d{1,9}$/;
const SOME = /\S/;
const ANY = /^/;

type Rule = {
  /** Attributes that it must have and those that it may have, with what their values look like. */
  readonly must: Readonly<Record<string, RegExp>>;
  readonly may?: Readonly<Record<string, RegExp>>;
  /** Its children's names in order, as a pattern over `name,name,`. */
  readonly children: RegExp;
};

/** What the schemas of Ant's and of Jenkins's reports both take; Jenkins's alone is laxer. */
const RULES: Readonly<Record<string, Rule>> = {
  testsuites: { must: {}, children: /^(testsuite,)*$/ },
  testsuite: {
    must: {
      ...{ name: SOME, package: ANY, hostname: SOME, time: DECIMAL },
      ...{ id: WHOLE, tests: WHOLE, failures: WHOLE, errors: WHOLE },
      timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
    },
    may: { skipped: WHOLE },
    children: /^properties,(testcase,)*system-out,system-err,$/,
  },
  properties: { must: {}, children: /^(property,)*$/ },
  property: { must: { name: SOME, value: ANY }, children: /^$/ },
  testcase: { must: { name: ANY, classname: ANY, time: DECIMAL }, children: /^((skipped|error|failure),)?$/ },
  skipped: { must: {}, may: { type: ANY, message: ANY }, children: /^$/ },
  failure: { must: { type: ANY }, may: { message: ANY }, children: /^$/ },
  error: { must: { type: ANY }, may: { message: ANY }, children: /^$/ },
  'system-out': { must: {}, children: /^$/ },
  'system-err': { must: {}, children: /^$/ },
};

/** What of a document the schemas would refuse. */
export function violations({ name, attributes, children }: Element): string[] {
  const rule = RULES[name];
  if (rule === undefined) return [`<${name}> is no element of theirs`];
  const { must, may = {} } = rule;
  const names = children.map((child) => `${child.name},`).join('');
  return [
    ...Object.keys(must).flatMap((key) => (key in attributes ? [] : [`<${name}> without ${key}`])),
    ...Object.entries(attributes).flatMap(([key, value]) =>
      ({ ...must, ...may })[key]?.test(value) ? [] : [`<${name} ${key}="${value}">`],
    ),
    ...(rule.children.test(names) ? [] : [`<${name}> with ${names}`]),
    ...children.flatMap(violations),
  ];
}
