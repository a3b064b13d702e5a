const HEADER = 4;
/** What the client's own framer refuses. */
const MAX_PACKAGE = 64 * 1024 * 1024;

/** Puts the length before a package: 32 bits, little-endian, not counting itself. */
export function frame(content: Buffer): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeInt32LE(content.length);
  return Buffer.concat([header, content]);
}

/** Cuts a stream of bytes into packages; calls back for each whole one. Throws when a length is impossible. */
export function createUnframer(onPackage: (content: Buffer) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = HEADER;
  let inHeader = true;

  return (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    // Joined only when enough is there: joining at each chunk would copy a large package many times.
    while (held >= wanted) {
      const all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, held);
      const taken = all.subarray(0, wanted);
      const rest = all.subarray(wanted);
      chunks = rest.length > 0 ? [rest] : [];
      held = rest.length;
      if (inHeader) {
        wanted = taken.readInt32LE();
        if (wanted <= 0 || wanted > MAX_PACKAGE) throw new Error(`package of ${wanted} bytes`);
      } else {
        wanted = HEADER;
        onPackage(taken);
      }
      inHeader = !inHeader;
    }
  };
}
