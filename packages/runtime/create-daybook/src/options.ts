/** What an app may be made with. */
export const PACKAGE_MANAGERS = ['npm', 'pnpm', 'yarn'] as const;
export const EVENT_STORES = ['postgres', 'eventstoredb'] as const;

/** What to make. */
export interface AppOptions {
  /** Of the npm package, the image and the compose project. */
  readonly name: string;
  readonly packageManager: (typeof PACKAGE_MANAGERS)[number];
  readonly eventStore: (typeof EVENT_STORES)[number];
  /** Of Daybook's packages, as a range: `^0.1.0`. */
  readonly daybookVersion: string;
}

/** @returns what is wrong with the name, or undefined */
export function problemOfName(name: string): string | undefined {
  if (/^[a-z][a-z0-9-]*$/.test(name) && name.length <= 100) return undefined;
  return `'${name}' can't name an app: lower case letters, digits and '-' can, beginning with a letter`;
}
