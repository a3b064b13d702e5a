import { readFileSync } from 'node:fs';

const tutorial = readFileSync('docs/tutorial.md', 'utf8');

/** Every fenced block, in order, with the line above it. */
const blocks = [...tutorial.matchAll(/(?:(.*)\n)?```(\w+)\n([\s\S]*?)```/g)].map(
  ([, above = '', language = '', text = '']) => ({ above, language, text }),
);

/**
 * The files that the tutorial writes, by path: each block under a line that is a path in bold. Blocks of one file follow each
 * other with an empty line between.
 */
export function tutorialFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const { above, text } of blocks) {
    const path = /^\*\*(\S+)\*\*$/.exec(above)?.[1];
    if (path === undefined) continue;
    const before = files.get(path);
    files.set(path, before === undefined ? text : `${before}\n${text}`);
  }
  return files;
}

/** The requests that the tutorial makes, each with the answer that it shows; `…` in an answer is any text. */
export function tutorialRequests(): { request: string; answer: unknown }[] {
  return blocks.flatMap(({ language, text }, index) => {
    if (language !== 'sh' || !text.startsWith('curl')) return [];
    return [{ request: text, answer: JSON.parse(blocks[index + 1]?.text ?? '') as unknown }];
  });
}
