import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import * as os from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createResource, type ResourceSources } from '../../src/resource/create-resource.ts'

let root: string
beforeAll(() => (root = mkdtempSync(join(os.tmpdir(), 'otel-resource-'))))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A folder with these files; objects are written as JSON. */
function folder(name: string, files: Readonly<Record<string, unknown>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true })
    writeFileSync(join(root, name, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return join(root, name)
}

const nobody = {
  serviceName: undefined,
  serviceVersion: undefined,
  resourceAttributes: {},
  inheritableInstanceId: undefined,
}
const main = { entry: undefined, role: 'main', workerId: undefined, threadId: 0 } as const

function create(entry: string | undefined, config: Partial<ResourceSources['config']> = {}) {
  const { resource, problems } = createResource({
    config: { ...nobody, ...config },
    version: '1.2.3',
    place: { ...main, entry },
    process,
    os,
    readFile: path => readFileSync(path),
    createId: randomUUID,
  })
  expect(resource.asyncAttributesPending).toBe(false)
  return { attributes: resource.attributes, messages: problems.map(({ message }) => message) }
}

describe('a service that nobody named', () => {
  test('goes by the package.json next to its script, and is told to have a name', () => {
    const app = folder('plain', { 'package.json': { name: 'orders', version: '4.5.6' }, 'app.js': '' })
    const { attributes, messages } = create(join(app, 'app.js'))
    expect(attributes).toMatchObject({ 'service.name': 'orders', 'service.version': '4.5.6' })
    expect(messages).toEqual([
      `OTEL_SERVICE_NAME is not set, expected a name for each component (web, worker, ...); using "orders" (the name in ${join(app, 'package.json')})`,
    ])
  })

  test('goes by the nearest one above that has a name', () => {
    const app = folder('built', {
      'package.json': { name: '@acme/orders' },
      'dist/package.json': { type: 'commonjs' },
      'dist/bad/package.json': '{ not json',
      'dist/bad/null/package.json': 'null',
      'dist/bad/null/number/package.json': { name: 5 },
      'dist/bad/null/number/main.js': '',
    })
    const { attributes } = create(join(app, 'dist/bad/null/number/main.js'))
    expect(attributes['service.name']).toBe('@acme/orders')
    expect(attributes).not.toHaveProperty('service.version')
  })

  test('goes by its folder where that was started', () => {
    const app = folder('folder', { 'package.json': { name: 'by-folder' }, 'index.js': '' })
    expect(create(app).attributes['service.name']).toBe('by-folder')
  })

  test('is the app and not the tool that starts it', () => {
    const app = folder('tool', {
      'package.json': { name: 'shop', version: '1.0.0' },
      'node_modules/next/package.json': { name: 'next', version: '16.0.0' },
      'node_modules/next/dist/bin/next': '',
    })
    mkdirSync(join(app, 'node_modules/.bin'))
    symlinkSync('../next/dist/bin/next', join(app, 'node_modules/.bin/next'))
    for (const entry of ['node_modules/next/dist/bin/next', 'node_modules/.bin/next']) {
      expect(create(join(app, entry)).attributes).toMatchObject({ 'service.name': 'shop', 'service.version': '1.0.0' })
    }
  })

  test('is the tool where there is no app', () => {
    const lib = folder('global', { 'node_modules/tool/package.json': { name: 'tool' }, 'node_modules/tool/bin.js': '' })
    expect(create(join(lib, 'node_modules/tool/bin.js')).attributes['service.name']).toBe('tool')
  })

  test.each([undefined, '', join('/', 'nowhere', 'at', 'all.js')])('is unknown where the script is %j', entry => {
    const { attributes, messages } = create(entry)
    expect(attributes['service.name']).toBe('unknown_service:node')
    expect(messages).toHaveLength(1)
    expect(messages[0]).toContain('using "unknown_service:node"')
  })
})

describe('what the user said', () => {
  test('goes over what was found', () => {
    const app = folder('said', { 'package.json': { name: 'orders', version: '1.0.0' }, 'app.js': '' })
    const { attributes, messages } = create(join(app, 'app.js'), {
      serviceName: 'web',
      serviceVersion: '2',
      resourceAttributes: { 'service.name': 'other', 'service.instance.id': 'mine', 'host.name': 'box', team: 'a' },
    })
    expect(messages).toEqual([])
    expect(attributes).toMatchObject({
      'service.name': 'web',
      'service.version': '2',
      'service.instance.id': 'mine',
      'host.name': 'box',
      team: 'a',
    })
  })

  test('about the name alone leaves the version of the package.json', () => {
    const app = folder('version', { 'package.json': { name: 'orders', version: '1.0.0' }, 'app.js': '' })
    const { attributes } = create(join(app, 'app.js'), { serviceName: 'web' })
    expect(attributes).toMatchObject({ 'service.name': 'web', 'service.version': '1.0.0' })
  })
})

test('every process has an id of its own', () => {
  const ids = [create('/a.js'), create('/a.js')].map(({ attributes }) => attributes['service.instance.id'])
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(ids[0]).not.toBe(ids[1])
})

test('process, host and SDK are described by their conventional names, and arguments are not', () => {
  const { resource } = createResource({
    config: { ...nobody, serviceName: 'web' },
    version: '1.2.3',
    place: { ...main, entry: '/app/main.js' },
    process: {
      pid: 42,
      ppid: 41,
      execPath: '/usr/bin/node',
      versions: { node: '24.1.0' },
    },
    os: { hostname: () => 'box', arch: () => 'x64', platform: () => 'win32', release: () => '10.0' },
    readFile: () => Buffer.from(''),
    createId: () => 'id',
  })
  expect(resource.attributes).toEqual({
    'service.name': 'web',
    'service.instance.id': 'id',
    'process.role': 'main',
    'process.pid': 42,
    'process.executable.name': 'node',
    'process.executable.path': '/usr/bin/node',
    'process.command': '/app/main.js',
    'process.runtime.name': 'nodejs',
    'process.runtime.version': '24.1.0',
    'process.runtime.description': 'Node.js',
    'host.name': 'box',
    'host.arch': 'amd64',
    'os.type': 'windows',
    'os.version': '10.0',
    'telemetry.distro.name': '@org/otel',
    'telemetry.distro.version': '1.2.3',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '3.0.0',
  })
})

describe('a process that another one of the app has started', () => {
  const worker = { entry: undefined, role: 'cluster_worker', workerId: 2, threadId: 0 } as const
  const thread = { entry: undefined, role: 'thread', workerId: undefined, threadId: 3 } as const
  const facts = { pid: 42, ppid: 41, execPath: '/node', versions: { node: '24.1.0' } }

  function attributesAt(place: ResourceSources['place'], config: Partial<ResourceSources['config']> = {}) {
    const sources = { version: '1', place, process: facts, os, readFile: () => Buffer.from(''), createId: () => 'id' }
    return createResource({ ...sources, config: { ...nobody, ...config } }).resource.attributes
  }

  test('says which one it is', () => {
    expect(attributesAt(worker)).toMatchObject({
      'process.role': 'cluster_worker',
      'process.worker.id': 2,
      'process.parent_pid': 41,
    })
    expect(attributesAt(thread)).toMatchObject({ 'process.role': 'thread', 'thread.id': 3 })
  })

  test('does not share the instance id that all of them find in the environment', () => {
    const config = { inheritableInstanceId: 'pod-1' }
    expect(attributesAt(main, config)['service.instance.id']).toBe('pod-1')
    expect(attributesAt({ ...main, role: 'cluster_primary' }, config)['service.instance.id']).toBe('pod-1')
    expect(attributesAt(worker, config)['service.instance.id']).toBe('pod-1-42')
    expect(attributesAt(thread, config)['service.instance.id']).toBe('pod-1-42-3')
    expect(attributesAt({ ...main, workerId: 0 }, config)['service.instance.id']).toBe('pod-1-42')
  })

  test('takes the instance id that its own code gives it', () => {
    const resourceAttributes = { 'service.instance.id': 'mine' }
    expect(attributesAt(worker, { resourceAttributes })['service.instance.id']).toBe('mine')
  })

  test('has the role that it has when its first telemetry leaves', () => {
    let role: 'main' | 'cluster_primary' = 'main'
    const place = { ...main, get role() { return role } } // prettier-ignore
    const { resource } = createResource({
      config: nobody,
      version: '1',
      place,
      process: facts,
      os,
      readFile: () => Buffer.from(''),
      createId: () => 'id',
    })
    role = 'cluster_primary'
    expect(resource.attributes['process.role']).toBe('cluster_primary')
    role = 'main'
    expect(resource.attributes['process.role']).toBe('cluster_primary')
  })
})
