import path from 'node:path';
import test from 'ava';
import { Secret } from '../../../base/secret.ts';
import type { PiCard } from '../../../deployment/pi-card.ts';
import type { Pi } from '../../../lab-file/lab.ts';
import { cardLines } from '../../../terminal/card-lines.ts';

const HOST = { kind: 'ssh', user: 'pi', address: 'hall.local', port: undefined, identity: undefined } as const;
const PI: Pi = { name: 'hall', host: { ...HOST, hostKey: undefined }, repository: { kind: 'debian' }, reboot: false };
const CARD: PiCard = {
  ...{ folder: path.resolve('.lab/image-hall'), hostName: 'hall', user: 'pi', pinnedIn: undefined, isOnCard: false },
  ...{ backups: [], lacksCloudInit: false, replaced: undefined },
};

test('names the folder, and what to do with it', (t) => {
  const text = cardLines(PI, CARD).join('\n');
  t.regex(text, /^hall: wrote user-data, .* to \.lab\/image-hall, for pi@hall\.local$/m);
  t.regex(text, /next: copy the files in \.lab\/image-hall .*two minutes, run \.\/lab up$/m);
  t.regex(text, /no `wifi`.*cable/);
  t.notRegex(text, /known_hosts|earlier file|cloud-init|replaced/);
});

test('names the other Pi whose card it replaced', (t) => {
  t.regex(cardLines(PI, { ...CARD, replaced: 'attic' }).join('\n'), /^hall: replaced the card of attic$/m);
});

test('names the secrets on the card, and shows none', (t) => {
  const wifi = { ssid: 'Home', country: 'SE', password: new Secret('correct horse') };
  const host = { ...HOST, hostKey: undefined, password: new Secret('battery staple') };
  const text = cardLines({ ...PI, wifi, host }, CARD).join('\n');
  t.regex(text, /secrets .*host key, the key of the Wi-Fi Home, the hash of the sudo password$/m);
  t.notRegex(text, /horse|staple|cable/);
});

test('on the card itself, names the backups, the pin and a missing cloud-init', (t) => {
  const card = { ...CARD, isOnCard: true, backups: ['user-data.old'], pinnedIn: '/known_hosts', lacksCloudInit: true };
  const text = cardLines(PI, card).join('\n');
  for (const part of [
    /renamed .* to user-data\.old$/m,
    /to \/known_hosts$/m,
    /lack cloud-init/,
    /next: unmount the card/,
  ]) {
    t.regex(text, part);
  }
});
