import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import * as z from 'zod';

const answerSchema = z.looseObject({
  return: z.unknown().optional(),
  error: z.looseObject({ desc: z.string() }).optional(),
});

/** Runs a command of QEMU's monitor, such as `savevm NAME`, over QMP. Throws with what the monitor prints: these commands print errors only. */
export async function monitorCommand(socket: string, command: string): Promise<void> {
  const connection = connect(socket);
  try {
    const send = (message: object) => connection.write(`${JSON.stringify(message)}\n`);
    send({ execute: 'qmp_capabilities' });
    send({ execute: 'human-monitor-command', id: command, arguments: { 'command-line': command } });
    for await (const line of createInterface(connection)) {
      const message: unknown = JSON.parse(line);
      const { id, return: printed, error } = answerSchema.parse(message);
      if (id !== command) continue;
      if (error !== undefined || printed !== '') throw new Error(`QEMU: ${command}: ${error?.desc ?? printed}`);
      return;
    }
    throw new Error(`QEMU: ${command}: the monitor closed the connection`);
  } finally {
    connection.destroy();
  }
}
