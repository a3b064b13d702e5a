/** A mail to one person. */
export interface Mail {
  /** An e-mail address, or an actor's name as the log has it. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}
