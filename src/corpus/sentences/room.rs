//! How much memory can be had?

#![forbid(unsafe_code)]

/// Bytes that can be had: the smallest of what the system calls available and the limits of this process's control groups.
/// `None` where nothing tells.
pub fn available_memory() -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let free = read("/proc/meminfo").and_then(|text| mem_available(&text));
    let own = read("/proc/self/cgroup").and_then(|text| own_group(&text)).unwrap_or_default();
    let files = [
        format!("/sys/fs/cgroup{own}/memory.max"),
        "/sys/fs/cgroup/memory.max".to_owned(),
        "/sys/fs/cgroup/memory/memory.limit_in_bytes".to_owned(),
    ];
    let limits = files.iter().filter_map(|file| read(file)?.trim().parse().ok()); // `max`: no limit
    limits.chain(free).min()
}

fn mem_available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// The path of this process's group in the unified hierarchy.
fn own_group(cgroup: &str) -> Option<String> {
    let path = cgroup.lines().find_map(|line| line.strip_prefix("0::"))?;
    Some(path.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_linux_tells() {
        assert_eq!(mem_available("MemTotal: 9 kB\nMemAvailable:    2048 kB\n"), Some(2 << 20));
        assert_eq!(mem_available("MemAvailable: much"), None);
        assert_eq!(own_group("0::/user.slice/run\n").as_deref(), Some("/user.slice/run"));
        assert_eq!(own_group("0::/\n").as_deref(), Some(""));
    }
}
