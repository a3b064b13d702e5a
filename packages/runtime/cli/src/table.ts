/** Names, reasons and ids come from strangers: nothing of them may move the cursor or colour the terminal. */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, '�');
}

/** The first line, fit for one cell. */
export function firstLine(text: string): string {
  return printable(text.split('\n')[0]?.trim() ?? '').replaceAll('\t', ' ');
}

/** Lines with columns as wide as their widest cell, and two spaces between. The last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
