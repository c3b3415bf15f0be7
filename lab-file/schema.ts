import * as z from 'zod';
import {
  address,
  filePath,
  groupName,
  hostKey,
  labName,
  optionName,
  optionValue,
  piName,
  softwareName,
  topicFilter,
  userName,
  whole,
} from './forms.ts';
import { hostText } from './host-text.ts';
import { ARCHITECTURES } from './lab.ts';
import { brokerTlsSchema, listenerSchema, listenerTlsSchema, userCertificate } from './listener-schema.ts';
import { allow, allowSecretly } from './mistake.ts';
import { REPOSITORY_KEYS, repositorySchema } from './repository.ts';
import { secretElsewhere, secretSources } from './secret-schema.ts';
import { wifiSchema } from './wifi.ts';

const identity = filePath
  .optional()
  .describe(
    'Private SSH key file, relative to this file or starting with ~/. Default: the agent and the key files of ~/.ssh/config.',
  );
const pinnedKey = hostKey
  .optional()
  .describe(
    "The host's public key as in known_hosts, such as `ssh-ed25519 AAAA…`. Default: ~/.ssh/known_hosts decides.",
  );

export const hostPasswordSchema = secretElsewhere('a reader of the lab file does not become root on the host');
const hostPassword = hostPasswordSchema
  .optional()
  .describe(
    'Password of the SSH user, for a host that accepts no key and for sudo: { env: NAME } or { file: PATH }. Default: a prompt on the terminal.',
  );

const brokerSchema = z.strictObject(
  {
    host: hostText(['local', 'container', 'external'])
      .default('local')
      .describe(
        'Where the broker runs: local (this machine), container (a Debian container), ssh://[user@]host[:port], or external (a broker at `address` that the lab verifies and never changes).',
      ),
    address: address
      .optional()
      .describe('Host name or IP address at which clients reach the broker. Required for an external broker.'),
    port: whole(1, 65535).default(1883).describe('TCP port that the broker listens on, where `listeners` is left out.'),
    listeners: z
      .array(listenerSchema, allow('a list of listeners is allowed, such as [{ port: 8883, tls: {} }]'))
      .min(1, { error: 'is empty; at least one listener is required' })
      .optional()
      .describe('The ports that the broker listens on. Default: one on `port`, plain.'),
    tls: brokerTlsSchema.prefault({}),
    // 1200 is AWS IoT Core's limit; mosquitto.conf(5) requires at least 10
    maxKeepAlive: whole(10, 65535, ' of seconds')
      .default(1200)
      .describe('Longest keep alive that a client may request, in seconds.'),
    software: softwareName
      .optional()
      .describe(
        'What an external broker is, such as `mosquitto 2.0.11` or `rabbitmq 3.10`. The checks then expect its known deviations from the standard.',
      ),
    options: z
      .record(optionName, optionValue, allow('a mapping of mosquitto.conf(5) options is allowed'))
      .prefault({})
      .describe('Further options of mosquitto.conf(5), such as `max_queued_messages: 200`.'),
    identity,
    hostKey: pinnedKey,
    password: hostPassword,
  },
  allow('a mapping is allowed, such as { host: local }'),
);

export const piSchema = z
  .strictObject(
    {
      host: hostText(['container']).describe(
        'Where the Pi is: container (emulated) or ssh://[user@]host[:port] (a real one).',
      ),
      architecture: z
        .enum(ARCHITECTURES, allow(`${ARCHITECTURES.join(' or ')} is allowed`))
        .optional()
        .describe("Architecture of an emulated Pi: amd64 or arm64. Default: the Docker engine's own."),
      repository: repositorySchema
        .default('debian')
        .describe(
          "Where the MQTT clients come from: debian (the Pi's own sources), mosquitto.org, or another signed repository, { url: URL, key: FILE }.",
        ),
      reboot: z
        .boolean(allow('true or false is allowed'))
        .default(false)
        .describe('Whether the Pi reboots once after its packages are installed.'),
      wifi: wifiSchema.optional().describe("The Pi's Wi-Fi, for the card that `image` makes. Default: none."),
      identity,
      hostKey: pinnedKey,
      password: hostPassword,
    },
    allow('a mapping is allowed, such as { host: container }'),
  )
  .describe('A Raspberry Pi, real or emulated.');

export const PASSWORD =
  'text, { env: NAME } or { file: PATH } is allowed (quote text that YAML would read as something else)';

/** Plain scalars such as 0123 or true arrive as their text, so editors must accept them too. */
const literal = z
  .string(allowSecretly(PASSWORD))
  .min(1, allowSecretly(PASSWORD))
  .meta({ type: ['string', 'number', 'boolean'] });

export const passwordSchema = z
  .union([literal, ...secretSources], allowSecretly(PASSWORD))
  .describe('The password: the text itself, { env: NAME } or { file: PATH }.');

export const userSchema = z
  .strictObject(
    { password: passwordSchema.optional(), certificate: userCertificate },
    allowSecretly('a mapping with a password is allowed'),
  )
  .meta({ anyOf: [{ required: ['password'] }, { required: ['certificate'] }] })
  .describe('A user who may connect to the broker.');

function listOf(name: string, names: string) {
  const text = z.string(allow(`the name of ${name} is allowed`)).meta({ type: ['string', 'number', 'boolean'] });
  return z.array(text, allow(`a list of ${names} is allowed`));
}
const userNames = listOf('a user or a group', 'users and groups').default([]);

export const topicSchema = z
  .strictObject(
    {
      publish: userNames.describe('Users and groups who may publish to the topic; `all` is every user of this file.'),
      subscribe: userNames.describe('Users and groups who may read the topic.'),
      lastWill: userNames.describe(
        'Users and groups who may leave a last will on the topic; Mosquitto then also lets them publish to it.',
      ),
      deny: userNames.describe('Users and groups who may do nothing with the topic, whatever other topics say.'),
    },
    allow('a mapping is allowed, such as { publish: [USER], subscribe: [USER] }'),
  )
  .describe('Who may publish to the topic, subscribe to it and leave a last will on it.');

const containersSchema = z.strictObject(
  {
    debian: z.literal([12, 13], allow('12 or 13 is allowed')).default(12).describe('Debian release of the containers.'),
    subnet: z
      .string(allow('a network such as 198.18.7.0/24 is allowed'))
      .regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, allow('a network such as 198.18.7.0/24 is allowed'))
      .optional()
      .describe('IPv4 network of the containers, such as 198.18.7.0/24. Default: a free /24 of 198.18.0.0/15.'),
  },
  allow('a mapping is allowed, such as { debian: 12 }'),
);

/** The shape of lab.yaml: forms and defaults. rules.ts compares its parts. */
export const labSchema = z.strictObject(
  {
    name: labName.describe("The lab's name, which distinguishes the containers and networks of several labs."),
    broker: brokerSchema.prefault({}).describe('The MQTT broker.'),
    pis: z
      .record(piName, piSchema, allow('a mapping of Pis is allowed, {} for none'))
      .prefault({})
      .describe('The Raspberry Pis, by name.'),
    users: z
      .record(userName, userSchema, allowSecretly('a mapping of users is allowed, such as { sam: { password: sam } }'))
      .refine((users) => Object.keys(users).length > 0, { error: 'is empty; at least one user is required' })
      .meta({ minProperties: 1 })
      .describe('Who may connect to the broker, by name.'),
    groups: z
      .record(
        groupName,
        listOf('a user', 'users'),
        allow('a mapping of groups is allowed, such as { sensors: [hall, kitchen] }'),
      )
      .prefault({})
      .describe('Groups of users, by name. The rights name a group like a user.'),
    topics: z
      .record(topicFilter, topicSchema, allow('a mapping of topics is allowed, {} for none'))
      .prefault({})
      .describe(
        "The topics, by name or by filter: + is any level, # any levels below, %u the user's name, %c the client id.",
      ),
    containers: containersSchema.prefault({}).describe('The Docker containers of the lab.'),
  },
  allow('a mapping with the keys name, broker, pis, users, groups, topics, containers is allowed'),
);

export type LabShape = z.output<typeof labSchema>;

/** The keys of each part; `*` stands for any name. */
export const KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['', Object.keys(labSchema.shape)],
  ['broker', Object.keys(brokerSchema.shape)],
  ['pis.*', Object.keys(piSchema.shape)],
  ['pis.*.repository', REPOSITORY_KEYS],
  ['users.*', Object.keys(userSchema.shape)],
  ['broker.password', ['env', 'file']],
  ['broker.listeners.*', Object.keys(listenerSchema.shape)],
  ['broker.listeners.*.tls', Object.keys(listenerTlsSchema.shape)],
  ['pis.*.password', ['env', 'file']],
  ['pis.*.wifi', Object.keys(wifiSchema.shape)],
  ['pis.*.wifi.password', ['env', 'file']],
  ['users.*.password', ['env', 'file']],
  ['users.*.certificate', ['certificate', 'key']],
  ['broker.tls', Object.keys(brokerTlsSchema.shape)],
  ['topics.*', Object.keys(topicSchema.shape)],
  ['containers', Object.keys(containersSchema.shape)],
]);
