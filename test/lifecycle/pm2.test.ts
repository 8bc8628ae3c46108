import { expect, test } from 'vitest'
import { readPm2App } from '../../src/lifecycle/pm2.ts'

const cluster = '/srv/node_modules/pm2/lib/ProcessContainer.js'
const fork = '/srv/node_modules/pm2/lib/ProcessContainerFork.js'
const entry = '/srv/app/api.js'

test('in cluster mode the variables of the app come out of the one that carries them, as strings, and win', () => {
  const pm2_env = JSON.stringify({
    OTEL_SERVICE_NAME: 'of the app',
    OTEL_BSP_SCHEDULE_DELAY: 200,
    _OTEL_DEFER_SETUP: true,
    API_KEY: 'secret',
    NODE_APP_INSTANCE: 1,
    pm_exec_path: entry,
    env: { OTEL_SERVICE_NAME: 'an older one' },
    axm_actions: [],
    vizion: null,
  })
  expect(readPm2App({ HOME: '/root', OTEL_SERVICE_NAME: 'of the daemon', pm2_env }, cluster)).toEqual({
    env: {
      HOME: '/root',
      OTEL_SERVICE_NAME: 'of the app',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      _OTEL_DEFER_SETUP: 'true',
      API_KEY: 'secret',
      NODE_APP_INSTANCE: '1',
      pm_exec_path: entry,
    },
    instance: 1,
    entry,
  })
})

test('in fork mode, and once the app runs in cluster mode, the variables are in place', () => {
  const env = { OTEL_SERVICE_NAME: 'api', NODE_APP_INSTANCE: '0', pm_exec_path: entry }
  for (const script of [fork, cluster]) expect(readPm2App(env, script)).toEqual({ env, instance: 0, entry })
})

test('the number of the instance is where PM2 was told to put it', () => {
  const env = { instance_var: 'INSTANCE', INSTANCE: '3', NODE_APP_INSTANCE: '7' }
  expect(readPm2App(env, fork)?.instance).toBe(3)
  expect(readPm2App({ pm2_env: JSON.stringify({ instance_var: 'I', I: 2 }) }, cluster)?.instance).toBe(2)
})

test.each(['', 'first', '-1', '1.5', '1e3', '12345678901'])('%j is no number of an instance', NODE_APP_INSTANCE => {
  expect(readPm2App({ NODE_APP_INSTANCE }, fork)?.instance).toBeUndefined()
})

test.each(['', '{', 'null', '5', '[object Object]', '[]', '"text"'])('%j carries no variables', pm2_env => {
  const env = { OTEL_SERVICE_NAME: 'api' }
  expect(readPm2App({ ...env, pm2_env }, cluster)).toMatchObject({ instance: undefined, entry: undefined })
  expect(readPm2App({ ...env, pm2_env }, cluster)?.env['OTEL_SERVICE_NAME']).toBe('api')
})

test.each([
  'C:\\apps\\node_modules\\pm2\\lib\\ProcessContainer.js',
  '/srv/node_modules/.pnpm/pm2@7.0.4/node_modules/pm2/lib/ProcessContainerFork.js',
])('PM2 is known by its container, wherever it is installed: %s', script => {
  expect(readPm2App({}, script)).toBeDefined()
})

test.each([
  undefined,
  entry,
  '/srv/node_modules/pm2/lib/Daemon.js',
  '/srv/node_modules/.bin/pm2',
  '/srv/my-pm2/lib/ProcessContainer.js',
  '/srv/app/ProcessContainer.js',
  '/srv/node_modules/pm2/lib/ProcessContainer.js/app.js',
])('%s is not started by PM2, whatever it inherits', script => {
  const inherited = { pm_exec_path: entry, NODE_APP_INSTANCE: '1', pm2_env: '{"OTEL_SERVICE_NAME":"api"}' }
  expect(readPm2App(inherited, script)).toBeUndefined()
})
