import type { FastifyInstance } from 'fastify';

/** A route of an app hides, or is hidden by, a built-in one; the message names both. */
export class RouteTaken extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RouteTaken';
  }
}

interface Route {
  readonly method: string;
  readonly url: string;
}

const routesOf = new WeakMap<FastifyInstance, Route[]>();

/** Notes the routes that are added to an API from now on, so that {@link addOwnRoutes} can tell which are built in. */
export function noteRoutes(api: FastifyInstance): void {
  const routes: Route[] = [];
  routesOf.set(api, routes);
  api.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url });
  });
}

/**
 * Adds routes of an app's own to an API that has all of its own by now. Their hooks and decorators stay within them.
 * @param add what the app gave
 * @throws RouteTaken when some path would lead to a built-in route as well as to one of them; what `add` throws
 */
export async function addOwnRoutes(
  api: FastifyInstance,
  add: (scope: FastifyInstance) => void | Promise<void>,
): Promise<void> {
  const before = [...(routesOf.get(api) ?? [])];
  await api.register(async (scope) => {
    scope.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) {
        const taken = before.find((route) => route.method === one && overlap(route.url, url));
        if (taken === undefined) continue;
        throw new RouteTaken(
          `the app's own route ${one} ${url} has paths in common with the built-in ${taken.method} ${taken.url}: ` +
            `give it another path, for instance one that begins with /own`,
        );
      }
    });
    await add(scope);
  });
}

/** Whether some path fits both patterns of Fastify. */
function overlap(one: string, other: string): boolean {
  const [ones, others] = [one.split('/'), other.split('/')];
  for (let at = 0; at < Math.max(ones.length, others.length); at++) {
    const [a, b] = [ones[at], others[at]];
    if (a?.includes('*') || b?.includes('*')) return true;
    if (a === undefined || b === undefined) return isOptional(a ?? b);
    if (a !== b && !isVariable(a) && !isVariable(b)) return false;
  }
  return true;
}

function isVariable(part: string): boolean {
  return part.includes(':');
}

function isOptional(part: string | undefined): boolean {
  return part?.endsWith('?') === true;
}
