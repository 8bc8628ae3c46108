/** The floor of OpenTelemetry JS 3.x. The same as `engines` in package.json. */
export const neededNode = '22.15.0'

export function isNodeSupported(found: string): boolean {
  const [major = 0, minor = 0] = found.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 15)
}
