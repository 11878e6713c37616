/** What this host says it is; a field is left out where the maker wrote nothing of use. */
export interface HostInventory {
  maker?: string
  model?: string
  serial?: string
  system?: string
  firmware?: string
}

/** Longest time for the inventory, in milliseconds: it starts a dozen programs, which is why no check asks for it. */
const INVENTORY_MS = 8_000

/** What makers leave in these fields when they forget to fill them. */
const FILLER = /^(?:|-|none|unknown|default string|to be filled by o\.?e\.?m\.?|system (?:product name|manufacturer|serial number|version)|not (?:specified|available|applicable)|0+|n\/a)$/i

const said = (value: string | undefined): string | undefined => (value === undefined || FILLER.test(value.trim()) ? undefined : value.trim().slice(0, 100))

const facts = async (): Promise<HostInventory> => {
  const { default: si } = await import('systeminformation')
  const [system, os, bios] = await Promise.all([si.system(), si.osInfo(), si.bios()])
  const fields = { maker: said(system.manufacturer), model: said(system.model), serial: said(system.serial), system: said(`${os.distro} ${os.release}`), firmware: said(`${bios.vendor} ${bios.version}`) }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** Maker, model, serial number, system and firmware of this host; empty if they cannot be had in time. */
export const hostInventory = async (): Promise<HostInventory> => {
  const late = new Promise<HostInventory>((resolve) => setTimeout(() => resolve({}), INVENTORY_MS).unref())
  return Promise.race([facts(), late])
}
