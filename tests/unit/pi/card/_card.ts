import type { CardUser } from '../../../../pi/card/user-data.ts';

export const CARD: CardUser = {
  pi: 'hall',
  hostName: 'kitchen',
  user: 'nora',
  authorizedKeys: ['ssh-ed25519 AAAA', 'ssh-rsa BBBB'],
  password: undefined,
  hostKey: {
    public: 'ssh-ed25519 CCCC',
    private: '-----BEGIN OPENSSH PRIVATE KEY-----\nDDDD\n-----END OPENSSH PRIVATE KEY-----\n',
  },
  timeZone: 'Europe/Oslo',
  locale: undefined,
};
