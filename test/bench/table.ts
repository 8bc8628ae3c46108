/** All cells but those of the first column are aligned to the right. */
export interface Table {
  readonly title?: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** As Markdown, in the way of this repository's formatter. */
export function printTable({ title, head, rows }: Table): string {
  const widths = head.map((_, column) => Math.max(4, ...[head, ...rows].map(row => row[column]!.length)))
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  const lines = [line(head.map(pad)), line(rule), ...rows.map(row => line(row.map(pad)))]
  return [...(title === undefined ? [] : [`${title}:`, '']), ...lines].join('\n')
}
