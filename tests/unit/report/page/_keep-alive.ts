import type { Traffic } from '../../../../records/measured/traffic.ts';
import type { CheckRecord } from '../../../../records/record.ts';
import { recordOf } from './_results.ts';

const CLIENTS = {
  mosquitto: { client: 'mosquitto_pub 2.0.11', word: 'pi' },
  paho: { client: 'paho-mqtt 1.6.1', word: 'pi' },
  mqttjs: { client: 'mqtt.js 5.16.0', word: 'this-machine' },
} as const;

/** The record of a connection of 75 s; `more` replaces fields, such as the number of pings. */
export function trafficRecord(
  keepAlive: number,
  name: keyof typeof CLIENTS,
  activity: Traffic['activity'],
  more: Partial<Traffic> = {},
): CheckRecord {
  const { client, word } = CLIENTS[name];
  const pings = more.pings ?? Math.floor(75 / keepAlive);
  const isKernel = name !== 'mqttjs';
  const samples = Array.from({ length: pings + 1 }, (_, count) => ({
    atMs: 1000 * keepAlive * count + 20,
    mqttBytes: 84 + 4 * count,
    ...(isKernel ? { ipBytes: 616 + 160 * count, segments: 10 + 3 * count } : {}),
  }));
  const observed: Traffic = {
    ...{ keepAlive, client, activity, durationMs: 75_500, pings, packets: 4 + 2 * pings, messages: 1, samples },
    pingsAtMs: samples.slice(1).map(({ atMs }) => atMs),
    source: isKernel ? 'the kernel of pi' : 'the recorder on this machine',
    ...more,
  };
  const exchange = {
    topic: 'status',
    publisher: 'sam',
    subscriber: 'alice',
    qos: 1,
    payload: 'healthy',
    arrivedAtMs: 900,
  };
  const perPing = isKernel ? { mqttBytes: 4, ipBytes: 160, segments: 3 } : { mqttBytes: 4 };
  const doing = activity.replace(' QoS ', '-q');
  return recordOf(`keepalive.traffic.${keepAlive}s.${name}.${doing}.${word}`, {
    observed: activity === 'idle' ? { perPing, exchange, ...observed } : observed,
  });
}

/** The keep-alive records of a full run: both exchanges, busy clients, expiries and the limit. */
export function keepAliveRecords(): CheckRecord[] {
  const expiry = (id: CheckRecord['id'], observed: object) => recordOf(id, { observed });
  return [
    trafficRecord(5, 'mqttjs', 'idle'),
    trafficRecord(25, 'mqttjs', 'idle'),
    trafficRecord(25, 'mosquitto', 'idle'),
    trafficRecord(5, 'mosquitto', 'idle'),
    trafficRecord(5, 'mosquitto', 'publishes QoS 0', { pings: 3 }),
    trafficRecord(5, 'mosquitto', 'publishes QoS 1', { pings: 0 }),
    trafficRecord(5, 'mosquitto', 'receives QoS 0', { pings: 3 }),
    trafficRecord(5, 'mosquitto', 'receives QoS 1', { pings: 0 }),
    trafficRecord(5, 'paho', 'publishes QoS 1', { pings: 3 }),
    expiry('keepalive.expiry.5s.v311', { wills: 1, closedAfterMs: 13_000, willAfterMs: 13_073, lateMs: 5_573 }),
    expiry('keepalive.expiry.25s.v5', { closedAfterMs: 42_990 }),
    expiry('keepalive.limit.v5', { accepted: true, serverKeepAlive: 600 }),
  ];
}
