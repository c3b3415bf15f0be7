import type { Secret } from '../../base/secret.ts';
import type { Host } from '../../provisioning/hosts/host.ts';
import type { Endpoint } from '../mqtt/endpoint.ts';
import type { HostEndpoint } from '../mqtt/host-endpoint.ts';
import type { Will } from '../mqtt/packet.ts';
import type { QoS, Version } from '../mqtt/session.ts';
import type { KernelEnd } from '../network/kernel-end.ts';

type Login = {
  readonly user: string;
  readonly password?: Secret | undefined;
  readonly clientId: string;
  readonly version: Version;
  readonly clean: boolean;
  /** Seconds. */
  readonly keepAlive: number;
  readonly will?: (Omit<Will, 'qos'> & { readonly qos: QoS }) | undefined;
};

export type Subscription = { readonly filter: string; readonly qos: QoS };
export type Message = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: QoS;
  readonly retain: boolean;
};

/** A client of the live view. It subscribes once the broker has accepted it. */
export type LiveOptions = (Login & MqttJs & { readonly host?: undefined; readonly endpoint: Endpoint }) | HostOptions;

/** mqtt.js always runs in this process; with a `host`, its connection is there. */
type MqttJs = { readonly program: 'mqtt.js'; readonly subscription?: Subscription | undefined };

/** A client whose connection recorder.py holds on a host. */
export type HostOptions = Login & {
  readonly host: Host;
  /** Its clock needs no queries. */
  readonly isThisMachine?: boolean;
  readonly endpoint: HostEndpoint;
} & (
    | MqttJs
    | { readonly program: 'paho'; readonly subscription?: Subscription | undefined }
    | ({ readonly program: 'mosquitto' } & (
        | { readonly subscription: Subscription }
        /** mosquitto_pub publishes all messages with the topic, QoS and retain that it was started with. */
        | { readonly subscription?: undefined; readonly message: Omit<Message, 'payload'> }
      ))
  );

/** A client whose connection is recorded. It never reconnects. Disposing of it ends everything that belongs to it. */
export type LiveClient = AsyncDisposable & {
  /** The process that holds the TCP connection, on the client's host. */
  readonly pid: number;
  readonly localPort: number;
  /** How far the times of its events may be wrong, in milliseconds. */
  clockErrorMs(): number;
  /** Nothing happens once the client has ended. Throws a LabError where the program cannot publish that. */
  publish(message: Message): void;
  /** Throws a LabError where the program cannot subscribe again. */
  subscribe(filter: string, qos: QoS): void;
  /** DISCONNECT, then the end of the connection. */
  disconnect(): void;
  /** Ends the connection by FIN, without DISCONNECT. */
  fin(): void;
  /** Ends the connection by RST. */
  rst(): void;
  /** Kills the program by SIGKILL; returns how its kernel ended the connection, once it is dead. */
  kill(): Promise<KernelEnd>;
};

/** What a client program does, over its recorder. */
export type Program = Pick<LiveClient, 'publish' | 'subscribe' | 'disconnect'>;
