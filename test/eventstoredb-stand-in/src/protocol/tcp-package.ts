import { guidToBytes, guidToText } from './guid.ts';

const AUTHENTICATED = 0x01;
const COMMAND = 0;
const FLAGS = 1;
const CORRELATION = 2;
const BODY = 18;

/** Who a package says it comes from. */
export interface Login {
  readonly login: string;
  readonly password: string;
}

/** One message on the wire. */
export interface TcpPackage {
  readonly command: number;
  readonly correlationId: string;
  readonly login?: Login;
  readonly data: Buffer;
}

/** A package as bytes, without its length. */
export function encodePackage({ command, correlationId, login, data }: TcpPackage): Buffer {
  const head = Buffer.concat([Buffer.from([command, login ? AUTHENTICATED : 0]), guidToBytes(correlationId)]);
  return Buffer.concat(login ? [head, short(login.login), short(login.password), data] : [head, data]);
}

/** Reads a package; throws when it is cut short. */
export function decodePackage(bytes: Buffer): TcpPackage {
  if (bytes.length < BODY) throw new Error(`package of ${bytes.length} bytes`);
  const command = bytes.readUInt8(COMMAND);
  const correlationId = guidToText(bytes.subarray(CORRELATION, BODY));
  if ((bytes.readUInt8(FLAGS) & AUTHENTICATED) === 0) return { command, correlationId, data: bytes.subarray(BODY) };
  const login = readShort(bytes, BODY);
  const password = readShort(bytes, login.end);
  return {
    command,
    correlationId,
    login: { login: login.text, password: password.text },
    data: bytes.subarray(password.end),
  };
}

function short(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 255) throw new Error('a login or password has at most 255 bytes');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function readShort(bytes: Buffer, at: number): { text: string; end: number } {
  const end = at + 1 + bytes.readUInt8(at);
  if (end > bytes.length) throw new Error('login or password does not fit into the package');
  return { text: bytes.toString('utf8', at + 1, end), end };
}
