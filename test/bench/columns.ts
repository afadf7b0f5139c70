/** Lines of a table; the first column stands left, the others right. */
export function columns<T>(titles: readonly (readonly [string, (row: T) => string])[], rows: readonly T[]): string[] {
  const cells = [titles.map(([title]) => title), ...rows.map((row) => titles.map(([, cell]) => cell(row)))];
  const widths = titles.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)));
  return cells.map((line) =>
    line
      .map((cell, i) => pad(cell, widths[i]!, i === 0))
      .join('  ')
      .trimEnd(),
  );
}

function pad(cell: string, width: number, left: boolean): string {
  return left ? cell.padEnd(width) : cell.padStart(width);
}
