import type { App } from '@daybook/app';

/** What the commands know of the process they run in. */
export interface CliEnvironment {
  readonly env: NodeJS.ProcessEnv;
  /** The app's folder. */
  readonly cwd: string;
  /** The app whose contexts the commands are about. @throws InvalidApp */
  readonly loadApp: () => Promise<App>;
  /** Who acts, unless `--by` says otherwise. */
  readonly user: string;
  /** Prints a line. */
  readonly print: (line: string) => void;
  /** Shows how far something is, in place of what it showed before; the last stays. */
  readonly showProgress: (line: string) => void;
  /** Resolves when this process is asked to stop, by Ctrl-C or SIGTERM. */
  readonly interrupted: () => Promise<void>;
}
