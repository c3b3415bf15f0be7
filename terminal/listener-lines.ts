import { relative } from 'node:path';
import { quote } from '../base/quote.ts';
import { filesHere } from '../deployment/files-here.ts';
import type { LiveListener } from '../deployment/live-listener.ts';
import type { Lab, User } from '../lab-file/lab.ts';
import { bestListener, listenerText } from '../lab-file/listeners.ts';

/** Each listener, and how a program on this machine connects: mosquitto_sub, mqtt.js, paho-mqtt. Shows no password. */
export function listenerLines(lab: Lab, listeners: readonly LiveListener[]): string[] {
  return listeners.flatMap((listener) => {
    const { port, address, reachedPort } = listener;
    const at = `${address.includes(':') ? `[${address}]` : address}:${reachedPort}`;
    const head = `listener ${port}: ${listenerText(listener)}, from here ${at}`;
    const user = lab.users.find((each) => bestListener([listener], each) !== undefined);
    if (user === undefined) return [head, '    no user of the lab file can log in there'];
    const login = loginAt(lab, listener, user);
    const lines = [mosquittoLine(listener, login), mqttJsLine(listener, login, at), pahoLine(listener, login)];
    return [head, ...lines.flatMap((line) => (line === undefined ? [] : [`    ${line}`]))];
  });
}

/** Files as paths from the working directory; `name` is undefined where the certificate names the user. */
type Login = {
  readonly name: string | undefined;
  readonly topic: string;
  readonly ca: string | undefined;
  readonly pair: { readonly certificate: string; readonly key: string } | undefined;
};

function loginAt(lab: Lab, { tls }: LiveListener, user: User): Login {
  const place = (file: string) => relative('', file);
  const { ca, certificate, key } = filesHere(lab, user);
  const readable = lab.topics.find(({ subscribe }) => subscribe.includes(user.name)) ?? lab.topics[0];
  return {
    name: tls?.identity === 'common-name' ? undefined : user.name,
    topic: readable?.name ?? '#',
    ca: tls === undefined ? undefined : place(ca),
    pair: tls?.clients === 'required' ? { certificate: place(certificate), key: place(key) } : undefined,
  };
}

/** Undefined for WebSockets, which the program does not speak. */
function mosquittoLine({ address, reachedPort, protocol }: LiveListener, login: Login): string | undefined {
  if (protocol === 'websockets') return undefined;
  const { name, topic, ca, pair } = login;
  const words = [
    ...['mosquitto_sub', '-h', address, '-p', String(reachedPort), '-t', topic],
    ...(ca === undefined ? [] : ['--cafile', ca]),
    ...(pair === undefined ? [] : ['--cert', pair.certificate, '--key', pair.key]),
    ...(name === undefined ? [] : ['-u', name, '-P']),
  ];
  return `${words.map(quote).join(' ')}${name === undefined ? '' : ' …'}`;
}

function mqttJsLine({ protocol, tls }: LiveListener, { name, ca, pair }: Login, at: string): string {
  const scheme = `${protocol === 'websockets' ? 'ws' : 'mqtt'}${tls === undefined ? '' : 's'}`;
  const file = (path: string) => `readFileSync(${JSON.stringify(path)})`;
  const options = [
    ...(name === undefined ? [] : [`username: ${JSON.stringify(name)}`, 'password: …']),
    ...(ca === undefined ? [] : [`ca: ${file(ca)}`]),
    ...(pair === undefined ? [] : [`cert: ${file(pair.certificate)}`, `key: ${file(pair.key)}`]),
  ];
  return `mqtt.js: connect("${scheme}://${at}", { ${options.join(', ')} })`;
}

function pahoLine({ address, reachedPort, protocol }: LiveListener, { name, ca, pair }: Login): string {
  const files = [ca, pair?.certificate, pair?.key].filter((path) => path !== undefined);
  const calls = [
    ...(files.length === 0 ? [] : [`tls_set(${files.map((path) => JSON.stringify(path)).join(', ')})`]),
    ...(name === undefined ? [] : [`username_pw_set(${JSON.stringify(name)}, …)`]),
    `connect(${JSON.stringify(address)}, ${reachedPort})`,
  ];
  return `paho: Client(${protocol === 'websockets' ? 'transport="websockets"' : ''}); ${calls.join('; ')}`;
}
