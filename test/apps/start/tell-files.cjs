// A program that does nothing but to tell what was loaded before it.
console.log(JSON.stringify(globalThis.loadedFiles().filter(file => file !== __filename)))
