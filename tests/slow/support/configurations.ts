import { createHash, randomBytes } from 'node:crypto';
import { passwdEntry } from '../../../mosquitto/passwd.ts';

/** An existing Mosquitto on Debian: its files below /etc/mosquitto, and what their import says. */
export type Configuration = {
  readonly title: string;
  readonly users: readonly string[];
  /** Path below /etc/mosquitto → content; Debian's own files stay where none is given. */
  readonly files: Readonly<Record<string, string>>;
  /** The notes of the import, a pattern each. */
  readonly notes: readonly RegExp[];
  /** Those of an import with --external, where they differ. */
  readonly externalNotes?: readonly RegExp[];
  /** Debian 12's Mosquitto opens no listener for WebSockets. */
  readonly debian12Notes?: readonly RegExp[];
  readonly port: number;
};

const PORT = 18_860;
const OWN = 'allow_anonymous false\npassword_file /etc/mosquitto/passwd\nacl_file /etc/mosquitto/acl\n';
const PLAIN = `listener ${PORT}\n${OWN}`;
const CERTIFICATES = '/etc/mosquitto/certs';

/** The usual way of Mosquitto 2, `$7$`: each user's password is the name. */
function hashed(users: readonly string[], entry: (password: string) => string = passwdEntry): string {
  return users.map((user) => `${user}:${entry(passwordOf(user))}\n`).join('');
}

/** The way of Mosquitto 1, which 2.0 reads as well. */
function oldEntry(password: string): string {
  const salt = randomBytes(12);
  const hash = createHash('sha512').update(password).update(salt).digest('base64');
  return `$6$${salt.toString('base64')}$${hash}`;
}

export function passwordOf(user: string): string {
  return `password of ${user}`;
}

type Given = Partial<Omit<Configuration, 'title' | 'files'>> & { readonly files?: Readonly<Record<string, string>> };

/** A configuration with its users in /etc/mosquitto/passwd, and all else in conf.d unless `files` says otherwise. */
function configuration(title: string, acl: string, { users = ['hall', 'kitchen', 'dashboard'], ...given }: Given = {}) {
  const files = { passwd: hashed(users), acl, 'conf.d/home.conf': PLAIN, ...given.files };
  return { title, notes: [], port: PORT, users, ...given, files };
}

const HOME_ACL = `user hall
topic write home/hall/temperature

user kitchen
topic write home/kitchen/temperature

user dashboard
topic read home/+/temperature
`;

export const CONFIGURATIONS: readonly Configuration[] = [
  configuration(
    'wildcards of one and of all levels',
    `# sensors
user hall
topic write home/+/temperature
user kitchen
topic write home/+/temperature
user dashboard
topic read home/#
topic readwrite commands/+/set
`,
  ),
  configuration(
    'a pattern by user name',
    `user dashboard
topic read devices/#

pattern readwrite devices/%u/#
pattern read announcements
`,
  ),
  configuration(
    'patterns by client id, also with the user name',
    `pattern write clients/%c/state
pattern read clients/%c/commands/#
pattern write of/%u/%c
user dashboard
topic read clients/+/state
`,
  ),
  configuration('$SYS, and hashes of Mosquitto 1', `${HOME_ACL}topic read $SYS/broker/#\n`, {
    files: { passwd: `${hashed(['hall', 'kitchen'], oldEntry)}${hashed(['dashboard'])}` },
  }),
  configuration('a second listener on the loopback address', HOME_ACL, {
    files: { 'conf.d/home.conf': `listener ${PORT + 1} 127.0.0.1\n${PLAIN}max_connections 200\n` },
    externalNotes: [new RegExp(`home\\.conf:1: .*${PORT + 1} on the loopback`)],
    notes: [/conf:6: max_connections: .*SIGHUP/],
  }),
  configuration('WebSockets', HOME_ACL, {
    files: { 'conf.d/home.conf': PLAIN, 'conf.d/web.conf': `listener ${PORT + 1}\nprotocol websockets\n` },
    debian12Notes: [new RegExp(`web\\.conf:1: .*${PORT + 1} for WebSockets: this Mosquitto`)],
  }),
  configuration('TLS beside a plain listener', HOME_ACL, {
    files: {
      'conf.d/home.conf': PLAIN,
      'conf.d/tls.conf': `listener ${PORT + 1}\ncertfile ${CERTIFICATES}/server.pem\nkeyfile ${CERTIFICATES}/server.key\n`,
    },
    externalNotes: [new RegExp(`tls\\.conf:1: .*${PORT + 1} with TLS`)],
    notes: [/tls\.conf:2: certfile: /],
  }),
  configuration('client certificates that name the user', `${HOME_ACL}\nuser lock\ntopic write home/lock/state\n`, {
    files: {
      'conf.d/home.conf': PLAIN,
      'conf.d/tls.conf': `listener ${PORT + 1}
certfile ${CERTIFICATES}/server.pem
keyfile ${CERTIFICATES}/server.key
cafile ${CERTIFICATES}/server.pem
require_certificate true
use_identity_as_username true
`,
    },
    externalNotes: [
      new RegExp(`tls\\.conf:1: .*${PORT + 1} with TLS: .*scp theirs:${CERTIFICATES}/server\\.pem .*clients: required`),
      /acl:\d+: .*"lock"/,
    ],
    notes: [/tls\.conf:2: certfile: /, /tls\.conf:5: require_certificate: /],
  }),
  configuration(
    'deny',
    `user hall
topic readwrite home/#
topic deny home/alarm/#

user kitchen
topic home/kitchen/#

user dashboard
topic read #
topic deny home/secret

pattern deny private/+/%u
`,
    { notes: [/acl:\d+: denies "dashboard" also what line \d+ allows/] },
  ),
  configuration(
    'leftovers of anonymous clients and of a removed user',
    `topic read $SYS/#
topic read public/#

${HOME_ACL}
user guest
topic read home/#
`,
    { notes: [/acl:1: .*anonymous/, /acl:2: .*anonymous/, /acl:\d+: .*"guest"/] },
  ),
  configuration(
    'an include_dir in several files, and user names with blanks and capitals',
    `user hall sensor
topic write home/hall/room temperature
user Hall Sensor
topic write home/hall/room temperature
user dashboard
topic read home/hall/#
`,
    {
      users: ['hall sensor', 'Hall Sensor', 'dashboard'],
      files: {
        'conf.d/home.conf': `listener ${PORT}\n`,
        'conf.d/10-users.conf': 'allow_anonymous false\npassword_file /etc/mosquitto/passwd\n',
        'conf.d/20-rights.conf': 'acl_file /etc/mosquitto/acl\n',
        'conf.d/Limits.conf': 'max_keepalive 300\nmax_queued_messages 500\nmax_inflight_messages 20\n',
        'conf.d/old.conf.bak': 'listener 1\n',
      },
    },
  ),
  configuration('everything in a main file of their own', '', {
    port: PORT + 2,
    files: {
      'mosquitto.conf': `# by hand
port ${PORT + 2}
user mosquitto
persistence true
persistence_location /var/lib/mosquitto/
log_dest file /var/log/mosquitto/mosquitto.log
log_type error
log_type warning
autosave_interval 300
allow_anonymous false
password_file /etc/mosquitto/private/users
acl_file /etc/mosquitto/private/rights
connection cloud
address 198.18.255.254:1883
topic home/# out
`,
      'private/users': hashed(['hall', 'kitchen', 'dashboard']),
      'private/rights': HOME_ACL,
      'conf.d/home.conf': '# not included\n',
    },
    notes: [/conf:7: log_type/, /conf:8: log_type/, /conf:13: connection/],
  }),
  configuration('users without an ACL file', '', {
    files: { 'conf.d/home.conf': `listener ${PORT}\nallow_anonymous false\npassword_file /etc/mosquitto/passwd\n` },
  }),
];
