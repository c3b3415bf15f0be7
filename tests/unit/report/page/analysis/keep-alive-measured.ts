import test from 'ava';
import { modelInput } from '../../../../../report/page/analysis/keep-alive-measured.ts';
import { keepAliveRecords, trafficRecord } from '../_keep-alive.ts';
import { recordOf, resultsOf } from '../_results.ts';

test('gives the model the cost of a ping by the kernel, the passed expiries and the limit of the broker', (t) => {
  const late = { observed: { closedAfterMs: 90_000 }, verdict: 'fail' } as const;
  const input = modelInput(resultsOf([...keepAliveRecords(), recordOf('keepalive.expiry.25s.v311', late)]));
  t.deepEqual(input?.measured, {
    expiries: [
      { keepAlive: 25, afterMs: 42_990 },
      { keepAlive: 5, afterMs: 13_073 },
    ],
    pingBytes: 160,
    bytesOf: 'IP',
    maxKeepAlive: 600,
    rounds: { everyS: 6, lateS: 7 },
  });
  t.is(input?.ping, 'keepalive.traffic.5s.mosquitto.idle.pi');
  t.deepEqual(input?.expiryIds, ['keepalive.expiry.25s.v5', 'keepalive.expiry.5s.v311']);
});

test('gives the model bytes of MQTT without a Pi, nothing without a ping, and the default limit without one', (t) => {
  const here = trafficRecord(5, 'mqttjs', 'idle', { perPing: { mqttBytes: 4 } });
  t.like(modelInput(resultsOf([here]))?.measured, { pingBytes: 4, bytesOf: 'MQTT', maxKeepAlive: 1200, expiries: [] });
  t.is(modelInput(resultsOf([])), undefined);
  t.is(modelInput(resultsOf([recordOf('keepalive.traffic.5s.mosquitto.idle.pi', { observed: null })])), undefined);
});

/** [version of the broker; how late its rounds may be] */
const versions: readonly (readonly [version: string, lateS: number | undefined])[] = [
  ['mosquitto 2.0.11', 7],
  ['mosquitto 2.0.20', 7],
  ['mosquitto 2.0.21', undefined],
  ['mosquitto 2.1.2', undefined],
  ['mosquitto 1.6.12', undefined],
  ['unknown', undefined],
];

for (const [version, lateS] of versions) {
  test(`knows that ${version} looks for silent clients ${lateS === undefined ? 'at unknown intervals' : 'every 6 s'}`, (t) => {
    const broker = { address: '127.0.0.1', port: 1883, version };
    t.is(modelInput(resultsOf(keepAliveRecords(), { broker }))?.measured.rounds?.lateS, lateS);
  });
}
