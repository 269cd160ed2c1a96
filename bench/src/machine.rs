//! Where and when a figure was measured: a number without its machine and its date means little.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

const SECONDS_A_DAY: u64 = 86_400;

/// The processor's name as the system reports it, or else the architecture.
pub fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    model_name(&info).unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

fn model_name(info: &str) -> Option<String> {
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Load averages over 1, 5 and 15 minutes, where the system reports them.
pub fn load_average() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    Some(text.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
}

/// This program's peak memory so far, in bytes; `None` where the system does not report it.
pub fn peak_memory() -> Option<u64> {
    peak(&fs::read_to_string("/proc/self/status").ok()?)
}

fn peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// This program's CPU time in user mode, in seconds, to a hundredth; NaN where the system does not report it.
pub fn user_seconds() -> f64 {
    user_ticks(&fs::read_to_string("/proc/self/stat").unwrap_or_default()).map_or(f64::NAN, |ticks| ticks / 100.0)
}

/// The name, the second field, is in brackets and may hold anything.
fn user_ticks(stat: &str) -> Option<f64> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(11)?.parse().ok()
}

/// Today in universal time, as 2025-01-31.
pub fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    let (year, month, day) = date(seconds / SECONDS_A_DAY);
    format!("{year}-{month:02}-{day:02}")
}

/// Year, month and day of the Gregorian calendar, `days` after 1 January 1970.
fn date(days: u64) -> (u64, u64, u64) {
    let leap = |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let (mut year, mut left) = (1970, days);
    while left >= 365 + u64::from(leap(year)) {
        left -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while left >= lengths[month] {
        left -= lengths[month];
        month += 1;
    }
    (year, month as u64 + 1, left + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        // From `date -u -d @SECONDS`.
        let known = [(0, (1970, 1, 1)), (11_016, (2000, 2, 29)), (20_454, (2026, 1, 1)), (47_540, (2100, 2, 28))];
        for (days, expected) in known {
            assert_eq!(date(days), expected);
        }
        assert_eq!(date(47_541), (2100, 3, 1), "2100 is not a leap year");
    }

    #[test]
    fn reads_what_the_system_reports_about_this_process() {
        assert_eq!(peak("VmPeak:\t 9 kB\nVmHWM:\t    2048 kB\n"), Some(2 << 20));
        assert_eq!(peak("VmHWM: much"), None);
        assert_eq!(user_ticks("7 (a ) b) R 1 2 3 4 5 6 7 8 9 10 1234 15"), Some(1234.0));
        assert_eq!(user_ticks(""), None);
    }

    #[test]
    fn finds_the_model_name() {
        assert_eq!(model_name("processor\t: 0\nmodel name\t: A B 9\nflags: x"), Some("A B 9".to_owned()));
        assert_eq!(model_name("Hardware: board"), None);
    }
}
