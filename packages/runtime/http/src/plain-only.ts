/** A body came in an encoding that is not taken. */
export class PlainOnly extends Error {
  /** @param encoding as the client called it */
  constructor(encoding: string) {
    super(`the body is encoded as ${encoding}: send it as it is, without Content-Encoding`);
    this.name = 'PlainOnly';
  }
}
