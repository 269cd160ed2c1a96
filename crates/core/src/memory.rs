//! How much memory is available to this process.
//!
//! On Linux this is the minimum of what the kernel reports as available and what the limits of this process's control groups
//! (versions 1 and 2) leave: in a container, the host's figure alone would be far too high.

use std::path::Path;

const CGROUPS: &str = "/sys/fs/cgroup";

/// Bytes that can still be allocated, or `None` if the system does not report it.
pub fn available_memory() -> Option<u64> {
    let free = read(Path::new("/proc/meminfo")).and_then(|text| mem_available(&text));
    let groups = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
    left_in_groups(Path::new(CGROUPS), &groups).chain(free).min()
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
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
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
