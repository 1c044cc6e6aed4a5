import { globSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { openapiDocument } from './openapi'

const document = openapiDocument('https://shop.example.com')

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  const result = await validator.validate(JSON.parse(JSON.stringify(document)))
  expect(result.errors ?? []).toEqual([])
  expect([result.valid, validator.version]).toEqual([true, '3.1'])
})

test('it names every route that the app has, and no other', () => {
  const files = globSync('app/api/**/route.ts', { cwd: `${import.meta.dirname}/../..` })
  const routes = files
    .map((file) => file.replace(/^app|\/route\.ts$/g, '').replaceAll(/\[(\w+)\]/g, '{$1}'))
    .filter((path) => !path.startsWith('/api/demo/'))
  expect(Object.keys(Object(document.paths)).sort()).toEqual(routes.sort())
})
