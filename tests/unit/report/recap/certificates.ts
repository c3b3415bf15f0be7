import test from 'ava';
import type { CheckRecord } from '../../../../records/record.ts';
import { certificateLines } from '../../../../report/recap/certificates.ts';

const NAMES = { subject: 'CN=broker', issuer: 'CN=ca', names: [] };
const record = (port: number, observed: object | null): CheckRecord => ({
  ...{ id: `tls.certificate.${port}.pi`, family: 'tls', subject: { kind: 'certificate', port }, claim: 'valid' },
  ...{ verdict: 'pass', expected: null, observed, startedAt: 0, durationMs: 1 },
});
const until = (validTo: string, daysLeft: number) => ({ ...NAMES, validTo, daysLeft });

test('names the ports of each end of validity once', (t) => {
  const [soon, late] = [until('2027-01-01T00:00:00.000Z', 30), until('2027-02-28T00:00:00.000Z', 88)];
  t.deepEqual(certificateLines([record(8884, late), record(8883, late), record(8883, late), record(9001, soon)]), [
    'certificate of port 9001 valid until 2027-01-01 (30 days)',
    'certificates of ports 8883, 8884 valid until 2027-02-28 (88 days)',
  ]);
  t.deepEqual(certificateLines([record(8883, null)]), []);
});
