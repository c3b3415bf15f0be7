import path from 'node:path';
import { PROGRAM } from '../base/called-as.ts';
import { type Paint, printable } from '../base/paint.ts';
import { quote } from '../base/quote.ts';
import type { LiveLab } from '../deployment/live-lab.ts';
import { listenerLines } from './listener-lines.ts';

/** The broker's address, and commands to try with this lab's users and topics. */
export function nextSteps({ lab, broker, pis }: LiveLab, paint: Paint): string[] {
  const topic = lab.topics.find(({ publish, subscribe }) => publish.length > 0 && subscribe.length > 0);
  const [publisher = ''] = topic?.publish ?? [];
  const [subscriber = ''] = topic?.subscribe ?? [];
  const option = lab.file === path.resolve('lab.yaml') ? '' : ` --lab ${quote(lab.file)}`;
  const talk =
    topic === undefined
      ? []
      : [
          `${PROGRAM}${option} subscribe --as ${quote(subscriber)} ${words(topic.name, '', '--debug')}`,
          `${PROGRAM}${option} publish --as ${quote(publisher)} ${words(topic.name, ' hello', '--qos 1 --debug')}`,
        ];
  const [pi] = pis;
  const commands = [
    ...talk,
    ...(pi === undefined ? [] : [`${PROGRAM}${option} ssh ${pi.name}`]),
    `${PROGRAM}${option} down`,
  ];
  const seen = pis.map(({ name, broker: from }) => `, from ${name} ${from.address}:${from.port}`);
  return [
    printable(
      `broker: ${broker.address}:${broker.port}${seen.join('')}; users: ${lab.users.map(({ name }) => name).join(', ')}`,
    ),
    ...(lab.broker.listeners.length > 1 || lab.broker.listeners.some(({ tls }) => tls !== undefined)
      ? listenerLines(lab, broker.listeners).map(printable)
      : []),
    'next:',
    ...commands.map((command) => `  ${paint('cyan', printable(command))}`),
  ];
}

/** A topic that looks like an option goes after `--`. */
function words(topic: string, message: string, options: string): string {
  return topic.startsWith('-') ? `${options} -- ${quote(topic)}${message}` : `${quote(topic)}${message} ${options}`;
}
