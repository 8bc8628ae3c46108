import { styleText } from 'node:util'

export const bold = (text: string): string => styleText('bold', text)

export function say(...lines: readonly string[]): void {
  process.stdout.write(lines.map(line => `${line}\n`).join(''))
}

export function indent(lines: readonly string[]): string[] {
  return lines.map(line => `  ${line}`)
}
