/** The command line itself is wrong, and nothing was tried; the message says what to write instead. Exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
