import type { PacketType } from './packet.ts';

/** Return codes of a 3.1.1 CONNACK (MQTT 3.1.1, table 3.1). */
const RETURN_CODES: Readonly<Record<number, string>> = {
  0: 'accepted',
  1: 'the broker does not speak this version of MQTT',
  2: 'client id refused',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorised',
};

/** Reason codes from 0x80 mean a failure in any packet (MQTT 5, table 2-6); 0x80 is also a refused subscription of 3.1.1. */
const REASON_CODES: Readonly<Record<number, string>> = {
  128: 'refused, no reason given',
  129: 'malformed packet',
  130: 'protocol error',
  131: 'implementation specific error',
  132: 'the broker does not speak this version of MQTT',
  133: 'client id refused',
  134: 'bad user name or password',
  135: 'not authorised',
  136: 'server unavailable',
  137: 'server busy',
  138: 'banned',
  139: 'server shutting down',
  140: 'bad authentication method',
  141: 'keep alive time-out',
  142: 'session taken over',
  143: 'topic filter invalid',
  144: 'topic name invalid',
  145: 'packet id in use',
  146: 'packet id not found',
  147: 'receive maximum exceeded',
  148: 'topic alias invalid',
  149: 'packet too large',
  150: 'message rate too high',
  151: 'quota exceeded',
  152: 'administrative action',
  153: 'payload format invalid',
  154: 'retain not supported',
  155: 'QoS not supported',
  156: 'use another server',
  157: 'server moved',
  158: 'shared subscriptions not supported',
  159: 'connection rate exceeded',
  160: 'maximum connect time',
  161: 'subscription identifiers not supported',
  162: 'wildcard subscriptions not supported',
};

/** A return or reason code with its meaning: `code 5 (not authorised)`, `code 0x87 (not authorised)`; only the number where the standard has none. */
export function codeText(type: PacketType, code: number): string {
  const shown = `code ${code < 0x80 ? code : `0x${code.toString(16)}`}`;
  const words = code >= 0x80 ? REASON_CODES[code] : successWords(type, code);
  return words === undefined ? shown : `${shown} (${words})`;
}

function successWords(type: PacketType, code: number): string | undefined {
  switch (type) {
    case 'CONNACK':
      return RETURN_CODES[code];
    case 'SUBACK':
      return code <= 2 ? `QoS ${code} granted` : undefined;
    case 'PUBACK':
    case 'PUBREC':
      return code === 16 ? 'nobody has subscribed' : undefined;
    case 'UNSUBACK':
      return code === 17 ? 'there was no subscription' : undefined;
    case 'DISCONNECT':
      return code === 4 ? 'publish the last will' : undefined;
    default:
      return undefined;
  }
}
