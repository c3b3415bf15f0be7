import * as z from 'zod';

const listenerSchema = z.object({
  port: z.number().describe('As the lab file names it.'),
  bind: z.enum(['all', 'loopback']),
  protocol: z.enum(['mqtt', 'websockets']),
  tls: z
    .object({ clients: z.enum(['none', 'required']), identity: z.enum(['password', 'common-name']) })
    .optional()
    .describe('Absent: plain.'),
  address: z.string().describe('Where clients on this machine connect.'),
  reachedPort: z.number().describe('The port for clients on this machine; a container publishes another one.'),
});

const hostSchema = z.object({
  host: z.string().describe('`broker` or the name of a Pi.'),
  state: z
    .enum(['up', 'down', 'unreachable'])
    .describe('`down`: it answers, but lacks something; `unreachable`: it does not answer.'),
  place: z.string(),
  system: z.string().exactOptional(),
  versions: z.record(z.string(), z.string()).exactOptional().describe('Versions by package.'),
  detail: z.string().describe('Why it has this state.'),
  listeners: z.array(listenerSchema).readonly().exactOptional().describe('Of the broker.'),
});

/** What `status --json` prints. */
export const statusJsonSchema = z
  .object({ lab: z.string().describe('Name of the lab.'), hosts: z.array(hostSchema).readonly() })
  .meta({ id: 'status', description: 'What status --json prints.' });

export type StatusJson = z.infer<typeof statusJsonSchema>;
