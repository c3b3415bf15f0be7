import test from 'ava';
import { startLiveClient } from '../../../../probes/live/live-client.ts';
import { missingProgram } from '../../../../probes/live/missing-program.ts';
import { localHost } from '../../../../provisioning/hosts/local.ts';
import { folderFor } from '../../_sh.ts';
import { login, recordedEvents } from './_client.ts';

const host = localHost('here');

/** [a host's last words, what is missing there, how to install it on this machine] */
const rows = [
  ['/bin/sh: line 1: python3: command not found', 'python3 is not installed', /^apt-get install python3; /],
  ['sh: 1: eval: python3: not found', 'python3 is not installed', /^apt-get install python3; /],
  ["ModuleNotFoundError: No module named 'paho'", 'python3 has no paho-mqtt', /python3-paho-mqtt; .* pip install/],
  ['mosquitto_sub is not installed', 'the mosquitto clients are not installed', /^apt-get install mosquitto-clients/],
] as const;

for (const [words, happened, install] of rows) {
  test(`says what to install where a host says: ${words}`, (t) => {
    const here = missingProgram({ host, isThisMachine: true, program: 'paho' }, words);
    t.like(here, { subject: 'here', step: 'start paho', happened });
    t.regex(here?.advice ?? '', install);
    t.regex(here?.advice ?? '', /or choose mqtt\.js/);
    // `up` installs it on a Pi
    t.regex(missingProgram({ host, program: 'paho' }, words)?.advice ?? '', / up$/);
  });
}

test('a refused connection is no missing program', (t) => {
  t.is(missingProgram({ host, program: 'paho' }, 'Connection refused (ECONNREFUSED)'), undefined);
});

test('a host without python3 says so', async (t) => {
  const empty = folderFor(t);
  const bare: typeof host = {
    ...host,
    start: (command) => host.start({ ...command, script: `PATH=${empty}\n${command.script}` }),
  };
  const endpoint = { address: '127.0.0.1', port: 1 };
  const { events } = recordedEvents();
  await t.throwsAsync(startLiveClient({ ...login, program: 'paho', host: bare, endpoint }, events), {
    message: /^here: start paho: python3 is not installed\n {2}try: /,
  });
});
