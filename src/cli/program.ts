import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { DeviceKind } from '../model/device.ts'
import { fill, languageOf } from '../texts/say.ts'
import { TEXTS } from '../texts/texts.ts'
import { cells } from './columns.ts'
import { type Context, contextOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { HELP } from './help.ts'
import { VERSION } from './package.ts'
import { USAGE, usageText } from './usage.ts'

const duration = (value: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(value)
  const factor = { ms: 1, s: 1000, m: 60_000 }[match?.[2] ?? 's'] ?? 1000
  const ms = Number(match?.[1]) * factor
  if (!match || ms < 100 || ms > 600_000) throw new InvalidArgumentError(fill(TEXTS['usage.duration'], here(), { value }))
  return ms
}

const kinds = (value: string): DeviceKind[] =>
  value.split(',').map((kind) => {
    const parsed = DeviceKind.safeParse(kind.trim())
    if (!parsed.success) throw new InvalidArgumentError(fill(TEXTS['usage.unknown-kind'], here(), { kind, kinds: DeviceKind.options.join(', ') }))
    return parsed.data
  })

const port = (value: string): number => {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number > 65_535) throw new InvalidArgumentError(fill(USAGE.port, here(), { value }))
  return number
}

const langIn = (args: readonly string[]): string | undefined => {
  const i = args.findIndex((a) => a === '--lang' || a.startsWith('--lang='))
  return i < 0 ? undefined : (args[i]?.split('=')[1] ?? args[i + 1])
}

let chosen: string | undefined
const here = () => languageOf(chosen, process.env)

type Action = (context: Context, args: string[], options: Record<string, unknown>) => Promise<number>

/** True if a monitoring system asked, which knows the codes 0 to 3 only and shows one line of standard output. */
const forNagios = (args: readonly string[]): boolean => args.includes('--format=nagios') || args.some((arg, i) => arg === '--format' && args[i + 1] === 'nagios')

/** Exit code of an error that reached the top: what a person can put right is said plainly, anything else is our bug. */
const tell = (error: unknown, args: readonly string[], commands: readonly string[]): number => {
  const language = here()
  const say = (text: string, code: number): number => {
    process.stderr.write(`posdiag${language === 'en' ? ': ' : '：'}${text}\n`)
    if (!forNagios(args)) return code
    process.stdout.write(`POSDIAG UNKNOWN - ${text.replaceAll(/[|\n]+/g, ' ')}\n`)
    return EXIT.unknown
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : say(fill(usageText(error, commands.find((name) => name === args[0])), language), EXIT.usage)
  if (error instanceof Failure) return say(error.in(language), error.code)
  const detail = error instanceof Error ? ((process.env.POSDIAG_DEBUG ? error.stack : undefined) ?? error.message) : String(error)
  return say(language === 'en' ? `a bug of posdiag itself: ${detail}` : `程序自身的错误：${detail}`, EXIT.bug)
}

/** Runs the command line; resolves with the exit code. */
export const run = async (args: string[]): Promise<number> => {
  chosen = langIn(args)
  const language = here()
  const h = (key: keyof typeof HELP): string => fill(HELP[key], language)
  const program = new Command('posdiag')
  let code = 0
  const width = (text: string): number => cells(text.replaceAll(/\u001b\[[0-9;]*m/g, ''))
  program
    .description(h('program'))
    .version(VERSION, '-V, --version', h('version'))
    .helpOption('-h, --help', h('help'))
    .helpCommand(false)
    .configureHelp({ displayWidth: width, styleTitle: (title) => (language === 'en' ? title : (HELP_TITLES[title] ?? title)) })
    .exitOverride()
    .showSuggestionAfterError(false)
    // Said by tell, in the reader's language.
    .configureOutput({ outputError: () => undefined })

  const command = (usage: string, about: keyof typeof HELP, action: Action): Command => {
    const made = program.command(usage).description(h(about)).helpOption('-h, --help', h('help'))
      .addOption(new Option('--lang <language>', h('lang')).choices(['zh-CN', 'en']))
      .exitOverride()
      .action(async (...given: unknown[]) => {
        const options = given.at(-2) as Record<string, unknown>
        const context = contextOf({ ...(typeof options.lang === 'string' ? { lang: options.lang } : {}) })
        code = await action(context, given.slice(0, -2).flat().filter((v): v is string => typeof v === 'string'), options)
      })
    return made
  }

  command('check', 'check', async (context, _, options) => (await import('./check.ts')).checkCommand(options, context))
    .option('--only <kinds>', h('only'), kinds)
    .option('--terminal <file>', h('terminal'))
    .option('--json', h('json'))
    .addOption(new Option('--format <format>', h('format')).choices(['text', 'json', 'nagios']).default('text'))
    .option('--deadline <time>', h('deadline'), duration)
    .option('--state <folder>', h('state'))
    .option('--boot', h('boot'))
    .option('--no-input', h('no-input'))
  command('fix [fault]', 'fix', async (context, [fault], options) => (await import('./fix.ts')).fixCommand(fault, options, context))
    .option('--terminal <file>', h('terminal'))
    .option('--state <folder>', h('state'))
    .option('--json', h('json'))
    .option('--answer <key>', h('answer'))
    .option('--confirmed', h('confirmed'))
    .option('--no-input', h('no-input'))
  command('start', 'start', async (context, _, options) => (await import('./start.ts')).startCommand(options, context))
    .option('--simulate <scenario>', h('simulate-option'))
    .option('--terminal <file>', h('terminal'))
    .option('--state <folder>', h('state'))
    .option('--port <number>', h('port'), port)
  command('agent', 'agent', async (context, _, options) => (await import('./agent.ts')).agentCommand(options, context))
    .option('--terminal <file>', h('terminal'))
    .option('--state <folder>', h('state'))
    .option('--hq <url>', h('hq-url'))
    .option('--enrol <file>', h('enrol'))
    .option('--ca <file>', h('ca'))
    .option('--client-cert <file>', h('client-cert'))
    .option('--client-key <file>', h('client-key'))
    .option('--round <time>', h('round'), duration, 15_000)
    .option('--verbose', h('verbose'))
  command('hq', 'hq', async (context, _, options) => (await import('./hq.ts')).hqCommand(options, context))
    .option('--data <folder>', h('data'))
    .option('--host <address>', h('host'), '127.0.0.1')
    .option('--port <number>', h('port'), port, 8470)
    .option('--store <address>', h('hq-store'))
    .option('--store-password <file>', h('hq-store-password'))
    .option('--tls-cert <file>', h('tls-cert'))
    .option('--tls-key <file>', h('tls-key'))
    .option('--client-ca <file>', h('client-ca'))
    .option('--trusted-proxy <addresses>', h('trusted-proxy'))
    .option('--oidc <file>', h('oidc'))
    .option('--verbose', h('verbose'))
  command('init', 'init', async (context, _, options) => (await import('./init.ts')).initCommand(options, context))
    .option('--terminal <file>', h('terminal'))
    .option('--id <id>', h('id'))
    .option('--store <name>', h('store'))
    .option('--acquirer <host:port>', h('acquirer'))
    .option('--force', h('force'))
  command('devices', 'devices', async (context, _, options) => (await import('./devices.ts')).devicesCommand(options, context)).option('--json', h('json'))
  command('test <kind>', 'test', async (context, [kind = ''], options) => (await import('./test.ts')).testCommand(kind, options, context))
    .option('--device <id>', h('device'))
    .option('--terminal <file>', h('terminal'))
    .option('--state <folder>', h('state'))
    .option('--json', h('json'))
    .option('--no-input', h('no-input'))
  command('inspect', 'inspect', async (context, _, options) => (await import('./inspect.ts')).inspectCommand(options, context))
    .option('--by <name>', h('inspect-by'))
    .option('--terminal <file>', h('terminal'))
    .option('--state <folder>', h('state'))
    .option('--json', h('json'))
  command('report <action> [id]', 'report', async (context, given, options) => (await import('./report.ts')).reportCommand(given, options, context))
    .option('--json', h('json'))
    .option('--terminal <file>', h('terminal'))
    .option('--to <file>', h('bundle'))
    .option('--case <id>', h('of-case'))
    .option('--photo <files...>', h('photo'))
    .option('--state <folder>', h('state'))
  command('replay <file>', 'replay', async (context, [file = '-'], options) => (await import('./replay-command.ts')).replayCommand(file, options, context)).option('--json', h('json'))
  command('diagnose <file>', 'diagnose', async (context, [file = '-']) => (await import('./diagnose.ts')).diagnoseCommand(file, context))
  command('logs [files...]', 'logs', async (context, files, options) => (await import('./logs.ts')).logsCommand(files, options, context)).option('--json', h('json-lines'))
  command('journal <action> [what]', 'journal', async (context, given, options) => (await import('./journal.ts')).journalCommand(given, options, context))
    .option('--terminal <file>', h('terminal'))
    .option('--state <folder>', h('state'))
    .option('--json', h('json'))
    .option('--source <name>', h('source'))
    .option('--system <name>', h('system'))
    .addOption(new Option('--format <format>', h('journal-format')).choices(['jsonl', 'csv', 'lines', 'camt053']))
    .option('--pattern <regex>', h('pattern'))
    .option('--profile <id>', h('profile'))
    .option('--step <step>', h('step'))
    .addOption(new Option('--encoding <name>', h('encoding')).choices(['auto', 'utf-8', 'gb18030']))
    .option('--by <name>', h('by'))
    .option('--paid', h('paid'))
    .option('--not-paid', h('not-paid'))
  command('case [action] [what]', 'case', async (context, given, options) => (await import('./case.ts')).caseCommand(given, options, context))
    .option('--terminal <file>', h('terminal'))
    .option('--state <folder>', h('state'))
    .option('--json', h('json'))
    .option('--by <name>', h('by-whom'))
    .option('--note <text>', h('note'))
    .option('--transaction <ids...>', h('transactions'))
    .option('--agreement <id>', h('agreement'))
    .addOption(new Option('--stage <stage>', h('stage')).choices(['open', 'reported', 'under-review', 'disputed']))
    .addOption(new Option('--to <role>', h('to')).choices(['cashier', 'manager', 'provider', 'acquirer', 'bank', 'regulator', 'legal', 'customer', 'appeal']))
    .addOption(new Option('--channel <how>', h('channel')).choices(['phone', 'e-mail', 'portal', 'letter', 'visit', 'chat']))
    .option('--reference <number>', h('reference'))
    .option('--has <numbers>', h('has'))
    .option('--cause <text>', h('cause'))
    .option('--lessons <text>', h('lessons'))
    .option('--informed', h('informed'))
  command('maintenance [action] [what]', 'maintenance', async (context, given, options) => (await import('./maintenance.ts')).maintenanceCommand(given, options, context))
    .option('--terminal <file>', h('terminal'))
    .option('--state <folder>', h('state'))
    .option('--json', h('json'))
    .option('--by <name>', h('by-whom'))
    .option('--note <text>', h('note'))
  command('pack <action> [file]', 'pack', async (context, given, options) => (await import('./pack.ts')).packCommand(given, options, context))
    .option('--hq <url>', h('hq-url'))
    .option('--operator-token <file>', h('operator-token'))
    .option('--ca <file>', h('ca'))
    .option('--key <file>', h('pack-key'))
    .option('--to <file>', h('pack-to'))
    .option('--note <text>', h('pack-note'))
    .option('--json', h('json'))
  command('redact', 'redact', async (context) => (await import('./redact.ts')).redact(context))
  command('explain [code]', 'explain', async (context, [fault], options) => (await import('./explain.ts')).explain(fault, options, context)).option('--json', h('json'))
  command('schema [name]', 'schema', async (context, [name]) => (await import('./schema-command.ts')).schemaCommand(name, context))
  command('doctor', 'doctor', async (context, _, options) => (await import('./doctor.ts')).doctorCommand(options, context))
    .option('--json', h('json'))
    .option('--terminal <file>', h('terminal'))
    .option('--state <folder>', h('state'))
  command('simulate [scenario] [count]', 'simulate', async (context, [scenario, count], options) =>
    scenario === 'fleet' ? (await import('./simulate-fleet.ts')).simulateFleet(count, options, context) : (await import('./simulate.ts')).simulateCommand(scenario, count, context))
    .option('--hq <urls>', h('fleet-hq'))
    .option('--operator-token <file>', h('operator-token'))
    .option('--ca <file>', h('ca'))
    .addOption(new Option('--scene <scene>', h('scene')).choices(['ordinary', 'morning']))
    .option('--seed <text>', h('seed'))
    .option('--speed <factor>', h('speed'))
    .option('--hours <number>', h('hours'))
    .option('--hostile <number>', h('hostile'))
    .option('--sockets <number>', h('sockets'))
    .option('--port <number>', h('port'), port)
    .option('--json', h('json'))

  if (args.length === 0) {
    program.outputHelp({ error: true })
    return EXIT.usage
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    return tell(error, args, program.commands.map((c) => c.name()))
  }
}

const HELP_TITLES: Record<string, string> = { 'Usage:': '用法：', 'Options:': '选项：', 'Commands:': '命令：', 'Arguments:': '参数：' }
