import protobuf from 'protobufjs';
import type { Requests } from './requests.ts';
import { schema } from './schema.ts';

const { root } = protobuf.parse(schema);
const types = new Map<string, protobuf.Type>();

function typeOf(name: string): protobuf.Type {
  const known = types.get(name) ?? root.lookupType(name);
  types.set(name, known);
  return known;
}

/** A message as bytes. Fields are in camel case; a missing one is left out. */
export function encode(name: string, fields: object): Buffer {
  const bytes = typeOf(name).encode(fields).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Reads what a client sent; throws when the bytes are not such a message. */
export function decode<Name extends keyof Requests>(name: Name, bytes: Buffer): Requests[Name] {
  const type = typeOf(name);
  return type.toObject(type.decode(bytes), { longs: Number, defaults: true }) as Requests[Name];
}
