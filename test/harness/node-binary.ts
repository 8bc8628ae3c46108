/** The Node under test: `TEST_NODE` (a path), else the one that runs the tests. */
export function nodeBinary(): string {
  return process.env['TEST_NODE'] || process.execPath
}
