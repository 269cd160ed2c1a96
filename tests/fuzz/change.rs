//! One change of a file.

/// Numbers that sizes, counts and offsets should not have.
const WILD: [u64; 16] = [
    0,
    1,
    2,
    7,
    0x7f,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    1 << 40,
    1 << 62,
    i64::MAX as u64,
    u64::MAX,
];

/// What is done, and where (wrapped to the file's length).
#[derive(Debug)]
pub enum Change {
    Flip {
        at: u16,
        bit: u8,
    },
    Set {
        at: u16,
        byte: u8,
    },
    /// Sets a little-endian number to a wild value, or (`near`) moves it by a little.
    Number {
        at: u16,
        width: usize,
        wild: u64,
        near: bool,
    },
    Cut {
        at: u16,
    },
    Remove {
        at: u16,
        length: usize,
    },
    Insert {
        at: u16,
        bytes: [u8; 4],
        length: usize,
    },
    Repeat {
        at: u16,
        length: usize,
        times: usize,
    },
    Copy {
        at: u16,
        from: usize,
        length: usize,
    },
    /// Puts digits where text has a number.
    Digits {
        at: u16,
        wild: u64,
    },
}

impl From<(u8, u16, u32)> for Change {
    fn from((kind, at, more): (u8, u16, u32)) -> Self {
        let bytes = more.to_le_bytes();
        let length = usize::from(bytes[1]) % 40 + 1;
        let wild = WILD[usize::from(bytes[0]) % WILD.len()];
        match kind % 10 {
            0 => Self::Flip { at, bit: bytes[0] % 8 },
            1 => Self::Set { at, byte: bytes[0] },
            2 | 3 => Self::Number { at, width: 1 << (bytes[1] % 4), wild, near: bytes[2] % 3 == 0 },
            4 => Self::Cut { at },
            5 => Self::Remove { at, length },
            6 => Self::Insert { at, bytes, length: usize::from(bytes[3]) % 5 },
            7 => Self::Repeat { at, length, times: usize::from(bytes[2]) },
            8 => Self::Copy { at, from: usize::from(bytes[2]) << 8 | usize::from(bytes[3]), length },
            _ => Self::Digits { at, wild },
        }
    }
}

impl Change {
    pub fn apply(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len();
        if length == 0 {
            return;
        }
        let place = |at: u16| usize::from(at) % length;
        let until = |start: usize, more: usize| (start + more).min(length);
        match *self {
            Self::Flip { at, bit } => bytes[place(at)] ^= 1 << bit,
            Self::Set { at, byte } => bytes[place(at)] = byte,
            Self::Number { at, width, wild, near } => {
                let range = place(at)..until(place(at), width);
                let old = bytes[range.clone()].iter().rev().fold(0, |n: u64, &b| n << 8 | u64::from(b));
                let new = if near { old.wrapping_add(wild % 5).wrapping_sub(2) } else { wild };
                bytes[range].iter_mut().zip(new.to_le_bytes()).for_each(|(byte, new)| *byte = new);
            }
            Self::Cut { at } => bytes.truncate(place(at)),
            Self::Remove { at, length } => drop(bytes.drain(place(at)..until(place(at), length))),
            Self::Insert { at, bytes: new, length } => {
                drop(bytes.splice(place(at)..place(at), new.into_iter().take(length)))
            }
            Self::Repeat { at, length, times } => {
                let piece = bytes[place(at)..until(place(at), length)].repeat(times);
                drop(bytes.splice(place(at)..place(at), piece));
            }
            Self::Copy { at, from, length: size } => {
                let piece = bytes[from % length..until(from % length, size)].to_vec();
                let end = until(place(at), piece.len());
                drop(bytes.splice(place(at)..end, piece));
            }
            Self::Digits { at, wild } => {
                let start = place(at);
                let digits = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                drop(bytes.splice(start..start + digits, wild.to_string().into_bytes()));
            }
        }
    }
}
