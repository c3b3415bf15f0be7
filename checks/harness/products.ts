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
  /** What their reason says, so that no other failure of these checks counts as known. */
  readonly reason: RegExp;
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

const NO_SESSION = /^the broker had discarded the session$/;
const LATE_EXPIRY = /^the broker (did not close the connection within|closed the connection .*, later than)/;
/** Each of the three queued messages once, or the later message, 3, not last. */
const EACH_IN_ANOTHER_ORDER =
  /^the messages arrived as ((0, 2, 1|1, 0, 2|1, 2, 0|2, 0, 1|2, 1, 0), not|.*, and 3 was published last)/;
/** The client's wait ended with its connection; or the rights check found it closed, and the message still queued. */
const CUT_OFF =
  /: no (message on the second connection|sentinel|PINGRESP): (the connection is closed|write EPIPE|read ECONNRESET)$|did not answer a PINGREQ|^0 copies of the queued message/;

/** Mosquitto's are in deviations.ts, where the checks expect each by what they see. */
export const PRODUCT_DEVIATIONS: Readonly<Record<Exclude<Product, 'mosquitto'>, readonly ProductDeviation[]>> = {
  rabbitmq: [
    {
      what: 'the broker answers a PUBLISH of QoS 2 over 3.1.1 with PUBACK, not with PUBREC [MQTT-4.3.3-2]',
      source: `rabbitmq.com/docs/mqtt supports QoS 0 and 1; ${RABBITMQ}`,
      checks: /^qos\.matrix\.p2s[012]\.v311$|^session\.publisher-resend\.(q2|pubrel)\.v311$/,
      reason:
        /^the publisher saw → PUBLISH \d+, ← PUBACK \d+, not|^the broker answered a PUBLISH of QoS 2 with PUBACK$/,
      how: 'always',
    },
    {
      what: 'CONNACK lacks Session Present for a session that has no subscriptions [MQTT-3.2.2-2]; 5: [MQTT-3.2.2-3]',
      source: RABBITMQ,
      checks: /^session\.publisher-resend\.q1\./,
      reason: NO_SESSION,
      how: 'always',
    },
    {
      what: 'each connection counts packet ids from 1 again, so a resent message has its id only by chance [MQTT-4.4.0-1]',
      source: RABBITMQ,
      checks: /^session\.resend\.publish-q1\./,
      reason: /^the broker resent it with packet id/,
      how: 'sometimes',
    },
    {
      what: 'the broker disconnects a silent client after up to two periods of 1.5 K, depending on its last packet [MQTT-3.1.2-24]',
      source: RABBITMQ_3,
      checks: /^keepalive\.(expiry|receive-only)\.\d+s\.v311$|^will\.silent\./,
      reason: LATE_EXPIRY,
      how: 'sometimes',
      before: [4, 0, 0],
    },
    {
      what: 'no last will is sent when the broker itself closes the connection, after an error or a takeover [MQTT-3.1.2-8]',
      source: RABBITMQ_3,
      checks: /^will\.(protocol-error|second-connect|takeover-clean|takeover-persistent)\..*\.v311$/,
      reason: /^no last will (arrived; one was due|is published when)|closes it without its last will/,
      how: 'always',
      before: [4, 0, 0],
    },
    {
      what: 'the broker disconnects a silent client after 2.25 K [MQTT-3.1.2-24]; 5: [MQTT-3.1.2-22]',
      source: RABBITMQ_4,
      checks: /^keepalive\.expiry\.25s\.(v311|v5)$/,
      reason: LATE_EXPIRY,
      how: 'always',
      from: [4, 0, 0],
    },
    {
      what: 'a last will is sent although its owner reconnected before the broker had queued it [MQTT-3.1.3-9]',
      source: RABBITMQ_4,
      checks: /^will\.delay-reconnect\./,
      reason: /^1 last will arrived; none was due$/,
      how: 'sometimes',
      from: [4, 0, 0],
    },
    {
      what: 'a filter with a wildcard receives no retained message, only one that names the topic does [MQTT-3.3.1-6]',
      source: RABBITMQ_4,
      checks: /^acl\.subscribe\..*\.retained\./,
      reason: /^0 copies of the retained message arrived at a SUBSCRIBE with \+, not one$/,
      how: 'sometimes',
    },
  ],
  aedes: [
    {
      what: 'CONNACK lacks Session Present for a session that has no subscriptions [MQTT-3.2.2-2]',
      source: AEDES,
      checks: /^session\.publisher-resend\.(q1|q2|pubrel)\.v311$/,
      reason: NO_SESSION,
      how: 'always',
    },
    {
      what: 'a resent message has no DUP flag [MQTT-3.3.1-1]',
      source: AEDES,
      checks: /^session\.resend\.publish-q[12]\.v311$/,
      reason: /without the DUP flag$/,
      how: 'always',
    },
    {
      what: 'a PUBLISH may be sent again after its PUBREL, or nothing, since exchanges of one client are confused [MQTT-4.3.3-1]',
      source: AEDES,
      checks: /^session\.resend\.pubrel\.v311$/,
      reason: /^\d+ copies of the PUBLISH arrived after the reconnect$|^the broker did not resend the PUBREL$/,
      how: 'sometimes',
    },
    {
      what: 'queued and new messages are delivered at the same time, so a later one may come first [MQTT-4.6.0-6]',
      source: AEDES,
      checks: /^session\.offline\.q[12]\.v311$/,
      reason: EACH_IN_ANOTHER_ORDER,
      how: 'sometimes',
    },
    {
      what: 'the broker disconnects a client that resumes its session while messages come, and keeps them for its next connection',
      source: AEDES,
      checks:
        /^session\.(takeover|unsubscribed|offline\.q[012]|resend\.[a-z0-9-]+)\.v311$|^acl\.subscribe\..*\.queued\.v311$/,
      reason: CUT_OFF,
      how: 'sometimes',
    },
    {
      what: 'a filter that ends in + does not cover a retained message on a topic that ends in a slash [MQTT-4.7.1-3]',
      source: AEDES,
      checks: /^acl\.subscribe\..*\/\.[^.]*\.retained\.v311$/,
      reason: /^0 copies of the retained message arrived at a SUBSCRIBE with \+, not one$/,
      how: 'sometimes',
    },
  ],
  ejabberd: [
    {
      what: 'the broker refuses a subscription over 3.1.1 with a reason code of MQTT 5 [MQTT-3.9.3-2]',
      source: EJABBERD,
      checks: /^acl\.subscribe\..*\.(exact|plus|hash|filter)\.v311$/,
      reason: /^SUBACK has the code .*, which 3\.1\.1 reserves/,
      how: 'sometimes',
    },
    {
      what: 'the broker ignores letter case in user names, since they are JIDs (RFC 7622, 3.3)',
      source: EJABBERD,
      checks: /^auth\.unknown-user\..*\.case\./,
      reason: /^the broker accepted the login$/,
      how: 'always',
    },
    {
      what: 'a message with RETAIN that follows a SUBSCRIBE at once may arrive both live and as retained',
      source: EJABBERD,
      checks: /^retained\.served\./,
      reason: /^an established subscription received 2 copies$/,
      how: 'sometimes',
    },
    {
      what: 'the broker retains no message on a topic that ends in a slash [MQTT-3.3.1-5]',
      source: EJABBERD,
      checks: /^acl\.(retain-set|retain-clear)\..*\/\.[^.]*\.v|^acl\.subscribe\..*\/\.[^.]*\.retained\.v/,
      reason: /^nothing is proved: .* does not (retain|receive) what .* publishes with RETAIN$/,
      how: 'sometimes',
    },
  ],
};
