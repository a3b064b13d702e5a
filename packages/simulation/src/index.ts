export { runSeed } from './run.ts';
