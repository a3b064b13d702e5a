/** `LoanRequest` of loan-request, loan_request, loanRequest or LoanRequest. */
export function pascalCase(name: string): string {
  return wordsOf(name)
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('');
}

/** `loanRequest` */
export function camelCase(name: string): string {
  const pascal = pascalCase(name);
  return `${pascal[0]?.toLowerCase()}${pascal.slice(1)}`;
}

/** `loan-request` */
export function kebabCase(name: string): string {
  return wordsOf(name).join('-');
}

/** `loan_request` */
export function snakeCase(name: string): string {
  return wordsOf(name).join('_');
}

/** `book` → `books`, `entry` → `entries`: the usual English plural, which a person may change afterwards. */
export function plural(name: string): string {
  if (/(s|x|z|ch|sh)$/.test(name)) return `${name}es`;
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return `${name}s`;
}

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}
