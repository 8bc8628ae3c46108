import { expect, test } from 'vitest'
import { describeVariables } from './describe-variables.ts'

// after a change of the table: npx vitest run --config test/vitest.config.ts test/docs --update
test('docs/configuration.md says what the table of variables says', async () => {
  await expect(describeVariables()).toMatchFileSnapshot('../../docs/configuration.md')
})
