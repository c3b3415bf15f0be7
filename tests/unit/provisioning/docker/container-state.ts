import test from 'ava';
import type Docker from 'dockerode';
import {
  type ContainerState,
  containerState,
  recipeOf,
  unwantedContainers,
} from '../../../../provisioning/docker/container-state.ts';
import { HOST_KEY, LOGIN, MACHINE, RECIPE } from '../../../../provisioning/docker/labels.ts';

const KEY = { file: '/lab/keys/one', publicKey: 'ssh-ed25519 AAAA' };
const WANTED = {
  ...{ lab: 'one', name: 'pi', login: 'pi', ports: [], image: { recipe: 'image' } },
  network: { id: 'network' },
  key: KEY,
};

/** As the engine lists it (Docker Engine API, ContainerList). */
function container(changes: Partial<Docker.ContainerInfo> = {}): Docker.ContainerInfo {
  return {
    Id: 'c1',
    Names: ['/mqtt-lab-one-pi'],
    Image: 'mqtt-lab/one-pi:12',
    ImageID: 'sha256:1',
    Command: '/usr/sbin/sshd -D -e',
    Created: 1,
    State: 'running',
    Status: 'Up 2 minutes',
    Ports: [{ IP: '127.0.0.1', PrivatePort: 22, PublicPort: 32_768, Type: 'tcp' }],
    Labels: { [MACHINE]: 'pi', [RECIPE]: recipeOf(WANTED), [LOGIN]: 'pi', [HOST_KEY]: 'ssh-ed25519 BBBB' },
    HostConfig: { NetworkMode: 'mqtt-lab-one' },
    NetworkSettings: { Networks: { 'mqtt-lab-one': network('198.18.1.2') } },
    Mounts: [],
    ...changes,
  };
}

function network(IPAddress: string): Docker.NetworkInfo {
  const address = { IPAddress, IPPrefixLen: 24, Gateway: '198.18.1.1', MacAddress: '', NetworkID: 'network' };
  return { ...address, EndpointID: '', IPv6Gateway: '', GlobalIPv6Address: '', GlobalIPv6PrefixLen: 0 };
}

const labels = container().Labels;

/** [case; the engine's containers; changes of the lab's spec; the state, and why] */
const rows: readonly (readonly [string, readonly Docker.ContainerInfo[], object, string])[] = [
  ['none', [], {}, 'absent'],
  ["another machine's", [container({ Names: ['/mqtt-lab-one-pi2'] })], {}, 'absent'],
  ['up to date', [container()], {}, 'running'],
  ['the network is gone', [container()], { network: { id: undefined } }, 'stale: its network was removed or replaced'],
  ['the network is another', [container()], { network: { id: 'new' } }, 'stale: it was created from another lab file'],
  ['the key is gone', [container()], { key: undefined }, "stale: the lab's key for it is gone"],
  ['another image', [container()], { image: { recipe: 'new' } }, 'stale: it was created from another lab file'],
  ['no recipe', [container({ Labels: {} })], {}, 'stale: it was created from another lab file'],
  ['never started', [container({ State: 'created' })], {}, 'stale: its state is "created"'],
  ['starts again and again', [container({ State: 'restarting' })], {}, 'stale: its state is "restarting"'],
  ['stopped', [container({ State: 'exited', Ports: [] })], {}, 'stopped: its state is "exited"'],
  ['paused', [container({ State: 'paused' })], {}, 'stopped: its state is "paused"'],
  ['on no network', [container({ NetworkSettings: { Networks: {} } })], {}, 'stopped: its state is "running"'],
];

for (const [what, containers, changes, expected] of rows) {
  test(`finds the state of a container: ${what}: ${expected}`, (t) => {
    const state = containerState(containers, { ...WANTED, ...changes });
    t.is(describe(state), expected);
  });
}

function describe(state: ContainerState): string {
  return 'why' in state ? `${state.state}: ${state.why}` : state.state;
}

test('takes a running container’s address and ports from the engine’s list', (t) => {
  const found = containerState([container()], WANTED);
  t.deepEqual(found.state === 'running' ? found.container : undefined, {
    name: 'pi',
    created: false,
    ssh: {
      ...{ user: 'pi', address: '127.0.0.1', port: 32_768 },
      ...{ identity: KEY.file, hostKey: 'ssh-ed25519 BBBB', isComplete: true },
    },
    address: '198.18.1.2',
    gateway: '198.18.1.1',
    published: new Map([[22, 32_768]]),
  });
});

test('lists the containers that the lab file no longer has', (t) => {
  const other = container({ Labels: { ...labels, [MACHINE]: 'old' } });
  t.deepEqual(unwantedContainers([container(), other], ['pi']), ['old']);
});
