import type { NetworkInterfaceInfo } from 'node:os';
import test from 'ava';
import type { Reading } from './_reading.ts';
import { read, withPart } from './_reading.ts';

const PRIVATE = '198.18.0.0/15, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16';

function wire(cidr: string): NetworkInterfaceInfo[] {
  const address = cidr.slice(0, cidr.indexOf('/'));
  return [{ family: 'IPv4', address, netmask: '', mac: '', internal: false, cidr }];
}

type Row = readonly [part: string, mistakes: readonly string[], reading?: Reading];

/** [a part of a lab file, from line 3 on; its mistakes without "lab.yaml:"; what is around the file] */
const rows: readonly Row[] = [
  [
    'broker: { host: container }\npis: { pi: { host: "ssh://pi@pi.local" } }',
    [
      '4:20: pis.pi.host is another machine, which cannot reach a broker in a container; with it, broker.host local or ssh://… is allowed',
    ],
  ],
  ['broker: { host: container, address: hub.local }\npis: { pi: { host: "ssh://pi@pi.local" } }', []],
  ['broker: { options: { message_size_limit: 0, max_packet_size: 16384 } }', []],
  [
    'broker: { options: { max_packet_size: 99, message_size_limit: 100 } }',
    [
      '3:39: broker.options.max_packet_size is 99; at least 16384 is allowed, because the checks publish messages of 10,000 bytes',
      '3:63: broker.options.message_size_limit is 100; at least 16384 is allowed, because the checks publish messages of 10,000 bytes',
    ],
  ],
  ['topics: { a: { publish: [sam, alice], lastWill: [sam] } }', []],
  [
    'topics: { a: { publish: [sm] } }',
    ['3:26: topics.a.publish[0] names the undeclared user "sm" (did you mean "sam"?); declared users: sam, alice'],
  ],
  [
    'topics: { a: { subscribe: [sam, root], lastWill: [SAM] } }',
    [
      '3:33: topics.a.subscribe[1] names the undeclared user "root"; declared users: sam, alice',
      '3:51: topics.a.lastWill[0] names the undeclared user "SAM" (did you mean "sam"?); declared users: sam, alice',
    ],
  ],
  [
    'topics: { a: { publish: [toString] } }',
    ['3:26: topics.a.publish[0] names the undeclared user "toString"; declared users: sam, alice'],
  ],
  [
    'topics: { a: { publish: [sam, alice, sam] } }',
    ['3:38: topics.a.publish[2] names "sam" again; each name once is allowed'],
  ],
  ['broker: { host: external, address: h }', []],
  ['broker: { host: external, address: h, software: rabbitmq 3.10 }', []],
  [
    'broker: { host: container, software: mosquitto 2.0.11 }',
    [
      '3:28: broker.software has no effect, since the lab asks its own broker; it is allowed beside broker.host: external',
    ],
  ],
  [
    'broker: { host: external }',
    ['3:17: broker.host is external without an address; broker.address is needed beside it'],
  ],
  [
    'broker: { host: external, address: h, options: { log_type: all } }',
    [
      '3:39: broker.options has no effect, since an external broker is never changed; leave it out or choose another broker.host',
    ],
  ],
  [
    'broker: { identity: id }',
    ['3:11: broker.identity has no effect without SSH; it is allowed beside broker.host: ssh://user@host'],
  ],
  [
    'pis: { a: { host: container, hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPH } }',
    ['3:30: pis.a.hostKey has no effect without SSH; it is allowed beside pis.a.host: ssh://user@host'],
  ],
  [
    'pis: { a: { host: container, password: { file: id } } }',
    ['3:30: pis.a.password has no effect without SSH; it is allowed beside pis.a.host: ssh://user@host'],
    { files: { id: 'secret' } },
  ],
  ['pis: { a: { host: container, architecture: amd64 } }', []],
  [
    'pis: { a: { host: "ssh://me@h", architecture: arm64 } }',
    ['3:33: pis.a.architecture has no effect on a real Pi; it is allowed beside pis.a.host: container'],
  ],
  ['pis: { a: { host: "ssh://me@h", identity: id } }', [], { files: { id: 'key' } }],
  [
    'pis: { a: { host: "ssh://me@h", identity: id } }',
    [
      '3:43: pis.a.identity "id" is not a readable file; a private key file is allowed, relative to the lab file or starting with ~/',
    ],
  ],
  [
    'pis: { a: { host: "ssh://me@h", identity: id } }',
    [
      '3:43: pis.a.identity "id" is not a readable file; a private key file is allowed, relative to the lab file or starting with ~/',
    ],
    { files: { 'id/inside': 'a folder' } },
  ],
  ['pis: { a: { host: "ssh://me@h" }, b: { host: "ssh://me@h:23" }, c: { host: "ssh://g" } }', []],
  [
    'pis: { a: { host: "ssh://me@h:22" }, b: { host: "ssh://h" } }',
    ['3:49: pis.b.host is the same machine as pis.a; a machine of its own is allowed'],
  ],
  [
    'pis: { a: { host: "ssh://me@h" }, b: { host: "ssh://you@H:22" } }',
    ['3:46: pis.b.host is the same machine as pis.a; a machine of its own is allowed'],
  ],
  [
    'broker: { host: "ssh://me@h" }\npis: { a: { host: "ssh://me@h" } }',
    ['4:19: pis.a.host is the same machine as broker; a machine of its own is allowed'],
  ],
  ['containers: { subnet: 198.19.7.0/24 }', []],
  ['containers: { subnet: 10.1.0.0/16 }', [], { interfaces: { eth0: wire('10.2.0.5/16'), lo: wire('127.0.0.1/8') } }],
  ['containers: { subnet: 10.1.2.0/28 }', [], { interfaces: { 'lab-one': wire('10.1.2.1/28') } }],
  [
    'containers: { subnet: 10.1.2.0/24 }',
    ['3:23: containers.subnet overlaps eth0, 10.0.0.0/8; a network that this machine does not use is allowed'],
    { interfaces: { eth0: wire('10.200.0.5/8') } },
  ],
  [
    'containers: { subnet: 10.1.0.0/16 }',
    ['3:23: containers.subnet overlaps wlan0, 10.1.255.0/24; a network that this machine does not use is allowed'],
    { interfaces: { wlan0: wire('10.1.255.9/24') } },
  ],
  [
    'containers: { subnet: 198.18.7.300/24 }',
    ['3:23: containers.subnet is not an IPv4 network; numbers up to 255 and a prefix up to 32 are allowed'],
  ],
  ['containers: { subnet: 10.0.0.0/15 }', ['3:23: containers.subnet has the prefix /15; /16 to /28 is allowed']],
  ['containers: { subnet: 10.0.0.0/29 }', ['3:23: containers.subnet has the prefix /29; /16 to /28 is allowed']],
  [
    'containers: { subnet: 192.168.255.19/28 }',
    ["3:23: containers.subnet has host bits; the network's own address is allowed: 192.168.255.16/28"],
  ],
  [
    'containers: { subnet: 8.8.8.0/24 }',
    [`3:23: containers.subnet is not a private network; one inside ${PRIVATE} is allowed`],
  ],
  [
    'containers: { subnet: 172.32.0.0/16 }',
    [`3:23: containers.subnet is not a private network; one inside ${PRIVATE} is allowed`],
  ],
];

for (const [index, [part, mistakes, reading]] of rows.entries()) {
  test(`${index}: ${part}`, (t) => {
    t.deepEqual(
      read(withPart(part), reading).mistakes,
      mistakes.map((mistake) => `lab.yaml:${mistake}`),
    );
  });
}
