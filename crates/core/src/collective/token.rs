//! The secret that all processes of a job share.

use super::error::CollectiveError;

/// The secret of a job. Whoever has it may join the job; so it belongs into an environment variable or a file, not into a command line.
///
/// It is sent as it is: it keeps strangers out, but does not hide what is sent from those who can read the network.
#[derive(Clone)]
pub struct Token(Vec<u8>);

impl Token {
    /// The fewest and the most bytes.
    pub const BYTES: (usize, usize) = (16, 256);

    /// A token of 16 to 256 bytes.
    ///
    /// # Errors
    /// [`CollectiveError::Token`].
    pub fn new(secret: impl Into<Vec<u8>>) -> Result<Self, CollectiveError> {
        let secret = secret.into();
        match secret.len() {
            got if got < Self::BYTES.0 || got > Self::BYTES.1 => {
                Err(CollectiveError::Token { expected: Self::BYTES, got })
            }
            _ => Ok(Self(secret)),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether `other` is this token. How long that takes depends on the lengths alone.
    pub(super) fn is(&self, other: &[u8]) -> bool {
        let differs = self.0.iter().zip(other).fold(0u8, |all, (a, b)| std::hint::black_box(all | (a ^ b)));
        differs == 0 && self.0.len() == other.len()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("Token(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_is_the_token() {
        let token = Token::new("0123456789abcdef").unwrap();
        assert!(token.is(b"0123456789abcdef"));
        for other in [&b""[..], b"0123456789abcde", b"0123456789abcdef0", b"0123456789abcdeg", b"1123456789abcdef"] {
            assert!(!token.is(other));
        }
        assert_eq!(format!("{token:?}"), "Token(secret)");
    }

    #[test]
    fn refuses_tokens_that_are_easily_guessed_or_too_long() {
        for length in [0, 15, 257] {
            let refused = Token::new(vec![b'x'; length]);
            assert!(matches!(refused, Err(CollectiveError::Token { got, .. }) if got == length));
        }
    }
}
