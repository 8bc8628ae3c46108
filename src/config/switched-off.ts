/**
 * Whether nothing at all is to be done, told without loading what reads variables: that has the last word on all that is
 * less plain, such as an app whose variables PM2 keeps elsewhere.
 */
export function isSwitchedOff(env: Readonly<Record<string, string | undefined>>): boolean {
  const { OTEL_SDK_DISABLED: disabled = '', pm2_env: pm2 } = env
  return pm2 === undefined && /^\s*true\s*$/i.test(disabled)
}
