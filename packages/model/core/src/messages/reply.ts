import type { Issue } from './fault.ts';

/** An event as a reply names it. */
export interface ReplyEvent {
  readonly type: string;
  readonly revision: number;
}

/** What is wrong, for programs (`code`) and for people (`message`). */
export interface ReplyError {
  readonly code: string;
  readonly message: string;
  /** What is wrong with which field; only for `invalid`. */
  readonly issues?: readonly Issue[] | undefined;
}

/** The outcome of a command, as it is sent on the wire. `token` is what a query presents to read one's own write. */
export type Reply =
  | {
      readonly status: 'accepted';
      readonly command_id: string;
      readonly stream: string;
      /** Of the command's last event, or of the record that there was nothing to do. */
      readonly revision: number;
      readonly token: string;
      /** None: there was nothing to do. */
      readonly events: readonly ReplyEvent[];
    }
  | {
      readonly status: 'rejected';
      readonly command_id: string;
      readonly stream: string;
      /** Of the record of the refusal. */
      readonly revision: number;
      readonly token: string;
      readonly error: ReplyError;
    }
  | { readonly status: 'invalid' | 'failed'; readonly command_id: string | null; readonly error: ReplyError };

/** The outcomes that are recorded in the stream, and stay. */
export type RecordedOutcome = Extract<Reply, { stream: string }>;
