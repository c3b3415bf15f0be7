import test from 'ava';
import { allRestored } from '../fixtures/retained-topic.ts';
import { type Check, endedEarly, HERE, isInScope, isWanted, notApplicable, perform } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { measureDeliveryDelay } from '../harness/delivery-delay.ts';
import { announcedBy } from '../harness/requirements.ts';
import { softwareOf } from '../harness/software.ts';
import { openTestLab, type TestLab } from '../harness/test-lab.ts';
import { openChannel } from './channel.ts';
import { plannedCheck } from './messages.ts';
import { mistakesOf } from './only.ts';
import { openPhases } from './phases.ts';
import { versionsOf } from './versions.ts';

/**
 * Declares every family's checks as AVA tests. Each check gives one record, also when it fails, is skipped or runs out of time. A family has
 * connections of its own, since one SSH connection takes ten commands at a time.
 */
export async function declareChecks(file: string, families: Readonly<Record<string, CheckFamily>>): Promise<void> {
  const channel = await openChannel(file);
  const { live, options, stopped } = channel;
  const versions = await versionsOf(live);
  const announced = versions.includes(5) ? await announcedBy(live) : [];
  const shared = { versions, announced, deliveryDelay: measureDeliveryDelay() };
  const common = openTestLab(live, stopped, shared);
  const testLabs: TestLab[] = [common];
  const all = Object.values(families).flatMap((plan) => {
    const testLab = openTestLab(live, stopped, { ...shared, isFull: options.full, brokerLog: common.brokerLog });
    testLabs.push(testLab);
    return plan(testLab);
  });
  const mistakes = mistakesOf(options, all);
  if (mistakes.length > 0) channel.report({ kind: 'refused', mistakes });
  const isPlanned = (check: Check) => mistakes.length === 0 && isInScope(check, options.scope);
  const wanted = all.filter((check) => isPlanned(check) && isWanted(check.id, options.only));
  const checks = wanted.map((check) => {
    const applies = check.version === undefined || versions.includes(check.version);
    const reason = `the broker does not speak MQTT ${check.version === 5 ? '5' : '3.1.1'}`;
    return { ...(applies ? check : notApplicable(check, reason)), host: check.host ?? HERE };
  });
  channel.report({ kind: 'plan', checks: checks.map(plannedCheck) });
  test.after.always('leave nothing open', async () => {
    await Promise.all(testLabs.map((testLab) => testLab[Symbol.asyncDispose]()));
    await allRestored();
    await channel.close();
  });
  const hosts = [...new Set(checks.map(({ host }) => host))];
  const software = softwareOf(common, hosts, (name, system) => channel.report({ kind: 'host', name, system }));
  // AVA fails a file without tests
  if (checks.length === 0) test(`${file}: no check is wanted`, (t) => t.pass());
  const inItsPhase = openPhases(checks);
  for (const check of checks) {
    test(check.id, async (t) => {
      const performed = endedEarly(await inItsPhase(check, () => perform(check)), stopped);
      const record = { ...performed, versions: await software(check.host) };
      channel.report({ kind: 'record', record });
      if (record.verdict === 'fail') t.fail(record.reason ?? check.claim);
      else t.pass();
    });
  }
}
