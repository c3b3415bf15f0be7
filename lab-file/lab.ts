import type { Secret } from '../base/secret.ts';
import type { SshAddress } from './ssh-address.ts';

/** What lab.yaml says, checked and complete: with every default and every reference resolved. */
export type Lab = {
  readonly name: string;
  /** Absolute path of the lab file. */
  readonly file: string;
  /** Folder of the lab file and of `.lab/`. */
  readonly directory: string;
  readonly broker: Broker;
  readonly pis: readonly Pi[];
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  /** The rights, in the order of the file. */
  readonly rules: readonly Rule[];
  /** A topic of each rule at which a run shows the rights: its own where it has no wildcard. */
  readonly topics: readonly Topic[];
  readonly containers: Containers;
};

export type Broker = {
  readonly host: LocalPlace | ContainerPlace | SshPlace | ExternalPlace;
  /** Host name or address at which MQTT clients reach the broker, where the lab can't find it out; always given for `external`. */
  readonly address: string | undefined;
  /** The first listener's port. */
  readonly port: number;
  /** At least one. */
  readonly listeners: readonly Listener[];
  readonly tls: BrokerTls;
  /** Longest keep alive that a client may request, in seconds (mosquitto.conf(5), max_keepalive). */
  readonly maxKeepAlive: number;
  /** What an external broker is, as the lab file says; always undefined for the lab's own. */
  readonly software: BrokerSoftware | undefined;
  /** Further mosquitto.conf(5) options, in the order of the file. */
  readonly options: readonly BrokerOption[];
};

/** A port that the broker listens on (mosquitto.conf(5), listener). */
export type Listener = {
  readonly port: number;
  /** `loopback`: only programs on the broker's host reach it. */
  readonly bind: 'all' | 'loopback';
  readonly protocol: 'mqtt' | 'websockets';
  /** Undefined: plain. */
  readonly tls: ListenerTls | undefined;
};

export type ListenerTls = {
  /** Whether a client must show a certificate. */
  readonly clients: 'none' | 'required';
  /** What names the user: the CONNECT, or the common name of the client's certificate. */
  readonly identity: 'password' | 'common-name';
};

export type BrokerTls = {
  /** The broker's certificate: the lab file's own, or undefined for one of the lab's CA. */
  readonly own: ServerCertificate | undefined;
  /** Serial numbers of client certificates that are no longer valid, in lower-case hexadecimal digits. */
  readonly revoke: readonly string[];
};

/** Absolute paths of PEM files; `certificate` and `key` are undefined for an external broker. */
export type ServerCertificate = {
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** With which clients verify the broker. */
  readonly ca: string;
};

/** Brokers whose deviations from the standard the checks know. */
export const PRODUCTS = ['mosquitto', 'rabbitmq', 'ejabberd', 'aedes'] as const;
export type Product = (typeof PRODUCTS)[number];
/** What an external broker is; the version such as `2.0.11`. */
export type BrokerSoftware = { readonly product: Product; readonly version: string };

export type BrokerOption = { readonly name: string; readonly value: string | number | boolean };

export type Pi = {
  readonly name: string;
  readonly host: EmulatedPlace | SshPlace;
  readonly repository: Repository;
  /** Whether the Pi reboots once after its packages are installed. */
  readonly reboot: boolean;
  readonly wifi?: Wifi | undefined;
};

/** A Pi's Wi-Fi network; the password is undefined where the command makes no card. */
export type Wifi = { readonly ssid: string; readonly country: string; readonly password: Secret | undefined };

/** Where a Pi's MQTT clients come from; `debian`: its own sources. */
export type Repository = { readonly kind: 'debian' } | AptRepository;

export type AptRepository = {
  readonly kind: 'apt';
  /** The part before `dists`, without a final slash. */
  readonly url: string;
  /** Undefined: the code name of the Pi's own release. */
  readonly suite: string | undefined;
  readonly components: readonly string[];
  /** The public key that signs the repository: as ASCII armour, or the https URL where this machine fetches it. */
  readonly key: { readonly text: string } | { readonly url: string };
};

export type LocalPlace = { readonly kind: 'local' };
export type ContainerPlace = { readonly kind: 'container' };
/** A Pi in a container; undefined: of the Docker engine's own architecture. */
export type EmulatedPlace = ContainerPlace & { readonly architecture?: Architecture | undefined };
export type ExternalPlace = { readonly kind: 'external' };
export type SshPlace = { readonly kind: 'ssh' } & SshAddress;

export type User = {
  readonly name: string;
  /** Undefined: only a certificate lets the user in. */
  readonly password: Secret | undefined;
  /** Undefined: the user's clients show none. */
  readonly certificate?: UserCertificate | undefined;
};

/** A client certificate: of the lab's CA, or absolute paths of PEM files. */
export type UserCertificate = 'lab' | { readonly certificate: string; readonly key: string };

type Rights = {
  /** Users, groups and `all` resolved to users, each once. */
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  readonly lastWill: readonly string[];
};

/** Who may do what with the topics of a filter; `%u` in it stands for the user's name, `%c` for the client id. */
export type Rule = Rights & {
  readonly filter: string;
  /** Who may do nothing with them, whatever other rules say. */
  readonly deny: readonly string[];
  /** The rights of `all` on a filter with `%u` or `%c`, which are a `pattern` of the ACL file. */
  readonly patterns: readonly (keyof Rights)[];
};

/** A topic, and who may do what with it by all rules together. */
export type Topic = Rights & { readonly name: string };

export type Group = { readonly name: string; readonly users: readonly string[] };

export const DEBIAN_SUITES = { 12: 'bookworm', 13: 'trixie' } as const;
export type DebianRelease = keyof typeof DEBIAN_SUITES;

/** Architectures of an emulated Pi, by Debian's and Docker's name; a real Pi with a 64-bit system is arm64. */
export const ARCHITECTURES = ['amd64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** The containers: their Debian release and their network. */
export type Containers = {
  readonly debian: DebianRelease;
  /** CIDR; undefined: a free /24 of 198.18.0.0/15 (RFC 2544), chosen by the lab's name. */
  readonly subnet: string | undefined;
};
