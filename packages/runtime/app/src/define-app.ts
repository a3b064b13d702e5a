import type { App } from './app.ts';
import { checkApp } from './check-app.ts';

/**
 * Puts an app together; the default export of `daybook.config.ts`.
 *
 * @example
 * ```ts
 * export default defineApp({
 *   contexts: [library],
 *   middleware: [openingHours],
 *   queryRoutes: (api, { query }) => void api.get('/reports/loans', () => query('select * from reports.loans')),
 *   consumers: [loansByDay],
 *   effects: { webhook },
 * });
 * ```
 * @throws InvalidApp that says what does not fit together, and what to change: two things with one name, for instance
 */
export function defineApp(definition: App): App {
  checkApp(definition);
  return definition;
}
