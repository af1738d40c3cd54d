// SPDX-License-Identifier: MIT
//! What a round asks of its process: CPU used, memory held, an end when it is stuck.

use std::time::Duration;

/// CPU used by this process so far.
pub fn cpu_time() -> Duration {
    let mut used = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `used` outlives the call, which only writes to it.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut used) };
    Duration::new(used.tv_sec as u64, used.tv_nsec as u32)
}

/// Bytes this process holds in memory, page tables included.
pub fn memory_in_use() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("procfs");
    let kilobytes = |line: &str| line.split_whitespace().nth(1)?.parse::<u64>().ok();
    let counted = |line: &&str| line.starts_with("VmRSS:") || line.starts_with("VmPTE:");
    status
        .lines()
        .filter(counted)
        .filter_map(kilobytes)
        .sum::<u64>()
        * 1024
}

/// Has SIGALRM end this process, whether or not anybody is left to notice.
pub fn end_after(time: Duration) {
    // SAFETY: takes a number, touches no memory.
    unsafe { libc::alarm(time.as_secs() as u32) };
}

/// Raises the limit of open files as far as it goes.
pub fn raise_fd_limit() {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: `limit` outlives both calls.
    unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
        limit.rlim_cur = limit.rlim_max;
        libc::setrlimit(libc::RLIMIT_NOFILE, &limit);
    }
}
