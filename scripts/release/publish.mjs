/**
 * Publishes every package whose version the registry does not have yet, to the registry that npm is configured with.
 * What is given goes to pnpm: node scripts/release/publish.mjs --dry-run
 */
import { build, pnpm, run } from '../prepare.mjs';
import { removeLeftovers } from './pack.mjs';
import { shippedPackages } from './packages.mjs';

if (!build()) process.exit(1);
removeLeftovers();
const [command, ...first] = pnpm();
const filters = shippedPackages().flatMap(({ manifest }) => ['--filter', manifest.name]);
process.exit(run(command, [...first, '--recursive', ...filters, 'publish', ...process.argv.slice(2)]));
