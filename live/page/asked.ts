import type { Command, LiveEvent, Side } from '../protocol.ts';

/** A command that was sent and whose outcome has not come yet: it is not sent twice. */
export type Asked = 'save' | 'restart broker' | `${'connect' | 'end' | 'cut' | 'plug'} ${Side}`;

/** Undefined for commands that may be sent one after the other. */
export function askedBy(command: Command): Asked | undefined {
  switch (command.do) {
    case 'save':
    case 'restart broker':
      return command.do;
    case 'connect':
    case 'end':
    case 'cut':
    case 'plug':
      return `${command.do} ${command.side}`;
    default:
      return undefined;
  }
}

/** What is still open after an event. A trouble does not say which command it is about, so it ends all. */
export function stillAsked(asked: readonly Asked[], event: LiveEvent): readonly Asked[] {
  return asked.length === 0 ? asked : asked.filter((one) => !settles(event, one));
}

function settles(event: LiveEvent, asked: Asked): boolean {
  switch (event.is) {
    case 'trouble':
      return true;
    case 'saved':
      return asked === 'save';
    case 'broker':
      return asked === 'restart broker';
    case 'state':
      return asked.endsWith(` ${event.side}`);
    case 'tcp':
      return (
        (event.what === 'silent' && asked === `cut ${event.side}`) ||
        (event.what === 'through' && asked === `plug ${event.side}`)
      );
    default:
      return false;
  }
}
