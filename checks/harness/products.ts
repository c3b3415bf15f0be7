import type { Product } from '../../lab-file/lab.ts';

type Release = readonly [major: number, minor: number, patch: number];

/** A known difference between a broker other than Mosquitto and the standard, by the checks that find it. */
export type ProductDeviation = {
  /** What the broker does instead. docs/verification.md has the same sentence. */
  readonly what: string;
  /** How the difference is known. */
  readonly source: string;
  /** Ids of the checks that find it. */
  readonly checks: RegExp;
  /** What their reason says. @default anything */
  readonly reason?: RegExp;
  /** `sometimes`: it depends on what else is under way, so the checks may also pass. */
  readonly how: 'always' | 'sometimes';
  /** First version that differs. @default all */
  readonly from?: Release;
  /** First version that no longer differs. @default none */
  readonly before?: Release;
};

const RABBITMQ = 'measured on 3.10.8 and 4.0.5';
const RABBITMQ_3 = 'measured on 3.10.8';
const RABBITMQ_4 = 'measured on 4.0.5';
const EJABBERD = 'measured on 23.01';
const AEDES = 'its source, 1.2.0';

/** Mosquitto's are in deviations.ts, where the checks expect each by what they see. */
export const PRODUCT_DEVIATIONS: Readonly<Record<Exclude<Product, 'mosquitto'>, readonly ProductDeviation[]>> = {
  rabbitmq: [
    {
      what: 'a PUBLISH of QoS 2 over 3.1.1 is answered with PUBACK, not with PUBREC [MQTT-4.3.3-2]',
      source: `rabbitmq.com/docs/mqtt supports QoS 0 and 1; ${RABBITMQ}`,
      checks: /^qos\.matrix\.p2s[012]\.v311$|^session\.publisher-resend\.(q2|pubrel)\.v311$/,
      how: 'always',
    },
    {
      what: 'CONNACK lacks Session Present for a session that has no subscriptions [MQTT-3.2.2-2]; 5: [MQTT-3.2.2-3]',
      source: RABBITMQ,
      checks: /^session\.publisher-resend\.q1\./,
      how: 'always',
    },
    {
      what: 'each connection counts packet ids from 1 again, so a resent message has its id only by chance [MQTT-4.4.0-1]',
      source: RABBITMQ,
      checks: /^session\.resend\.publish-q1\./,
      how: 'sometimes',
    },
    {
      what: 'a silent client is disconnected after up to two periods of 1.5 K, depending on its last packet [MQTT-3.1.2-24]',
      source: RABBITMQ_3,
      checks: /^keepalive\.(expiry|receive-only)\.\d+s\.v311$|^will\.silent\./,
      how: 'sometimes',
      before: [4, 0, 0],
    },
    {
      what: 'no last will is sent when the broker itself closes the connection, after an error or a takeover [MQTT-3.1.2-8]',
      source: RABBITMQ_3,
      checks: /^will\.(protocol-error|second-connect|takeover-clean|takeover-persistent)\..*\.v311$/,
      how: 'always',
      before: [4, 0, 0],
    },
    {
      what: 'a silent client is disconnected after 2.25 K [MQTT-3.1.2-24]; 5: [MQTT-3.1.2-22]',
      source: RABBITMQ_4,
      checks: /^keepalive\.expiry\.25s\.(v311|v5)$/,
      how: 'always',
      from: [4, 0, 0],
    },
    {
      what: 'a last will is sent although its owner reconnected before the broker had queued it [MQTT-3.1.3-9]',
      source: RABBITMQ_4,
      checks: /^will\.delay-reconnect\./,
      how: 'sometimes',
      from: [4, 0, 0],
    },
  ],
  aedes: [
    {
      what: 'CONNACK lacks Session Present for a session without subscriptions, although it exists [MQTT-3.2.2-2]',
      source: AEDES,
      checks: /^session\.publisher-resend\.(q1|q2|pubrel)\.v311$/,
      how: 'always',
    },
    {
      what: 'a resent message has no DUP flag [MQTT-3.3.1-1]',
      source: AEDES,
      checks: /^session\.resend\.publish-q[12]\.v311$/,
      how: 'always',
    },
    {
      what: 'a PUBLISH may be sent again after its PUBREL, since exchanges of one client are confused [MQTT-4.3.3-1]',
      source: AEDES,
      checks: /^session\.resend\.pubrel\.v311$/,
      how: 'sometimes',
    },
    {
      what: 'queued and new messages are delivered at the same time, so a later one may come first [MQTT-4.6.0-6]',
      source: AEDES,
      checks: /^session\.offline\.q[12]\.v311$/,
      how: 'sometimes',
    },
    {
      what: 'a client to whom messages come as its session returns is cut off, and they wait for its next connection',
      source: AEDES,
      checks: /^session\.takeover\.v311$|^acl\.subscribe\..*\.queued\.v311$/,
      reason: /connection is closed|PINGREQ|^0 copies/,
      how: 'sometimes',
    },
  ],
  ejabberd: [
    {
      what: 'a refused subscription over 3.1.1 is answered with a reason code of MQTT 5 [MQTT-3.9.3-2]',
      source: EJABBERD,
      checks: /^acl\.subscribe\..*\.(exact|plus|hash)\.v311$/,
      reason: /which 3\.1\.1 reserves/,
      how: 'sometimes',
    },
    {
      what: 'user names are compared without letter case, since they are JIDs (RFC 7622, 3.3)',
      source: EJABBERD,
      checks: /^auth\.unknown-user\..*\.case\./,
      how: 'always',
    },
    {
      what: 'a message with RETAIN that follows a SUBSCRIBE at once may arrive both live and as retained',
      source: EJABBERD,
      checks: /^retained\.served\./,
      reason: /2 copies/,
      how: 'sometimes',
    },
  ],
};
