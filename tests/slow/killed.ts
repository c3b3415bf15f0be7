import test from 'ava';
import {
  FILE,
  type Point,
  pointText,
  recovers,
  type Step,
  type Victim,
  type Victimised,
  victimise,
} from '../lab/support/kill-points.ts';
import { ownLab } from '../lab/support/own-lab.ts';

const theLab = ownLab('killed', { pis: {} });
const POINT_MS = 300_000;
let machine: Victimised | undefined;
test.after.always('ends the relay', async () => machine?.[Symbol.asyncDispose]());

const at = (victim: Victim, step: Step, chunks: readonly number[], afterMs?: number): Point[] =>
  chunks.map((chunk) => ({ victim, step, chunk, ...(afterMs === undefined ? {} : { afterMs }) }));
const after = (victim: Victim, step: Step, times: readonly number[]): Point[] =>
  times.flatMap((ms) => at(victim, step, [2], ms));

const POINTS: readonly Point[] = [
  ...at('tool', 'look', [1, 3, 6, 12, 20]),
  ...at('tool', 'keep', [1, 3]),
  ...after('scripts', 'keep', [0]),
  ...at('tool', 'install', [1, 2, 4, 7, 12, 18, 25, 33]),
  ...at('tool', 'write', [1, 2, 3, 5]),
  ...at('tool', 'start', [1, 2, 3, 5]),
  ...at('sessions', 'install', [3, 15, 30]),
  ...at('sessions', 'write', [2, 4]),
  ...at('sessions', 'start', [2]),
  ...after('scripts', 'write', [0, 30, 60, 100, 150, 200]),
  ...after('scripts', 'start', [0, 30, 80, 150]),
  ...at('scripts', 'install', [5, 20]),
  ...at('container', 'install', [4, 16, 32]),
  ...after('container', 'write', [0, 50, 120]),
  ...after('container', 'start', [0, 60]),
  ...[2, 5, 9, 13, 17, 22, 25, 28, 31, 34].map((status): Point => ({ victim: 'dpkg', status })),
  ...[6, 20].map((status): Point => ({ victim: 'apt by dpkg', status })),
  ...(
    [
      'APT::Update::Pre-Invoke',
      'fetching',
      'APT::Update::Post-Invoke',
      'DPkg::Pre-Invoke',
      'DPkg::Post-Invoke',
    ] as const
  ).map((hook): Point => ({ victim: 'apt', hook })),
  ...at('network', 'install', [10]),
  ...at('network', 'write', [3]),
];

/** The points that the runs reached, with the changes of the next `up`. */
const table: {
  readonly point: Point;
  readonly step: Step;
  readonly status: string;
  readonly next: readonly string[];
}[] = [];

test.serial('starts the machine', async (t) => {
  const { code, all } = await theLab().run(['up', '--no-verify']);
  t.is(code, 0, all);
  machine = await victimise(theLab());
});

for (const point of POINTS) {
  test.serial(`recovers when killed: ${pointText(point)}`, async (t) => {
    t.timeout(POINT_MS);
    if (machine === undefined) throw new Error('the machine did not start');
    await machine.blank();
    const { step, status, hasStruck, outcome } = await machine.strike(point);
    t.notRegex(outcome.all, /^ +at .*\(.*:\d+:\d+\)$/m);
    const next = await recovers(t, machine, `killed at ${step}, exit code ${outcome.code}\n${outcome.all}`);
    const verify = await theLab().run(['verify', '--lab', FILE, '--only', 'auth.accepted,auth.anonymous,install']);
    t.is(verify.code, 0, verify.all);
    if (hasStruck) table.push({ point, step, status, next });
    t.log(
      `${hasStruck ? `struck in ${`${step} ${status}`.trim()}, exit code ${outcome.code}` : 'not reached'}; the next up: ${next.join(', ') || 'nothing to do'}`,
    );
  });
}

test.serial('reached at least 50 points, some in every step, and the lab passes', async (t) => {
  for (const { point, step, status, next } of table)
    t.log(`${step.padEnd(8)} ${`${pointText(point)} ${status}`.padEnd(70)} ${next.join(', ')}`);
  const steps = ['look', 'keep', 'install', 'write', 'start'].map(
    (step) => [step, table.filter((row) => row.step === step).length] as const,
  );
  t.log(steps.map(([step, count]) => `${step}: ${count}`).join(', '));
  for (const [step, count] of steps) t.true(count >= 2, step);
  t.true(table.length >= 50, `${table.length} points`);
  const verify = await theLab().run(['verify', '--lab', FILE, '--quick']);
  t.is(verify.code, 0, verify.all);
});
