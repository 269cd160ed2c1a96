//! The stack machine: one instruction at a time, no recursion, nothing ever called.
//!
//! An instruction pushes a literal, combines values on the stack, or stores one in the memo. What Python would call
//! (`REDUCE`, `BUILD`) is left to [`super::numpy`], which knows the few functions that a file of vectors names, and to
//! [`super::objects`], where objects of other programs are data.

use super::globals::Global;
use super::input::{Input, malformed, unescape, unescaped_size};
use super::numpy;
use super::objects;
use super::value::{Body, Heap, Pieces, Value};
use crate::error::PickleError;
use std::cmp::Ordering;

/// The newest supported protocol.
const NEWEST_PROTOCOL: u8 = 5;

/// The maximum number of values on the stack; Python puts at most 2,001 there for a dictionary of any size.
const MAX_STACK: usize = 1 << 16;

/// Runs the pickle in `bytes` to its end: the value it builds, and the heap that holds it.
pub(super) fn run(bytes: &[u8]) -> Result<(Value, Heap<'_>), PickleError> {
    run_with(bytes, 0)
}

/// As [`run`]; `others` are the bytes of the files that belong to the pickle.
pub(super) fn run_with(bytes: &[u8], others: usize) -> Result<(Value, Heap<'_>), PickleError> {
    let mut machine = Machine {
        input: Input::new(bytes),
        heap: Heap::new(bytes.len().saturating_add(others)),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: Pieces::new(),
        position: 0,
    };
    loop {
        machine.position = machine.input.position();
        match machine.input.byte()? {
            b'.' => return machine.finish(),
            opcode => machine.step(opcode)?,
        }
    }
}

struct Machine<'a> {
    input: Input<'a>,
    heap: Heap<'a>,
    stack: Vec<Value>,
    /// Where in `stack` each unfinished group of values begins.
    marks: Vec<usize>,
    memo: Pieces<Value>,
    /// Where the current instruction begins.
    position: usize,
}

impl<'a> Machine<'a> {
    fn finish(mut self) -> Result<(Value, Heap<'a>), PickleError> {
        let root = self.pop()?;
        match self.input.remaining() {
            _ if !self.stack.is_empty() || !self.marks.is_empty() => Err(self.malformed("values are left over")),
            0 => Ok((root, self.heap)),
            got => Err(PickleError::TrailingBytes { position: self.input.position(), got }),
        }
    }

    fn step(&mut self, opcode: u8) -> Result<(), PickleError> {
        if let Some(value) = self.literal(opcode)? {
            return self.push(value);
        }
        match opcode {
            b'(' => self.mark(),
            b't' => self.group().and_then(|items| self.tuple(items)),
            0x85..=0x87 => self.tuple_of(usize::from(opcode - 0x84)),
            b'l' => self.group().and_then(|items| self.list(&items)),
            b'd' => self.group().and_then(|items| self.dict(&items)),
            b'a' => self.pop().and_then(|item| self.append(&[item])),
            b'e' => self.group().and_then(|items| self.append(&items)),
            b's' => self.pop_two().and_then(|pair| self.set_items(&pair)),
            b'u' => self.group().and_then(|items| self.set_items(&items)),
            b'p' => self.decimal().and_then(|index| self.remember(index)),
            b'q' => self.input.length::<1>().and_then(|index| self.remember(index)),
            b'r' => self.input.length::<4>().and_then(|index| self.remember(index)),
            0x94 => self.remember(self.memo.len() as u64),
            0x93 => self.stack_global(),
            b'R' => self.reduce(),
            b'b' => self.build(),
            0x81 => self.new_object(),
            0x8f => self.heap.add(Body::Opaque).and_then(|set| self.push(set)),
            0x90 => self.group().and_then(|items| self.append(&items)),
            0x91 => self.group().and_then(|items| self.frozen_set(&items)),
            0x80 => self.protocol(),
            0x95 => self.frame(),
            b'i' => self.global().and(Err(self.unsupported("INST"))),
            _ => Err(self.refuse(opcode)),
        }
    }

    /// The value pushed by an instruction that takes nothing from the stack; `None` if `opcode` is another instruction.
    fn literal(&mut self, opcode: u8) -> Result<Option<Value>, PickleError> {
        let value = match opcode {
            b'N' => Value::None,
            0x88 => Value::Bool(true),
            0x89 => Value::Bool(false),
            b'K' => Value::Int(self.input.byte()?.into()),
            b'M' => Value::Int(u16::from_le_bytes(self.input.array()?).into()),
            b'J' => Value::Int(i32::from_le_bytes(self.input.array()?)),
            b'I' => self.int_line()?,
            b'L' => self.long_line()?,
            0x8a => self.input.counted::<1>().and_then(|bytes| self.heap.add_integer(bytes))?,
            0x8b => self.input.counted::<4>().and_then(|bytes| self.heap.add_integer(bytes))?,
            b'G' => Value::Float(f64::from_be_bytes(self.input.array()?) as f32),
            b'F' => self.float_line()?,
            b'S' => self.string_line()?,
            b'U' => self.input.counted::<1>().and_then(|bytes| self.heap.add_raw(bytes))?,
            b'T' => self.input.counted::<4>().and_then(|bytes| self.heap.add_raw(bytes))?,
            b'V' => self.unicode_line()?,
            0x8c => self.input.text::<1>().and_then(|text| self.heap.add_text(text))?,
            b'X' => self.input.text::<4>().and_then(|text| self.heap.add_text(text))?,
            0x8d => self.input.text::<8>().and_then(|text| self.heap.add_text(text))?,
            b'C' => self.input.counted::<1>().and_then(|bytes| self.heap.add_raw(bytes))?,
            b'B' => self.input.counted::<4>().and_then(|bytes| self.heap.add_raw(bytes))?,
            0x8e | 0x96 => self.input.counted::<8>().and_then(|bytes| self.heap.add_raw(bytes))?,
            b')' => Value::Unit,
            b']' => self.heap.add(Body::List(Pieces::new()))?,
            b'}' => self.heap.add(Body::Dict(Pieces::new()))?,
            b'g' => self.decimal().and_then(|index| self.recall(index))?,
            b'h' => self.input.length::<1>().and_then(|index| self.recall(index))?,
            b'j' => self.input.length::<4>().and_then(|index| self.recall(index))?,
            b'c' => self.global()?,
            _ => return Ok(None),
        };
        Ok(Some(value))
    }

    fn push(&mut self, value: Value) -> Result<(), PickleError> {
        self.check_room()?;
        self.stack.push(value);
        Ok(())
    }

    fn mark(&mut self) -> Result<(), PickleError> {
        self.check_room()?;
        self.marks.push(self.stack.len());
        Ok(())
    }

    fn check_room(&self) -> Result<(), PickleError> {
        if self.stack.len() + self.marks.len() < MAX_STACK {
            return Ok(());
        }
        Err(PickleError::TooDeep { position: self.position, what: "unfinished values", limit: MAX_STACK })
    }

    /// Pops the topmost value of the current group.
    fn pop(&mut self) -> Result<Value, PickleError> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    fn pop_two(&mut self) -> Result<[Value; 2], PickleError> {
        let second = self.pop()?;
        Ok([self.pop()?, second])
    }

    /// Pops all values above the last mark, and the mark.
    fn group(&mut self) -> Result<Box<[Value]>, PickleError> {
        let start = self.marks.pop().ok_or_else(|| self.malformed("a mark is missing"))?;
        Ok(self.stack.drain(start..).collect())
    }

    fn top(&self) -> Result<Value, PickleError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let top = self.stack.last().filter(|_| self.stack.len() > floor);
        top.copied().ok_or_else(|| self.malformed("a value is missing"))
    }

    fn tuple_of(&mut self, count: usize) -> Result<(), PickleError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let start = self.stack.len().checked_sub(count).filter(|&start| start >= floor);
        let start = start.ok_or_else(|| self.malformed("values are missing"))?;
        let items = self.stack.drain(start..).collect();
        self.tuple(items)
    }

    fn tuple(&mut self, items: Box<[Value]>) -> Result<(), PickleError> {
        let tuple = self.heap.add_tuple(items, self.position)?;
        self.push(tuple)
    }

    fn list(&mut self, items: &[Value]) -> Result<(), PickleError> {
        let list = self.heap.add(Body::List(Pieces::new()))?;
        self.push(list)?;
        self.append(items)
    }

    fn dict(&mut self, items: &[Value]) -> Result<(), PickleError> {
        let dict = self.heap.add(Body::Dict(Pieces::new()))?;
        self.push(dict)?;
        self.set_items(items)
    }

    fn append(&mut self, items: &[Value]) -> Result<(), PickleError> {
        let list = self.top()?;
        items.iter().try_for_each(|&item| self.heap.append(list, item, self.position))
    }

    fn set_items(&mut self, items: &[Value]) -> Result<(), PickleError> {
        let dict = self.top()?;
        let (pairs, rest) = items.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(self.malformed("a key has no value"));
        }
        pairs.iter().try_for_each(|&[key, value]| self.heap.insert(dict, (key, value), self.position))
    }

    /// Python numbers the memo in order, so it has no holes.
    fn remember(&mut self, index: u64) -> Result<(), PickleError> {
        let value = self.top()?;
        let place = usize::try_from(index).map_err(|_| self.no_memo(index))?;
        match place.cmp(&self.memo.len()) {
            Ordering::Equal => self.memo.push(value, &mut self.heap.budget)?,
            Ordering::Less => self.memo[place] = value,
            Ordering::Greater => return Err(self.no_memo(index)),
        }
        self.heap.note_memo(value, place);
        Ok(())
    }

    /// Gives back the memory of arguments or a state.
    fn give_back(&mut self, value: Value) {
        if let Some(place) = self.heap.give_back(value)
            && place < self.memo.len()
            && self.memo[place] == value
        {
            self.memo[place] = Value::None;
        }
    }

    fn recall(&mut self, index: u64) -> Result<Value, PickleError> {
        let place = usize::try_from(index).ok().filter(|&place| place < self.memo.len());
        let value = self.memo[place.ok_or_else(|| self.no_memo(index))?];
        self.heap.freeze(value);
        Ok(value)
    }

    fn global(&mut self) -> Result<Value, PickleError> {
        let module = self.input.ascii_line()?;
        let name = self.input.ascii_line()?;
        self.named(module, name)
    }

    fn stack_global(&mut self) -> Result<(), PickleError> {
        let [module, name] = self.pop_two()?;
        let global = match (self.heap.file_text(module), self.heap.file_text(name)) {
            (Some(module), Some(name)) => self.named(module, name)?,
            _ => return Err(self.malformed("the name of a function is not text")),
        };
        self.push(global)
    }

    /// A function or class. Those of gensim are only noted: nothing is looked up.
    fn named(&mut self, module: &'a str, name: &'a str) -> Result<Value, PickleError> {
        if Global::is_of_a_model(module, name) {
            return self.heap.add_class(module, name);
        }
        Global::find(module, name).map(Value::Global)
    }

    fn reduce(&mut self) -> Result<(), PickleError> {
        let [function, arguments] = self.pop_two()?;
        let value = numpy::reduce(&mut self.heap, function, arguments, self.position)?;
        self.give_back(arguments);
        self.push(value)
    }

    /// An object of a class of another program; only such.
    fn new_object(&mut self) -> Result<(), PickleError> {
        let [class, arguments] = self.pop_two()?;
        if self.heap.tuple(arguments).is_none() {
            return Err(self.malformed("an object is made without a tuple"));
        }
        let object = objects::new(&mut self.heap, class, self.position)?;
        self.push(object)
    }

    fn frozen_set(&mut self, items: &[Value]) -> Result<(), PickleError> {
        let set = self.heap.add(Body::Opaque)?;
        self.push(set)?;
        self.append(items)
    }

    fn build(&mut self) -> Result<(), PickleError> {
        let state = self.pop()?;
        let value = self.top()?;
        if objects::is_one(&self.heap, value) {
            objects::build(&mut self.heap, value, state, self.position)?;
        } else {
            numpy::build(&mut self.heap, value, state, self.position)?;
        }
        self.give_back(state);
        Ok(())
    }

    fn protocol(&mut self) -> Result<(), PickleError> {
        let got = self.input.byte()?;
        match got {
            _ if self.position > 0 => Err(self.malformed("the protocol is named in the middle")),
            0..=NEWEST_PROTOCOL => Ok(()),
            _ => Err(PickleError::Protocol { got }),
        }
    }

    /// A frame only announces how much can be read at once.
    fn frame(&mut self) -> Result<(), PickleError> {
        let expected = self.input.length::<8>()?;
        let got = self.input.remaining();
        if expected > got as u64 {
            return Err(PickleError::Truncated { position: self.input.position(), expected, got });
        }
        Ok(())
    }

    fn int_line(&mut self) -> Result<Value, PickleError> {
        match self.input.ascii_line()? {
            "00" => Ok(Value::Bool(false)),
            "01" => Ok(Value::Bool(true)),
            digits => self.parse(digits),
        }
    }

    fn long_line(&mut self) -> Result<Value, PickleError> {
        let line = self.input.ascii_line()?;
        self.parse(line.strip_suffix('L').unwrap_or(line))
    }

    fn parse(&mut self, digits: &str) -> Result<Value, PickleError> {
        let unsigned = digits.strip_prefix('-').unwrap_or(digits);
        if unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
            return Err(self.malformed("a number has no digits"));
        }
        match digits.parse::<i64>() {
            Ok(number) => {
                i32::try_from(number).map_or_else(|_| self.heap.add_wide(number), |small| Ok(Value::Int(small)))
            }
            Err(_) => Ok(Value::Number),
        }
    }

    fn float_line(&mut self) -> Result<Value, PickleError> {
        let number = self.input.ascii_line()?.parse::<f64>();
        number.map(|number| Value::Float(number as f32)).map_err(|_| self.malformed("a float is not a number"))
    }

    /// A string of Python 2 in quotes; those with escapes are not needed.
    fn string_line(&mut self) -> Result<Value, PickleError> {
        let line = self.input.line()?;
        let inside = match line {
            [b'\'', inside @ .., b'\''] | [b'"', inside @ .., b'"'] => inside,
            _ => return Err(self.malformed("a string has no quotes")),
        };
        if inside.contains(&b'\\') { Err(self.unsupported("STRING with escapes")) } else { self.heap.add_raw(inside) }
    }

    /// An index of the memo, on its own line.
    fn decimal(&mut self) -> Result<u64, PickleError> {
        let line = self.input.ascii_line()?;
        line.parse().map_err(|_| self.malformed("the index of a remembered value is not a number"))
    }

    fn unicode_line(&mut self) -> Result<Value, PickleError> {
        let line = self.input.line()?;
        self.heap.budget.spend(unescaped_size(line))?;
        let text = unescape(line);
        let text = text.ok_or_else(|| self.malformed("a text has a wrong escape"))?;
        self.heap.add_decoded(text)
    }

    fn malformed(&self, problem: &'static str) -> PickleError {
        malformed(self.position, problem)
    }

    fn no_memo(&self, index: u64) -> PickleError {
        PickleError::Memo { position: self.position, index, entries: self.memo.len() }
    }

    fn unsupported(&self, opcode: &'static str) -> PickleError {
        PickleError::Unsupported { position: self.position, opcode }
    }

    fn refuse(&self, opcode: u8) -> PickleError {
        let name = match opcode {
            b'0' => "POP",
            b'1' => "POP_MARK",
            b'2' => "DUP",
            b'o' => "OBJ",
            b'P' => "PERSID",
            b'Q' => "BINPERSID",
            0x82 => "EXT1",
            0x83 => "EXT2",
            0x84 => "EXT4",
            0x92 => "NEWOBJ_EX",
            0x97 => "NEXT_BUFFER",
            0x98 => "READONLY_BUFFER",
            _ => return PickleError::UnknownOpcode { position: self.position, opcode },
        };
        self.unsupported(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_must_be_left() {
        assert!(run(b"N.").is_ok());
        for bad in [&b"."[..], b"NN.", b"(N.", b"N(.", b"\x85.", b"Nt."] {
            assert!(matches!(run(bad), Err(PickleError::Malformed { .. })), "{bad:?}");
        }
        assert!(matches!(run(b"N.N"), Err(PickleError::TrailingBytes { position: 2, got: 1 })));
    }

    #[test]
    fn the_memo_has_no_holes() {
        assert!(run(b"Nq\x00h\x00\x86.").is_ok());
        for bad in [&b"Nr\xff\xff\xff\xff."[..], b"h\x00.", b"Np99999999999\n.", b"Ng-1\n."] {
            assert!(matches!(run(bad), Err(PickleError::Memo { .. } | PickleError::Malformed { .. })), "{bad:?}");
        }
    }

    #[test]
    fn a_value_in_two_places_is_not_a_cycle() {
        assert!(run(b"(}q\x00h\x00t.").is_ok());
        assert!(matches!(run(b"]q\x00h\x00a."), Err(PickleError::SelfReference { position: 5 })));
        assert!(matches!(run(b"}q\x00Nh\x00s."), Err(PickleError::SelfReference { position: 6 })));
    }
}
