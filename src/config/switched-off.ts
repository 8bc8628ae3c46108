/**
 * Whether nothing at all is to be done, told without loading what reads variables: that has the last word on all that is
 * less plain. Propagators that are named go on without the SDK, and PM2 keeps an app's variables elsewhere.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
 */
export function isSwitchedOff(env: Readonly<Record<string, string | undefined>>): boolean {
  const { OTEL_SDK_DISABLED: disabled = '', OTEL_PROPAGATORS: propagators = '', pm2_env: pm2 } = env
  return /^\s*true\s*$/i.test(disabled) && propagators.trim() === '' && pm2 === undefined
}
