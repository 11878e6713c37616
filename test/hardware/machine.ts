import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** Folder of the project, at the same place inside the guest and outside. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const CACHE = join(PROJECT, '.cache/hardware')

/** What a command in the guest gave back. */
export interface Outcome {
  status: number
  output: string
}

/** A computer of its own: Debian's stock kernel on an emulated PC, on this machine's root, which it cannot write to. */
export interface Machine {
  /** Milliseconds from power-on until the guest took commands. */
  readonly bootMs: number
  /** Runs a bash command in the guest. Rejects when it takes longer than `timeoutMs`, the machine dies, or (unless `anyStatus`) it fails. */
  run(command: string, options?: { timeoutMs?: number; anyStatus?: boolean }): Promise<Outcome>
  /** A QEMU machine protocol command, as device_add. Rejects with QEMU's own words. */
  qmp(execute: string, args?: object): Promise<unknown>
  /** A stream to the guest's virtio port `lab.<name>`, declared at boot in `ports`. */
  port(name: string): Promise<Socket>
  /** Path of a socket in this machine's folder, for `devices`. */
  socket(name: string): string
  /** The plug is pulled: what is not on a virtual disk is lost. */
  cutPower(): Promise<void>
  /** What the guest's kernel and QEMU said. */
  log(): string
}

/** What a machine is made of. */
export interface Build {
  /** Kernel modules to load before commands are taken. */
  modules?: readonly string[]
  /** More QEMU arguments; `socket` gives the path of a socket by name. */
  devices?: (socket: (name: string) => string) => readonly string[]
  /** Names of virtio ports. */
  ports?: readonly string[]
  /** First program of the guest instead of the command taker, as /lib/systemd/systemd. */
  first?: string
  /** Script that runs in the new root before the first program. */
  before?: string
  bootTimeoutMs?: number
}

const BOOT_TIMEOUT_MS = 240_000
const RUN_TIMEOUT_MS = 120_000

const within = async <T>(work: Promise<T>, ms: number, what: () => string): Promise<T> => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(what())), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

const opened = async (path: string, gone: Promise<unknown>): Promise<Socket> => {
  let over = false
  void gone.then(() => (over = true))
  for (;;) {
    const socket = connect(path)
    const ready = Promise.withResolvers<boolean>()
    socket.once('connect', () => ready.resolve(true)).once('error', () => ready.resolve(false))
    if (await ready.promise) return socket
    if (over) throw new Error(`QEMU ended before ${path} was there`)
    await pause(20)
  }
}

/** Calls `hear` with each whole line of a stream. */
export const lines = (stream: NodeJS.ReadableStream, hear: (line: string) => void): void => {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) hear(line)
  })
}

const argumentsOf = (build: Build, socket: (name: string) => string): string[] => {
  const command = [
    'console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off nokaslr tsc=reliable no_timer_check random.trust_cpu=on audit=0 apparmor=0 nowatchdog systemd.show_status=0 dummy_hcd.num=2',
    `lab.project=${PROJECT}`, `lab.modules=${(build.modules ?? []).join(',')}`,
    ...(build.first ? [`lab.first=${build.first}`] : []), ...(build.before ? [`lab.before=${build.before}`] : []),
  ].join(' ')
  const ports = ['agent', ...(build.ports ?? [])]
  return [
    '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-vga', 'none', '-machine', 'q35',
    // Always software emulation: where /dev/kvm is there, it may still hang at the first instruction.
    // Time in the guest goes by the instructions it runs, a nanosecond each, and while it waits by this machine's clock: however busy this
    // machine is, a deadline in the guest is missed by what is slow and not by what is emulated. That needs one processor, which also
    // costs a third less than two that wait for each other.
    '-accel', 'tcg,tb-size=256', '-icount', 'shift=0,sleep=on', '-cpu', 'max,la57=off', '-smp', '1', '-m', '1536',
    '-kernel', join(CACHE, 'vmlinux'), '-initrd', join(CACHE, 'initramfs.cpio'), '-append', command,
    '-virtfs', 'local,path=/,mount_tag=hostroot,security_model=none,readonly=on,multidevs=remap',
    '-serial', 'stdio', '-qmp', `unix:${socket('qmp')},server=on,wait=off`, '-device', 'virtio-serial',
    ...ports.flatMap((name) => ['-chardev', `socket,id=lab-${name},path=${socket(name)},server=on,wait=off`, '-device', `virtserialport,chardev=lab-${name},name=lab.${name}`]),
    ...(build.devices?.(socket) ?? []),
  ]
}

/** QEMU as a process that never outlives this one, not even where this one is killed. */
const started = (args: readonly string[]): { process: ChildProcess; gone: Promise<string>; log: () => string } => {
  const qemu = spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const keep = (part: Buffer): void => {
    text = (text + part.toString('latin1')).slice(-200_000)
  }
  qemu.stdout.on('data', keep)
  qemu.stderr.on('data', keep)
  const gone = new Promise<string>((resolve) => {
    qemu.once('error', (error) => resolve(error.message))
    qemu.once('exit', (code, signal) => resolve(`exit ${code ?? signal}`))
  })
  return { process: qemu, gone, log: () => text }
}

/** Powers a machine on and waits until it takes commands. Rejects with the end of its console if it does not. */
export const boot = async (build: Build = {}): Promise<Machine> => {
  const folder = await mkdtemp(join(tmpdir(), 'posdiag-machine-'))
  const socket = (name: string): string => join(folder, `${name}.sock`)
  const since = performance.now()
  const qemu = started(argumentsOf(build, socket))
  const sockets: Socket[] = []
  const stream = async (name: string): Promise<Socket> => {
    const made = await opened(socket(name), qemu.gone)
    made.on('error', () => made.destroy())
    sockets.push(made)
    return made
  }
  const dead = qemu.gone.then((how): never => {
    throw new Error(`QEMU ended (${how}):\n${qemu.log().slice(-2000)}`)
  })
  dead.catch(() => {
    for (const open of sockets) open.destroy()
  })

  const answers: ((answer: { return?: unknown; error?: { desc: string } }) => void)[] = []
  const control = await stream('qmp')
  lines(control, (line) => {
    const message = JSON.parse(line) as { event?: string; QMP?: object; return?: unknown; error?: { desc: string } }
    if (message.event === undefined && message.QMP === undefined) answers.shift()?.(message)
  })
  const qmp = (execute: string, args: object = {}): Promise<unknown> => within(Promise.race([dead, new Promise((resolve, reject) => {
    answers.push((answer) => (answer.error ? reject(new Error(`${execute}: ${answer.error.desc}`)) : resolve(answer.return)))
    control.write(`${JSON.stringify({ execute, arguments: args })}\n`)
  })]), RUN_TIMEOUT_MS, () => `QEMU did not answer ${execute}`)
  await qmp('qmp_capabilities')

  const waiting = new Map<string, (outcome: Outcome) => void>()
  const ready = Promise.withResolvers<void>()
  const agent = await stream('agent')
  lines(agent, (line) => {
    if (line === 'READY') return ready.resolve()
    const [id = '', status, output = ''] = line.split(' ')
    waiting.get(id)?.({ status: Number(status), output: Buffer.from(output, 'base64').toString() })
    waiting.delete(id)
  })
  await within(Promise.race([ready.promise, dead]), build.bootTimeoutMs ?? BOOT_TIMEOUT_MS, () => `the guest did not boot:\n${qemu.log().slice(-2000)}`)
  const bootMs = Math.round(performance.now() - since)

  let count = 0
  const run: Machine['run'] = async (command, { timeoutMs = RUN_TIMEOUT_MS, anyStatus = false } = {}) => {
    const id = `c${++count}`
    const outcome = await within(Promise.race([dead, new Promise<Outcome>((resolve) => {
      waiting.set(id, resolve)
      agent.write(`${id} ${Buffer.from(command).toString('base64')}\n`)
    })]), timeoutMs, () => `no answer from the guest in ${timeoutMs} ms: ${command}`)
    if (!anyStatus && outcome.status !== 0) throw new Error(`status ${outcome.status} in the guest: ${command}\n${outcome.output}`)
    return outcome
  }
  return {
    bootMs, run, qmp, socket, port: stream, log: qemu.log,
    cutPower: async () => {
      qemu.process.kill('SIGKILL')
      await qemu.gone
      for (const open of sockets) open.destroy()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
