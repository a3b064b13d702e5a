/** What the commands know of the process they run in. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Who acts, unless `--by` says otherwise. */
  readonly user: string;
  /** Prints a line. */
  readonly print: (line: string) => void;
  /** Shows how far something is, in place of what it showed before; the last stays. */
  readonly showProgress: (line: string) => void;
  /** Resolves when the person has had enough. */
  readonly interrupted: () => Promise<void>;
}
