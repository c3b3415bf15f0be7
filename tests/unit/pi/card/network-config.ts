import test from 'ava';
import { parse } from 'yaml';
import { Secret } from '../../../../base/secret.ts';
import { renderNetworkConfig, wpaKey } from '../../../../pi/card/network-config.ts';

/** From IEEE 802.11, J.4.2. */
const KEYS: readonly (readonly [passphrase: string, ssid: string, key: string])[] = [
  ['password', 'IEEE', 'f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e'],
  ['ThisIsAPassword', 'ThisIsASSID', '0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af'],
];

for (const [passphrase, ssid, key] of KEYS) {
  test(`derives the key of the network ${ssid}`, (t) => {
    t.is(wpaKey(passphrase, ssid), key);
    t.is(wpaKey(key, ssid), key);
  });
}

test('configures the wired interface alone where there is no Wi-Fi', (t) => {
  const { network } = parse(renderNetworkConfig('hall', undefined));
  t.deepEqual(network, { version: 2, ethernets: { eth0: { dhcp4: true, optional: true } } });
});

test('holds the key of the Wi-Fi, never its password, and text that YAML 1.1 reads as text', (t) => {
  const wifi = { ssid: '0123', country: 'NO', password: new Secret('ThisIsAPassword') };
  const text = renderNetworkConfig('hall', wifi);
  t.false(text.includes('ThisIsAPassword'));
  t.regex(text, /regulatory-domain: "NO"/);
  t.regex(text, /"0123":/);
  const { wlan0 } = parse(text).network.wifis;
  t.deepEqual(wlan0, {
    dhcp4: true,
    optional: true,
    'regulatory-domain': 'NO',
    'access-points': { '0123': { password: wpaKey('ThisIsAPassword', '0123') } },
  });
});
