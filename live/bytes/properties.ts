import type { ByteReader } from './reader.ts';

type Kind = 'byte' | 'uint16' | 'uint32' | 'varint' | 'text' | 'binary' | 'pair';

/** MQTT 5, table 2-4. */
const PROPERTIES: Readonly<Record<number, readonly [name: string, kind: Kind]>> = {
  1: ['payload format indicator', 'byte'],
  2: ['message expiry interval', 'uint32'],
  3: ['content type', 'text'],
  8: ['response topic', 'text'],
  9: ['correlation data', 'binary'],
  11: ['subscription identifier', 'varint'],
  17: ['session expiry interval', 'uint32'],
  18: ['assigned client identifier', 'text'],
  19: ['server keep alive', 'uint16'],
  21: ['authentication method', 'text'],
  22: ['authentication data', 'binary'],
  23: ['request problem information', 'byte'],
  24: ['will delay interval', 'uint32'],
  25: ['request response information', 'byte'],
  26: ['response information', 'text'],
  28: ['server reference', 'text'],
  31: ['reason string', 'text'],
  33: ['receive maximum', 'uint16'],
  34: ['topic alias maximum', 'uint16'],
  35: ['topic alias', 'uint16'],
  36: ['maximum QoS', 'byte'],
  37: ['retain available', 'byte'],
  38: ['user property', 'pair'],
  39: ['maximum packet size', 'uint32'],
  40: ['wildcard subscription available', 'byte'],
  41: ['subscription identifiers available', 'byte'],
  42: ['shared subscription available', 'byte'],
};

/** Properties of MQTT 5 with their length in front. An unknown one ends the reading of all that follow. */
export function readProperties(reader: ByteReader, of = ''): void {
  const length = reader.varint(`length of ${of}properties`);
  const end = reader.at + length;
  while (reader.at < end) {
    const id = reader.byte('property', (value) => PROPERTIES[value]?.[0] ?? `unknown (${value})`);
    const property = PROPERTIES[id];
    if (property === undefined) return void reader.run('unknown properties', end - reader.at, () => '');
    readValue(reader, ...property);
  }
}

function readValue(reader: ByteReader, name: string, kind: Kind): void {
  if (kind === 'pair') {
    reader.text(`name of ${name}`);
    reader.text(`value of ${name}`);
  } else {
    reader[kind](name);
  }
}
