//! Downloads a data set's file so that it is there complete and right, or not at all.
//!
//! Bytes go to a temporary file next to the target while they are hashed; only when length and SHA-256 are right is it
//! flushed to disk and renamed. Whatever goes wrong, the temporary file is removed; if the process is killed, it stays,
//! under a name that nothing looks for. TLS certificates are always verified.

use super::data_file::{DataFile, Timeouts, hex};
use super::error::DatasetError;
use crate::error::{Error, Result};
use rapidvec_core::atomic_file::Unfinished;
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use ureq::Agent;
use ureq::http::Uri;

const CHUNK_BYTES: usize = 64 * 1024;

/// Others may read the file too. The umask still applies.
fn temporary_file(file: &DataFile, folder: &Path) -> Result<Unfinished> {
    let prefix = format!(".{}.", file.name);
    Unfinished::new([&prefix, ".part"], 0o644, folder).map_err(Error::io(folder))
}

/// The download of one file.
pub(super) struct Transfer<'a> {
    pub url: String,
    pub file: &'a DataFile,
    pub timeouts: &'a Timeouts,
}

impl Transfer<'_> {
    /// Downloads the file into `folder`, which is created if it is missing, and returns its path. `started` is called with the
    /// address and the length in bytes.
    pub fn download(&self, folder: &Path, started: Option<fn(&str, u64)>) -> Result<PathBuf> {
        std::fs::create_dir_all(folder).map_err(Error::io(folder))?;
        let target = temporary_file(self.file, folder)?;
        if let Some(started) = started {
            started(&self.url, self.file.bytes);
        }
        self.copy_to(&target)?;
        let path = folder.join(self.file.name);
        target.as_file().sync_all().map_err(Error::io(&path))?;
        target.persist(&path).map_err(Error::io(&path))?;
        Ok(path)
    }

    fn copy_to(&self, target: &Unfinished) -> Result<()> {
        let response = self.agent().get(&self.url).call().map_err(|error| self.failed(error, 0))?;
        if let Some(announced) = response.body().content_length() {
            self.check("length in bytes", self.file.bytes.to_string(), announced.to_string())?;
        }
        let mut body = response.into_body().into_reader();
        let (mut hasher, mut chunk, mut received) = (Sha256::new(), vec![0; CHUNK_BYTES], 0);
        loop {
            let length = body.read(&mut chunk).map_err(|error| self.failed(error.into(), received))?;
            if length == 0 {
                break;
            }
            received += length as u64;
            if received > self.file.bytes {
                return self.check("length in bytes", self.file.bytes.to_string(), "more".to_owned());
            }
            hasher.update(&chunk[..length]);
            target.as_file().write_all(&chunk[..length]).map_err(Error::io(target.path()))?;
        }
        self.check("length in bytes", self.file.bytes.to_string(), received.to_string())?;
        self.check("SHA-256", self.file.sha256.to_owned(), hex(&hasher.finalize()))
    }

    fn agent(&self) -> Agent {
        let limits = self.timeouts;
        let mut config = Agent::config_builder()
            .timeout_resolve(Some(limits.connect))
            .timeout_connect(Some(limits.connect))
            .timeout_recv_response(Some(limits.silence))
            .timeout_per_read(Some(limits.silence))
            .timeout_per_write(Some(limits.silence))
            .timeout_global(Some(limits.total));
        if is_loopback(&self.url) {
            config = config.proxy(None); // a proxy elsewhere cannot reach a server on this machine
        }
        config.build().into()
    }

    fn check(&self, what: &'static str, expected: String, got: String) -> Result<()> {
        if expected == got {
            return Ok(());
        }
        Err(DatasetError::WrongDownload { url: self.url.clone(), what, expected, got }.into())
    }

    fn failed(&self, error: ureq::Error, received: u64) -> Error {
        let (url, expected) = (self.url.clone(), self.file.bytes);
        let Timeouts { connect, silence, total } = *self.timeouts;
        match error {
            ureq::Error::StatusCode(status) => DatasetError::HttpStatus { url, status },
            ureq::Error::Timeout(_) => {
                DatasetError::Stalled { url, received, expected, limits: [connect, silence, total] }
            }
            other => DatasetError::Connection { url, received, expected, source: Box::new(other) },
        }
        .into()
    }
}

fn is_loopback(url: &str) -> bool {
    let uri = url.parse::<Uri>().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_reached_without_the_proxy() {
        for url in ["http://127.0.0.1:80/", "http://localhost/x", "http://[::1]:8080/x"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [crate::corpus::datasets::PTB_URL, "http://127.0.0.1.example.org/", "nonsense"] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
