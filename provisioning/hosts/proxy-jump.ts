import { quote } from '../../base/quote.ts';

/** `BatchMode`: a question on the terminal would stand among the progress lines, and the login's time would run out. */
const OPTIONS = ['-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR'];

/**
 * The ProxyCommand that ssh(1) makes of ProxyJump: it jumps to the last hop, over the hops before it.
 * @param proxyJump as `ssh -G` prints it: hops `[user@]host[:port]` between commas, an address in brackets
 * @param to the host behind the hops
 * @param options further words for ssh, such as `-F FILE`
 */
export function jumpCommand(
  proxyJump: string,
  to: { readonly hostName: string; readonly port: number },
  options: readonly string[] = [],
): string {
  const [last = '', ...before] = proxyJump.split(',').reverse();
  const [, user, address, name = last, port] = /^(?:(.+)@)?(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(last) ?? [];
  const words = [
    ...['ssh', ...OPTIONS, ...options],
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', port]),
    ...(before.length === 0 ? [] : ['-J', before.reverse().join(',')]),
    ...['-W', `[${to.hostName}]:${to.port}`, '--', address ?? name],
  ];
  return words.map(quote).join(' ');
}
