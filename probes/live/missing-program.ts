import { CALLED_AS } from '../../base/called-as.ts';
import type { Trouble } from '../../base/errors.ts';
import type { HostOptions } from './options.ts';

/** What a host says that lacks a program, what that is, and how to install it. */
const MISSING: readonly (readonly [says: RegExp, happened: string, install: string])[] = [
  [/python3: (command )?not found/, 'python3 is not installed', 'apt-get install python3'],
  [
    /No module named 'paho/,
    'python3 has no paho-mqtt',
    "apt-get install python3-paho-mqtt; for a python3 that is not Debian's own, python3 -m pip install paho-mqtt",
  ],
  [/mosquitto_\w+ is not installed/, 'the mosquitto clients are not installed', 'apt-get install mosquitto-clients'],
];

/** What a host lacks to run a client program; undefined where its last words show nothing of that kind. */
export function missingProgram(
  { host, isThisMachine, program }: Pick<HostOptions, 'host' | 'isThisMachine' | 'program'>,
  lastWords: string,
): Trouble | undefined {
  const [, happened, install] = MISSING.find(([says]) => says.test(lastWords)) ?? [];
  if (happened === undefined) return undefined;
  const advice = isThisMachine === true ? `${install}; or choose mqtt.js, which needs nothing more` : `${CALLED_AS} up`;
  return { subject: host.name, step: `start ${program}`, happened, advice };
}
