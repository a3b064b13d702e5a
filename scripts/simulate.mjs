import { run } from './prepare.mjs';

/** Runs the simulation with the given options; returns its exit code. */
export function simulate(args) {
  return run(process.execPath, ['packages/simulation/dist/main.js', ...args]);
}
