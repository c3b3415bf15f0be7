import * as z from 'zod';
import { FILTER_FORM, NOT_IN_PLACE } from '../base/topic.ts';
import { OWNED_OPTIONS, whyOwned } from './broker-options.ts';
import { type BrokerSoftware, PRODUCTS } from './lab.ts';
import { allow, kindOf } from './mistake.ts';

const LABEL = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/** The lab's name, which is part of Docker names. */
export const labName = label('lower-case letters, digits and hyphens, starting with a letter, at most 40, are allowed');

/** A Pi's name, which becomes a host name (RFC 1123). */
export const piName = label(
  'a host name is allowed: lower-case letters, digits and hyphens, starting with a letter, at most 40',
).regex(/^(?!broker$)/, { error: 'is reserved for the broker host; another name is allowed' });

const notAll = { error: 'is reserved: `all` stands for every declared user; another name is allowed' };

/** A user, as MQTT, Mosquitto's password file (`NAME:HASH` lines, `#` comments) and its ACL file can hold it. */
export const userName = oneLine('a user name', 256)
  .regex(/^[^:]*$/, {
    error: "has a colon, which ends a name in Mosquitto's password file; a name without : is allowed",
  })
  .regex(/^(?!#)/, {
    error: "starts with #, a comment in Mosquitto's password file; another first character is allowed",
  })
  .regex(/^(?!all$)/, notAll);

/** A group of users, which the lists of rights name like a user. */
export const groupName = oneLine('a group name', 256).regex(/^(?!all$)/, notAll);

/** A topic name or a topic filter (MQTT 3.1.1 and 5, 4.7) that one ACL line can hold. */
export const topicFilter = oneLine('a topic name or filter', 65535)
  .regex(FILTER_FORM, { error: NOT_IN_PLACE })
  .regex(/^(?!\$(?!SYS(\/|$)))/, {
    error: 'starts with $, which is for the broker itself; another first character or $SYS/… is allowed',
  })
  // Mosquitto's TOPIC_HIERARCHY_LIMIT: an ACL line with more is an error and the broker does not start.
  .regex(/^([^/]*\/){0,200}[^/]*$/, { error: 'has too many levels for Mosquitto; at most 200 slashes are allowed' });

/** A host name or an IP address, without a port. */
export const address = z
  .string(allow('a host name or an IP address is allowed'))
  .regex(/^([A-Za-z0-9][A-Za-z0-9._-]*|(?=.*:.*:)[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?)$/, {
    ...allow('a host name or an IP address without a port is allowed'),
  });

/** A whole number in a range; `unit` such as ` of seconds` for the message. */
export function whole(least: number, most: number, unit = '') {
  const error = allow(`a whole number${unit} from ${least} to ${most} is allowed`);
  return z.int(error).min(least, error).max(most, error);
}

/** A public host key as in known_hosts. Its data repeats its type (RFC 4253, 6.6), which shows a cut-off key. */
export const hostKey = z
  .string(allow('TYPE BASE64 as in known_hosts is allowed'))
  .regex(/^[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}$/, {
    error: 'is not a public key; TYPE BASE64 as in known_hosts is allowed',
    abort: true,
  })
  .refine(dataRepeatsType, { error: 'is incomplete: type and data differ; TYPE BASE64 as in known_hosts is allowed' });

export const filePath = z.string(allow('a file path is allowed')).min(1, allow('a file path is allowed'));

const SOFTWARE = new RegExp(`^(${PRODUCTS.join('|')}) (\\d+(?:\\.\\d+){1,2})$`);
const SOFTWARE_ALLOWED = `NAME VERSION is allowed, such as mosquitto 2.0.11; known names: ${PRODUCTS.join(', ')}`;

/** What an external broker is, such as `rabbitmq 3.10`. */
export const softwareName = z.string(allow(SOFTWARE_ALLOWED)).regex(SOFTWARE, allow(SOFTWARE_ALLOWED));

/** Product and version of a text of this form. */
export function parseSoftware(text: string): BrokerSoftware | undefined {
  const [, name, version] = SOFTWARE.exec(text) ?? [];
  const product = PRODUCTS.find((known) => known === name);
  return product === undefined || version === undefined ? undefined : { product, version };
}

/** A mosquitto.conf(5) option that the lab does not set itself. */
export const optionName = z
  .string()
  // a digit, as in queue_qos0_messages
  .regex(/^[a-z][a-z0-9_]*$/, {
    error: 'is not an option of mosquitto.conf(5); lower-case letters, digits and _ are allowed',
  })
  .refine((name) => whyOwned(name) === undefined, {
    error: ({ input }) => `is not allowed here: ${whyOwned(String(input))}`,
  })
  .meta({ not: { enum: [...OWNED_OPTIONS] } });

const optionText = z
  .string()
  .regex(/^(\S(\P{Cc}*\S)?)$/u, { error: 'is empty, padded with spaces or longer than a line; one line is allowed' });

/** The value of a mosquitto.conf(5) option, which fits on its line. */
export const optionValue = z.union([z.boolean(), z.number(), optionText], {
  error: ({ input }) => `${kindOf(input)}; one line of text, a number, true or false is allowed`,
});

function label(allowed: string) {
  return z.string(allow(allowed)).regex(LABEL, allow(allowed)).max(40, allow(allowed));
}

function oneLine(what: string, bytes: number) {
  return z
    .string(allow(`${what} is allowed`))
    .min(1, { error: `is empty; ${what} of at least one character is allowed` })
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, {
      error: `has a line break or another control character; ${what} without them is allowed`,
    })
    .regex(/^(\S([\s\S]*\S)?)?$/, { error: `starts or ends with a space; ${what} without it is allowed` })
    .refine((text) => Buffer.byteLength(text) <= bytes, { error: `is too long; at most ${bytes} bytes are allowed` });
}

function dataRepeatsType(key: string): boolean {
  const [type = '', data = ''] = key.split(' ');
  const bytes = Buffer.from(data, 'base64');
  return bytes.length > 4 + type.length && bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString() === type;
}
