import test from 'ava';
import { environmentDifferences } from '../../../../report/compare/environment.ts';
import { sizeChanges } from '../../../../report/compare/sizes.ts';
import { timingChanges } from '../../../../report/compare/timings.ts';
import { trafficRecord } from '../page/_keep-alive.ts';
import { ENVIRONMENT, recordOf as record, sizeOf } from '../page/_results.ts';
import { run } from './_runs.ts';

test('lists versions and machines that differ, without facts of one run alone', (t) => {
  const broker = { address: 'b', port: 1883, version: 'mosquitto 2.0.11' };
  const before = { ...ENVIRONMENT, broker, clients: { pi: 'paho 1', hall: 'paho 1' }, hosts: [] };
  const hosts = [{ name: 'pi', place: 'container', kernel: '6.1' }];
  const after = { ...before, broker: { ...broker, version: 'mosquitto 2.1.2' }, clients: { pi: 'paho 2' }, hosts };
  t.deepEqual(environmentDifferences(before, after), [
    { what: 'broker', before: 'mosquitto 2.0.11', after: 'mosquitto 2.1.2' },
    { what: 'clients on pi', before: 'paho 1', after: 'paho 2' },
  ]);
  const short = { ...ENVIRONMENT, full: false };
  t.deepEqual(environmentDifferences(short, { ...ENVIRONMENT, lab: 'b', only: 'qos', listener: 1884 }), [
    { what: 'lab', before: 'fixture', after: 'b' },
    { what: 'checks', before: 'all', after: 'qos' },
    { what: 'listener', before: 'the best one', after: 'port 1884' },
    { what: 'measurements', before: 'short', after: 'full' },
  ]);
  t.deepEqual(environmentDifferences(ENVIRONMENT, ENVIRONMENT), []);
});

const matrix = (bytes: number, packets = 2) =>
  record('qos.matrix.p1s0.v311', {
    observed: {
      ...{ granted: 0, delivered: 0, copies: 1, publisher: [], subscriber: [] },
      ...{ packets: { publisher: packets, subscriber: 1 }, bytes: { publisher: bytes, subscriber: 279 } },
    },
  });

test('finds a difference of one byte in one message', (t) => {
  t.deepEqual(sizeChanges(run([matrix(285)]), run([matrix(285)])), { compared: 1, changes: [] });
  t.deepEqual(sizeChanges(run([matrix(285)]), run([matrix(286)])).changes, [
    { id: 'qos.matrix.p1s0.v311', what: 'publisher bytes', before: 285, after: 286 },
  ]);
});

function size(messages: number, pubrelBytes: number) {
  const types = {
    PUBLISH: { packets: messages, bytes: messages * 13 },
    PUBREL: { packets: messages, bytes: pubrelBytes },
  };
  const hop = { host: 'pi', types, mqttBytes: messages * 13 + pubrelBytes };
  const hops = { publisher: hop, subscriber: hop };
  return record('qos.size.q2.1.pi', { observed: { ...sizeOf(2, 1), messages, hops } });
}

test('compares sums of different numbers of messages exactly, for one message', (t) => {
  t.deepEqual(sizeChanges(run([size(3, 12)]), run([size(1_000, 4_000)])), { compared: 1, changes: [] });
  t.deepEqual(sizeChanges(run([size(5, 20)]), run([size(5, 21)])).changes.slice(0, 2), [
    { id: 'qos.size.q2.1.pi', what: 'publisher PUBREL bytes', before: 4, after: 4.2 },
    { id: 'qos.size.q2.1.pi', what: 'publisher bytes', before: 17, after: 17.2 },
  ]);
});

test('compares the size of a ping, and leaves out checks without sizes', (t) => {
  const traffic = (mqttBytes: number) => trafficRecord(5, 'mosquitto', 'idle', { perPing: { mqttBytes } });
  t.deepEqual(sizeChanges(run([traffic(4)]), run([traffic(6)])).changes, [
    { id: 'keepalive.traffic.5s.mosquitto.idle.pi', what: 'ping bytes', before: 4, after: 6 },
  ]);
  const failed = record('qos.matrix.p1s0.v311', { verdict: 'fail', observed: undefined });
  t.deepEqual(sizeChanges(run([failed]), run([matrix(285)])), { compared: 0, changes: [] });
});

const fin = (afterMs: number, uncertainMs: number, role = 'publisher') =>
  record(`will.fin.${role}.status.v311`, { observed: { wills: 1, afterMs, uncertainMs } });

test('finds that all times of a run lie before the other, beyond their uncertainty', (t) => {
  const before = run([fin(40, 10), fin(60, 10, 'subscriber')]);
  t.deepEqual(timingChanges(before, run([fin(65, 10)])), { compared: 1, changes: [] });
  t.deepEqual(timingChanges(before, run([fin(900, 100)])).changes, [
    { what: 'will.fin', before: { fromMs: 30, toMs: 60, checks: 2 }, after: { fromMs: 800, toMs: 900, checks: 1 } },
  ]);
  t.is(timingChanges(run([fin(900, 100)]), before).changes.length, 1);
});

test('allows expiries to differ by the steps in which the broker counts', (t) => {
  const expiry = (version: string, closedAfterMs: number) =>
    run([record('keepalive.expiry.5s.v5', { observed: { closedAfterMs, willAfterMs: 1, uncertainMs: 0 } })], {
      broker: { address: 'b', port: 1, version },
    });
  const changes = (before: string, after: string, afterMs: number) =>
    timingChanges(expiry(before, 7_500), expiry(after, afterMs)).changes.map(({ what }) => what);
  t.deepEqual(changes('mosquitto 2.0.11', 'mosquitto 2.0.11', 13_000), []);
  t.deepEqual(changes('mosquitto 2.0.11', 'mosquitto 2.0.21', 13_000), []);
  t.deepEqual(changes('mosquitto 2.0.11', 'mosquitto 2.0.11', 14_000), ['keepalive.expiry.5s']);
  t.deepEqual(changes('mosquitto 2.0.21', 'mosquitto 2.1.2', 8_400), []);
  t.deepEqual(changes('mosquitto 2.0.21', 'mosquitto 2.1.2', 8_600), ['keepalive.expiry.5s']);
  t.deepEqual(changes('unknown', 'unknown', 13_000), []);
});
