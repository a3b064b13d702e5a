import { prettyFactory } from 'pino-pretty';

/** Prints what a service logs, one line for people for each JSON line; everything else as it is. */
export function logLines(print: (line: string) => void): (output: string) => void {
  const pretty = prettyFactory({
    colorize: process.stdout.isTTY === true,
    ignore: 'pid,hostname,service',
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
  });
  let rest = '';
  return (output) => {
    const lines = (rest + output).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) print(pretty(line).trimEnd());
  };
}
