import type { ClientOptions } from './client-options.ts';

/** How long MQTT 5 keeps a persistent session of a client that is away, in seconds: a day. */
export const SESSION_EXPIRY_S = 86_400;

type Login = Pick<ClientOptions, 'version' | 'clean' | 'clientId' | 'user' | 'password' | 'keepAlive'> & {
  readonly will?: ClientOptions['will'] | undefined;
};

/** The login as mqtt.js takes it. */
export function mqttJsOptions({ version, clean, will, ...options }: Login) {
  return {
    clientId: options.clientId,
    username: options.user,
    ...(options.password === undefined ? {} : { password: options.password }),
    protocolVersion: version,
    clean,
    keepalive: options.keepAlive,
    ...(version === 5 && !clean ? { properties: { sessionExpiryInterval: SESSION_EXPIRY_S } } : {}),
    ...(will === undefined ? {} : { will }),
  };
}
