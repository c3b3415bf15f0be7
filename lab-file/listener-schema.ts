import * as z from 'zod';
import { filePath, whole } from './forms.ts';
import { allow } from './mistake.ts';

const readableFile = filePath.describe('PEM file, relative to this file or starting with ~/.');

/** `broker.listeners[].tls`. */
export const listenerTlsSchema = z
  .strictObject(
    {
      clients: z
        .enum(['none', 'required'], allow('none or required is allowed'))
        .default('none')
        .describe("Whether a client must show a certificate of the lab's CA."),
      identity: z
        .enum(['password', 'common-name'], allow('password or common-name is allowed'))
        .default('password')
        .describe('What names the user: the name and password of the CONNECT, or the common name of the certificate.'),
    },
    allow('a mapping is allowed, {} for TLS without client certificates'),
  )
  .describe('TLS 1.2 or later. Default: plain.');

/** One of `broker.listeners`. */
export const listenerSchema = z
  .strictObject(
    {
      port: whole(1, 65535).describe('TCP port.'),
      bind: z
        .enum(['all', 'loopback'], allow('all or loopback is allowed'))
        .default('all')
        .describe("Who reaches it: everybody, or only programs on the broker's host."),
      protocol: z
        .enum(['mqtt', 'websockets'], allow('mqtt or websockets is allowed'))
        .default('mqtt')
        .describe('MQTT directly, or over WebSockets.'),
      tls: listenerTlsSchema.optional(),
    },
    allow('a mapping with a port is allowed, such as { port: 8883, tls: {} }'),
  )
  .describe('A port that the broker listens on.');

const SERIAL = 'a serial number in hexadecimal digits is allowed, as openssl x509 -serial prints it';
/** `broker.tls`. */
export const brokerTlsSchema = z
  .strictObject(
    {
      certificate: readableFile
        .optional()
        .describe("The broker's certificate, with its chain. Default: the lab's CA signs one."),
      key: readableFile.optional().describe('The private key of that certificate.'),
      ca: readableFile.optional().describe('The certificate of the CA with which clients verify the broker.'),
      revoke: z
        .array(
          z
            .string(allow(SERIAL))
            .regex(/^[0-9A-Fa-f]{1,2}(:?[0-9A-Fa-f]{2})*$/, allow(SERIAL))
            .meta({ type: ['string', 'number'] }),
          allow('a list of serial numbers is allowed'),
        )
        .default([])
        .describe("Serial numbers of client certificates of the lab's CA that are no longer valid."),
    },
    allow('a mapping is allowed, such as { certificate: server.pem, key: server.key, ca: ca.pem }'),
  )
  .describe("Certificates of the listeners with TLS. Default: the lab's own CA.");

const CERTIFICATE = 'true or { certificate: PATH, key: PATH } is allowed';
/** `users.*.certificate`. */
export const userCertificate = z
  .union(
    [z.boolean(), z.strictObject({ certificate: readableFile, key: readableFile }, allow(CERTIFICATE))],
    allow(CERTIFICATE),
  )
  .default(false)
  .describe(
    "Whether the user has a client certificate: true for one of the lab's CA, or { certificate: PATH, key: PATH }.",
  );
