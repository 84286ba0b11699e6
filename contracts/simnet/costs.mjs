// What each public function of the contracts costs in Clarinet's simnet: runs
// the calls of calls.json in order on a fresh chain and reports each one's
// answer, events and cost. Plain Node, no test runner.
//
//   npm ci && node costs.mjs            a table
//   npm ci && node costs.mjs --json     one JSON record a line, with the events
//   npm ci && node costs.mjs --record   writes recorded.json
//   npm ci && node costs.mjs --check    fails where recorded.json says otherwise
//
// check.sh does the last. `cargo test` holds our own costs against
// recorded.json, so that both together compare us with the simnet.
//
// In calls.json, '{name} stands for the address of the account or contract of
// that name: the deployer and the two contracts, or else the testnet address
// whose hash is the first 20 bytes of the SHA-256 of the name. Every call is
// mined in a block of its own. Exits with 1 where an answer is not the expected
// one.

import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { initSimnet } from '@stacks/clarinet-sdk'
import { AddressVersion, addressFromVersionHash, addressToString, cvToString } from '@stacks/transactions'

const here = dirname(fileURLToPath(import.meta.url))
const script = JSON.parse(readFileSync(join(here, 'calls.json'), 'utf8'))
const contracts = ['wattconnect', 'energy-production']

const address = (name) => {
  if (name === 'deployer') return script.deployer
  if (contracts.includes(name)) return `${script.deployer}.${name}`
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 40)
  return addressToString(addressFromVersionHash(AddressVersion.TestnetSingleSig, hash))
}

const resolve = (literal) => literal.replace(/'\{([a-z0-9-]+)\}/g, (_, name) => `'${address(name)}`)

// A fresh chain with both contracts deployed. The simnet writes a deployment
// plan beside the project, so it gets a copy; and it prints every event.
const openChain = async () => {
  const copy = mkdtempSync(join(tmpdir(), 'connect-contracts-'))
  for (const file of ['Clarinet.toml', 'settings', ...contracts.map((name) => `${name}.clar`)]) {
    cpSync(join(here, '..', file), join(copy, file), { recursive: true })
  }
  console.log = () => {}
  try {
    return await initSimnet(join(copy, 'Clarinet.toml'), true, { trackCosts: true })
  } finally {
    rmSync(copy, { recursive: true })
  }
}

const eventText = ({ event, data }) =>
  event === 'print_event'
    ? `print ${cvToString(data.value)}`
    : `${event} ${data.sender} ${data.recipient} ${data.amount}`

const run = (chain, call) => {
  // By the machine's own reader: the package's parser knows no hyphens.
  const arguments_ = call.arguments.map((literal) => chain.execute(resolve(literal)).result)
  const kind = call.function.startsWith('get-') || call.function.startsWith('is-') ? 'callReadOnlyFn' : 'callPublicFn'
  const answer = chain[kind](address(call.contract), call.function, arguments_, address(call.sender))
  const { readCount, readLength, writeCount, writeLength, runtime } = answer.costs.total
  return {
    contract: call.contract,
    function: call.function,
    case: call.case ?? '',
    result: cvToString(answer.result),
    costs: {
      read_count: readCount,
      read_length: readLength,
      write_count: writeCount,
      write_length: writeLength,
      runtime,
    },
    events: answer.events.map(eventText),
  }
}

const columns = ['read_count', 'write_count', 'read_length', 'write_length', 'runtime']

// One row a function and case: the first call of each, those after it being
// the same again for other accounts.
const table = (records) => {
  const rows = new Map()
  for (const record of records) {
    const title = `${record.contract} ${record.function}${record.case && `, ${record.case}`}`
    if (!rows.has(title)) rows.set(title, record)
  }
  const width = Math.max(...[...rows.keys()].map((title) => title.length))
  const line = (title, cells) => `${title.padEnd(width)} ${cells.map((cell) => String(cell).padStart(13)).join('')}\n`
  return line('', columns) + [...rows].map(([title, { costs }]) => line(title, columns.map((column) => costs[column]))).join('')
}

const chain = await openChain()
for (const [name, balance] of Object.entries(script.balances_ustx)) {
  if (name !== 'deployer' && balance !== '0') chain.mintSTX(address(name), BigInt(balance))
}

const records = script.calls.map((call) => run(chain, call))

// What a later version must answer and charge, too.
const recording = records.map(({ events, ...record }) => JSON.stringify(record))
const recordingFile = join(here, 'recorded.json')

const flag = process.argv[2]
const wrong = records.flatMap((record, index) => {
  const { expect } = script.calls[index]
  return expect === undefined || expect === record.result
    ? []
    : [`call ${index}: ${record.contract}.${record.function} answered ${record.result}, expected ${expect}`]
})

if (flag === '--json') {
  process.stdout.write(records.map((record) => `${JSON.stringify(record)}\n`).join(''))
} else if (flag === '--record') {
  writeFileSync(recordingFile, `[\n${recording.join(',\n')}\n]\n`)
} else if (flag === '--check') {
  const recorded = JSON.parse(readFileSync(recordingFile, 'utf8')).map((record) => JSON.stringify(record))
  for (let index = 0; index < Math.max(recorded.length, recording.length); index += 1) {
    if (recorded[index] !== recording[index]) {
      wrong.push(`call ${index}: recorded ${recorded[index]}, the simnet says ${recording[index]}`)
    }
  }
  process.stdout.write(`${recording.length} calls compared with recorded.json, ${wrong.length} faults\n`)
} else if (flag === undefined) {
  process.stdout.write(table(records))
} else {
  wrong.push(`unknown option ${flag}: none, --json, --record or --check`)
}

process.stderr.write(wrong.map((line) => `${line}\n`).join(''))
process.exitCode = wrong.length === 0 ? 0 : 1
