/** What the commands know of the process they run in. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Who acts, unless `--by` says otherwise. */
  readonly user: string;
  /** Prints a line. */
  readonly print: (line: string) => void;
}
