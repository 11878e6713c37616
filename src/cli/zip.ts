import { crc32, deflateRawSync } from 'node:zlib'

/** One file of an archive. */
export interface Packed { name: string; bytes: Buffer }

/** Date and time as ZIP writes them (APPNOTE 4.4.6, MS-DOS), in UTC, to two seconds. */
const dosTime = (at: number): { time: number; date: number } => {
  const d = new Date(at)
  return { time: (d.getUTCHours() << 11) | (d.getUTCMinutes() << 5) | (d.getUTCSeconds() >> 1), date: ((Math.max(1980, d.getUTCFullYear()) - 1980) << 9) | ((d.getUTCMonth() + 1) << 5) | d.getUTCDate() }
}

/** Names are UTF-8 (general purpose bit 11). */
const UTF8 = 0x0800
const DEFLATE = 8

/** A ZIP archive (PKWARE APPNOTE 6.3, without its 64-bit parts: up to 65,535 files and 4 GB) of files that all bear one time. */
export const zip = (files: readonly Packed[], at: number): Buffer => {
  const { time, date } = dosTime(at)
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { name, bytes } of files) {
    const path = Buffer.from(name, 'utf8')
    const packed = deflateRawSync(bytes, { level: 9 })
    // Fields that a local header (from its byte 4) and a central one (from byte 6) share.
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(UTF8, 2)
    shared.writeUInt16LE(DEFLATE, 4)
    shared.writeUInt16LE(time, 6)
    shared.writeUInt16LE(date, 8)
    shared.writeUInt32LE(crc32(bytes), 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(bytes.length, 18)
    shared.writeUInt16LE(path.length, 22)
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), shared, path, packed)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    // Made by version 2.0.
    central.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, rest, path)
    offset += 30 + path.length + packed.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06', 'latin1'), end])
}
