//! How much memory is available to this process.
//!
//! On Linux this is the minimum of what the kernel reports as available and what the limits of this process's control groups
//! (versions 1 and 2) leave, and of what its limit of address space (`ulimit -v`) leaves: in a container, the host's figure
//! alone would be far too high.
//!
//! Memory whose size comes from outside is tried first ([`check_room`]): otherwise a refusal ends the process.

use std::path::Path;

const CGROUPS: &str = "/sys/fs/cgroup";

/// The system refuses this much memory at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} MB of memory are needed at once, and the system refuses them", bytes.div_ceil(1_000_000))]
pub struct OutOfMemory {
    /// The bytes that were asked for.
    pub bytes: usize,
}

/// Whether the system has room for `count` items, which are about to be allocated. Nothing stays allocated, so that the
/// allocation itself can be made in the fastest way.
///
/// # Errors
/// [`OutOfMemory`].
pub fn check_room<T>(count: usize) -> Result<(), OutOfMemory> {
    let refused = |_| OutOfMemory { bytes: count.saturating_mul(size_of::<T>()) };
    Vec::<T>::new().try_reserve_exact(count).map_err(refused)
}

/// Bytes that can still be allocated, or `None` if the system does not report it.
pub fn available_memory() -> Option<u64> {
    let of_process = |name: &str| read(&Path::new("/proc/self").join(name)).unwrap_or_default();
    let free = read(Path::new("/proc/meminfo")).and_then(|text| mem_available(&text));
    let addresses = left_of_addresses(&of_process("limits"), &of_process("status"));
    left_in_groups(Path::new(CGROUPS), &of_process("cgroup")).chain(free).chain(addresses).min()
}

/// What the limit of address space in `limits` leaves, if there is one, to a process with this `status`.
fn left_of_addresses(limits: &str, status: &str) -> Option<u64> {
    let limit = limits.lines().find_map(|line| line.strip_prefix("Max address space")?.split_whitespace().next())?;
    let limit: u64 = limit.parse().ok()?; // `unlimited`
    Some(limit.saturating_sub(kilobytes(status, "VmSize:")?))
}

/// The file names of a control group: its limit, its usage, and in its statistics the part of the usage that can be reclaimed.
type Names = [&'static str; 3];

const V1: Names = ["memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"];
const V2: Names = ["memory.max", "memory.current", "inactive_file"];

/// What the groups listed in `groups` (`/proc/self/cgroup`) and all groups above them leave. In a container the paths
/// may be those of the host, which do not exist there; the container's own group is then the root of the hierarchy.
fn left_in_groups<'a>(root: &'a Path, groups: &'a str) -> impl Iterator<Item = u64> + 'a {
    let listed = groups.lines().filter_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        match (fields.next()?, fields.next()?) {
            ("", path) => Some((root.to_owned(), path, V2)),
            (controllers, path) if controllers.split(',').any(|name| name == "memory") => {
                Some((root.join("memory"), path, V1))
            }
            _ => None,
        }
    });
    let roots = [(root.to_owned(), "/", V2), (root.join("memory"), "/", V1)];
    listed.chain(roots).flat_map(|(hierarchy, path, names)| {
        let above = Path::new(path.trim_start_matches('/')).ancestors();
        above.filter_map(move |group| left(&hierarchy.join(group), names)).collect::<Vec<_>>()
    })
}

/// The bytes that the limit of `group` leaves, if it has one.
fn left(group: &Path, [limit, used, reclaimable]: Names) -> Option<u64> {
    let number = |name: &str| read(&group.join(name))?.trim().parse::<u64>().ok();
    let limit = number(limit)?; // `max`: no limit
    let reclaimable = read(&group.join("memory.stat")).and_then(|text| statistic(&text, reclaimable)).unwrap_or(0);
    Some(limit.saturating_sub(number(used).unwrap_or(0).saturating_sub(reclaimable)))
}

fn statistic(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
}

fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

fn mem_available(meminfo: &str) -> Option<u64> {
    kilobytes(meminfo, "MemAvailable:")
}

/// The bytes of a line `name  9 kB`.
fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn parses_what_linux_reports() {
        assert_eq!(mem_available("MemTotal: 9 kB\nMemAvailable:    2048 kB\n"), Some(2 << 20));
        assert_eq!(mem_available("MemAvailable: much"), None);
    }

    #[test]
    fn a_limit_of_addresses_leaves_what_is_not_mapped_yet() {
        let limits = |soft: &str| {
            format!("Max stack size 8388608 unlimited bytes\nMax address space   {soft}  unlimited  bytes\n")
        };
        let status = "VmPeak:\t  99999 kB\nVmSize:\t     100 kB\n";
        assert_eq!(left_of_addresses(&limits("1048576"), status), Some(1_048_576 - 102_400));
        assert_eq!(left_of_addresses(&limits("1024"), status), Some(0));
        assert_eq!(left_of_addresses(&limits("unlimited"), status), None);
        assert_eq!(left_of_addresses("", status), None);
    }

    #[test]
    fn what_no_system_has_is_refused_and_what_is_small_is_not() {
        check_room::<u64>(1000).unwrap();
        let refused = check_room::<u64>(usize::MAX / 64).unwrap_err();
        assert_eq!(refused.bytes, usize::MAX / 64 * 8);
        assert!(check_room::<u64>(usize::MAX).is_err());
    }

    #[test]
    fn a_limit_leaves_what_is_not_used_yet() {
        let group = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(group.path().join(name), text).unwrap();
        assert_eq!(left(group.path(), V2), None);
        write("memory.max", "max\n");
        assert_eq!(left(group.path(), V2), None);
        write("memory.max", "8000\n");
        assert_eq!(left(group.path(), V2), Some(8000));
        write("memory.current", "5500\n");
        write("memory.stat", "anon 5000\ninactive_file_more 9\ninactive_file 500\n");
        assert_eq!(left(group.path(), V2), Some(3000));
        write("memory.current", "9500\n");
        assert_eq!(left(group.path(), V2), Some(0));
    }

    #[test]
    fn every_group_up_to_the_root_counts() {
        let root = tempfile::tempdir().unwrap();
        let smallest = |groups: &str| left_in_groups(root.path(), groups).min();
        let limit = |file: &str, bytes: u64| {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes.to_string()).unwrap();
        };
        let (v1, v2) = ("9:cpu,memory:/job/step\n1:name=systemd:/\n", "0::/slice/run\n");
        assert_eq!(smallest(v1).or(smallest(v2)), None);
        limit("memory/memory.limit_in_bytes", 900);
        limit("memory.max", 800);
        assert_eq!((smallest(""), smallest(v1), smallest(v2)), (Some(800), Some(800), Some(800)));
        limit("memory/job/memory.limit_in_bytes", 500);
        limit("slice/memory.max", 400);
        assert_eq!((smallest(""), smallest(v1), smallest(v2)), (Some(800), Some(500), Some(400)));
        limit("memory/job/step/memory.limit_in_bytes", 50);
        limit("slice/run/memory.max", 40);
        assert_eq!((smallest("0::/\n"), smallest(v1), smallest(v2)), (Some(800), Some(50), Some(40)));
    }
}
