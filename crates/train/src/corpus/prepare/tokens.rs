//! Text made of given tokens: each is one word, even if it has spaces.

use super::TokenizerKind;
use crate::corpus::encoder::INNER_SPACE;

/// What stands for a space within a token. The Unicode tokenizer splits tokens, so there the space stays a space.
pub(super) fn inner_space(tokenizer: TokenizerKind) -> char {
    match tokenizer {
        TokenizerKind::Whitespace => INNER_SPACE,
        TokenizerKind::Unicode => ' ',
    }
}

/// Text made of tokens.
#[derive(Debug)]
pub(in super::super) struct Tokens<'o> {
    pub inner_space: char,
    pub out: &'o mut String,
    /// Whether any token has a space within it.
    pub has_inner_spaces: bool,
    /// Empty tokens.
    pub empty_tokens: &'o mut u64,
}

impl Tokens<'_> {
    /// Appends a token and a space. White space within it becomes one space, white space around it is removed.
    pub fn push(&mut self, token: &str) {
        let mut parts = token.split_whitespace();
        let Some(first) = parts.next() else {
            *self.empty_tokens += 1;
            return;
        };
        self.out.push_str(first);
        for part in parts {
            self.out.push(self.inner_space);
            self.out.push_str(part);
            self.has_inner_spaces |= self.inner_space == INNER_SPACE;
        }
        self.out.push(' ');
    }

    /// Ends the sentence.
    pub fn end_sentence(&mut self) {
        self.out.push('\n');
    }
}
