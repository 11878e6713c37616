import type { LogTable } from './row.ts'

/** Linux mm/oom_kill.c, mm/memcontrol.c, mm/slub.c. */
export const MEMORY: LogTable = {
  rows: [
    { tells: 'oom.begins', says: ' {on} invoked oom-killer: gfp_mask=' },
    { tells: 'oom.trace', says: ' [out_of_memory+0x|__out_of_memory+0x]' },
    { tells: 'oom.system', says: 'Out of memory: [Kill|Killed] process # ({on})' },
    { tells: 'oom.system', says: 'Out of memory and no killable processes' },
    { tells: 'oom.system', says: 'oom-kill:constraint=[CONSTRAINT_NONE|CONSTRAINT_CPUSET|CONSTRAINT_MEMORY_POLICY]' },
    { tells: 'oom.system', says: 'lowmemorykiller: [Kill|Sending|send]' },
    { tells: 'oom.system', says: 'not syncing: *[Out of memory|out of memory|System is deadlocked on memory]' },
    { tells: 'oom.cgroup', says: '[Memory cgroup|memory cgroup] out of memory' },
    { tells: 'oom.cgroup', says: 'mem_cgroup_out_of_memory+0x' },
    { tells: 'oom.cgroup', says: 'mem_cgroup_oom_synchronize+0x' },
    { tells: 'oom.cgroup', says: 'oom-kill:constraint=CONSTRAINT_MEMCG' },
    { tells: 'oom.cgroup', says: 'Task in * killed as a result of limit of ' },
    { tells: 'oom.cgroup', says: ' memory: usage *kB, limit *kB, failcnt #' },
    { tells: 'memory.kmem_limit', says: ' kmem: usage *kB, limit *kB, failcnt [1|2|3|4|5|6|7|8|9]', unless: ['limit 9007199254740988kB', 'limit 18014398509481983kB'] },
    { tells: 'memory.kmem_limit', says: 'SLUB: Unable to allocate memory on node' },
    { tells: 'memory.kmem_limit', says: 'SLAB: Unable to allocate memory on node' },
    { tells: 'memory.kmem_limit', says: 'vmap allocation for size # failed' },
    { tells: 'memory.kmem_limit', says: 'kmem_cache_create*failed with error' },
    { tells: 'memory.kmem_limit', says: 'page allocation failure' },
  ],
}

/** What user space kills for lack of memory: systemd-oomd, earlyoom, systemd. */
export const MEMORY_KEEPERS: LogTable = {
  by: /^(?:systemd-oomd|earlyoom|systemd|nohang)/,
  rows: [
    { tells: 'oom.system', says: 'low memory! at or below SIGTERM limits' },
    { tells: 'oom.system', says: 'Killed {on} due to memory used' },
    { tells: 'oom.cgroup', says: 'Killed {on} due to memory pressure' },
    { tells: 'oom.trace', says: ' {on}: A process of this unit has been killed by the OOM killer' },
    { tells: 'oom.trace', says: ' {on}: Failed with result \'oom-kill\'' },
  ],
}

/** Linux drivers/thermal, therm_throt.c, machine checks (arch/x86/kernel/cpu/mce), EDAC, and the Raspberry Pi's firmware. */
export const HEAT_AND_POWER: LogTable = {
  rows: [
    { tells: 'thermal.throttled', says: ' {on}: [Core|Package] temperature [above threshold|is above threshold]' },
    { tells: 'thermal.throttled', says: ' {on}: Temperature above threshold' },
    { tells: 'thermal.throttled', says: '[cpu clock throttled|cpu clock is throttled]', unless: ['emperature [above|is above] threshold'] },
    { tells: 'thermal.throttled', says: ' {on}: critical temperature reached' },
    { tells: 'thermal.throttled', says: 'ritical temperature reached (', unless: [': critical temperature reached'] },
    { tells: 'thermal.throttled', says: 'Running in modulated clock mode' },
    { tells: 'thermal.throttled', says: '[heated above trip temperature|temperature above critical]' },
    { tells: 'thermal.recovered', says: ' {on}: [Core|Package] temperature/speed normal' },
    { tells: 'thermal.recovered', says: ' {on}: Temperature/speed normal' },
    { tells: 'thermal.recovered', says: 'below trip temperature. Throttling disabled' },
    { tells: 'power.undervoltage', says: '[Under-voltage|Undervoltage|under-voltage|undervoltage|Under voltage|Low voltage|low voltage] [detected|warning|condition|alarm]' },
    { tells: 'cpu.mce_logged', says: 'Machine check events logged' },
    { tells: 'cpu.mce_hardware_error', says: '[Hardware Error]: CPU #: Machine Check' },
    { tells: 'cpu.mce_hardware_error', says: 'CPU #: Machine Check[ Exception|: # Bank #]' },
    { tells: 'cpu.mce_hardware_error', says: '[Hardware Error]: [Corrected error, no action|Uncorrected, software|Deferred error, no action|System Fatal error|CPU:# (]' },
    { tells: 'cpu.mce_hardware_error', says: '[Hardware Error]: Machine check: ' },
    { tells: 'cpu.mce_hardware_error', says: 'Fatal machine check' },
    { tells: 'cpu.mce_hardware_error', says: '[Fatal local machine check|Fatal Machine check|fatal machine check]' },
    { tells: 'cpu.mce_hardware_error', says: 'EDAC *HANDLING MCE MEMORY ERROR' },
    { tells: 'cpu.mce_hardware_error', says: ' EDAC MC#: # [CE|UE] ' },
    { tells: 'cpu.mce_hardware_error', says: 'Memory failure: 0x*[recovery action|dirty|Killing]' },
    { tells: 'cpu.mce_hardware_error', says: 'Hardware event. This is not a software error' },
    { tells: 'cpu.mce_hardware_error', says: 'mce: Uncorrected hardware memory error' },
  ],
}

/** Linux kernel/hung_task.c, watchdog.c, rcu, traps and oopses of all architectures. A WARNING is no oops: the kernel goes on. */
export const KERNEL: LogTable = {
  rows: [
    { tells: 'boot', says: ' Linux version # *' },
    { tells: 'boot', says: ' Linux version *(gcc' },
    { tells: 'boot', says: ' Booting Linux on physical CPU' },
    { tells: 'kernel.hung_task', says: ' task {on} blocked for more than # seconds' },
    { tells: 'kernel.hung_task', says: ' task {on} *is blocked on a mutex' },
    { tells: 'kernel.hung_task', says: ' BUG: soft lockup - CPU#' },
    { tells: 'kernel.hung_task', says: 'soft lockup - CPU' },
    { tells: 'kernel.hung_task', says: '[hard LOCKUP|Hard LOCKUP|HARD LOCKUP]' },
    { tells: 'kernel.hung_task', says: '[self-detected stall|detected stalls on|detected expedited stalls|rcu_preempt kthread starved|rcu_sched kthread starved]' },
    { tells: 'kernel.hung_task', says: 'BUG: workqueue lockup' },
    { tells: 'kernel.oops', says: 'BUG: unable to handle ' },
    { tells: 'kernel.oops', says: 'BUG: kernel NULL pointer dereference' },
    { tells: 'kernel.oops', says: 'Unable to handle kernel ' },
    { tells: 'kernel.oops', says: ' Oops: # [#' },
    { tells: 'kernel.oops', says: ' Oops: * [#1] [SMP|PREEMPT|NOPTI]' },
    { tells: 'kernel.oops', says: ' Oops - [undefined instruction|bad mode|BUG|CFI|BTI|unknown exception|SP/PC alignment]' },
    { tells: 'kernel.oops', says: 'Internal error: ', unless: ['XFS'] },
    { tells: 'kernel.oops', says: ' kernel BUG at ' },
    { tells: 'kernel.oops', says: ' general protection fault', unless: ['traps: ', '] general protection'] },
    { tells: 'kernel.oops', says: '[invalid opcode: 0000|divide error: 0000|double fault: 0000|stack segment: 0000|invalid opcode: 00]' },
    { tells: 'kernel.oops', says: 'Kernel panic - not syncing', unless: ['Unable to mount root'] },
    { tells: 'kernel.oops', says: ' BUG: [Bad page|scheduling while atomic|sleeping function called|Bad rss|spinlock]' },
    { tells: 'kernel.oops', says: 'KASAN: ' },
    { tells: 'kernel.oops', says: 'Unhandled fault: *at 0x', unless: ['unhandled page fault'] },
  ],
}

/** A program that the kernel ended, as the kernel and systemd tell it. */
export const CRASHES: LogTable = {
  by: /^(?:kernel$|systemd|audit)/,
  rows: [
    { tells: 'app.crash', says: ' {on}[#]: segfault at ' },
    { tells: 'app.crash', says: ' {on}[#] [general protection|trap stack|trap int3|trap divide|trap invalid|bad frame|stack segment|invalid opcode|divide error|stack fault]' },
    { tells: 'app.crash', says: 'traps: {on}[#] ' },
    { tells: 'app.crash', says: ' {on}[#]: [unhandled page fault|unhandled signal|unhandled level|unhandled exception|undefined instruction|unhandled translation fault|unhandled alignment]' },
    { tells: 'app.crash', says: ' {on}: unhandled page fault (#) at' },
    { tells: 'app.crash', says: '{on}/#: potentially unexpected fatal signal #' },
    { tells: 'app.crash', says: 'Process # ({on}) of user # [dumped core|terminated abnormally]' },
    { tells: 'app.crash', says: ' {on}: Main process exited, code=dumped' },
    { tells: 'app.crash', says: ' {on}: Main process exited, code=killed, status=[4|5|6|7|8|11|31]/' },
    { tells: 'app.crash', says: ' {on}: main process exited, code=[dumped|killed], status=[4|5|6|7|8|11|31]/' },
    { tells: 'app.crash', says: ' {on}: Failed with result \'[core-dump|watchdog]\'' },
    { tells: 'app.crash', says: ' {on}: Watchdog timeout' },
    { tells: 'app.crash', says: ' {on}: Start request repeated too quickly' },
    { tells: 'app.crash', says: 'type=1701 *comm="{on}"' },
    { tells: 'app.crash', says: 'ANOM_ABEND *comm="{on}"' },
  ],
}
