use super::*;

/// A frame of zstd with this window descriptor: 10 + exponent bits above 3 bits of mantissa; then a raw block, the last.
fn zstd_frame(window: u8, text: &[u8]) -> Vec<u8> {
    let block = (text.len() as u32) << 3 | 1;
    [&b"\x28\xb5\x2f\xfd\0"[..], &[window], &block.to_le_bytes()[..3], text].concat()
}

/// What xz made of `text`, with another size of dictionary in its first block's header.
fn xz_with_dictionary(text: &[u8], size: u8) -> Vec<u8> {
    let mut packed = pack(Compression::Xz, text);
    // Stream header (12 bytes); then length, flags, filter 0x21 with 1 byte of properties, which is the size.
    assert_eq!(packed[12..16], [2, 0, 0x21, 1]);
    packed[16] = size;
    let sum = crc32(&packed[12..20]);
    packed[20..24].copy_from_slice(&sum.to_le_bytes());
    packed
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum()
}

fn within(packed: &[u8], window: u32) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let limits = Limits { window, ..Limits::CORPUS };
    Compression::recognise(packed).unwrap().reader(packed, limits)?.read_to_end(&mut text)?;
    Ok(text)
}

#[test]
fn a_window_may_be_as_wide_as_allowed_and_no_wider() {
    // Exponents 13 (8 MB), 17 (128 MB), 18 and 31 (2 TB); in xz's steps 22 is 8 MB, 23 is 12, 30 is 128, 31 is 192, 40 is 4 GB.
    for window in [8 << 20, Limits::MAX_WINDOW] {
        let exponent = window.ilog2() as u8;
        let (zstd, xz) = ((exponent - 10) << 3, (exponent - 12) * 2);
        for packed in [zstd_frame(zstd, b"you say"), xz_with_dictionary(b"you say", xz)] {
            assert_eq!(within(&packed, window).unwrap(), b"you say");
        }
        for (format, packed) in [
            ("zstd", zstd_frame(zstd + 1, b"you say")),
            ("zstd", zstd_frame(31 << 3, b"you say")),
            ("xz", xz_with_dictionary(b"you say", xz + 1)),
            ("xz", xz_with_dictionary(b"you say", 40)),
        ] {
            let refused = within(&packed, window).unwrap_err();
            assert_eq!(DecompressError::of(&refused), Some(&DecompressError::Window { format, limit: window >> 20 }));
        }
    }
    // Not the size of any dictionary.
    let invalid = unpack(&xz_with_dictionary(b"a", 41)).unwrap_err();
    assert!(matches!(DecompressError::of(&invalid), Some(DecompressError::Damaged { .. })), "{invalid}");
}

#[test]
fn a_second_stream_has_no_wider_window_either() {
    for (first, second) in
        [(zstd_frame(0, b"a"), zstd_frame(18 << 3, b"b")), (pack(Compression::Xz, b"a"), xz_with_dictionary(b"b", 40))]
    {
        let error = unpack(&[first, second].concat()).unwrap_err();
        assert!(matches!(DecompressError::of(&error), Some(DecompressError::Window { .. })), "{error}");
    }
}

const ALL: [Compression; 4] = [Compression::Gzip, Compression::Bzip2, Compression::Zstd, Compression::Xz];

fn pack(compression: Compression, text: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    compression.write(&mut packed, |out| out.write_all(text)).unwrap();
    packed
}

fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    Compression::recognise(packed).unwrap().reader(packed, Limits::CORPUS)?.read_to_end(&mut text)?;
    Ok(text)
}

fn text() -> Vec<u8> {
    (0..20_000).flat_map(|i| format!("word{} ", i * 7919 % 10_007).into_bytes()).collect()
}

#[test]
fn what_is_packed_is_recognised_and_unpacks_to_the_same() {
    for compression in ALL {
        let packed = pack(compression, &text());
        assert_eq!(Compression::recognise(&packed[..MAGIC_BYTES]), Some(compression));
        assert_eq!(unpack(&packed).unwrap(), text(), "{compression:?}");
    }
}

#[test]
fn two_streams_in_one_file_are_read_as_one() {
    for compression in ALL {
        let packed = [pack(compression, b"you say "), pack(compression, b"goodbye")].concat();
        assert_eq!(unpack(&packed).unwrap(), b"you say goodbye", "{compression:?}");
    }
}

#[test]
fn a_stream_cut_short_anywhere_is_an_error() {
    for compression in ALL {
        let packed = pack(compression, &text()[..5000]);
        for length in (MAGIC_BYTES..packed.len()).step_by(97) {
            assert!(unpack(&packed[..length]).is_err(), "{compression:?} cut at {length} of {}", packed.len());
        }
    }
}

#[test]
fn a_missing_end_shows_without_unpacking_where_the_format_tells() {
    for compression in ALL {
        let told = matches!(compression, Compression::Zstd | Compression::Xz);
        let one = pack(compression, &text());
        let padding = if compression == Compression::Xz { &[0; 8][..] } else { &[] };
        let whole = [&one, &one[..], padding].concat();
        assert!(!compression.is_cut_short(&one) && !compression.is_cut_short(&whole), "{compression:?}");
        for length in [MAGIC_BYTES, 12, one.len() / 2, one.len() - 1, one.len() + 9, 2 * one.len() - 1] {
            assert_eq!(compression.is_cut_short(&whole[..length]), told, "{compression:?} cut to {length}");
        }
    }
    // Not cut short, but another thing wrong with it: a block of the kind that is reserved.
    assert!(!Compression::Zstd.is_cut_short(b"\x28\xb5\x2f\xfd\0\0\x07\0\0a"));
}

#[test]
fn a_changed_byte_is_an_error() {
    for compression in [Compression::Gzip, Compression::Bzip2, Compression::Xz] {
        let mut packed = pack(compression, &text()[..5000]);
        let middle = packed.len() / 2;
        packed[middle] ^= 1;
        assert!(unpack(&packed).map_or(true, |got| got != text()[..5000]), "{compression:?}");
        assert!(unpack(&packed).is_err(), "{compression:?}");
    }
}

/// Found by fuzzing: 1,584 bytes of zstd decompressed to hundreds of megabytes, half a second of work for nothing.
#[test]
fn a_bomb_is_refused_by_its_ratio_beyond_the_free_bytes() {
    for compression in [Compression::Bzip2, Compression::Zstd, Compression::Xz] {
        let packed = pack(compression, &vec![b' '; 4 << 20]);
        let read = |free_bytes| {
            let limits = Limits { free_bytes, ..Limits::CORPUS };
            io::copy(&mut compression.reader(&packed[..], limits).unwrap(), &mut io::sink())
        };
        assert_eq!(read(4 << 20).unwrap(), 4 << 20, "below the free bytes any ratio is allowed");
        let refused = read(1 << 20).unwrap_err();
        match DecompressError::of(&refused) {
            Some(&DecompressError::Ratio { format, unpacked, limit: 1_000, .. }) => {
                assert!(format == compression.name() && unpacked < 2 << 20, "{refused}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_total_is_a_limit_whatever_the_ratio() {
    let packed = pack(Compression::Gzip, &text());
    let read =
        |bytes| io::copy(&mut Compression::Gzip.reader(&packed[..], Limits::total(bytes)).unwrap(), &mut io::sink());
    let length = text().len() as u64;
    assert_eq!(read(length).unwrap(), length);
    assert!(matches!(DecompressError::of(&read(length - 1).unwrap_err()), Some(DecompressError::Ratio { .. })));
}

#[test]
fn an_error_of_the_reader_below_stays_what_it_is() {
    struct Broken<'a>(&'a [u8]);
    impl Read for Broken<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer) {
                Ok(0) => Err(io::Error::from_raw_os_error(5)),
                other => other,
            }
        }
    }
    for compression in ALL {
        let packed = pack(compression, &text());
        let mut reader = compression.reader(Broken(&packed[..packed.len() / 2]), Limits::CORPUS).unwrap();
        let error = io::copy(&mut reader, &mut io::sink()).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(5), "{compression:?}: {error}");
    }
}

#[test]
fn truncated_and_damaged_streams_are_distinguished() {
    for compression in ALL {
        let mut packed = pack(compression, &text());
        let error = unpack(&packed[..packed.len() / 2]).unwrap_err();
        assert!(
            matches!(DecompressError::of(&error), Some(DecompressError::CutShort { .. })),
            "{compression:?}: {error}"
        );
        let middle = packed.len() / 2;
        packed[middle..middle + 8].fill(0x55);
        let error = unpack(&packed).unwrap_err();
        assert!(
            matches!(DecompressError::of(&error), Some(DecompressError::Damaged { .. })),
            "{compression:?}: {error}"
        );
    }
}
