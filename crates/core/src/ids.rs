//! A text as ids, each in as few bytes as its vocabulary needs.
//!
//! A word's id is a `u32`, but up to 65,535 distinct words need only two of its bytes, and up to 16.7 million three. The ids
//! of a large text take most of the memory, and with a small vocabulary more than its matrices.

use std::ops::{ControlFlow, Range};

/// The id of a word: its row in the matrices.
pub type WordId = u32;

/// Separates sentences in a stream of ids; no word has this id.
pub const EOS_ID: WordId = WordId::MAX;

/// A borrowed text: ids of words, with [`EOS_ID`] after each sentence. It may be a slice of `u32`, or packed, as
/// from `Corpus::ids` of the crate `rapidvec`, which takes half to three quarters of the memory.
///
/// ```
/// use rapidvec_core::{EOS_ID, Ids};
///
/// let ids = Ids::from(&[4, 2, EOS_ID]);
/// assert_eq!((ids.len(), ids.get(1), ids.words()), (3, 2, 2));
/// assert_eq!(ids.slice(1..3).to_vec(), [2, EOS_ID]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Ids<'a>(Form<'a>);

#[derive(Debug, Clone, Copy)]
enum Form<'a> {
    Plain(&'a [WordId]),
    Two(&'a [[u8; 2]]),
    Three(&'a [[u8; 3]]),
    Four(&'a [[u8; 4]]),
}

/// Repeats an expression for each representation, so that each gets its own loop.
macro_rules! each_form {
    ($form:expr, $ids:ident => $result:expr) => {
        match $form {
            Form::Plain($ids) => $result,
            Form::Two($ids) => $result,
            Form::Three($ids) => $result,
            Form::Four($ids) => $result,
        }
    };
}

impl<'a> From<&'a [WordId]> for Ids<'a> {
    fn from(ids: &'a [WordId]) -> Self {
        Self(Form::Plain(ids))
    }
}

impl<'a> From<&'a Vec<WordId>> for Ids<'a> {
    fn from(ids: &'a Vec<WordId>) -> Self {
        Self(Form::Plain(ids))
    }
}

impl<'a, const N: usize> From<&'a [WordId; N]> for Ids<'a> {
    fn from(ids: &'a [WordId; N]) -> Self {
        Self(Form::Plain(ids))
    }
}

impl<'a> Ids<'a> {
    /// Ids that were [`pack`]ed at this width.
    ///
    /// # Panics
    /// If no id has that width, or the bytes end within one.
    pub fn packed(bytes: &'a [u8], width: usize) -> Self {
        fn whole<const N: usize>(bytes: &[u8]) -> &[[u8; N]] {
            let (ids, rest) = bytes.as_chunks();
            assert!(rest.is_empty(), "ids of {N} bytes in {}", bytes.len());
            ids
        }
        Self(match width {
            2 => Form::Two(whole(bytes)),
            3 => Form::Three(whole(bytes)),
            4 => Form::Four(whole(bytes)),
            _ => panic!("expected ids of 2, 3 or 4 bytes, got {width}"),
        })
    }

    /// The bytes of packed ids; `None` for a slice of `u32`.
    #[inline]
    pub fn bytes(self) -> Option<&'a [u8]> {
        match self.0 {
            Form::Plain(_) => None,
            Form::Two(ids) => Some(ids.as_flattened()),
            Form::Three(ids) => Some(ids.as_flattened()),
            Form::Four(ids) => Some(ids.as_flattened()),
        }
    }

    /// The number of ids, ends of sentences included.
    #[inline]
    pub fn len(self) -> usize {
        each_form!(self.0, ids => ids.len())
    }

    /// Whether there are no ids.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory taken.
    #[inline]
    pub fn size(self) -> usize {
        each_form!(self.0, ids => size_of_val(ids))
    }

    /// The number of ids that are words.
    pub fn words(self) -> usize {
        each_form!(self.0, ids => ids.iter().filter(|id| id.id() != EOS_ID).count())
    }

    /// The id at this index.
    ///
    /// # Panics
    /// If the index is out of range.
    #[inline]
    pub fn get(self, at: usize) -> WordId {
        each_form!(self.0, ids => ids[at].id())
    }

    /// The ids in this range.
    ///
    /// # Panics
    /// If the range is out of bounds.
    #[inline]
    pub fn slice(self, places: Range<usize>) -> Self {
        Self(match self.0 {
            Form::Plain(ids) => Form::Plain(&ids[places]),
            Form::Two(ids) => Form::Two(&ids[places]),
            Form::Three(ids) => Form::Three(&ids[places]),
            Form::Four(ids) => Form::Four(&ids[places]),
        })
    }

    /// The index of the first id for which `is` holds.
    pub fn position(self, mut is: impl FnMut(WordId) -> bool) -> Option<usize> {
        each_form!(self.0, ids => ids.iter().position(|id| is(id.id())))
    }

    /// Passes each id to `visit` until it breaks. Faster than [`iter`](Self::iter): the representation is matched once.
    #[inline]
    pub fn try_for_each<B>(self, mut visit: impl FnMut(WordId) -> ControlFlow<B>) -> ControlFlow<B> {
        each_form!(self.0, ids => ids.iter().try_for_each(|id| visit(id.id())))
    }

    /// Iterates over the ids.
    pub fn iter(self) -> impl ExactSizeIterator<Item = WordId> + DoubleEndedIterator + use<'a> {
        (0..self.len()).map(move |at| self.get(at))
    }

    /// A copy as plain numbers.
    pub fn to_vec(self) -> Vec<WordId> {
        self.iter().collect()
    }
}

/// The stored form of an id.
trait Stored: Copy {
    fn id(self) -> WordId;
}

impl Stored for WordId {
    #[inline]
    fn id(self) -> WordId {
        self
    }
}

impl<const N: usize> Stored for [u8; N] {
    #[inline]
    fn id(self) -> WordId {
        let mut bytes = [0; size_of::<WordId>()];
        bytes[..N].copy_from_slice(&self);
        let id = WordId::from_le_bytes(bytes);
        // The end of a sentence has lost its upper bytes; no word has all of the lower ones set, see `width`.
        if id == EOS_ID >> (8 * (size_of::<WordId>() - N)) { EOS_ID } else { id }
    }
}

/// Bytes per id for a vocabulary of this size: 2, 3 or 4. One number is reserved for the end of a sentence.
pub fn width(words: usize) -> usize {
    (2..4).find(|&width| words < 1 << (8 * width)).unwrap_or(4)
}

/// Writes ids to `bytes`, `width` bytes each, little-endian.
///
/// # Panics
/// If `bytes` is not exactly as long as needed.
pub fn pack(ids: &[WordId], width: usize, bytes: &mut [u8]) {
    fn write<const N: usize>(ids: &[WordId], bytes: &mut [u8]) {
        let (places, rest) = bytes.as_chunks_mut();
        assert!(places.len() == ids.len() && rest.is_empty(), "{} ids of {N} bytes to be written", ids.len());
        places
            .iter_mut()
            .zip(ids)
            .for_each(|(place, id): (&mut [u8; N], _)| place.copy_from_slice(&id.to_le_bytes()[..N]));
    }
    match width {
        2 => write::<2>(ids, bytes),
        3 => write::<3>(ids, bytes),
        4 => write::<4>(ids, bytes),
        _ => panic!("expected ids of 2, 3 or 4 bytes, got {width}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_take_as_few_bytes_as_the_vocabulary_and_the_end_of_a_sentence_allow() {
        let sizes = [0, 2, (1 << 16) - 1, 1 << 16, (1 << 24) - 1, 1 << 24, u32::MAX as usize];
        assert_eq!(sizes.map(width), [2, 2, 2, 3, 3, 4, 4]);
    }

    proptest! {
        #[test]
        fn what_is_packed_reads_as_it_was(numbers in prop::collection::vec(any::<u32>(), 0..200), words in 1u32..=u32::MAX, at: usize) {
            // The last word and the end of a sentence among them.
            let ids: Vec<WordId> = numbers
                .iter()
                .map(|number| match number % 5 {
                    0 => EOS_ID,
                    1 => words - 1,
                    _ => number % words,
                })
                .collect();
            let width = width(words as usize);
            let mut bytes = vec![0; ids.len() * width];
            pack(&ids, width, &mut bytes);
            let (packed, plain) = (Ids::packed(&bytes, width), Ids::from(&ids));
            prop_assert_eq!(packed.to_vec(), &ids[..]);
            prop_assert_eq!((packed.len(), packed.words(), packed.is_empty()), (plain.len(), plain.words(), plain.is_empty()));
            prop_assert_eq!((packed.size(), plain.size()), (bytes.len(), ids.len() * 4));
            prop_assert_eq!((packed.bytes(), plain.bytes()), (Some(&bytes[..]), None));
            let at = at % (ids.len() + 1);
            prop_assert_eq!(packed.slice(at..ids.len()).to_vec(), &ids[at..]);
            prop_assert_eq!(packed.slice(0..at).iter().rev().collect::<Vec<_>>(), plain.slice(0..at).iter().rev().collect::<Vec<_>>());
            let is = |id| id == EOS_ID;
            prop_assert_eq!(packed.position(is), ids.iter().position(|&id| is(id)));
            let mut seen = Vec::new();
            let broke = packed.try_for_each(|id| {
                seen.push(id);
                if is(id) { ControlFlow::Break(id) } else { ControlFlow::Continue(()) }
            });
            let expected = plain.position(is).map_or(ids.len(), |at| at + 1);
            prop_assert_eq!((&seen[..], broke.is_break()), (&ids[..expected], expected > 0 && is(ids[expected - 1])));
        }
    }
}
