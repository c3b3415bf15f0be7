import * as z from 'zod';

/**
 * The lines that a recorder prints, each JSON. A recorder is a process that holds a connection to a broker: recorder.js for
 * mqtt.js on this machine, else recorder.py. `at`: milliseconds of its host's monotonic clock.
 */
const at = z.number();
const lineSchema = z.discriminatedUnion('is', [
  /** From recorder.py, which then waits for `start`. */
  z.object({ is: z.literal('ready') }),
  z.object({ is: z.literal('clock'), asked: z.number(), at }),
  /** The SYN leaves now. */
  z.object({ is: z.literal('connecting'), at }),
  /** Local port and process of the TCP connection. */
  z.object({ is: z.literal('open'), port: z.int(), pid: z.int(), at }),
  /** Bytes of MQTT, in hexadecimal. */
  z.object({ is: z.literal('bytes'), direction: z.enum(['sent', 'received']), hex: z.string(), at }),
  z.object({ is: z.literal('end'), by: z.enum(['client', 'broker']), how: z.enum(['FIN', 'RST']), at }),
  /** `code`: of the system, Node or Python. */
  z.object({ is: z.literal('failed'), why: z.string(), code: z.string().optional() }),
  /** What the client program printed. */
  z.object({ is: z.literal('line'), text: z.string() }),
]);
export type RecorderLine = z.infer<typeof lineSchema>;

/** What a recorder reads, a line of JSON each. The end of its input ends it and its client program. */
export type RecorderCommand =
  /** Half a close: it goes on receiving. */
  | { readonly do: 'fin' }
  | { readonly do: 'rst' }
  /** mqtt.js sends these two. `close` ends the connection and the recorder. */
  | { readonly do: 'send'; readonly hex: string }
  | { readonly do: 'close' }
  /** Only recorder.py reads this and the rest. It answers at once by `clock`, with `asked` and its own time. */
  | { readonly do: 'clock'; readonly asked: number }
  /** Starts the client program, which connects; without one, the recorder connects. */
  | { readonly do: 'start' }
  /** A line for the client program's input. */
  | { readonly do: 'program'; readonly line: string }
  /** Asks the client program to end. */
  | { readonly do: 'stop'; readonly how: 'TERM' | 'EOF' };

/** Undefined for a line of another kind. */
export function parseRecorderLine(text: string): RecorderLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
