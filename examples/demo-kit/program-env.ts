import { dirname } from 'node:path'

/** For the programs of a demo: the shell's variables, and telemetry that leaves within a second, also on a busy machine. */
export function programEnv(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return {
    ...withoutOtel(process.env),
    PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
    // The defaults suit production.
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_BLRP_SCHEDULE_DELAY: '200',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_METRIC_EXPORT_TIMEOUT: '1000',
    OTEL_NODE_EXIT_TIMEOUT: '3000',
    ...own,
  }
}

/** What the shell says about OpenTelemetry is meant for other programs. */
function withoutOtel(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^_?OTEL_/.test(name)))
}
