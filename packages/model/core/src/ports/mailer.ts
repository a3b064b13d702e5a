import type { Mail } from '../modelling/mail.ts';

/** Sends mail. */
export interface Mailer {
  /**
   * Resolves once the mail server has taken the mail.
   * @param id the same for the same mail, always: a second copy can be told by its Message-ID
   * @throws Unavailable; Error when the server refuses this mail
   */
  send(id: string, mail: Mail): Promise<void>;
  /** For readiness. @throws Unavailable */
  ping(): Promise<void>;
  close(): Promise<void>;
}
