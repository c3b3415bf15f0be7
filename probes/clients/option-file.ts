/** Thrown where a client program cannot be given what a check needs. It says nothing about the broker. */
export class ClientLimit extends Error {
  override readonly name = 'ClientLimit';
}

/**
 * Bytes after `-u ` or `-P ` in a line of the mosquitto clients' option file: they read it in pieces of 1,023 bytes (fgets in
 * client_config_load, 2.0.11 to 2.1.2), and print the next piece as an unknown option.
 */
const LONGEST = 1_020;

/** The mosquitto clients cut a debug line at 500 bytes (log__printf, 2.0.11 to 2.1.2), and it has up to 100 beside the topic. */
const LONGEST_TOPIC = 400;

/** Throws a ClientLimit for a topic that the debug lines of the mosquitto clients cannot show whole. */
export function requireShown(topic: string): void {
  if (Buffer.byteLength(topic) <= LONGEST_TOPIC) return;
  throw new ClientLimit(`the mosquitto clients cannot show a topic of more than ${LONGEST_TOPIC} bytes`);
}

type Login = { readonly user: string; readonly password?: string };

/** The lines of the mosquitto clients' option file for a login. Throws a ClientLimit where they cannot read it. */
export function loginLines({ user, password }: Login): string[] {
  return [`-u ${word('user name', user)}`, ...(password === undefined ? [] : [`-P ${word('password', password)}`])];
}

/** Why the mosquitto clients cannot read a login; undefined where they can. */
export function unreadable(login: Login): string | undefined {
  try {
    loginLines(login);
    return undefined;
  } catch (error) {
    if (error instanceof ClientLimit) return error.message;
    throw error;
  }
}

function word(what: string, text: string): string {
  if (/[\r\n\0]/.test(text)) throw new ClientLimit(`the mosquitto clients cannot read a ${what} with a line end in it`);
  if (Buffer.byteLength(text) <= LONGEST) return text;
  throw new ClientLimit(`the mosquitto clients cannot read a ${what} of more than ${LONGEST} bytes from a file`);
}
