import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './launcher.ts';
import { parseOptions, USAGE } from './options.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const options = parseOptions(process.argv.slice(2), root);
if (!options) console.error(USAGE);
process.exit(options ? await launch(options) : 2);
