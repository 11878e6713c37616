import { connect } from 'node:net'

/** A smart card in QEMU's card slot (libcacard's vscard protocol on a socket). */
export interface Card {
  /** Tells a slot that was just plugged in that it is one. */
  slot(): void
  insert(): void
  remove(): void
}

/** Message types of vscard_common.h. */
const INIT = 1, READER_ADD = 3, ATR = 5, CARD_REMOVE = 6, APDU = 7
const MAGIC = 'VSCD'

const message = (type: number, data: Uint8Array = new Uint8Array(), reader = 0): Buffer => {
  const head = Buffer.alloc(12)
  head.writeUInt32BE(type, 0)
  head.writeUInt32BE(reader, 4)
  head.writeUInt32BE(data.length, 8)
  return Buffer.concat([head, data])
}

/** Sits at the slot's socket; `answer` is asked for each command APDU. Rejects if nobody listens there. */
export const cardAt = async (socket: string, atr: Uint8Array, answer: (apdu: Uint8Array) => Uint8Array): Promise<Card> => {
  const slot = connect(socket)
  const ready = Promise.withResolvers<void>()
  slot.once('connect', ready.resolve).once('error', ready.reject)
  await ready.promise
  slot.on('error', () => slot.destroy())
  let rest = Buffer.alloc(0)
  slot.on('data', (part) => {
    rest = Buffer.concat([rest, part])
    while (rest.length >= 12 && rest.length >= 12 + rest.readUInt32BE(8)) {
      const type = rest.readUInt32BE(0)
      const end = 12 + rest.readUInt32BE(8)
      const data = rest.subarray(12, end)
      rest = rest.subarray(end)
      if (type === APDU) slot.write(message(APDU, answer(data)))
    }
  })
  const hello = Buffer.alloc(12)
  hello.write(MAGIC, 0)
  hello.writeUInt32BE(2, 4)
  const introduce = (): void => {
    slot.write(message(INIT, hello, 0xffffffff))
    slot.write(message(READER_ADD, Buffer.from('Lab reader\0')))
  }
  introduce()
  return { slot: introduce, insert: () => void slot.write(message(ATR, atr)), remove: () => void slot.write(message(CARD_REMOVE)) }
}
