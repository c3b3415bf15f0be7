import test from 'ava';
import { stepsFor } from '../../../../live/checkpoint/steps.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';
import { LAB } from './_transcript.ts';

test('2.1 asks for MQTT 3.1.1, and predicts what its user has no right to', (t) => {
  const asked = (topics: string) => {
    const lab = labOf(`${TWO_USERS}topics:\n  door: ${topics}\n`);
    return stepsFor({ lab, pis: [] }).find(({ id }) => id === '2.1');
  };
  const publishing = asked('{ publish: [sam], subscribe: [sam, alice] }');
  t.true(publishing?.todo[0]?.includes('MQTT 3.1.1'));
  t.true(publishing?.prediction?.question.includes('publishes at QoS 1'));
  const subscribing = asked('{ publish: [sam, alice], subscribe: [sam] }');
  t.true(subscribing?.todo[0]?.includes('MQTT 3.1.1'));
  t.true(subscribing?.prediction?.question.includes('subscribes'));
  t.is(subscribing?.prediction?.choices.length, publishing?.prediction?.choices.length);
});

test('leaves the keep alive steps out where the broker allows no 25 s', (t) => {
  const ids = (longestKeepAlive: number) =>
    stepsFor({ lab: LAB, pis: [], longestKeepAlive }).map(({ id }) => id.slice(0, 3));
  t.false(ids(24).includes('2.3'));
  t.true(ids(25).includes('2.3'));
});
