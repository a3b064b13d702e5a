import { relative, sep } from 'node:path';
import { watch } from 'chokidar';

const IGNORED = new Set(['node_modules', '.git', '.daybook', 'dist', 'coverage']);
const WATCHED = /\.(?:[cm]?[jt]s|json)$/;
/** Editors write several files at once, milliseconds. */
const SETTLE_MS = 40;

/**
 * Tells of each change of a source file below the folder.
 * @param changed gets the path of one that changed, relative to the folder
 */
export function watchFiles(folder: string, changed: (file: string) => void) {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, {
    ignoreInitial: true,
    ignored: (path, stats) => {
      const parts = relative(folder, path).split(sep);
      return parts.some((part) => IGNORED.has(part)) || (stats?.isFile() === true && !WATCHED.test(path));
    },
  });
  watcher.on('all', (_event, path) => {
    if (!WATCHED.test(path)) return;
    clearTimeout(timer);
    timer = setTimeout(() => changed(relative(folder, path)), SETTLE_MS);
  });
  return {
    async stop(): Promise<void> {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
