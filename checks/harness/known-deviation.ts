import type { BrokerSoftware } from '../../lab-file/lab.ts';
import type { CheckRecord } from '../../records/record.ts';
import { isAtLeast, NAME_BROKER } from './deviations.ts';
import { PRODUCT_DEVIATIONS, type ProductDeviation } from './products.ts';

/**
 * Turns a failure that the external broker's software is known for into a deviation. A check that passes although its
 * software always deviates fails: the list is then out of date.
 */
export function judgedBySoftware(record: CheckRecord, software: BrokerSoftware | undefined): CheckRecord {
  if (software === undefined || software.product === 'mosquitto') return record;
  return judgedByList(withoutMosquitto(record), software.product, software.version);
}

/** Mosquitto does not explain what another broker does. */
function withoutMosquitto(record: CheckRecord): CheckRecord {
  const { advice, ...others } = record;
  return advice === NAME_BROKER ? others : record;
}

function judgedByList(record: CheckRecord, product: keyof typeof PRODUCT_DEVIATIONS, version: string): CheckRecord {
  const known = PRODUCT_DEVIATIONS[product].filter(
    (deviation) => isIn(deviation, version) && deviation.checks.test(record.id),
  );
  const first = known.find(({ reason }) => reason.test(record.reason ?? ''));
  if (record.verdict === 'fail' && first !== undefined) {
    const { advice: _, ...rest } = record;
    const seen = record.reason === undefined ? '' : `: ${record.reason}`;
    return { ...rest, verdict: 'deviation', reason: `${first.what} (${first.source})${seen}` };
  }
  const always = known.find(({ how }) => how === 'always');
  if (record.verdict !== 'pass' || always === undefined) return record;
  const reason = `${product} ${version} conforms to the standard, but is listed as deviating: ${always.what}`;
  return {
    ...record,
    verdict: 'fail',
    reason,
    advice: 'check broker.software in lab.yaml; if it is right, correct the list in checks/harness/products.ts',
  };
}

function isIn({ from, before }: ProductDeviation, version: string): boolean {
  if (from !== undefined && !isAtLeast(version, from)) return false;
  return before === undefined || !isAtLeast(version, before);
}
