import * as z from 'zod';

/** What a client does beside keeping its connection open: nothing, or one message a second. */
export const ACTIVITIES = ['idle', 'publishes QoS 0', 'publishes QoS 1', 'receives QoS 0', 'receives QoS 1'] as const;

/** The client programs: mosquitto_pub or mosquitto_sub, paho-mqtt, mqtt.js. */
export const CLIENTS = ['mosquitto', 'paho', 'mqttjs'] as const;

/** `observed` of `keepalive.traffic.<K>s.<client>.<activity>.<host>`: what one connection cost over time. */
export const trafficSchema = z.object({
  keepAlive: z.number(),
  /** `mosquitto_pub 2.0.11`, `mqtt.js 5.16.0`, `paho-mqtt 1.6.1`. */
  client: z.string(),
  activity: z.enum(ACTIVITIES),
  durationMs: z.number(),
  pings: z.number(),
  /** When each PINGREQ was sent, in milliseconds from the start of the connection. */
  pingsAtMs: z.array(z.number()),
  /** Control packets, and PUBLISH among them, both directions. */
  packets: z.number(),
  messages: z.number(),
  /** Cumulative from the start of the connection, at most four a second; `ipBytes` and `segments` only where the kernel's counters can be read. */
  samples: z.array(
    z.object({
      atMs: z.number(),
      mqttBytes: z.number(),
      ipBytes: z.number().optional(),
      segments: z.number().optional(),
    }),
  ),
  /** Average cost of a ping with its answer, from the counters or else from the packets' bytes; absent where no ping was alone. */
  perPing: z
    .object({ mqttBytes: z.number(), ipBytes: z.number().optional(), segments: z.number().optional() })
    .optional(),
  /** The one message that an idle client published, and when it arrived, from the start of the connection. */
  exchange: z
    .object({
      topic: z.string(),
      publisher: z.string(),
      subscriber: z.string(),
      qos: z.number(),
      payload: z.string(),
      arrivedAtMs: z.number(),
    })
    .optional(),
  /** Who counted: `the kernel of pi`, `the log of mosquitto_pub on pi`, or `the recorder on this machine`. */
  source: z.string(),
});

export type Traffic = z.infer<typeof trafficSchema>;
export type Exchange = NonNullable<Traffic['exchange']>;
