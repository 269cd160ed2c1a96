//! What a process says when it connects to another, and the answer.
//!
//! Numbers are little-endian. A stranger may send anything: at most [`HEAD`] bytes are read, then at most as many as a token may have.

use super::error::Refusal;
use super::token::Token;

/// Which ranks meet, and what is sent afterwards; a new number whenever that changes.
const MAGIC: &[u8; 12] = b"rapidvec\x01\0\0\0";

/// Bytes before the token: magic, rank, size, port, length of the token.
const HEAD: usize = 12 + 4 + 4 + 2 + 2;

/// What a process says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hello {
    pub rank: usize,
    pub size: usize,
    /// Where it accepts connections itself.
    pub port: u16,
}

impl Hello {
    pub fn to_bytes(self, token: &Token) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend((self.rank as u32).to_le_bytes()); // both are below 2^32: `Seat::check`
        bytes.extend((self.size as u32).to_le_bytes());
        bytes.extend(self.port.to_le_bytes());
        bytes.extend((token.bytes().len() as u16).to_le_bytes());
        bytes.extend(token.bytes());
        bytes
    }

    /// How many bytes are expected in all, as far as these tell.
    ///
    /// # Errors
    /// They are not those of a hello.
    pub fn length(bytes: &[u8]) -> Result<usize, Refusal> {
        let seen = bytes.len().min(MAGIC.len());
        if bytes[..seen] != MAGIC[..seen] {
            return Err(Refusal::Version);
        }
        match bytes.get(HEAD - 2..HEAD) {
            None => Ok(HEAD),
            Some(length) => match usize::from(u16::from_le_bytes([length[0], length[1]])) {
                length if length > Token::BYTES.1 => Err(Refusal::Token),
                length => Ok(HEAD + length),
            },
        }
    }

    /// The hello in [`length`](Self::length) bytes.
    ///
    /// # Errors
    /// They do not have this token.
    pub fn parse(bytes: &[u8], token: &Token) -> Result<Self, Refusal> {
        let (head, secret) = bytes.split_at_checked(HEAD).ok_or(Refusal::Version)?;
        if !token.is(secret) {
            return Err(Refusal::Token);
        }
        let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]) as usize;
        Ok(Self { rank: number(12), size: number(16), port: u16::from_le_bytes([head[20], head[21]]) })
    }
}

/// The byte that answers a hello.
pub(super) fn answer(refusal: Option<Refusal>) -> u8 {
    match refusal {
        None => 1,
        Some(Refusal::Token) => 2,
        Some(Refusal::Size) => 3,
        Some(Refusal::Rank) => 4,
        Some(Refusal::Version) => 5,
    }
}

/// What an answer means.
pub(super) fn of_answer(byte: u8) -> Result<(), Refusal> {
    match byte {
        1 => Ok(()),
        2 => Err(Refusal::Token),
        3 => Err(Refusal::Size),
        4 => Err(Refusal::Rank),
        _ => Err(Refusal::Version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hello_is_read_as_it_was_written_and_with_its_token_only() {
        let (token, other) = (Token::new("0123456789abcdef").unwrap(), Token::new("0123456789abcdeX").unwrap());
        let hello = Hello { rank: 3, size: 70_000, port: 65_535 };
        let bytes = hello.to_bytes(&token);
        for seen in 0..=bytes.len() {
            assert_eq!(Hello::length(&bytes[..seen]), Ok(if seen < HEAD { HEAD } else { bytes.len() }));
        }
        assert_eq!(Hello::parse(&bytes, &token), Ok(hello));
        assert_eq!(Hello::parse(&bytes, &other), Err(Refusal::Token));
        for refusal in [Refusal::Token, Refusal::Size, Refusal::Rank, Refusal::Version] {
            assert_eq!(of_answer(answer(Some(refusal))), Err(refusal));
        }
        assert_eq!(of_answer(answer(None)), Ok(()));
    }

    #[test]
    fn refuses_strangers_at_their_first_bytes_and_a_hostile_length() {
        assert_eq!(Hello::length(b"GET / HTTP"), Err(Refusal::Version));
        let token = Token::new("0123456789abcdef").unwrap();
        let mut bytes = Hello { rank: 0, size: 1, port: 1 }.to_bytes(&token);
        bytes[HEAD - 2..HEAD].copy_from_slice(&[0xff, 0xff]);
        assert_eq!(Hello::length(&bytes), Err(Refusal::Token));
    }
}
