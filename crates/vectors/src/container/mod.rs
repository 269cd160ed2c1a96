//! Archives: a zip or a tar, with one file of word vectors in it, or several of which one is named.
//!
//! Nothing is extracted to disk. Members are read from the archive: those of a tar and stored ones of a zip where they are,
//! compressed ones of a zip into memory, up to 100 times their size. Folders, hidden files, `__MACOSX` and files
//! that can hold no vectors (licences, read-me files) do not count as members.

mod member;
mod tar;
mod zip;

use crate::error::{FormatError, Result};
use crate::mapped::{Bytes, Section};
use member::{Member, Place, damaged};
use std::sync::Arc;

/// Names in a message.
const SHOWN: usize = 8;

/// An archive whose directory was read.
#[derive(Debug)]
pub(crate) struct Archive {
    bytes: Arc<Bytes>,
    kind: &'static str,
    members: Vec<Member>,
}

impl Archive {
    /// The archive that `bytes` are, if they are one of files; an npz is none.
    ///
    /// # Errors
    /// [`FormatError::Archive`] if its directory is damaged.
    pub fn recognise(bytes: &Arc<Bytes>) -> Result<Option<Self>, FormatError> {
        let (kind, members) = if tar::is_one(bytes) {
            ("tar", tar::members(bytes)?)
        } else if zip::is_one(bytes) {
            ("zip", zip::members(bytes)?)
        } else {
            return Ok(None);
        };
        Ok(Some(Self { bytes: Arc::clone(bytes), kind, members }))
    }

    /// Whether `bytes`, a file or the start of one, are an archive.
    pub fn is_one(bytes: &[u8]) -> bool {
        tar::is_one(bytes) || zip::is_one(bytes)
    }

    /// The member called `wanted`; without a name, the only one that may hold vectors.
    ///
    /// # Errors
    /// [`FormatError::NoMember`], [`FormatError::ManyMembers`]; those of the archive.
    pub fn choose(&self, wanted: Option<&str>) -> Result<(&str, Bytes)> {
        if let Some(got) = self.of_another_program() {
            return Err(FormatError::Unrecognised { got: got.into() }.into());
        }
        let member = match wanted {
            Some(wanted) => self.named(wanted)?,
            None => self.only()?,
        };
        Ok((&member.name, self.read(member)?))
    }

    /// The bytes of the member called `name`, if it is there.
    pub fn open_if_there(&self, name: &str) -> Result<Option<Bytes>> {
        self.members.iter().find(|member| member.name == name).map(|member| self.read(member)).transpose()
    }

    /// How many bytes the members have whose names begin with `start`.
    pub fn bytes_of(&self, start: &str) -> u64 {
        let all = self.members.iter().filter(|member| member.name.starts_with(start));
        all.fold(0, |sum, member| sum.saturating_add(member.length))
    }

    /// What the archive is, if it is not one of files that somebody packed.
    fn of_another_program(&self) -> Option<&'static str> {
        const PYTORCH: &str = "a PyTorch file; save its weights and words in a format of word vectors";
        let has = |ending: &str| self.members.iter().any(|member| member.name.ends_with(ending));
        let kinds = [
            ("/data.pkl", PYTORCH),
            ("word/document.xml", "a Word document; save its text or table as a plain file"),
            ("xl/workbook.xml", "an Excel workbook; save the table as CSV"),
            ("ppt/presentation.xml", "a PowerPoint presentation"),
            ("META-INF/MANIFEST.MF", "a Java archive"),
            ("META-INF/container.xml", "an EPUB book"),
            ("content.xml", "an OpenDocument file; save the table as CSV"),
        ];
        let all_but = |ending: &str| ending != "content.xml" || has("META-INF/manifest.xml");
        kinds.into_iter().find(|(ending, _)| has(ending) && all_but(ending)).map(|(_, name)| name)
    }

    fn named(&self, wanted: &str) -> Result<&Member, FormatError> {
        let whole = self.members.iter().find(|member| member.name == wanted);
        let mut last = self.members.iter().filter(|member| file_name(&member.name) == wanted);
        let alone = || last.next().filter(|_| last.next().is_none());
        whole.or_else(alone).ok_or_else(|| FormatError::NoMember {
            kind: self.kind,
            wanted: wanted.chars().take(100).collect(),
            names: self.shown(self.members.iter()),
        })
    }

    fn only(&self) -> Result<&Member, FormatError> {
        let likely: Vec<_> = self.members.iter().filter(|member| self.may_hold_vectors(member)).collect();
        match likely[..] {
            [] => Err(FormatError::Unrecognised {
                got: format!("a {} archive without a file that may hold vectors", self.kind).into(),
            }),
            [only] => Ok(only),
            _ => Err(FormatError::ManyMembers { kind: self.kind, names: self.shown(likely.into_iter()) }),
        }
    }

    /// Whether a member counts: not a side file of another one, nor a text about them.
    fn may_hold_vectors(&self, member: &Member) -> bool {
        const OTHERS: [&str; 12] = [
            "readme",
            "readme.txt",
            "readme.md",
            "license",
            "license.txt",
            "licence.txt",
            "copying",
            "notice",
            "changelog",
            "meta.json",
            "authors",
            "citation",
        ];
        let name = file_name(&member.name);
        let is_side = |other: &Member| {
            member.name.len() > other.name.len()
                && member.name.starts_with(&format!("{}.", other.name))
                && (name.ends_with(".npy") || name.ends_with(".npz"))
        };
        let is_other = OTHERS.contains(&&*name.to_ascii_lowercase());
        member.length > 0
            && !name.starts_with('.')
            && !member.name.split('/').any(|part| part == "__MACOSX")
            && !is_other
            && !self.members.iter().any(is_side)
    }

    fn shown<'m>(&self, members: impl Iterator<Item = &'m Member>) -> String {
        let all: Vec<_> = members.map(|member| member.name.escape_debug().take(80).collect::<String>()).collect();
        let more = if all.len() > SHOWN { format!(" and {} more", all.len() - SHOWN) } else { String::new() };
        format!("{}{more}", all[..all.len().min(SHOWN)].join(", "))
    }

    fn read(&self, member: &Member) -> Result<Bytes> {
        match member.place {
            Place::At(start) => {
                let end = usize::try_from(member.length).ok().and_then(|length| start.checked_add(length));
                let end = end.filter(|&end| end <= self.bytes.len());
                let end = end.ok_or_else(|| damaged(&member.name, "it is cut short"))?;
                Ok(Bytes::Part(Section::new(&self.bytes, start..end)))
            }
            Place::Zip(index) => Ok(Bytes::Owned(zip::read(&self.bytes, index, member)?)),
        }
    }
}

/// The last part of a name.
fn file_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
