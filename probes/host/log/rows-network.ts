import type { LogTable } from './row.ts'

/** Linux drivers/net and net/sched/sch_generic.c. A link that comes up again is counted, not guessed at; a hang of the adapter's transmitter is no cable. */
export const NETWORK: LogTable = {
  rows: [
    { tells: 'link.up', says: ' {on}: [NIC Link is Up|Link is Up|NIC Link is up|Link is up|link up,|link is up|link becomes ready|Link Up|network connection up|NIC Copper Link is Up|NIC SerDes Link is Up|carrier acquired]', unless: ['ADDRCONF', 'SATA link'] },
    { tells: 'link.down', says: ' {on}: [NIC Link is Down|Link is Down|NIC Link is down|Link is down|link down|link is down|Link Down|network connection down|NIC Copper Link is Down|NIC SerDes Link is Down|carrier lost]', unless: ['SATA link', 'ADDRCONF'] },
    { tells: 'network.link_down', says: 'bond*link status definitely down for [interface|slave] {on}' },
    { tells: 'link.up', says: ' {on} NIC Link is Up', unless: [': NIC Link'] },
    { tells: 'link.down', says: ' {on} NIC Link is Down', unless: [': NIC Link'] },
    { tells: 'link.up', says: ' {on}: port # link up' },
    { tells: 'link.down', says: ' {on}: port # link down' },
    { tells: 'link.opened', says: 'ADDRCONF(NETDEV_UP): {on}: link is not ready' },
    { tells: 'link.opened', says: ' {on}: [configuring for |Configuring for |attached PHY driver|registered as |Interface is UP|renamed from]' },
    { tells: 'network.nic_hang', says: ' {on}: Detected Hardware Unit Hang' },
    { tells: 'network.nic_hang', says: ' {on}: Detected Tx Unit Hang' },
    { tells: 'network.nic_hang', says: 'NETDEV WATCHDOG: {on} (*): transmit queue # timed out' },
    { tells: 'network.nic_hang', says: 'NETDEV WATCHDOG: {on}: transmit timed out' },
    { tells: 'network.nic_hang', says: 'NETDEV WATCHDOG: *{on}*transmit queue' },
    { tells: 'network.nic_hang', says: ' {on}: [transmit timed out|Transmit timed out|Tx timeout|TX timeout|tx timeout|transmit timeout|tx_timeout|Reset adapter unexpectedly|Reset adapter|NIC Reset|Transmit error, Tx status|Tx status -]', unless: ['phy', 'Tx timeout = '] },
    { tells: 'network.nic_hang', says: ' {on}: Microcode SW error detected' },
    { tells: 'network.nic_hang', says: ' {on}: [firmware crashed|Firmware crashed|Firmware error detected|firmware has halted or crashed|Firmware halted|Firmware fault]' },
    { tells: 'network.nic_hang', says: ' {on}: Queue # *stuck' },
    { tells: 'network.nic_hang', says: ' {on}: Error sending *: time out after' },
    { tells: 'network.nic_hang', says: ' {on}: [fw sync timeout|Chip reset failed|Failed to stop TX DMA|MAC hang|PCIe link lost|The NVM Checksum Is Not Valid]', unless: ['Failed to stop TX DMA, queues'] },
    { tells: 'network.nic_hang', says: ' {on}: [Failed to read reg|Failed to write reg|Failed to read register|Failed to write register]*-#' },
    { tells: 'network.nic_hang', says: 'brcmf_[sdio_hostmail|fw_crashed|sdio_bus_sleep]' },
    // The transceiver measured that the pairs of the cable do not carry the agreed speed (phylib, igb, e1000e, igc).
    { tells: 'network.cable', says: ' {on}: *Downshift occurred from negotiated speed' },
    { tells: 'network.cable', says: ' {on}: *Link Speed was downgraded by SmartSpeed' },
    { tells: 'network.link_down', says: ' {on}: [deauthenticated from|disassociated from|Connection to AP * lost|connection to AP * lost|Lost beacon]' },
    { tells: 'network.link_down', says: ' {on}: [authentication with * timed out|association with * timed out]' },
  ],
}

/** Programs that keep the network. */
export const NETWORK_KEEPERS: LogTable = {
  by: /^(?:NetworkManager|systemd-networkd|dhcpcd|dhclient|wpa_supplicant|connmand|ifplugd|netplugd|networkd)/,
  rows: [
    { tells: 'link.up', says: ' {on}: [carrier acquired|Gained carrier]' },
    { tells: 'link.down', says: ' {on}: [carrier lost|Lost carrier]' },
    { tells: 'link.down', says: ' device ({on}): *reason \'carrier-changed\'' },
    { tells: 'link.down', says: ' device ({on}): link disconnected' },
    { tells: 'link.up', says: ' device ({on}): link connected' },
    { tells: 'network.link_down', says: ' {on}: CTRL-EVENT-DISCONNECTED', unless: ['locally_generated=1'] },
  ],
}

/** chrony, ntpd, systemd and others that notice that time did not flow; steps of less than a second are their daily work. */
export const CLOCK: LogTable = {
  by: /^(?:chronyd|ntpd|ntpdate|sntp|systemd|kernel$|dovecot|cron|crond|fake-hwclock|rtc|hwclock|timesyncd|openntpd|postgres|pcscd|date)/,
  rows: [
    { tells: 'clock.jump', says: ' System clock wrong by [-|][1|2|3|4|5|6|7|8|9]*seconds' },
    { tells: 'clock.jump', says: ' System clock wrong by [1|2|3|4|5|6|7|8|9]*seconds' },
    { tells: 'clock.jump', says: ' System clock was stepped by -[1|2|3|4|5|6|7|8|9]' },
    { tells: 'clock.jump', says: ' System clock was stepped by [1|2|3|4|5|6|7|8|9]' },
    { tells: 'clock.jump', says: '[Forward time jump detected|Backward time jump detected|Time jumped backwards|Time just moved backwards]' },
    { tells: 'clock.jump', says: ' time reset [+|-|][1|2|3|4|5|6|7|8|9]' },
    { tells: 'clock.jump', says: 'step time server * offset [1|2|3|4|5|6|7|8|9]' },
    { tells: 'clock.jump', says: 'step time server * offset -[1|2|3|4|5|6|7|8|9]' },
    { tells: 'clock.jump', says: 'step time server * offset +[1|2|3|4|5|6|7|8|9]' },
    { tells: 'clock.jump', says: 'time correction of # seconds exceeds sanity limit' },
    { tells: 'clock.jump', says: '[Realtime clock jumped backwards|time went backwards|Time went backwards]' },
    { tells: 'clock.jump', says: ' adjusting local clock by [-|][1|2|3|4|5|6|7|8|9]#.' },
  ],
}
