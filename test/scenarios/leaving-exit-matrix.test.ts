import { describe, expect, test } from 'vitest'
import type { Receiver } from '../../src/testing.ts'
import type { AppResult } from '../harness/app.ts'
import {
  type Behaviour,
  firstProcess,
  hasContainers,
  leave,
  type Protocol,
  startCollector,
  type Way,
  ways,
} from './leaving-matrix.ts'

/** A signal that has a handler, and one that does not end us, are followed by flushes: these tell of the outage too. */
const maxLines = 5

interface Outcome extends AppResult {
  /** Where there is a collector. */
  readonly arrived: unknown
  readonly isQuiet: boolean
}

const ends = new Map<Way, Promise<AppResult>>()
function endWithoutTelemetry(way: Way): Promise<AppResult> {
  const end = ends.get(way) ?? leave(way)
  ends.set(way, end)
  return end
}

/** What became of the program, and what should: its end without telemetry, and all that it recorded. */
async function observe(
  way: Way,
  behaviour: Behaviour,
  protocol: Protocol,
): Promise<{ readonly seen: Outcome; readonly wanted: Outcome }> {
  await using collector = await startCollector(behaviour, protocol)
  const [alone, together] = await Promise.all([endWithoutTelemetry(way), leave(way, collector.env)])
  const isThere = collector.receiver !== undefined
  const ourLines = together.stderr.match(/^\[@org\/otel\]/gm)?.length ?? 0
  return {
    seen: {
      ...together,
      stderr: ofApp(together.stderr),
      arrived: collector.receiver && describeArrived(collector.receiver),
      isQuiet: ourLines <= (isThere ? 0 : maxLines),
    },
    wanted: {
      ...alone,
      stderr: ofApp(alone.stderr),
      arrived: isThere ? describeRecorded(together.stdout) : undefined,
      isQuiet: true,
    },
  }
}

/** What Node says of an error of the app: the line, the message, and where in the app it was. */
function ofApp(stderr: string): string {
  const lines = stderr.split('\n').filter(line => /of the app|program\.cjs/.test(line))
  return lines.join('\n')
}

/** What its listeners recorded at the very end came after everything else. */
function describeRecorded(stdout: string): unknown {
  const isTold = stdout.includes('farewell\n')
  return { spans: 1000, farewells: isTold ? 1 : 0, logs: 100, counter: isTold ? 42 : 41 }
}

function describeArrived(receiver: Receiver): unknown {
  const names = new Set(receiver.spans().map(({ spanId, name }) => `${spanId} ${name}`))
  const farewells = [...names].filter(name => name.endsWith('farewell')).length
  const values = receiver
    .metrics()
    .filter(({ name }) => name === 'leaving.counter')
    .flatMap(({ points }) => points.map(({ value }) => value))
  return {
    spans: names.size - farewells,
    farewells,
    logs: new Set(receiver.logs().map(({ body }) => body)).size,
    counter: values.at(-1),
  }
}

describe.each(['accepts', 'refuses', 'hangs'] as const)('the collector %s', behaviour => {
  test.concurrent.each(ways.map(way => [way.name, way] as const))('%s', async (_name, way) => {
    const { seen, wanted } = await observe(way, behaviour, 'http/protobuf')
    expect(seen).toEqual(wanted)
  })

  test.skipIf(!hasContainers)(`${firstProcess.name} (needs the right to "unshare --pid")`, async () => {
    const { seen, wanted } = await observe(firstProcess, behaviour, 'http/protobuf')
    expect(seen).toEqual(wanted)
  })

  describe.each(['http/json', 'grpc'] as const)('and speaks %s', protocol => {
    const some = ways.filter(({ name }) => /^(natural end|process\.exit|thread|SIGTERM that nobody.*)$/.test(name))
    test.concurrent.each(some.map(way => [way.name, way] as const))('%s', async (_name, way) => {
      const { seen, wanted } = await observe(way, behaviour, protocol)
      expect(seen).toEqual(wanted)
    })
  })
})
