import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './prepare.mjs';

/** Builds the documentation site into docs/.vitepress/dist; a link that leads nowhere fails the build. Returns the exit code. */
export function docs(args) {
  const [first, ...more] = args;
  if (more.length > 0 || (first !== undefined && first !== '--dev')) {
    console.error(`docs takes no '${more[0] ?? first}'; with --dev it serves the pages while you write them`);
    return 2;
  }
  const vitepress = join(root, 'docs', 'node_modules', 'vitepress', 'bin', 'vitepress.js');
  if (!existsSync(vitepress)) {
    console.error('VitePress is not installed: run npx pnpm install first');
    return 1;
  }
  return run(process.execPath, [vitepress, first === '--dev' ? 'dev' : 'build', 'docs']);
}
