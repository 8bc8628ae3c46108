// Is told which programs the demo runs and outlives it: when the pipe from the demo closes, which not even `kill -9` of
// the demo prevents, it kills what is still there. In an orderly end there is nothing left to do.
import { createInterface } from 'node:readline'

const groups = new Set<number>()

for await (const line of createInterface({ input: process.stdin })) {
  const [word, group] = line.split(' ')
  if (word === 'remember') groups.add(Number(group))
  else groups.delete(Number(group))
}

for (const group of groups) {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // It has ended by itself since.
  }
}
