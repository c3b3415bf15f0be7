import * as z from 'zod';
import { allow } from './mistake.ts';
import { secretElsewhere } from './secret-schema.ts';

/** IEEE 802.11: at most 32 bytes. */
const LONGEST_SSID = 32;
const SSID = `the name of a Wi-Fi network of at most ${LONGEST_SSID} bytes is allowed`;
const COUNTRY = 'a country code of two upper-case letters is allowed, such as SE';

export const wifiPasswordSchema = secretElsewhere('a reader of the lab file does not learn it');

/** YAML 1.1, as cloud-init reads it, has a meaning of its own for `<<` and for most of these characters. */
const SSID_TEXT = /^(?!<<$)[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\uFEFF\uFFFE\uFFFF]+$/u;

/** A Pi's Wi-Fi, for the card that `image` makes. */
export const wifiSchema = z.strictObject(
  {
    ssid: z
      .string(allow(SSID))
      .regex(SSID_TEXT, allow(`${SSID}, without control characters and not <<`))
      .refine((text) => Buffer.byteLength(text) <= LONGEST_SSID, { error: `is too long; ${SSID}` })
      .meta({ type: ['string', 'number', 'boolean'] })
      .describe('Name of the Wi-Fi network.'),
    password: wifiPasswordSchema.describe(
      'Password of the Wi-Fi network: { env: NAME } or { file: PATH }. Only `image` reads it.',
    ),
    // an unset country keeps the radio of Raspberry Pi OS off
    country: z
      .string(allow(COUNTRY))
      .regex(/^[A-Z]{2}$/, allow(COUNTRY))
      .describe('Country where the Pi is, by its two letters (ISO 3166), which sets the allowed channels.'),
  },
  allow('a mapping is allowed, such as { ssid: NAME, password: { env: WIFI_PASSWORD }, country: SE }'),
);

/** What is wrong with a password of WPA (IEEE 802.11, J.4: the passphrase, or the key itself in hexadecimal digits). */
export function passphraseFault(text: string): string | undefined {
  if (/^[\x20-\x7e]{8,63}$/.test(text) || /^[0-9A-Fa-f]{64}$/.test(text)) return undefined;
  return 'is no password of a Wi-Fi network; 8 to 63 ASCII characters, or 64 hexadecimal digits, are allowed';
}
