import * as z from 'zod';

const itemSchema = z.object({
  action: z
    .enum(['create', 'change', 'remove', 'unchanged', 'unknown'])
    .describe('`unknown`: the container that holds it does not run yet.'),
  kind: z.string().describe('Such as `package`, `file`, `service`, `container`.'),
  name: z.string(),
  detail: z.string().exactOptional().describe('What differs, and why something must follow.'),
  diff: z.string().exactOptional().describe('Change of a file as a unified diff without its secrets.'),
});

const hostSchema = z.object({
  host: z.string().describe('`broker` or the name of a Pi.'),
  place: z.enum(['local', 'container', 'ssh']),
  items: z.array(itemSchema).readonly(),
  error: z.string().exactOptional().describe('Why there is no plan for the host.'),
});

/** What `plan --json` prints. */
export const planJsonSchema = z
  .object({
    lab: z.string().describe('Name of the lab.'),
    changes: z.number().describe('How many things up would change; unknown ones count.'),
    docker: z.array(itemSchema).readonly().describe('Networks and containers in Docker.'),
    hosts: z.array(hostSchema).readonly(),
  })
  .meta({ id: 'plan', description: 'What plan --json and up --dry-run --json print.' });

export type PlanJson = z.infer<typeof planJsonSchema>;
