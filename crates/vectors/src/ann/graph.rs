//! Checks that the bytes of an index are a valid graph over a model's words.
//!
//! The library does not check what it loads: it would follow a link to a missing word into foreign memory. Its layout
//! (usearch 2.26, `index_dense.hpp` and `index.hpp`), with V words, D numbers each and M the connectivity:
//!
//! - V and 4 D as u32, then V rows of D f32
//! - 64 bytes with the names of types and versions; the number of words at 17..25
//! - V, M, 2 M, the top level and the entry word as u64
//! - the level of each word as i16
//! - for each word its id (u64) and its level (i16); then for each level, 0 first, the number of links (u32) and space for
//!   2 M (level 0) or M of them (u32: positions in this list)
//!
//! Everything but the graph is compared with the bytes the library writes for an empty index with the same options.

use super::error::IndexError;

const SIZES: usize = 8;
const HEAD: usize = 64;
/// The position of the number of words in the head.
const COUNT: std::ops::Range<usize> = 17..25;
const GRAPH: usize = 40;
/// Bytes of a word before its links.
const NODE: usize = 10;
const LEVEL: usize = 2;
const LINK: usize = 4;

/// Checks all of `body`; `template` is that of an empty index.
pub(super) fn check(
    body: &[u8],
    template: &[u8],
    words: usize,
    vector_size: usize,
    connectivity: usize,
) -> Result<(), IndexError> {
    let head = parts(body, words, vector_size).ok_or(damaged("too short"))?;
    let empty = parts(template, 0, vector_size).ok_or(damaged("the library writes a different layout"))?;
    let sizes = [words, 4 * vector_size].map(|size| (size as u32).to_le_bytes()).concat();
    if head.sizes != sizes || head.head[COUNT] != (words as u64).to_le_bytes() {
        return Err(damaged("sizes disagree"));
    }
    if head.head[..COUNT.start] != empty.head[..COUNT.start] || head.head[COUNT.end..] != empty.head[COUNT.end..] {
        return Err(damaged("types or versions differ"));
    }
    Graph::new(head.graph, words, connectivity)?.check()
}

fn damaged(what: &'static str) -> IndexError {
    IndexError::Damaged { what }
}

struct Parts<'b> {
    sizes: &'b [u8],
    head: &'b [u8],
    graph: &'b [u8],
}

fn parts(body: &[u8], words: usize, vector_size: usize) -> Option<Parts<'_>> {
    let rows = words.checked_mul(vector_size)?.checked_mul(4)?;
    let (sizes, rest) = body.split_at_checked(SIZES)?;
    let (head, graph) = rest.split_at_checked(rows)?.1.split_at_checked(HEAD)?;
    Some(Parts { sizes, head, graph })
}

struct Graph<'b> {
    levels: &'b [[u8; LEVEL]],
    nodes: &'b [u8],
    connectivity: usize,
}

impl<'b> Graph<'b> {
    /// The parts of the graph, after its header was checked.
    fn new(bytes: &'b [u8], words: usize, connectivity: usize) -> Result<Self, IndexError> {
        let (header, rest) = bytes.split_at_checked(GRAPH).ok_or(damaged("too short"))?;
        let [size, upper, base, top, entry] = [0, 8, 16, 24, 32].map(|at| u64::from_le_bytes(take(header, at)));
        if [size, upper, base] != [words, connectivity, 2 * connectivity].map(|number| number as u64) {
            return Err(damaged("sizes of the graph disagree"));
        }
        let (levels, nodes) = rest.split_at_checked(words * LEVEL).ok_or(damaged("too short"))?;
        let graph = Self { levels: levels.as_chunks().0, nodes, connectivity };
        let at_entry = usize::try_from(entry).ok().filter(|&entry| entry < words).map(|entry| graph.level(entry));
        if at_entry.is_none_or(|level| level < 0 || top != level as u64) {
            return Err(damaged("the entry is not a word on the top level"));
        }
        Ok(graph)
    }

    fn level(&self, place: usize) -> i16 {
        i16::from_le_bytes(self.levels[place])
    }

    fn check(&self) -> Result<(), IndexError> {
        let mut nodes = self.nodes;
        let mut seen = vec![false; self.levels.len()];
        for place in 0..self.levels.len() {
            let level = usize::try_from(self.level(place)).map_err(|_| damaged("a level is negative"))?;
            let (node, rest) = nodes.split_at_checked(NODE).ok_or(damaged("too short"))?;
            if take::<LEVEL>(node, NODE - LEVEL) != self.levels[place] {
                return Err(damaged("a word is on two levels"));
            }
            let id = usize::try_from(u64::from_le_bytes(take(node, 0))).unwrap_or(usize::MAX);
            match seen.get_mut(id) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(damaged("an id is out of range or occurs twice")),
            }
            nodes = rest;
            for level in 0..=level {
                nodes = self.check_links(nodes, level)?;
            }
        }
        if nodes.is_empty() { Ok(()) } else { Err(damaged("too long")) }
    }

    /// Checks the links of one word on one level; returns what follows them.
    fn check_links(&self, nodes: &'b [u8], level: usize) -> Result<&'b [u8], IndexError> {
        let room = if level == 0 { 2 * self.connectivity } else { self.connectivity };
        let (links, rest) = nodes.split_at_checked(LINK * (1 + room)).ok_or(damaged("too short"))?;
        let links: &[[u8; LINK]] = links.as_chunks().0;
        let count = u32::from_le_bytes(links[0]) as usize;
        if count > room {
            return Err(damaged("a word has more links than fit"));
        }
        let is_valid = |link: &[u8; LINK]| {
            let place = u32::from_le_bytes(*link) as usize;
            place < self.levels.len() && usize::try_from(self.level(place)).is_ok_and(|other| other >= level)
        };
        if links[1..=count].iter().all(is_valid) { Ok(rest) } else { Err(damaged("a link has no target")) }
    }
}

/// The bytes from `at` on, which is within `bytes`.
pub(super) fn take<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    *bytes[at..].first_chunk().expect("the caller checked the length")
}
