import { isLeftOut } from './left-out.ts';
import { type CheckRecord, count, FAMILIES } from './record.ts';
import type { Results } from './results.ts';
import { element, xmlText } from './xml.ts';

/**
 * A run as JUnit XML, one suite per family. It follows the strictest schema in use, that of Ant's reports (no attributes of
 * `testsuites`, no output in a test case), so Jenkins accepts it too. A known deviation is a passed test, explained in the
 * properties and the output of its suite. Checks that the run left out are no tests.
 */
export function junitXml({ checks, environment }: Results): string {
  const lab = environment?.lab ?? 'lab';
  const ran = checks.filter((record) => !isLeftOut(record));
  const families = FAMILIES.filter((family) => ran.some((record) => record.family === family));
  const suites = families.map((family, id) => {
    const own = ran.filter((record) => record.family === family);
    return suite({ name: family, package: lab, id }, own);
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', {}, lines(suites))}\n`;
}

type Named = { readonly name: string; readonly package: string; readonly id: number };

function suite(named: Named, records: readonly CheckRecord[]): string {
  const { fail, skipped, inconclusive } = count(records);
  const from = Math.min(...records.map(({ startedAt }) => startedAt));
  const to = Math.max(...records.map(({ startedAt, durationMs }) => startedAt + durationMs));
  const attributes = {
    ...named,
    // UTC; the schema permits neither fractions nor a zone
    timestamp: new Date(from).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length),
    hostname: 'localhost',
    tests: records.length,
    failures: fail,
    errors: inconclusive,
    skipped,
    time: inSeconds(to - from),
  };
  const explained = records.flatMap(({ id, verdict, reason = 'no reason given' }) =>
    verdict === 'deviation' ? [{ name: `deviation ${id}`, value: reason }] : [],
  );
  const properties = [...versions(records), ...explained].map((property) => element('property', property));
  const output = explained.map(({ name, value }) => `known ${name}: ${value}\n`).join('');
  return element(
    'testsuite',
    attributes,
    lines([
      element('properties', {}, lines(properties)),
      ...records.map((record) => testCase(record, `${named.package}.${named.name}`)),
      element('system-out', {}, xmlText(output)),
      element('system-err', {}),
    ]),
  );
}

/** The broker, and the clients of each host that a check ran on. */
function versions(records: readonly CheckRecord[]): { name: string; value: string }[] {
  const found = records.flatMap(({ host = 'unknown', versions }) =>
    versions === undefined
      ? []
      : [['broker', versions.broker] as const, [`clients on ${host}`, versions.client] as const],
  );
  return [...new Map(found)].map(([name, value]) => ({ name, value }));
}

function testCase(record: CheckRecord, classname: string): string {
  const { id, verdict, reason, durationMs } = record;
  const attributes = { name: id, classname, time: inSeconds(durationMs) };
  if (verdict === 'skipped') {
    return element('testcase', attributes, element('skipped', { message: reason ?? 'no reason given' }));
  }
  if (verdict === 'inconclusive') {
    const error = { message: reason ?? 'no reason given', type: 'inconclusive' };
    return element('testcase', attributes, element('error', error, xmlText(failureText(record))));
  }
  if (verdict !== 'fail') return element('testcase', attributes);
  const failure = { message: reason ?? 'not as expected', type: record.statement ?? 'lab file' };
  return element('testcase', attributes, element('failure', failure, xmlText(failureText(record))));
}

function failureText({ claim, statement, expected, observed, host, versions }: CheckRecord): string {
  const facts = {
    claim: statement === undefined ? claim : `${claim} [${statement}]`,
    expected: JSON.stringify(expected) ?? 'nothing',
    observed: JSON.stringify(observed) ?? 'nothing',
    host,
    broker: versions?.broker,
    client: versions?.client,
  };
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  return known.map(([name, value]) => `${name.padEnd(8)}  ${value}\n`).join('');
}

/** Without an exponent, as xs:decimal requires. */
function inSeconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3);
}

function lines(elements: readonly string[]): string {
  return elements.length === 0 ? '' : `\n${elements.join('\n')}\n`;
}
