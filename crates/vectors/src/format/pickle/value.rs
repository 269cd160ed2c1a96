//! The values a pickle builds: small copies on the stack, everything else once in a [`Heap`].
//!
//! A value takes 8 bytes, its own or an index into the heap, so storing and repeating one costs the same whatever its size.
//! One rule keeps values finite: a value that was put into another one, or recalled from the memo, never changes again. So no
//! value can contain itself.

use super::globals::Global;
use super::input::malformed;
use crate::error::PickleError;
use std::borrow::Cow;
use std::ops::{Index, IndexMut};

/// The maximum nesting of values. The chapter's file, with NumPy's array in it, has 5.
const MAX_DEPTH: u8 = 64;

/// Bytes that values may take beyond the file's length; [`super::read`] guarantees 16 MB, and needs some for the stack.
///
/// A word costs at most 60 bytes here (its text, a place in the memo, a pair in each dictionary) and at least 20 in the
/// file in addition to its vector: with 20 numbers or more, any count of words fits.
const ALLOWANCE: usize = 12 << 20;

/// The maximum number of nodes that wait to be used again.
const MAX_FREE: usize = 1 << 12;

/// A value on the stack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    None,
    Bool(bool),
    Int(i32),
    /// A float, rounded to single precision.
    Float(f32),
    /// An integer of more than 32 bits: an index into the heap.
    Wide(u32),
    /// A number whose value is not needed.
    Number,
    /// Text as it is in the file.
    Text(u32),
    /// Text that had to be decoded (protocol 0).
    Decoded(u32),
    /// Bytes as they are in the file; those of Python 2 may be text.
    Raw(u32),
    Global(Global),
    /// A class of another program, which is never looked up: an index into the heap.
    Class(u32),
    /// A tuple without items.
    Unit,
    /// A tuple of one integer, such as the shape of a vector.
    One(i32),
    Node(NodeId),
}

impl Value {
    /// A little-endian integer in two's complement.
    pub(super) fn integer(bytes: &[u8]) -> Value {
        let negative = bytes.last().is_some_and(|&top| top >= 0x80);
        let mut wide = [if negative { 0xff } else { 0 }; 16];
        match wide.get_mut(..bytes.len()) {
            Some(low) => low.copy_from_slice(bytes),
            None => return Value::Number,
        }
        i32::try_from(i128::from_le_bytes(wide)).map_or(Value::Number, Value::Int)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NodeId(u32);

/// A key of a dictionary and its value.
pub(super) type Pairs = Pieces<(Value, Value)>;

pub(super) struct Node {
    depth: u8,
    /// Whether it is part of another value, or was recalled from the memo.
    frozen: bool,
    /// Where the memo holds it: [`NOT_IN_MEMO`], or its index, or [`OFTEN_IN_MEMO`].
    memo: u32,
    pub(super) body: Body,
}

const NOT_IN_MEMO: u32 = u32::MAX;
const OFTEN_IN_MEMO: u32 = u32::MAX - 1;

pub(super) enum Body {
    Tuple(Box<[Value]>),
    List(Pieces<Value>),
    Dict(Pairs),
    /// Bytes written as text of characters 0 to 255 (protocols 0 to 2).
    Latin1(Value),
    Dtype(Dtype),
    /// `None` until its state is known.
    Array(Option<ArrayState>),
    /// An object of a class of another program: which class, and its attributes.
    Object(u32, Pairs),
    /// How often a word was seen, all that is kept of an object for it.
    Count(Value),
    /// Something whose contents are not needed: a set, a state of a generator of random numbers.
    Opaque,
    /// What was taken apart: the arguments of a function, the state of an object.
    Spent,
}

/// What one element is: `f`, `i`, `u` and so on, how many bytes, which byte comes first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Dtype {
    pub(super) kind: u8,
    /// Bytes; characters of a text (`U`).
    pub(super) width: u32,
    pub(super) big_endian: bool,
}

/// An array as the file describes it; nothing is checked yet but the kinds of its parts.
#[derive(Debug, Clone, Copy)]
pub(super) struct ArrayState {
    pub(super) shape: Value,
    pub(super) data: Value,
    pub(super) dtype: Dtype,
    /// Column after column instead of row after row.
    pub(super) by_columns: bool,
}

/// Holds texts and containers, and the number of bytes they may still take.
pub(super) struct Heap<'a> {
    texts: Pieces<&'a str>,
    decoded: Pieces<Box<str>>,
    raws: Pieces<&'a [u8]>,
    wides: Pieces<i64>,
    classes: Pieces<(&'a str, &'a str)>,
    nodes: Pieces<Node>,
    /// Nodes that nothing refers to.
    free: Vec<u32>,
    pub(super) budget: Budget,
}

impl<'a> Heap<'a> {
    /// For a pickle that has `file_size` bytes, with those of the files that belong to it.
    pub(super) fn new(file_size: usize) -> Self {
        let limit = file_size.saturating_add(ALLOWANCE);
        Self {
            texts: Pieces::new(),
            decoded: Pieces::new(),
            raws: Pieces::new(),
            wides: Pieces::new(),
            classes: Pieces::new(),
            nodes: Pieces::new(),
            free: Vec::new(),
            budget: Budget { limit, left: limit },
        }
    }

    /// Keeps bytes of the file.
    pub(super) fn add_raw(&mut self, bytes: &'a [u8]) -> Result<Value, PickleError> {
        let index = index(self.raws.len(), &self.budget)?;
        self.raws.push(bytes, &mut self.budget)?;
        Ok(Value::Raw(index))
    }

    /// A little-endian integer in two's complement, of up to 64 bits.
    pub(super) fn add_integer(&mut self, bytes: &[u8]) -> Result<Value, PickleError> {
        match (Value::integer(bytes), bytes.len()) {
            (Value::Number, 5..=8) => {
                let negative = bytes.last().is_some_and(|&top| top >= 0x80);
                let mut wide = [if negative { 0xff } else { 0 }; 8];
                wide[..bytes.len()].copy_from_slice(bytes);
                self.add_wide(i64::from_le_bytes(wide))
            }
            (other, _) => Ok(other),
        }
    }

    /// Keeps an integer of more than 32 bits.
    pub(super) fn add_wide(&mut self, number: i64) -> Result<Value, PickleError> {
        let index = index(self.wides.len(), &self.budget)?;
        self.wides.push(number, &mut self.budget)?;
        Ok(Value::Wide(index))
    }

    /// Keeps the name of a class.
    pub(super) fn add_class(&mut self, module: &'a str, name: &'a str) -> Result<Value, PickleError> {
        let index = index(self.classes.len(), &self.budget)?;
        self.classes.push((module, name), &mut self.budget)?;
        Ok(Value::Class(index))
    }

    /// Module and name of a class.
    pub(super) fn class(&self, class: u32) -> (&'a str, &'a str) {
        self.classes[class as usize]
    }

    /// Keeps a text of the file.
    pub(super) fn add_text(&mut self, text: &'a str) -> Result<Value, PickleError> {
        let index = index(self.texts.len(), &self.budget)?;
        self.texts.push(text, &mut self.budget)?;
        Ok(Value::Text(index))
    }

    /// Keeps a text that is not literally in the file; its bytes count towards the limit.
    pub(super) fn add_decoded(&mut self, text: String) -> Result<Value, PickleError> {
        let index = index(self.decoded.len(), &self.budget)?;
        self.budget.spend(ALLOCATION)?;
        self.decoded.push(text.into_boxed_str(), &mut self.budget)?;
        Ok(Value::Decoded(index))
    }

    /// Keeps a container that is empty, or whose contents cannot contain it.
    pub(super) fn add(&mut self, body: Body) -> Result<Value, PickleError> {
        let node = Node { depth: 1, frozen: false, memo: NOT_IN_MEMO, body };
        if let Some(id) = self.free.pop() {
            self.nodes[id as usize] = node;
            return Ok(Value::Node(NodeId(id)));
        }
        let index = index(self.nodes.len(), &self.budget)?;
        self.nodes.push(node, &mut self.budget)?;
        Ok(Value::Node(NodeId(index)))
    }

    /// Notes that the memo holds `value` at `index`.
    pub(super) fn note_memo(&mut self, value: Value, index: usize) {
        if let Value::Node(NodeId(id)) = value {
            let node = &mut self.nodes[id as usize];
            let index = u32::try_from(index).unwrap_or(OFTEN_IN_MEMO);
            node.memo = if node.memo == NOT_IN_MEMO { index } else { OFTEN_IN_MEMO };
        }
    }

    /// Gives back the memory of a value that was on the stack, and that nothing refers to but perhaps one place of the memo:
    /// Python remembers arguments and states, and never recalls them. Returns that place, which has to be emptied.
    pub(super) fn give_back(&mut self, value: Value) -> Option<usize> {
        let Value::Node(NodeId(id)) = value else { return None };
        let node = &mut self.nodes[id as usize];
        if node.frozen || node.memo == OFTEN_IN_MEMO {
            return None;
        }
        let memo = (node.memo != NOT_IN_MEMO).then_some(node.memo as usize);
        let cost = match std::mem::replace(&mut node.body, Body::Spent) {
            Body::Tuple(items) => size_of_val(&*items) + ALLOCATION,
            Body::Dict(pairs) => pairs.cost(),
            _ => 0,
        };
        self.budget.refund(cost);
        // Room for as many indexes as a group of values has at once; more than that are not reused.
        if self.free.len() < MAX_FREE {
            self.free.push(id);
        }
        memo
    }

    /// Keeps a tuple of `items`.
    pub(super) fn add_tuple(&mut self, items: Box<[Value]>, position: usize) -> Result<Value, PickleError> {
        match *items {
            [] => return Ok(Value::Unit),
            [Value::Int(size)] => return Ok(Value::One(size)),
            _ => {}
        }
        self.budget.spend(size_of_val(&*items) + ALLOCATION)?;
        let depth = self.freeze_all(&items, position)?;
        let tuple = self.add(Body::Tuple(items))?;
        self.deepen(tuple, depth);
        Ok(tuple)
    }

    /// Puts a pair into a dictionary.
    pub(super) fn insert(&mut self, dict: Value, pair: (Value, Value), position: usize) -> Result<(), PickleError> {
        let id = self.changeable(dict, position)?;
        let depth = self.freeze_all(&[pair.0, pair.1], position)?;
        self.deepen(dict, depth);
        match &mut self.nodes[id].body {
            Body::Dict(pairs) => pairs.push(pair, &mut self.budget),
            _ => Err(malformed(position, "a key is set on something else than a dictionary")),
        }
    }

    /// Puts an item into a list.
    pub(super) fn append(&mut self, list: Value, item: Value, position: usize) -> Result<(), PickleError> {
        let id = self.changeable(list, position)?;
        let depth = self.freeze_all(&[item], position)?;
        self.deepen(list, depth);
        match &mut self.nodes[id].body {
            Body::List(items) => items.push(item, &mut self.budget),
            Body::Opaque => Ok(()),
            _ => Err(malformed(position, "an item is appended to something else than a list")),
        }
    }

    /// Replaces the contents of a value that is not frozen.
    pub(super) fn replace(&mut self, value: Value, body: Body, position: usize) -> Result<(), PickleError> {
        let id = self.changeable(value, position)?;
        self.nodes[id].body = body;
        Ok(())
    }

    /// Freezes `items`, now part of another value. Returns the depth of that value.
    pub(super) fn freeze_all(&mut self, items: &[Value], position: usize) -> Result<u8, PickleError> {
        let mut depth = 0;
        for item in items {
            if let Value::Node(NodeId(id)) = item {
                let node = &mut self.nodes[*id as usize];
                node.frozen = true;
                depth = depth.max(node.depth);
            }
        }
        if depth >= MAX_DEPTH {
            return Err(PickleError::TooDeep { position, what: "nested values", limit: MAX_DEPTH.into() });
        }
        Ok(depth + 1)
    }

    fn deepen(&mut self, container: Value, depth: u8) {
        if let Value::Node(NodeId(id)) = container {
            let node = &mut self.nodes[id as usize];
            node.depth = node.depth.max(depth);
        }
    }

    /// Notes that `container` now holds what `contents` held.
    pub(super) fn deepen_by(&mut self, container: Value, contents: Value, position: usize) -> Result<(), PickleError> {
        let depth = self.freeze_all(&[contents], position)?;
        self.deepen(container, depth);
        Ok(())
    }

    fn changeable(&self, value: Value, position: usize) -> Result<usize, PickleError> {
        match value {
            Value::Node(NodeId(id)) if !self.nodes[id as usize].frozen => Ok(id as usize),
            Value::Node(_) => Err(PickleError::SelfReference { position }),
            _ => Err(malformed(position, "something is put into a value that holds nothing")),
        }
    }

    /// Freezes `value`: from now on it may be referenced more than once.
    pub(super) fn freeze(&mut self, value: Value) {
        if let Value::Node(NodeId(id)) = value {
            self.nodes[id as usize].frozen = true;
        }
    }

    /// What a container holds.
    pub(super) fn body(&self, value: Value) -> Option<&Body> {
        match value {
            Value::Node(NodeId(id)) => Some(&self.nodes[id as usize].body),
            _ => None,
        }
    }

    /// The text, if `value` is one.
    pub(super) fn text(&self, value: Value) -> Option<&str> {
        match value {
            Value::Text(index) => Some(self.texts[index as usize]),
            Value::Decoded(index) => Some(&self.decoded[index as usize]),
            Value::Raw(index) => std::str::from_utf8(self.raws[index as usize]).ok(),
            _ => None,
        }
    }

    /// The text as it is in the file, if `value` is that.
    pub(super) fn file_text(&self, value: Value) -> Option<&'a str> {
        match value {
            Value::Text(index) => Some(self.texts[index as usize]),
            _ => self.raw(value).and_then(|bytes| std::str::from_utf8(bytes).ok()),
        }
    }

    /// The bytes of the file, if `value` is that.
    pub(super) fn raw(&self, value: Value) -> Option<&'a [u8]> {
        match value {
            Value::Raw(index) => Some(self.raws[index as usize]),
            _ => None,
        }
    }

    /// The integer, if `value` is one of up to 64 bits.
    pub(super) fn integer(&self, value: Value) -> Option<i64> {
        match value {
            Value::Int(number) => Some(number.into()),
            Value::Wide(index) => Some(self.wides[index as usize]),
            _ => None,
        }
    }

    /// The items, if `value` is a tuple.
    pub(super) fn tuple(&self, value: Value) -> Option<Cow<'_, [Value]>> {
        match (value, self.body(value)) {
            (Value::Unit, _) => Some(Cow::Borrowed(&[])),
            (Value::One(item), _) => Some(Cow::Owned(vec![Value::Int(item)])),
            (_, Some(Body::Tuple(items))) => Some(Cow::Borrowed(items)),
            _ => None,
        }
    }

    /// The items, if `value` is a list.
    pub(super) fn list(&self, value: Value) -> Option<&Pieces<Value>> {
        match self.body(value) {
            Some(Body::List(items)) => Some(items),
            _ => None,
        }
    }

    /// The attributes, if `value` is an object.
    pub(super) fn attributes(&self, value: Value) -> Option<&Pairs> {
        match self.body(value) {
            Some(Body::Object(_, attributes)) => Some(attributes),
            _ => None,
        }
    }

    /// The pairs, if `value` is a dictionary.
    pub(super) fn pairs(&self, value: Value) -> Option<&Pairs> {
        match self.body(value) {
            Some(Body::Dict(pairs)) => Some(pairs),
            _ => None,
        }
    }

    /// The pairs, if `value` is a dictionary, which is empty then.
    pub(super) fn take_pairs(&mut self, value: Value) -> Option<Pairs> {
        match value {
            Value::Node(NodeId(id)) => match &mut self.nodes[id as usize].body {
                Body::Dict(pairs) => Some(std::mem::replace(pairs, Pieces::new())),
                _ => None,
            },
            _ => None,
        }
    }

    /// What to call `value` in a message.
    pub(super) fn kind(&self, value: Value) -> &'static str {
        match value {
            Value::None => "None",
            Value::Bool(_) => "a truth value",
            Value::Int(_) | Value::Wide(_) => "an integer",
            Value::Float(_) => "a float",
            Value::Number => "a number",
            Value::Text(_) | Value::Decoded(_) => "a text",
            Value::Raw(_) => "bytes",
            Value::Global(_) | Value::Class(_) => "a function or class",
            Value::Unit | Value::One(_) => "a tuple",
            Value::Node(NodeId(id)) => match self.nodes[id as usize].body {
                Body::Tuple(_) => "a tuple",
                Body::List(_) => "a list",
                Body::Dict(_) => "a dictionary",
                Body::Latin1(_) => "bytes",
                Body::Dtype(_) => "an element type",
                Body::Array(_) => "an array",
                Body::Object(..) | Body::Count(_) | Body::Opaque | Body::Spent => "an object",
            },
        }
    }
}

fn index(length: usize, budget: &Budget) -> Result<u32, PickleError> {
    u32::try_from(length).map_err(|_| PickleError::Memory { limit: budget.limit })
}

/// Bytes that may still be allocated.
pub(super) struct Budget {
    limit: usize,
    left: usize,
}

impl Budget {
    /// Subtracts `bytes` from the limit.
    pub(super) fn spend(&mut self, bytes: usize) -> Result<(), PickleError> {
        self.left = self.left.checked_sub(bytes).ok_or(PickleError::Memory { limit: self.limit })?;
        Ok(())
    }

    /// Adds bytes that were given back.
    fn refund(&mut self, bytes: usize) {
        self.left = self.limit.min(self.left + bytes);
    }
}

/// A list that grows by pieces and never moves them: moving would hold everything twice for a moment.
pub(super) struct Pieces<T>(Vec<Vec<T>>);

/// An estimate of the allocator's own overhead per allocation.
const ALLOCATION: usize = 16;

/// Items per piece; all pieces but the last are full.
const PIECE: usize = 1024;

impl<T> Pieces<T> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * PIECE + last.len())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }

    /// The bytes that its pieces took from the budget.
    fn cost(&self) -> usize {
        self.0.iter().map(|piece| size_of::<Vec<T>>() + 2 * ALLOCATION + piece.capacity() * size_of::<T>()).sum()
    }

    /// Pushes an item; new memory counts towards the limit.
    pub(super) fn push(&mut self, item: T, budget: &mut Budget) -> Result<(), PickleError> {
        if self.0.last().is_none_or(|last| last.len() == PIECE) {
            budget.spend(size_of::<Vec<T>>() + 2 * ALLOCATION)?;
            if self.0.is_empty() {
                self.0.reserve_exact(1);
            }
            self.0.push(Vec::new());
        }
        let is_first = self.0.len() == 1;
        let last = self.0.last_mut().expect("a piece was added if there was none");
        if last.len() == last.capacity() {
            // The first piece grows from 4, since most containers stay small.
            let more = if is_first { last.capacity().clamp(4, PIECE - last.len()) } else { PIECE };
            budget.spend(more * size_of::<T>())?;
            last.reserve_exact(more);
        }
        last.push(item);
        Ok(())
    }
}

impl<T> Index<usize> for Pieces<T> {
    type Output = T;

    fn index(&self, index: usize) -> &T {
        &self.0[index / PIECE][index % PIECE]
    }
}

impl<T> IndexMut<usize> for Pieces<T> {
    fn index_mut(&mut self, index: usize) -> &mut T {
        &mut self.0[index / PIECE][index % PIECE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_eight_bytes() {
        assert_eq!(size_of::<Value>(), 8);
        assert!(size_of::<Node>() <= 40, "{}", size_of::<Node>());
    }

    #[test]
    fn integers_are_twos_complement() {
        for (bytes, value) in [(&b""[..], 0), (&[0xff], -1), (&[0xff, 0x00], 255), (&[0, 0, 0, 0x80], i32::MIN)] {
            assert_eq!(Value::integer(bytes), Value::Int(value));
        }
        assert_eq!(Value::integer(&[0, 0, 0, 0x80, 0]), Value::Number);
        assert_eq!(Value::integer(&[0; 17]), Value::Number);
    }

    #[test]
    fn a_list_in_itself_is_refused() {
        let mut heap = Heap::new(0);
        let list = heap.add(Body::List(Pieces::new())).unwrap();
        let other = heap.add(Body::List(Pieces::new())).unwrap();
        heap.append(other, list, 0).unwrap();
        assert!(matches!(heap.append(list, other, 0), Err(PickleError::SelfReference { .. })));
    }

    #[test]
    fn memory_ends_with_an_error() {
        let mut heap = Heap::new(1000);
        let refused = (0..10_000_000).find_map(|_| heap.add(Body::List(Pieces::new())).err());
        assert!(matches!(refused, Some(PickleError::Memory { .. })));
    }
}
