//! Downloads against a server on this machine that does everything a server can do wrong.
//!
//! Afterwards the folder must hold the right file, or nothing at all.
#![cfg(feature = "download")]
// A test may give up by panicking, in its helpers too.
#![allow(clippy::unwrap_used)]

use rapidvec::Error;
use rapidvec::corpus::datasets::{DataFile, DatasetError, Locator, Timeouts};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const TEXT: &[u8] = b"you say goodbye\n";
/// `printf 'you say goodbye\n' | sha256sum`
const FILE: DataFile = DataFile {
    name: "small.txt",
    bytes: 16,
    sha256: "d432bbbb4cf2b50d893715044ab7b468a0215aabf4d6753b1003be1ef3c4a60b",
};
const SILENCE: Duration = Duration::from_millis(300);

/// Answers one request as `answer` says, and gives back the request's first line.
fn serve(answer: impl FnOnce(&mut TcpStream) + Send + 'static) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/data/", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
        let request = lines.next().unwrap_or_default();
        lines.take_while(|line| !line.is_empty()).for_each(drop);
        answer(&mut stream);
        request
    });
    (url, server)
}

fn respond(stream: &mut TcpStream, head: &str, body: &[u8]) {
    // The client may hang up at any time: that is its right, and no fault of the test.
    let _ = stream.write_all(format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n").as_bytes());
    let _ = stream.write_all(body);
    let _ = stream.flush();
}

fn locator(url: &str, folder: &Path) -> Locator {
    Locator {
        data_dir: Some(folder.to_owned()),
        shared_dir: None,
        cache_dir: None,
        offline: false,
        base_url: url.to_owned(),
        timeouts: Timeouts { connect: 4 * SILENCE, silence: SILENCE, total: Duration::from_secs(20) },
        on_download: None,
    }
}

fn entries(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Downloads from a server that answers so; the error it gave, after checking that nothing was left behind.
fn fails_and_leaves_nothing(answer: impl FnOnce(&mut TcpStream) + Send + 'static) -> DatasetError {
    let folder = TempDir::new().unwrap();
    let (url, server) = serve(answer);
    let error = locator(&url, folder.path()).read(&FILE).unwrap_err();
    assert_eq!(entries(folder.path()), [""; 0], "left behind after: {error}");
    assert_eq!(server.join().unwrap(), "GET /data/small.txt HTTP/1.1");
    assert!(error.to_string().contains(&format!("{url}small.txt")), "{error} does not name the address");
    match error {
        Error::Dataset(error) => error,
        other => panic!("unexpected kind of error: {other:?}"),
    }
}

#[test]
fn keeps_the_right_file_and_does_not_ask_twice() {
    let folder = TempDir::new().unwrap();
    let target = folder.path().join("made/on/the/way");
    let (url, server) = serve(|stream| respond(stream, "200 OK\r\nContent-Length: 16", TEXT));
    assert_eq!(locator(&url, &target).read(&FILE).unwrap(), TEXT);
    server.join().unwrap();
    assert_eq!(entries(&target), [FILE.name]);
    // The server is gone: this one comes from the folder.
    assert_eq!(locator(&url, &target).read(&FILE).unwrap(), TEXT);
}

#[test]
fn accepts_a_server_that_does_not_announce_the_length() {
    let folder = TempDir::new().unwrap();
    let (url, server) = serve(|stream| respond(stream, "200 OK", TEXT));
    assert_eq!(locator(&url, folder.path()).read(&FILE).unwrap(), TEXT);
    server.join().unwrap();
}

#[test]
fn accepts_a_slow_server_that_keeps_sending() {
    let folder = TempDir::new().unwrap();
    let (url, server) = serve(|stream| {
        respond(stream, "200 OK\r\nContent-Length: 16", b"");
        for byte in TEXT {
            std::thread::sleep(SILENCE / 6);
            let _ = stream.write_all(&[*byte]);
        }
    });
    let start = Instant::now();
    assert_eq!(locator(&url, folder.path()).read(&FILE).unwrap(), TEXT);
    assert!(start.elapsed() > SILENCE, "the limit is on silence, not on the whole");
    server.join().unwrap();
}

#[cfg(unix)]
#[test]
fn others_may_read_what_was_downloaded() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let (url, server) = serve(|stream| respond(stream, "200 OK\r\nContent-Length: 16", TEXT));
    locator(&url, folder.path()).read(&FILE).unwrap();
    server.join().unwrap();
    // A file made in the plain way shows what the umask allows.
    let plain = folder.path().join("plain");
    std::fs::write(&plain, "").unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path().join(FILE.name)), mode(&plain) & 0o644);
}

#[test]
fn refuses_a_body_shorter_than_announced() {
    let error = fails_and_leaves_nothing(|stream| respond(stream, "200 OK\r\nContent-Length: 16", &TEXT[..9]));
    assert!(matches!(error, DatasetError::Connection { received: 9, expected: 16, .. }), "{error:?}");
}

#[test]
fn refuses_a_body_cut_short_without_announced_length() {
    let error = fails_and_leaves_nothing(|stream| respond(stream, "200 OK", &TEXT[..9]));
    let DatasetError::WrongDownload { expected, got, .. } = error else { panic!("{error:?}") };
    assert_eq!((expected.as_str(), got.as_str()), ("16", "9"));
}

#[test]
fn refuses_an_announced_length_that_is_wrong() {
    let error = fails_and_leaves_nothing(|stream| respond(stream, "200 OK\r\nContent-Length: 9", &TEXT[..9]));
    assert!(matches!(&error, DatasetError::WrongDownload { got, .. } if got == "9"), "{error:?}");
}

#[test]
fn gives_up_on_a_server_that_stalls_in_the_body() {
    let start = Instant::now();
    let error = fails_and_leaves_nothing(|stream| {
        respond(stream, "200 OK\r\nContent-Length: 16", &TEXT[..9]);
        std::thread::sleep(4 * SILENCE);
    });
    assert!(matches!(error, DatasetError::Stalled { received: 9, expected: 16, .. }), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn gives_up_on_a_server_that_never_answers() {
    let error = fails_and_leaves_nothing(|_| std::thread::sleep(4 * SILENCE));
    assert!(matches!(error, DatasetError::Stalled { received: 0, .. }), "{error:?}");
}

#[test]
fn names_the_status_of_a_refusal() {
    let error = fails_and_leaves_nothing(|stream| {
        respond(stream, "404 Not Found\r\nContent-Length: 16", b"<h1>sorry</h1>\r\n")
    });
    assert!(matches!(error, DatasetError::HttpStatus { status: 404, .. }), "{error:?}");
}

#[test]
fn refuses_wrong_bytes_of_the_right_length() {
    let error =
        fails_and_leaves_nothing(|stream| respond(stream, "200 OK\r\nContent-Length: 16", b"you say goodbyf\n"));
    let DatasetError::WrongDownload { what: "SHA-256", expected, got, .. } = error else { panic!("{error:?}") };
    assert_eq!(expected, FILE.sha256);
    assert!(got.len() == 64 && got != expected);
}

#[test]
fn refuses_too_many_bytes_without_reading_them_all() {
    // Endless: a client that reads to the end before it counts would never come back.
    let error = fails_and_leaves_nothing(|stream| {
        respond(stream, "200 OK", TEXT);
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    });
    assert!(matches!(&error, DatasetError::WrongDownload { got, .. } if got == "more"), "{error:?}");
}

#[test]
fn refuses_a_connection_closed_at_once() {
    let error = fails_and_leaves_nothing(|stream| drop(stream.shutdown(std::net::Shutdown::Both)));
    assert!(matches!(error, DatasetError::Connection { received: 0, .. }), "{error:?}");
}

#[test]
fn says_that_no_server_listens() {
    let folder = TempDir::new().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port(); // closed again at once
    let error = locator(&format!("http://127.0.0.1:{port}/"), folder.path()).read(&FILE).unwrap_err();
    assert!(matches!(error, Error::Dataset(DatasetError::Connection { .. })), "{error:?}");
    assert_eq!(entries(folder.path()), [""; 0]);
}

#[test]
fn never_replaces_a_wrong_file_that_is_there() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join(FILE.name), b"mine").unwrap();
    let error = locator("http://127.0.0.1:9/", folder.path()).read(&FILE).unwrap_err();
    assert!(matches!(error, Error::Dataset(DatasetError::WrongFile { .. })), "{error:?}");
    assert_eq!(std::fs::read(folder.path().join(FILE.name)).unwrap(), b"mine");
}

#[test]
fn does_not_use_the_network_if_offline() {
    let folder = TempDir::new().unwrap();
    let locator = Locator { offline: true, ..locator("http://127.0.0.1:9/", folder.path()) };
    let error = locator.read(&FILE).unwrap_err();
    assert!(matches!(error, Error::Dataset(DatasetError::NotFound { .. })), "{error:?}");
}
