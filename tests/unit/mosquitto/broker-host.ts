import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { brokerHost } from '../../../mosquitto/broker-host.ts';
import { occupantQuery } from '../../../mosquitto/occupant.ts';
import { factsOf } from '../_facts.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const lab = labOf(TWO_USERS);

/** What is planned when the host tells this about room for a broker: the change's summary, or the error. */
function plan(told: string, takeOver: boolean): string | LabError | undefined {
  const facts = factsOf(new Map([[occupantQuery(lab.broker.port).id, told]]));
  const resources = brokerHost(lab, takeOver).filter(({ id }) => id === 'room' || id === 'take over');
  try {
    return resources
      .map((resource) => resource.plan(facts, []).change?.summary)
      .find((summary) => summary !== undefined);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
}

const OTHER = 'file /etc/mosquitto/conf.d/mine.conf\nport 7 mosquitto';
const PYTHON = 'port 7 python3 broker.py';

test('in order: what was there is kept before anything is changed, and its data when its broker is stopped', (t) => {
  const ids = (text: string, takeOver: boolean) =>
    brokerHost(labOf(`${TWO_USERS}${text}`), takeOver).map(({ id }) => id);
  const changes = ['packages', 'main file', 'configuration', 'data backup', 'service'];
  t.deepEqual(ids('', false), ['system', 'room', 'backup', ...changes]);
  t.deepEqual(ids('', true), ['system', 'room', 'backup', 'take over', ...changes]);
  // goes away whole
  t.deepEqual(ids('broker: { host: container }', false), [
    'system',
    'room',
    'packages',
    'main file',
    'configuration',
    'service',
  ]);
});

test('nothing is in the way', (t) => {
  t.deepEqual([plan('', false), plan('', true)], [undefined, undefined]);
});

/** [what the host tells; whether --take-over is given; what is in the error] */
const refused: readonly (readonly [told: string, takeOver: boolean, words: RegExp])[] = [
  [
    OTHER,
    false,
    /mine\.conf is somebody else's: not written by the lab\n {4}port 1883 is taken by process 7: mosquitto/,
  ],
  [OTHER, false, /try: choose another `broker.port`.*--take-over/],
  [PYTHON, false, /port 1883 is taken by process 7: python3 broker\.py/],
  [PYTHON, true, /try: stop that program yourself/],
  [`${OTHER}\n${PYTHON}`, true, /python3 broker\.py/],
  [
    `link /etc/mosquitto/conf.d /srv/my conf.d \n${OTHER}`,
    true,
    /\/etc\/mosquitto\/conf\.d is a symbolic link to \/srv\/my conf\.d: .*\n {2}try: put the folder itself there/,
  ],
];

for (const [told, takeOver, words] of refused) {
  test(`refused${takeOver ? ' with --take-over' : ''}: ${told.replaceAll('\n', ' | ')}: ${words.source}`, (t) => {
    const error = plan(told, takeOver);
    if (!(error instanceof LabError)) return t.fail(`planned ${error}`);
    t.is(error.exitCode, 2);
    return t.regex(error.message, words);
  });
}

test('with --take-over the change names all that it moves and stops', (t) => {
  const summary = plan(OTHER, true);
  t.is(
    summary,
    "take over: /etc/mosquitto/conf.d/mine.conf is somebody else's: not written by the lab; port 1883 is taken by process 7: mosquitto",
  );
});
