import { run } from './run.ts';
import { quiet } from './test-cli-environment.ts';

/** Runs command lines as ada, in an environment. */
export function commandLine(env: () => NodeJS.ProcessEnv) {
  return async (line: string, ...more: string[]) => {
    const out: string[] = [];
    const err: string[] = [];
    const around = { ...quiet, env: env(), user: 'ada', print: (text: string) => void out.push(text) };
    const code = await run([...line.split(' '), ...more], around, (text) => void err.push(text));
    return { code, out, err };
  };
}
