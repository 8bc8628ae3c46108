// What TypeScript finds beside register.cjs.
// oxlint-disable-next-line unicorn/require-module-specifiers -- a module that exports nothing
export {}
