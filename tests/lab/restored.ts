import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { HOST_KEY } from '../../provisioning/docker/labels.ts';
import { readLab } from '../../provisioning/lab-file/read.ts';
import { machineMaker } from '../../provisioning/machine-maker.ts';
import { differences, type Snapshot, snapshot } from './support/as-it-was.ts';
import { engine } from './support/container.ts';
import { ownLab } from './support/own-lab.ts';

/** Its containers play the part of two machines that are reached over SSH; nothing is ever provisioned on them but by the other lab. */
const machines = ownLab('restored');
const FILE = 'remote.yaml';
const PORT = 18_832;
const name = () => `${machines().name}-remote`;
const hub = () => machines().container('broker');
const before = new Map<string, Snapshot>();

test.serial('the machines are there', async (t) => {
  const lab = readLab(path.join(machines().folder, 'lab.yaml'));
  const make = machineMaker(await engine(), lab, () => undefined, new AbortController().signal);
  for (const machine of ['broker', 'pi']) await make(machine);
  await remoteLab(['pi']);
  // a login leaves its own traces
  const plan = await machines().run(['plan', '--lab', FILE]);
  t.is(plan.code, 0, plan.all);
  for (const machine of ['broker', 'pi']) before.set(machine, await snapshot(machines().container(machine)));
});

test.serial('clean hosts are given back as they were, to the byte and the second', async (t) => {
  const lab = machines();
  const up = await lab.run(['up', '--no-verify', '--lab', FILE]);
  t.is(up.code, 0, up.all);
  const down = await lab.run(['down', '--lab', FILE]);
  t.is(down.code, 0, down.all);
  await same(t);
});

async function same(t: { deepEqual: (one: unknown, other: unknown) => unknown }): Promise<void> {
  for (const [machine, was] of before) {
    t.deepEqual(differences(was, await snapshot(machines().container(machine))), []);
  }
}

/** Writes a lab file whose broker and Pis are the machines, over SSH; MQTT clients reach the broker on the machines' network. */
async function remoteLab(pis: readonly string[]): Promise<void> {
  const lab = machines();
  const places = new Map<string, object>();
  for (const [machine, user] of [
    ['broker', 'debian'],
    ['pi', 'pi'],
  ] as const) {
    const { NetworkSettings, Config } = await lab.container(machine).inspect();
    const port = NetworkSettings.Ports['22/tcp']?.[0]?.HostPort;
    const hostKey = Config.Labels[HOST_KEY];
    places.set(machine, { host: `ssh://${user}@127.0.0.1:${port}`, identity: `.lab/keys/${lab.name}`, hostKey });
  }
  const [network] = Object.values((await hub().inspect()).NetworkSettings.Networks);
  const content = {
    name: name(),
    broker: { ...places.get('broker'), port: PORT, address: network?.IPAddress },
    pis: Object.fromEntries(pis.map((pi) => [pi, places.get(pi)])),
    users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
    topics: { test: { publish: ['sam'], subscribe: ['alice'] } },
  };
  await writeFile(path.join(lab.folder, FILE), JSON.stringify(content));
}
