import test from 'ava';
import type { Rights } from '../lab/support/aedes.ts';
import { startLab } from '../lab/support/command.ts';
import { externalLab, verifyExternal } from '../lab/support/external.ts';
import { type Answer, bytes, fakeBroker } from '../unit/_fake-broker.ts';

const RIGHTS: Rights = {
  users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
  topics: { status: { publish: ['sam'], subscribe: ['alice'], lastWill: ['sam'] } },
};
/** What `verify` may take beyond its bound: the start, and the cleaning up. */
const AROUND_MS = 45_000;
const BOUND_S = 15;

test.beforeEach((t) => t.timeout(120_000));

const NO_BROKER: readonly (readonly [string, Answer, boolean])[] = [
  ['takes connections and never answers', () => undefined, false],
  ['closes at once', () => undefined, true],
];

for (const [does, answer, closes] of NO_BROKER) {
  test(`a broker that ${does} is out of reach, exit code 2`, async (t) => {
    const { port } = await fakeBroker(t, closes ? (_, socket) => socket.destroy() : answer);
    await using lab = await externalLab(RIGHTS, port);
    const { code, stdout, ms } = await startLab(['verify', '--json'], { cwd: lab.folder }).ended;
    t.is(code, 2);
    t.is(JSON.parse(stdout).error.subject, 'broker');
    t.true(ms < AROUND_MS, `${ms} ms`);
  });
}

/** CONNACK, in the version that was asked for; each test decides about the rest. */
const letIn: Answer = (packet, socket) => {
  if (packet.cmd === 'connect') socket.write(bytes(packet.protocolVersion === 5 ? '20 03 00 00 00' : '20 02 00 00'));
};
const acknowledge: Answer = (packet, socket) => {
  letIn(packet, socket);
  const id = (packet.messageId ?? 0).toString(16).padStart(4, '0');
  if (packet.cmd === 'subscribe') socket.write(bytes(`90 03 ${id} 01`));
  if (packet.cmd === 'publish' && packet.qos === 1) socket.write(bytes(`40 02 ${id}`));
  if (packet.cmd === 'publish' && packet.qos === 2) socket.write(bytes(`50 02 ${id}`));
  if (packet.cmd === 'pubrel') socket.write(bytes(`70 02 ${id}`));
  if (packet.cmd === 'pingreq') socket.write(bytes('d0 00'));
};

const USELESS: readonly (readonly [string, Answer])[] = [
  ['lets everybody in and says nothing more', letIn],
  ['acknowledges everything and delivers nothing', acknowledge],
];

for (const [does, answer] of USELESS) {
  test(`on a broker that ${does}, verify ends within its bound, and no right is proved`, async (t) => {
    const { port } = await fakeBroker(t, answer);
    const verified = await verifyExternal(RIGHTS, port, ['--timeout', String(BOUND_S)], { boundMs: 90_000 });
    t.is(verified.code, 1);
    t.true(verified.ms < BOUND_S * 1000 + AROUND_MS, `${verified.ms} ms`);
    // session.granted judges the CONNACK
    const proved = verified.checks.filter(
      ({ id, verdict }) =>
        verdict === 'pass' && /^(acl\.(?!sys|undeclared)|qos|will|session\.(?!granted)|retained)\b/.test(id),
    );
    t.deepEqual(
      proved.map(({ id }) => id),
      [],
    );
  });
}
