// What a program that runs others does: it starts the script on its command line, and ends as it ends. The script has
// a channel to it, as with nodemon.
const { fork } = process.getBuiltinModule('child_process')
fork(process.argv[2], process.argv.slice(3)).on('exit', code => process.exit(code))
