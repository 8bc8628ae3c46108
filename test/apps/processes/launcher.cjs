// What a program that runs others does: it starts the script on its command line, and ends as it ends. The script has
// a channel to it, as with nodemon.
const { fork } = process.getBuiltinModule('child_process')
const { NODE_OPTIONS, PROGRAM_OPTIONS = NODE_OPTIONS, TITLE } = process.env

if (TITLE !== undefined) process.title = TITLE
const program = fork(process.argv[2], process.argv.slice(3), { env: { ...process.env, NODE_OPTIONS: PROGRAM_OPTIONS } })
program.on('exit', code => process.exit(code))
