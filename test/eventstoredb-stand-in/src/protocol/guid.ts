/**
 * A GUID on the wire has .NET's order: the first three groups little-endian, the rest as written.
 * Text to 16 bytes; throws on anything that is not a GUID.
 */
export function guidToBytes(text: string): Buffer {
  const hex = text.replaceAll('-', '');
  if (!/^[0-9a-fA-F]{32}$/.test(hex)) throw new Error(`not a GUID: ${text}`);
  return swapped(Buffer.from(hex, 'hex'));
}

/** 16 bytes from the wire to lower-case text. */
export function guidToText(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new Error(`a GUID has 16 bytes, not ${bytes.length}`);
  const hex = swapped(Buffer.from(bytes)).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function swapped(bytes: Buffer): Buffer {
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
