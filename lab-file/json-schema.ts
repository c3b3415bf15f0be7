import * as z from 'zod';
import { labSchema } from './schema.ts';

/**
 * The text of lab.schema.json, from which editors complete and check lab.yaml.
 * Draft 7, the one that yaml-language-server (VS Code and most others) supports in full.
 */
export function renderJsonSchema(): string {
  const schema = z.toJSONSchema(labSchema, { io: 'input', target: 'draft-7' });
  const { $schema, ...rest } = schema;
  return `${JSON.stringify({ $schema, title: 'lab.yaml of mqtt-lab', ...rest }, undefined, 2)}\n`;
}
