//! How much memory can be had?

use crate::error::TrainError;
use std::path::Path;

const MEGABYTE: u64 = 1_000_000;

/// Refuses what cannot be had: `needed` bytes, of which `held` are in memory already. Where nothing tells how much there is,
/// nothing is refused.
///
/// ```
/// use crate::{Config, ModelKind, corpus, cpu};
///
/// let config = Config::word2vec(ModelKind::SkipGram);
/// corpus::check_memory(engine::memory_needed(&config, 10_000, 2), 0)?;
/// # Ok::<(), rapidvec::error::TrainError>(())
/// ```
///
/// # Errors
/// [`TrainError::OutOfMemory`].
pub fn check_memory(needed: u64, held: u64) -> Result<(), TrainError> {
    compare(needed.saturating_sub(held), available_memory())
}

fn compare(needed: u64, available: Option<u64>) -> Result<(), TrainError> {
    match available {
        Some(available) if needed > available => {
            Err(TrainError::OutOfMemory { needed: needed.div_ceil(MEGABYTE), available: available / MEGABYTE })
        }
        _ => Ok(()),
    }
}

/// Bytes that can be had: the smallest of what the system calls available and what the limits of this process's control groups
/// leave. `None` where nothing tells.
pub fn available_memory() -> Option<u64> {
    let free = read(Path::new("/proc/meminfo")).and_then(|text| mem_available(&text));
    let own = read(Path::new("/proc/self/cgroup")).and_then(|text| own_group(&text)).unwrap_or_default();
    let unified = [format!("/sys/fs/cgroup{own}"), "/sys/fs/cgroup".to_owned()];
    let left = unified.iter().filter_map(|group| left(Path::new(group), UNIFIED));
    left.chain(left_of_old()).chain(free).min()
}

/// What the files of a control group are called: its limit, what it has, and, in its statistics, which of that can be let go of.
type Names = [&'static str; 3];

const UNIFIED: Names = ["memory.max", "memory.current", "inactive_file"];

fn left_of_old() -> Option<u64> {
    const OLD: Names = ["memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"];
    left(Path::new("/sys/fs/cgroup/memory"), OLD)
}

/// What a group's limit leaves, if it has one.
fn left(group: &Path, [limit, used, idle]: Names) -> Option<u64> {
    let number = |name: &str| read(&group.join(name))?.trim().parse::<u64>().ok();
    let limit = number(limit)?; // `max` is none
    let idle = read(&group.join("memory.stat")).and_then(|text| statistic(&text, idle)).unwrap_or(0);
    Some(limit.saturating_sub(number(used).unwrap_or(0).saturating_sub(idle)))
}

fn statistic(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
}

fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
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
    fn refuses_more_than_there_is() {
        assert_eq!(compare(5_000_000, Some(5_000_000)), Ok(()));
        assert_eq!(compare(u64::MAX, None), Ok(()));
        let refused = compare(5_000_001, Some(5_000_000));
        assert_eq!(refused, Err(TrainError::OutOfMemory { needed: 6, available: 5 }));
        assert_eq!(check_memory(u64::MAX, u64::MAX), Ok(()));
    }

    #[test]
    fn reads_what_linux_tells() {
        assert_eq!(mem_available("MemTotal: 9 kB\nMemAvailable:    2048 kB\n"), Some(2 << 20));
        assert_eq!(mem_available("MemAvailable: much"), None);
        assert_eq!(own_group("0::/user.slice/run\n").as_deref(), Some("/user.slice/run"));
        assert_eq!(own_group("0::/\n").as_deref(), Some(""));
    }

    #[test]
    fn a_limit_leaves_what_is_not_taken_yet() {
        let group = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(group.path().join(name), text).unwrap();
        assert_eq!(left(group.path(), UNIFIED), None);
        write("memory.max", "max\n");
        assert_eq!(left(group.path(), UNIFIED), None);
        write("memory.max", "8000\n");
        assert_eq!(left(group.path(), UNIFIED), Some(8000));
        write("memory.current", "5500\n");
        write("memory.stat", "anon 5000\ninactive_file_more 9\ninactive_file 500\n");
        assert_eq!(left(group.path(), UNIFIED), Some(3000));
        write("memory.current", "9500\n");
        assert_eq!(left(group.path(), UNIFIED), Some(0));
    }
}
