import type { HostFiles } from '../../../../mosquitto/import/host-files.ts';
import { inOrder } from '../../../../mosquitto/import/host-files.ts';

/** The files of a host, by path. */
export function filesOf(files: Readonly<Record<string, string>>): HostFiles {
  return {
    file: async (path) => files[path],
    async folder(path) {
      const inside = Object.keys(files).filter((file) => file.startsWith(`${path}/`) && file.endsWith('.conf'));
      return inside.sort(inOrder).map((file) => ({ path: file, text: files[file] ?? '' }));
    },
  };
}
