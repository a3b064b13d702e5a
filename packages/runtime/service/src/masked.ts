const SECRET_NAME = /SECRET|PASSWORD|TOKEN|(^|_)KEY($|_)/;

/**
 * A variable's value, fit to be printed: without the password of a URL, and not at all where the name says that it is a secret.
 * Works on values that are no proper URLs too: those are the ones that get printed.
 */
export function masked(variable: string, value: string): string {
  if (SECRET_NAME.test(variable)) return '***';
  return value
    .replace(/^([a-z][a-z0-9+.-]*:\/*)?([^:/?]*):(.*)@/i, '$1$2:***@')
    .replace(/([?&][^=&]*(?:password|secret|token)[^=&]*=)[^&]*/gi, '$1***');
}
