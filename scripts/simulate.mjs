import { run } from './prepare.mjs';

/** Runs the simulation with the given options; returns its exit code. */
export function simulate(args) {
  // Short-lived objects by the million: with room for them, fewer are looked at by the collector.
  return run(process.execPath, ['--max-semi-space-size=64', 'test/simulation/dist/main.js', ...args]);
}
