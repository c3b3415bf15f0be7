import test from 'ava';
import { parse } from 'yaml';
import { Secret } from '../../../../base/secret.ts';
import { sha512Crypt } from '../../../../pi/card/sha512-crypt.ts';
import { renderUserData } from '../../../../pi/card/user-data.ts';
import { CARD } from './_card.ts';

test('sets up the host name, a user with keys, SSH and the time zone', (t) => {
  const text = renderUserData(CARD);
  t.regex(text, /^#cloud-config\n/);
  const data = parse(text);
  t.deepEqual([data.hostname, data.timezone, data.ssh_pwauth], ['kitchen', 'Europe/Oslo', false]);
  const [user, ...others] = data.users;
  t.deepEqual([user.name, user.ssh_authorized_keys, others], ['nora', CARD.authorizedKeys, []]);
  t.true(user.groups.split(',').includes('sudo'));
  t.deepEqual(data.runcmd, [['systemctl', 'enable', '--now', 'ssh']]);
  t.false('locale' in data);
  t.false('timezone' in parse(renderUserData({ ...CARD, timeZone: undefined })));
  t.is(parse(renderUserData({ ...CARD, locale: 'nb_NO.UTF-8' })).locale, 'nb_NO.UTF-8');
});

test('gives the Pi its host key, and no other', (t) => {
  const data = parse(renderUserData(CARD));
  t.true(data.ssh_deletekeys);
  t.deepEqual(data.ssh_keys, { ed25519_private: CARD.hostKey.private, ed25519_public: CARD.hostKey.public });
  // the service of Raspberry Pi OS would replace it
  t.regex(
    data.bootcmd[0][2],
    /mask --now regenerate_ssh_host_keys \|\| systemctl disable --now regenerate_ssh_host_keys$/,
  );
});

test('where the lab file has a password, sudo asks for it and the card holds its hash; otherwise sudo asks for none', (t) => {
  const [free] = parse(renderUserData(CARD)).users;
  t.deepEqual([free.lock_passwd, free.sudo, 'hashed_passwd' in free], [true, 'ALL=(ALL) NOPASSWD:ALL', false]);
  const text = renderUserData({ ...CARD, password: new Secret('correct horse') });
  t.false(text.includes('correct horse'));
  const [asked] = parse(text).users;
  t.deepEqual([asked.lock_passwd, asked.sudo], [false, 'ALL=(ALL) ALL']);
  const [, , salt] = asked.hashed_passwd.split('$');
  t.is(asked.hashed_passwd, sha512Crypt('correct horse', salt));
});
