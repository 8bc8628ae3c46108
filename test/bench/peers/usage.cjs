// What every measured program tells its parent: what it has used so far. Plain, so that it costs all of them the same.
/** @param {() => unknown} end what lets the program come to its natural end */
exports.tellUsage = end => {
  const leave = () => process.exit() // whoever asks is gone
  const orders = {
    usage: () => ({ cpuUs: cpuUs(), rss: process.memoryUsage.rss() }),
    end: () => {
      process.off('disconnect', leave)
      return end()
    },
  }
  process.on('disconnect', leave)
  process.on('message', async order => {
    const answer = (await orders[order]()) ?? null
    process.send({ answer }, () => order === 'end' && process.disconnect())
  })
}

function cpuUs() {
  const { user, system } = process.cpuUsage()
  return user + system
}
