import type { User } from '../../lab-file/lab.ts';
import type { KeepAliveLimit } from '../../records/measured/keep-alive-limit.ts';
import { type Check, type Finding, notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { evidence } from '../harness/evidence.ts';
import { mqttVersion, overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { NO_USER } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';

const BOUND_MS = 30_000;
/** The longest that a CONNECT can ask for (3.1.2.10). */
const LONGEST_S = 65_535;

/** The broker accepts the keep alive of lab.yaml, and over MQTT 5 announces it as its limit. */
export const keepaliveLimit: CheckFamily = (testLab) => {
  const { maxKeepAlive } = testLab.lab.broker;
  const [user] = testLab.lab.users;
  return VERSIONS.map((version): Check => {
    const named = {
      id: `keepalive.limit.${tagOf(version)}`,
      subject: { kind: 'keep-alive limit', version: mqttVersion(version) },
      claim: `the broker accepts a keep alive of ${maxKeepAlive} s ${overOf(version)}`,
    } as const;
    if (testLab.brokerKind === 'external') return notApplicable(named, 'an external broker sets its own limit');
    if (user === undefined) return notApplicable(named, NO_USER);
    return {
      ...named,
      expected: { accepted: true, ...(version === 5 ? { serverKeepAlive: maxKeepAlive } : {}) },
      version,
      boundMs: BOUND_MS,
      run: () => (version === 4 ? accepted(testLab, user, maxKeepAlive) : announced(testLab, user, maxKeepAlive)),
    };
  });
};

async function accepted(testLab: TestLab, user: User, keepAlive: number): Promise<Finding> {
  await using client = await testLab.raw(user, { keepAlive });
  return {
    verdict: 'pass',
    observed: { accepted: true } satisfies KeepAliveLimit,
    evidence: evidence(user.name, client.packets),
  };
}

/** A client that asks for the longest keep alive gets the broker's limit (MQTT 5, 3.2.2.3.14). */
async function announced(testLab: TestLab, user: User, limit: number): Promise<Finding> {
  await using client = await testLab.raw(user, { version: 5, keepAlive: LONGEST_S });
  const connack = client.packets.find(({ type }) => type === 'CONNACK');
  const property = connack?.properties?.find((text) => text.startsWith('serverKeepAlive '));
  const serverKeepAlive = property === undefined ? LONGEST_S : Number(property.split(' ')[1]);
  const observed: KeepAliveLimit = { accepted: true, serverKeepAlive };
  const packets = evidence(user.name, client.packets);
  if (serverKeepAlive === limit) return { verdict: 'pass', observed, evidence: packets };
  const reason = `the broker's limit is ${serverKeepAlive} s, not ${limit} s`;
  return { verdict: 'fail', observed, reason, evidence: packets };
}
