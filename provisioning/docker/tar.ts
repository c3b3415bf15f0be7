import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

export type TarEntry = { readonly name: string; readonly mode: number; readonly content: string | Buffer };

/** A tar archive in memory, owner root. */
export async function tar(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, mode, content } of entries) archive.entry({ name, mode }, content);
  archive.finalize();
  return await buffer(archive);
}
