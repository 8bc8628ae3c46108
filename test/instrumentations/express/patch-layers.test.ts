import express from 'express'
import { expect, test } from 'vitest'
import { layersOfApp } from '../../../src/instrumentations/express/find-layers.ts'
import { type LayerPrototype, patchLayers } from '../../../src/instrumentations/express/patch-layers.ts'

const app = express()
app.use((_request, _response, next) => next())
const layers = layersOfApp(app) as LayerPrototype

test('the layers of all apps of a copy of Express are patched together, and as before when that is undone', () => {
  const { handleRequest } = layers
  const undo = patchLayers(layers)
  const other = express().get('/', () => {})
  expect(layersOfApp(other)?.['handleRequest']).not.toBe(handleRequest)
  undo()
  expect(layers['handleRequest']).toBe(handleRequest)
})

test('what somebody has patched since stays as it is', () => {
  const { handleRequest } = layers
  const undo = patchLayers(layers)
  const patched = function (): void {}
  layers['handleRequest'] = patched
  undo()
  expect(layers['handleRequest']).toBe(patched)
  layers['handleRequest'] = handleRequest
})

test('what is no app has no layers, nor has an app without any', () => {
  for (const value of [undefined, () => {}, { handle: () => {} }, express()]) expect(layersOfApp(value)).toBeUndefined()
})
