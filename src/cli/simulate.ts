import { startShop } from '../../fixtures/standins/shop.ts'
import { untilAsked } from './agent.ts'
import type { Context } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { PACKAGE_ROOT } from './package.ts'

/** posdiag simulate: stand-in devices on ptys and sockets until Ctrl-C; prints the terminal file that describes them. */
export const simulateCommand = async (scenario: string | undefined, count: string | undefined, context: Context): Promise<number> => {
  if (scenario !== undefined && scenario !== 'shop') throw new Failure(EXIT.usage, { zh: `没有模拟场景 ${scenario}；可用：shop、fleet`, en: `no simulation ${scenario}; known: shop, fleet` })
  if (count !== undefined) throw new Failure(EXIT.usage, { zh: `只有 simulate fleet 后面写数量；多写了 ${count}`, en: `only simulate fleet takes a number; ${count} is too much` })
  const asked = untilAsked()
  const shop = await startShop(PACKAGE_ROOT)
  context.out(shop.terminalFile)
  context.err(context.language === 'en' ? `posdiag check --terminal ${shop.terminalFile}   (Ctrl-C ends the stand-ins)` : `posdiag check --terminal ${shop.terminalFile}   （Ctrl-C 结束模拟）`)
  shop.live((line) => context.err(context.language === 'en' ? line.en : line.zh))
  await asked
  await shop.stop()
  return EXIT.ready
}
