import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './launcher.ts';
import { parseOptions } from './options.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
process.exit(await launch(parseOptions(process.argv.slice(2), root)));
