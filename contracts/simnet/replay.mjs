// Does the calls of a trace again in Clarinet's simnet, whose virtual machine
// is a later one than ours, and compares each answer, its events and the
// balances of everyone concerned with what the trace says. Plain Node.
//
//   npm ci && node replay.mjs trace.jsonl        or trace.jsonl.gz
//
// Exits with 1 at the first difference. docs/replay.md says how a trace looks,
// what is compared, and what the simnet cannot do.

import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { initSimnet } from '@stacks/clarinet-sdk'
import { Cl } from '@stacks/transactions'

// Money that no trace knows of, to pay contracts what they hold at genesis.
const DONOR = 'ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM'
const SETTINGS = `[network]
name = "devnet"
[accounts.deployer]
mnemonic = "twice kind fence tip hidden tilt action fragile skin nothing glory cousin green tomorrow spring wrist shed math olympic multiply hip blue scout claw"
balance = 0
`
const MANIFEST = `[project]
name = "replay"
telemetry = false
cache_dir = "./.cache"
[repl]
log_print_events = "none"
`
// Where contracts tell heights: the simnet mines a block for every call, so
// its heights are told in those of the trace before they are compared.
const HEIGHTS = new Set(['height', 'date', 'old-date', 'last-certification-date'])
const MOST_MINTED = 2n ** 64n - 1n

export class Fault extends Error {}

export const read = (file) => {
  const bytes = readFileSync(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  const lines = text.trimEnd().split('\n').map((line) => JSON.parse(line))
  const [header, end] = [lines[0], lines.at(-1)]
  if (header?.trace !== 1 || end?.end !== true) throw new Fault(`${file}: not a whole trace of format 1`)
  const named = new Map()
  return { header, calls: lines.slice(1, -1).map((line) => asCall(line, named)), end }
}

// An expression evaluated in a contract is a call here: of a function at the end
// of the contract's copy, one for each expression.
const asCall = (line, named) => {
  if (!line.evaluate) return line
  const { contract, expression } = line.evaluate
  const key = `${contract} ${expression}`
  if (!named.has(key)) named.set(key, `evaluated-${named.size + 1}`)
  return { ...line, contract, expression, function: named.get(key), arguments: [], fee: '0' }
}

// ---- Clarity's values as texts, both ways ----

// A literal as the trace writes it: no expression is evaluated.
export const parse = (text) => {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[(){},]|[^\s(){},"]+/g)
  let at = 0
  const field = () => {
    const name = tokens[at++].slice(0, -1)
    return [name, value()]
  }
  const value = () => {
    const token = tokens[at++]
    if (token === '{') {
      const fields = []
      while (tokens[at] !== '}') {
        fields.push(field())
        if (tokens[at] === ',') at += 1
      }
      at += 1
      return Cl.tuple(Object.fromEntries(fields))
    }
    if (token === '(') {
      const head = tokens[at++]
      const inner = []
      while (tokens[at] !== ')') inner.push(value())
      at += 1
      const make = { list: () => Cl.list(inner), some: () => Cl.some(inner[0]), ok: () => Cl.ok(inner[0]), err: () => Cl.error(inner[0]) }[head]
      if (make) return make()
    } else if (/^u\d+$/.test(token)) return Cl.uint(token.slice(1))
    else if (/^-?\d+$/.test(token)) return Cl.int(token)
    else if (token === 'true' || token === 'false') return Cl.bool(token === 'true')
    else if (token === 'none') return Cl.none()
    else if (/^0x([0-9a-f]{2})*$/.test(token)) return Cl.bufferFromHex(token.slice(2))
    else if (token.startsWith("'")) return Cl.address(token.slice(1))
    else if (token.startsWith('"')) return Cl.stringAscii(JSON.parse(token.replaceAll('\\0', '\\u0000')))
    throw new Fault(`no literal that is known: ${text}`)
  }
  return value()
}

// A value as the trace would write it, heights in the trace's.
const textOf = (value, heights) => {
  const inner = (entry) => textOf(entry, heights)
  switch (value.type) {
    case 'uint': return `u${value.value}`
    case 'int': return `${value.value}`
    case 'true': case 'false': return value.type
    case 'none': return 'none'
    case 'some': return `(some ${inner(value.value)})`
    case 'ok': return `(ok ${inner(value.value)})`
    case 'err': return `(err ${inner(value.value)})`
    case 'address': case 'contract': return `'${value.value}`
    case 'ascii': return JSON.stringify(value.value)
    case 'buffer': return `0x${value.value}`
    case 'list': return ['(list', ...value.value.map(inner)].join(' ') + ')'
    case 'tuple': {
      const names = Object.keys(value.value).sort((a, b) => (a < b ? -1 : 1))
      const fields = names.map((name) => {
        const entry = value.value[name]
        const told = HEIGHTS.has(name) && entry.type === 'uint' ? heights.get(BigInt(entry.value)) : undefined
        return `${name}: ${told === undefined ? inner(entry) : `u${told}`}`
      })
      return `{${fields.join(', ')}}`
    }
    default: throw new Fault(`no type that is known: ${value.type}`)
  }
}

const eventOf = ({ event, data }, heights) => {
  switch (event) {
    case 'print_event': return { type: 'print', contract: data.contract_identifier, value: textOf(data.value, heights) }
    case 'stx_transfer_event': return { type: 'stx_transfer', from: data.sender, to: data.recipient, amount: data.amount }
    case 'stx_burn_event': return { type: 'stx_burn', from: data.sender, amount: data.amount }
    default: return { type: 'other', text: event }
  }
}

// ---- Contracts that send calls themselves ----

// The simnet lets accounts alone send. A contract that sends calls in the trace
// gets functions at its end that make them in its name.
const relays = (header, calls, chain, contract) => {
  const mine = calls.filter(({ sender, expression }) => sender === contract.principal && !expression)
  const wanted = new Map(mine.map((call) => [`relay-${call.contract}-${call.function}`, call]))
  return [...wanted].flatMap(([name, call]) => {
    const target = header.contracts.find((other) => other.name === call.contract).principal
    const shape = chain.getContractsInterfaces().get(target)?.functions.find((f) => f.name === call.function)
    // Not there yet, or itself: a contract cannot call so.
    if (!shape) return []
    const parameters = shape.args.map((argument) => `(${argument.name} ${typeText(argument.type)})`)
    const passed = shape.args.map((argument) => argument.name)
    const call_ = ['contract-call?', `'${target}`, call.function, ...passed].join(' ')
    return [`(define-public (${[name, ...parameters].join(' ')}) (as-contract (${call_})))`]
  })
}

// What was evaluated in a contract, as functions at its end. One that was turned
// down or stopped changed nothing, and the rest of the contract may not take it.
const evaluated = (calls, contract) => {
  const mine = calls.filter((call) => call.expression && call.contract === contract.name && call.receipt.status === 'accepted')
  const wanted = new Map(mine.map((call) => [call.function, call.expression]))
  return [...wanted].map(([name, expression]) => `(define-public (${name}) (ok ${expression}))`)
}

const typeText = (type) => {
  if (type === 'uint128') return 'uint'
  if (type === 'int128') return 'int'
  if (typeof type === 'string') return type
  if (type['string-ascii']) return `(string-ascii ${type['string-ascii'].length})`
  if (type.buffer) return `(buff ${type.buffer.length})`
  if (type.optional) return `(optional ${typeText(type.optional)})`
  if (type.list) return `(list ${type.list.length} ${typeText(type.list.type)})`
  if (type.tuple) return `{${type.tuple.map((field) => `${field.name}: ${typeText(field.type)}`).join(', ')}}`
  throw new Fault(`no type that is known: ${JSON.stringify(type)}`)
}

// ---- The chain ----

export const open = async () => {
  const directory = mkdtempSync(join(tmpdir(), 'connect-replay-'))
  mkdirSync(join(directory, 'settings'))
  writeFileSync(join(directory, 'Clarinet.toml'), MANIFEST)
  writeFileSync(join(directory, 'settings', 'Devnet.toml'), SETTINGS)
  // The simnet speaks of plans that it writes, and shows each call that fails.
  console.log = console.error = console.warn = () => {}
  try {
    return await initSimnet(join(directory, 'Clarinet.toml'), true)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const balances = (chain) => chain.getAssetsMap().get('STX') ?? new Map()

export const endow = (chain, genesis) => {
  for (const [who, held] of genesis) {
    const amount = BigInt(held) - (balances(chain).get(who) ?? 0n)
    if (amount < 0n || amount > MOST_MINTED) throw new Fault(`genesis: the simnet cannot give ${who} ${held} microSTX`)
    if (amount === 0n) continue
    if (who.includes('.')) {
      chain.mintSTX(DONOR, amount)
      chain.transferSTX(amount, who, DONOR)
    } else chain.mintSTX(who, amount)
  }
}

export const deploy = (chain, header, calls) => {
  chain.setEpoch('2.5')
  const relayed = new Set()
  for (const contract of header.contracts) {
    const [issuer] = contract.principal.split('.')
    const added = relays(header, calls, chain, contract)
    for (const line of added) relayed.add(`${contract.principal}.${line.match(/relay-[^ )]+/)[0]}`)
    const source = [contract.source, ...added, ...evaluated(calls, contract)].join('\n')
    const { result } = chain.deployContract(contract.name, source, { clarityVersion: contract.clarity_version }, issuer)
    if (result.type === 'err') throw new Fault(`${contract.name} does not deploy: ${textOf(result, new Map())}`)
  }
  return relayed
}

// What came of a call in the simnet, as the trace would tell it; undefined
// where the simnet has no way to make it.
const perform = (chain, header, relayed, call, heights) => {
  let { sender, contract: name, function: method } = call
  if (call.expression) {
    if (call.receipt.status !== 'accepted' || sender.includes('.')) return undefined
  } else if (sender.includes('.')) {
    method = `relay-${name}-${method}`
    if (!relayed.has(`${sender}.${method}`)) return undefined
    name = sender.split('.')[1]
    sender = DONOR
  }
  const target = header.contracts.find((contract) => contract.name === name).principal
  const before = chain.blockHeight
  try {
    const answer = chain.callPublicFn(target, method, call.arguments.map(parse), sender)
    const { events } = answer
    // An expression that answers (ok …) itself stands in one more of them.
    const result = call.expression && answer.result.value.type === 'ok' ? answer.result.value : answer.result
    heights.set(BigInt(chain.blockHeight), call.height)
    const status = result.type === 'ok' ? 'accepted' : 'rejected'
    return { status, result: textOf(result, heights), events: status === 'accepted' ? events.map((event) => eventOf(event, heights)) : [] }
  } catch (error) {
    const message = String(error)
    if (error instanceof Fault || !message.includes('Runtime error while interpreting')) throw error
    const [, reason] = message.match(/Runtime\((\w+)/) ?? []
    return { status: 'aborted', result: reason ?? message, events: [] }
  } finally {
    if (chain.blockHeight > before) heights.set(BigInt(chain.blockHeight), call.height)
  }
}

// The machine's reason for a run-time error is one word in both; for a value of
// the wrong type each has words of its own.
const same = (told, found) => {
  if (told.status !== found.status) return false
  if (told.status === 'aborted') return !/^\w+$/.test(told.result) || told.result.split('(')[0] === found.result
  return told.result === found.result && JSON.stringify(told.events) === JSON.stringify(found.events)
}

const replay = async (file) => {
  const { header, calls } = read(file)
  const chain = await open()
  endow(chain, header.genesis)
  const relayed = deploy(chain, header, calls)
  const ledger = new Map(header.genesis.map(([who, held]) => [who, BigInt(held)]))
  const move = (who, amount) => ledger.set(who, (ledger.get(who) ?? 0n) + amount)
  const heights = new Map()
  const tally = { accepted: 0, rejected: 0, aborted: 0, events: 0, left: 0 }
  for (const call of calls) {
    const at = (what) => new Fault(`call ${call.n}, ${call.contract}.${call.function} by ${call.sender}: ${what}`)
    const told = call.receipt
    const fee = BigInt(call.fee)
    if (fee > 0n) {
      chain.transferSTX(fee, DONOR, call.sender)
      move(call.sender, -fee)
    }
    const found = perform(chain, header, relayed, call, heights)
    if (found === undefined) {
      if (told.status === 'accepted') throw at('the simnet cannot send calls of this contract')
      tally.left += 1
      continue
    }
    const concerned = new Set([call.sender])
    for (const event of told.events) {
      if (event.from) move(event.from, -BigInt(event.amount))
      if (event.to) move(event.to, BigInt(event.amount))
      for (const who of [event.from, event.to]) if (who) concerned.add(who)
    }
    if (!same(told, found)) throw at(`the trace says\n  ${JSON.stringify(told)}\nthe simnet\n  ${JSON.stringify(found)}`)
    const held = balances(chain)
    for (const who of concerned) {
      const [due, has] = [ledger.get(who) ?? 0n, held.get(who) ?? 0n]
      if (who !== DONOR && due !== has) throw at(`${who} must hold ${due} microSTX and holds ${has} in the simnet`)
    }
    tally[told.status] += 1
    tally.events += told.events.length
  }
  const held = balances(chain)
  for (const [who, due] of ledger) {
    const has = held.get(who) ?? 0n
    if (who !== DONOR && due !== has) throw new Fault(`at the end ${who} must hold ${due} microSTX and holds ${has} in the simnet`)
  }
  const { accepted, rejected, aborted, events, left } = tally
  return `${calls.length} calls compared with the simnet, and ${ledger.size} balances: ${accepted} accepted with ${events} events, ${rejected} rejected, ${aborted} aborted; ${left} left out\n`
}

// Carries a command out and says what stopped it.
export const command = async (work) => {
  try {
    process.stdout.write(await work(process.argv.slice(2)))
  } catch (error) {
    process.stderr.write(`${error instanceof Fault ? error.message : error.stack}\n`)
    process.exitCode = 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await command(([file]) => {
    if (!file) throw new Fault('a trace is missing: node replay.mjs trace.jsonl')
    return replay(file)
  })
}
