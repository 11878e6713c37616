import type { Bench } from '../../src/model/bench.ts'
import { looked, type Sight, saw } from '../../src/model/probe.ts'

/** Below this a single bad frame would weigh too much. */
const FEWEST_FRAMES = 1000

const FILES = ['rx_packets', 'rx_crc_errors', 'rx_frame_errors', 'collisions', 'tx_window_errors'] as const

/**
 * How well frames cross the wire (Linux Documentation/ABI/testing/sysfs-class-net-statistics): damaged ones among those received, and
 * collisions, which a full-duplex link cannot have; `tx_window_errors` are those that come too late, which only the half-duplex side
 * of a mismatch has. Drivers that do not count give zero.
 */
export const lookAtWire = async (bench: Bench, name: string): Promise<Sight[]> => {
  const counts = await Promise.all([...FILES.map((file) => `statistics/${file}`), 'mtu'].map(async (file) => {
    const text = await looked(bench.files.read(`/sys/class/net/${name}/${file}`))
    return 'value' in text ? Number(text.value.trim() || Number.NaN) : Number.NaN
  }))
  const [received = Number.NaN, crc = Number.NaN, frame = Number.NaN, collisions = Number.NaN, late = Number.NaN, mtu = Number.NaN] = counts
  const bad = crc + frame
  return [
    ...(received >= FEWEST_FRAMES && bad >= 0 ? [saw('network.frame-errors-permille', Math.round((10_000 * bad) / (received + bad)) / 10, 'passive')] : []),
    ...(collisions >= 0 ? [saw('network.collisions', collisions, 'passive')] : []),
    ...(late >= 0 ? [saw('network.late-collisions', late, 'passive')] : []),
    ...(mtu > 0 ? [saw('network.mtu', mtu, 'passive')] : []),
  ]
}
