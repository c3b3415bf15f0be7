import test, { type ExecutionContext } from 'ava';
import {
  attemptsScript,
  publisherScript,
  publishScript,
  subscriberScript,
} from '../../../../probes/clients/mosquitto-script.ts';
import { ClientLimit } from '../../../../probes/clients/option-file.ts';
import type { HostTls } from '../../../../probes/mqtt/host-endpoint.ts';
import { programsFor, sh, syntaxError } from '../../_sh.ts';

const PASSWORD = "p'a $(id) `w";
const options = { address: '192.0.2.1', port: 1883, topic: "it's", login: { user: 'sam', password: PASSWORD } };

const SCRIPTS = {
  subscriber: subscriberScript(options),
  publisher: publisherScript(options, 1, "it's $(id)"),
  'one message': publishScript(options, Buffer.from([0, 37, 255])),
  attempts: attemptsScript([options, { ...options, login: { user: 'sam' } }], 5),
};

for (const [name, script] of Object.entries(SCRIPTS)) {
  test(`makes a valid shell script: ${name}`, (t) => t.is(syntaxError(script), ''));
}

/** Runs a script with stand-ins for the clients that print their arguments, environment, options file and input. */
function run(t: ExecutionContext, script: string): { shown: string; options: string; input: string } {
  const client = (name: string) =>
    `tr "\\0" "\\n" </proc/$$/cmdline; env; echo OPTIONS; cat "$XDG_CONFIG_HOME/${name}"; echo INPUT; od -An -tx1`;
  const path = programsFor(t, {
    stdbuf: 'shift; exec "$@"',
    timeout: 'shift; exec "$@"',
    mosquitto_sub: `${client('mosquitto_sub')} </dev/null`,
    mosquitto_pub: client('mosquitto_pub'),
  });
  const [shown = '', rest = ''] = sh(script, { path }).stdout.split('OPTIONS\n');
  const [file = '', input = ''] = rest.split('INPUT\n');
  return { shown, options: file, input: input.split(/\n(?! )/)[0]?.trim() ?? '' };
}

test('gives each client an id of its own where the check names none', (t) => {
  const ids = [subscriberScript(options), subscriberScript(options)].map(
    (script) => /-i'? '?(lab-[0-9a-f]{16})/.exec(script)?.[1],
  );
  t.true(ids.every((id) => id !== undefined));
  t.not(ids[0], ids[1]);
});

for (const [name, script] of Object.entries(SCRIPTS)) {
  test(`passes the password through a pipe, not by arguments or environment: ${name}`, (t) => {
    const { shown, options: read } = run(t, script);
    t.true(shown.includes("it's"));
    t.false(shown.includes(PASSWORD));
    t.is(read, `-u sam\n-P ${PASSWORD}\n`);
  });
}

test('names the files of TLS on the host', (t) => {
  const words = (tls: HostTls | undefined) => {
    const { shown } = run(t, subscriberScript({ ...options, ...(tls === undefined ? {} : { tls }) }));
    return [...shown.matchAll(/^(--cafile|--cert|--key)\n(.*)$/gm)].map(([, name, file]) => `${name} ${file}`);
  };
  const certificate = { chain: '/c/sam.pem', key: '/c/sam.key' };
  t.deepEqual(words(undefined), []);
  t.deepEqual(words({ ca: '/c/lab ca.pem' }), ['--cafile /c/lab ca.pem']);
  t.deepEqual(words({ ca: '/c/ca.pem', certificate }), ['--cafile /c/ca.pem', '--cert /c/sam.pem', '--key /c/sam.key']);
});

test('passes every byte of a payload to mosquitto_pub', (t) => {
  t.is(run(t, SCRIPTS['one message']).input, '00 25 ff');
});

test('numbers the lines of a publisher that sends one each second', (t) => {
  const bytes = run(t, SCRIPTS.publisher).input.replaceAll(/\s/g, '');
  t.is(Buffer.from(bytes, 'hex').toString(), "it's $(id) 0\n");
});

test('refuses a login that the options file cannot hold', (t) => {
  const login = { user: 'sam', password: 'two\nlines' };
  t.throws(() => subscriberScript({ ...options, login }), { message: /password with a line end/ });
});

test('refuses a topic that a debug line cannot show whole', (t) => {
  t.notThrows(() => subscriberScript({ ...options, topic: 't'.repeat(400) }));
  const long = { ...options, topic: `${'t'.repeat(399)}ä` };
  const scripts = [
    () => subscriberScript(long),
    () => publisherScript(long, 5),
    () => publishScript(long, Buffer.alloc(0)),
  ];
  for (const make of scripts) t.throws(make, { instanceOf: ClientLimit, message: /topic of more than 400 bytes/ });
});
