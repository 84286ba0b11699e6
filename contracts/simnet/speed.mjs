// Times the first calls of a trace in Clarinet's simnet, and nothing else: the
// chain stands and every argument is a value before the clock starts. Costs and
// coverage are not tracked. benches/peer.sh has it beside ours.
//
//   npm ci && node speed.mjs trace.jsonl 5000
//
// Writes, for each function, the calls timed and the seconds that they took: of the
// processor, for this thread, where the system tells it, and by the clock elsewhere.
// The clock tells functions apart, and the thread's own time how long all of it took.

import { readFileSync } from 'node:fs'
import { command, deploy, endow, Fault, open, parse, read } from './replay.mjs'

const seconds = () => {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e9
  } catch {
    return performance.now() / 1e3
  }
}

await command(async ([file, most]) => {
  if (!file) throw new Fault('a trace is missing: node speed.mjs trace.jsonl [CALLS]')
  const { header, calls } = read(file)
  const chain = await open()
  endow(chain, header.genesis)
  deploy(chain, header, [])
  const targets = new Map(header.contracts.map(({ name, principal }) => [name, principal]))
  const ready = calls.slice(0, most === undefined ? calls.length : Number(most)).map((call) => {
    if (call.fee !== '0') throw new Fault(`call ${call.n} pays a fee, which the simnet has no way to take`)
    return { ...call, target: targets.get(call.contract), values: call.arguments.map(parse) }
  })
  const answers = []
  const laps = []
  const start = seconds()
  let before = performance.now()
  for (const { target, function: method, values, sender } of ready) {
    answers.push(chain.callPublicFn(target, method, values, sender).result.type)
    const now = performance.now()
    laps.push(now - before)
    before = now
  }
  const took = seconds() - start
  ready.forEach(({ n, receipt }, index) => {
    const due = receipt.status === 'accepted' ? 'ok' : 'err'
    if (answers[index] !== due) throw new Fault(`call ${n}: the trace says ${due}, the simnet ${answers[index]}`)
  })
  const scale = took / laps.reduce((sum, lap) => sum + lap, 0)
  const functions = new Map()
  ready.forEach(({ function: method }, index) => {
    const [count, all] = functions.get(method) ?? [0, 0]
    functions.set(method, [count + 1, all + laps[index] * scale])
  })
  return [...functions].map(([method, [count, all]]) => `${method} ${count} ${all}\n`).join('')
})
