import { startFleet } from './fleet.ts'
import { bare, byOpenTelemetry, datadog, modes, stockRegister } from './variants.ts'
const ours = process.argv[2]!
const variants = [bare, ...modes.flatMap(m => [byOpenTelemetry('ours', ours, m), byOpenTelemetry('stock', stockRegister, m)]), datadog]
const fleet = await startFleet({ program: 'small.cjs', path: '/users/17', variants })
console.log(fleet.services.map(s=>s.variant.name).join(' | '))
const perTurn=Number(process.argv[3]), n=Number(process.argv[4]), everyMs=Number(process.argv[5]??0)
for (let k=0;k<12;k++){
const before = await Promise.all(fleet.services.map(s => s.usage()))
const r = await fleet.load({ connections: 10, perTurn, turns:n/perTurn, everyMs })
const after = await Promise.all(fleet.services.map(s => s.usage()))
const us = after.map((a,i) => (a.cpuUs-before[i]!.cpuUs)/n)
const at=(n:string)=>us[fleet.services.findIndex(s=>s.variant.name===n)]!-us[0]!
console.log(String(k*n).padStart(6), r.tookMs.toFixed(0), us.map(u=>u.toFixed(0).padStart(5)).join(' '), modes.map(m=>(at('ours '+m)/at('stock '+m)).toFixed(2)).join(' '), (at('ours 100 %')/at('dd-trace')).toFixed(2))
}
const arrived=await fleet.end()
for (const [k,v] of Object.entries(arrived)) console.log(k, v['SERVER GET /users/:id /users/:id'], v['http.server.request.duration /users/:id'])
