import type { User } from '../../lab-file/lab.ts';
import { type Check, type Finding, notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { evidence } from '../harness/evidence.ts';
import { mqttVersion, overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import type { TestLab } from '../harness/test-lab.ts';

const BOUND_MS = 30_000;
/** The longest that a CONNECT can ask for (3.1.2.10). */
const LONGEST_S = 65_535;

/** A client gets the keep alive that lab.yaml allows, and over MQTT 5, where the broker tells, no longer one. */
export const keepaliveLimit: CheckFamily = (testLab) => {
  const { maxKeepAlive } = testLab.lab.broker;
  const [user] = testLab.lab.users;
  return VERSIONS.flatMap((version): Check[] => {
    const named = {
      id: `keepalive.limit.${tagOf(version)}`,
      subject: { kind: 'keep-alive limit', version: mqttVersion(version) },
      claim: `a client may ask for a keep alive of ${maxKeepAlive} s ${overOf(version)}`,
    } as const;
    if (testLab.brokerKind === 'external')
      return [notApplicable(named, 'the broker is external: what it allows is its own to decide')];
    if (user === undefined) return [notApplicable(named, 'lab.yaml names no user')];
    return [
      {
        ...named,
        expected: { accepted: true, ...(version === 5 ? { serverKeepAlive: maxKeepAlive } : {}) },
        version,
        boundMs: BOUND_MS,
        run: () => (version === 4 ? accepted(testLab, user, maxKeepAlive) : serverLimit(testLab, user, maxKeepAlive)),
      },
    ];
  });
};

async function accepted(testLab: TestLab, user: User, keepAlive: number): Promise<Finding> {
  await using client = await testLab.raw(user, { keepAlive });
  return { verdict: 'pass', observed: { accepted: true }, evidence: evidence(user.name, client.packets) };
}

/** Asked for the longest there is, the broker answers with its limit (MQTT 5, 3.2.2.3.14). */
async function serverLimit(testLab: TestLab, user: User, limit: number): Promise<Finding> {
  await using client = await testLab.raw(user, { version: 5, keepAlive: LONGEST_S });
  const connack = client.packets.find(({ type }) => type === 'CONNACK');
  const property = connack?.properties?.find((text) => text.startsWith('serverKeepAlive '));
  const seconds = property === undefined ? LONGEST_S : Number(property.split(' ')[1]);
  const found: Finding = {
    verdict: 'pass',
    observed: { accepted: true, serverKeepAlive: seconds },
    evidence: evidence(user.name, client.packets),
  };
  if (seconds === limit) return found;
  return { ...found, verdict: 'fail', reason: `the broker allows ${seconds} s, not ${limit} s` };
}
