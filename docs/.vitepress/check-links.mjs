import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const ID = / id="([^"]+)"/g;
const LINK = /<a [^>]*href="([^"]+)"/g;
const ELSEWHERE = /^([a-z]+:|\/\/)/;

/**
 * Follows every link of the built pages to its page, its file and its heading: VitePress looks at pages only.
 * @param folder of the built site
 * @throws Error that names each link that leads nowhere
 */
export function checkLinks(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  const pages = names.filter((name) => name.endsWith('.html'));
  const texts = new Map(pages.map((page) => [page, readFileSync(join(folder, page), 'utf8')]));
  const headings = new Map(pages.map((page) => [page, new Set(allOf(texts.get(page), ID))]));
  const dead = pages.flatMap((page) =>
    allOf(texts.get(page), LINK).flatMap((link) => (leads(link, page) ? [] : [`${page}: ${link}`])),
  );
  if (dead.length > 0) throw new Error(`links that lead nowhere:\n  ${[...new Set(dead)].join('\n  ')}`);

  function leads(link, page) {
    if (ELSEWHERE.test(link)) return true;
    const [path = '', heading] = link.split('#');
    const target =
      path === '' ? page : posix.normalize(path.startsWith('/') ? path.slice(1) : posix.join(page, '..', path));
    const found = [target, `${target}.html`, posix.join(target, 'index.html')].find((name) => headings.has(name));
    if (found === undefined) return /\.\w+$/.test(target) && existsSync(join(folder, target));
    return !heading || headings.get(found).has(decodeURIComponent(heading));
  }
}

function allOf(text, pattern) {
  return [...text.matchAll(pattern)].map(([, found]) => found);
}
