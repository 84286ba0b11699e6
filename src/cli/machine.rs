//! What the machine has to spare. It says what is refused and never what comes
//! out.

use std::fs;

/// Bytes of memory that are free or can be made so, where the system tells:
/// within the limit of a container, too.
pub(super) fn memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let free = available(&text)?;
    let number = |path: &str| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let limit = number("/sys/fs/cgroup/memory.max");
    let used = number("/sys/fs/cgroup/memory.current").unwrap_or(0);
    Some(limit.map_or(free, |limit| free.min(limit.saturating_sub(used))))
}

/// The memory that is available by `/proc/meminfo`, swap included.
fn available(meminfo: &str) -> Option<u64> {
    let kibibytes = |name: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    Some(1024 * (kibibytes("MemAvailable")? + kibibytes("SwapFree").unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_available_is_read() {
        let text = "MemTotal: 100 kB\nMemAvailable:   64 kB\nSwapFree: 16 kB\n";
        assert_eq!(available(text), Some(80 * 1024));
        assert_eq!(available("MemTotal: 100 kB\n"), None);
    }
}
