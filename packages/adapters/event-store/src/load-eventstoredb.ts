/** Not every app has it: it brings a client and a protocol library that Postgres does not need. */
const ADAPTER = '@daybook/event-store-eventstoredb';

type Adapter = typeof import('@daybook/event-store-eventstoredb');

/**
 * Loads the adapter for EventStoreDB, which is an optional peer of this package.
 * @param load stands for the import in tests
 * @throws Error that says what to install when it is missing
 */
export async function loadEventStoreDb(
  load: () => Promise<Adapter> = () => import('@daybook/event-store-eventstoredb'),
): Promise<Adapter> {
  try {
    return await load();
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new Error(
      `EVENT_STORE_URL names an EventStoreDB, and the adapter for it is not installed: run 'npm install ${ADAPTER}'`,
      { cause },
    );
  }
}

/** Another module that is missing, such as one that the adapter itself needs, is another fault. */
function isMissing(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return code === 'ERR_MODULE_NOT_FOUND' && String(message).includes(`'${ADAPTER}'`);
}
