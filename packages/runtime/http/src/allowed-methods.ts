import type { FastifyInstance } from 'fastify';

/** Which methods each path of an API has. */
export interface AllowedMethods {
  /** @param url of a request; what follows `?` does not matter. @returns none when there is no such path */
  of(url: string): readonly string[];
}

/** Watches the routes that are added to the API from now on. */
export function watchMethods(api: FastifyInstance): AllowedMethods {
  const methodsByPath = new Map<string, Set<string>>();
  api.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByPath.get(url) ?? new Set();
    methodsByPath.set(url, methods);
    for (const one of [method].flat()) methods.add(one);
  });
  return {
    of(url) {
      const path = pathOf(url).split('/');
      const found = [...methodsByPath].flatMap(([pattern, methods]) =>
        fits(pattern.split('/'), path) ? [...methods] : [],
      );
      return [...new Set(found)].sort();
    },
  };
}

/** The path of a request's URL. */
export function pathOf(url: string): string {
  return url.split('?')[0] as string;
}

function fits(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((part, index) => (part.startsWith(':') ? path[index] !== '' : part === path[index]))
  );
}
