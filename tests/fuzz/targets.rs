//! The targets.

use super::{Read, assert_same, fuzz, memory, numbers, seeds, table, watched};
use rapidvec::compress::Compression;
use rapidvec::vectors::error::{CoreError, FormatError};
use rapidvec::vectors::format::npz::NpzWriter;
use rapidvec::vectors::format::safetensors::{ModelFile, ModelParts};
use rapidvec::vectors::format::{
    Format, OpenOptions, VectorTable, csv, dl4j, fasttext, finalfusion, npz, pickle, recognise, safetensors,
    word2vec_binary, word2vec_text,
};
use rapidvec::vectors::format::{TableView, VectorWriter};
use rapidvec::vectors::{Error, Numbers, WordVectors};
use std::io::{Cursor, Write};
use xxhash_rust::xxh3::Xxh3;
use zip::write::SimpleFileOptions;

#[test]
fn safetensors_of_any_bytes() {
    fuzz(&seeds::with_corpus(seeds::safetensors(), &["safetensors"]), |bytes, _| model(bytes));
}

/// Right checksums around what was changed, so that everything behind them meets the nonsense.
#[test]
fn safetensors_with_right_checksums() {
    fuzz(&seeds::safetensors(), |bytes, _| model(&with_checksums(bytes).unwrap_or(bytes.to_vec())));
}

fn model(bytes: &[u8]) {
    let mut owned = Some(bytes.to_vec()); // a copy that is counted before
    let Some(model) = watched(bytes, || ModelFile::from_bytes(owned.take().unwrap_or(bytes.to_vec()))) else { return };
    let (input, output) = (model.input(), model.output().map(|rows| rows.to_f32()));
    let parts = ModelParts {
        vocabulary: model.vocabulary(),
        vector_size: model.vector_size(),
        input: &input.to_f32(),
        output: output.as_deref(),
        half: input.is_half(),
        metadata: model.metadata(),
        extra: Vec::new(),
    };
    let again = match safetensors::to_bytes(&parts) {
        Ok(bytes) => ModelFile::from_bytes(bytes).unwrap(),
        // Numbers that are not finite are found when they are read, and by the writer.
        Err(FormatError::NotFinite { .. } | FormatError::HalfOverflow { .. }) => return,
        Err(other) => panic!("{other}"),
    };
    assert!(again.vocabulary() == model.vocabulary() && again.metadata() == model.metadata());
    assert_eq!(again.input().to_f32(), input.to_f32());
}

/// The file with every checksum made right, if its header can be found.
pub fn with_checksums(bytes: &[u8]) -> Option<Vec<u8>> {
    let length = u64::from_le_bytes(*bytes.first_chunk()?);
    let json = bytes.get(8..usize::try_from(length).ok()?.checked_add(8)?)?;
    let mut header: serde_json::Value = serde_json::from_slice(json).ok()?;
    let data = &bytes[8 + json.len()..];
    let tensors: Vec<_> = header.as_object()?.iter().filter(|(name, _)| *name != "__metadata__").collect();
    let mut sums = Vec::new();
    let mut shapes = Vec::new();
    for (name, info) in tensors {
        let number = |value: &serde_json::Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
        let offsets: Vec<_> = info["data_offsets"].as_array()?.iter().map(number).collect::<Option<_>>()?;
        sums.push((name.clone(), hex(&[data.get(*offsets.first()?..*offsets.get(1)?)?])));
        let sizes: Vec<_> = info["shape"].as_array()?.iter().map(number).collect::<Option<_>>()?;
        let sizes = sizes.iter().chain(&offsets).flat_map(|n| (*n as u64).to_le_bytes()).collect::<Vec<_>>();
        shapes.push((name.clone(), [name.as_bytes(), &[0], info["dtype"].as_str()?.as_bytes(), &[0], &sizes].concat()));
    }
    shapes.sort();
    let metadata = header.get_mut("__metadata__")?.as_object_mut()?;
    sums.into_iter().for_each(|(name, sum)| drop(metadata.insert(format!("checksum.{name}"), sum.into())));
    metadata.remove("checksum.header");
    let mut pieces = Vec::new();
    let mut sorted: Vec<_> = metadata.iter().collect();
    sorted.sort_by_key(|(key, _)| *key);
    for (key, value) in sorted {
        pieces.push([key.as_bytes(), &[0], value.as_str()?.as_bytes(), &[0]].concat());
    }
    pieces.extend(shapes.into_iter().map(|(_, piece)| piece));
    let sum = hex(&pieces.iter().map(Vec::as_slice).collect::<Vec<_>>());
    metadata.insert("checksum.header".to_owned(), sum.into());
    let json = serde_json::to_vec(&header).ok()?;
    Some([&(json.len() as u64).to_le_bytes()[..], &json, data].concat())
}

fn hex(pieces: &[&[u8]]) -> String {
    let mut hash = Xxh3::new();
    pieces.iter().for_each(|piece| hash.update(piece));
    format!("{:032x}", hash.digest128())
}

/// Without it the target above would test nothing but wrong checksums.
#[test]
fn checksums_can_be_made_right() {
    for seed in seeds::safetensors() {
        let mut changed = seed.clone();
        let last = changed.len() - 1;
        changed[last] = b'!'; // the last word's last letter: `vocab.text` comes last
        assert!(ModelFile::from_bytes(changed.clone()).is_err());
        let opened = ModelFile::from_bytes(with_checksums(&changed).unwrap()).unwrap();
        assert_eq!(opened.vocabulary().word(3), "!");
    }
}

#[test]
fn pickles_of_any_bytes() {
    fuzz(&seeds::with_corpus(seeds::pickles(), &["pickle"]), |bytes, _| {
        let Some(found) = table(pickle::read, bytes, &OpenOptions::default()) else { return };
        let (half, numbers) = (matches!(found.numbers, Numbers::F16(_)), numbers(&found.numbers));
        let again = TableView::new(&found.vocabulary, found.vector_size, &numbers).half(half);
        let again = pickle::PickleWriter::new(again).unwrap().to_bytes();
        assert!(pickle::read(&again, &OpenOptions::default()).unwrap().0 == found);
    });
}

#[test]
fn pickles_of_any_words() {
    fuzz(&seeds::pickled_words(), |bytes, options| {
        if let Some(found) = table(pickle::read, bytes, options) {
            archived(&found);
        }
    });
}

/// As any file, without others beside it.
fn opened(bytes: &[u8], options: &OpenOptions) {
    let mut owned = Some(bytes.to_vec()); // a copy that is counted before
    let open = || WordVectors::from_bytes(owned.take().unwrap_or(bytes.to_vec()), options);
    let Some((vectors, _)) = watched(bytes, open) else { return };
    let numbers = vectors.rows().to_f32();
    assert!(numbers.len() == vectors.len() * vectors.vector_size() && numbers.iter().all(|x| x.is_finite()));
    for word in ["", "unknown", "모르는 낱말"] {
        assert!(vectors.vector(word).is_none_or(|vector| vector.iter().all(|x| x.is_finite())), "{word}");
    }
}

#[test]
fn tables_of_any_bytes() {
    let seeds = [
        "word,0,1,2\nking,0.5,1,-2\n\"new \"\"york\"\"\",3,4,5e-1\n",
        ",word,vector\n0,king,\"[0.5 1.\n -2.]\"\n1,queen,\"[3, 4, 0.5]\"\n",
        "king;0,5;1\r\nqueen;3;4\r\n",
    ];
    fuzz(&seeds.map(|seed| seed.as_bytes().to_vec()), |bytes, options| {
        if let Some(found) = table(csv::read, bytes, options) {
            archived(&found);
        }
    });
}

#[test]
fn dl4js_text_of_any_bytes() {
    let seeds = ["2 2 120\nB64:a2luZw== 0.1 0.2\nB64:7JWI64WV 0.3 -4e-1\n", "B64:YQ== 1\n"];
    fuzz(&seeds.map(|seed| seed.as_bytes().to_vec()), |bytes, options| {
        if let Some(found) = table(dl4j::read, bytes, options) {
            archived(&found);
        }
    });
}

#[test]
fn finalfusion_of_any_bytes() {
    fuzz(&seeds::finalfusion(), |bytes, options| {
        if let Some(found) = table(finalfusion::read, bytes, options) {
            archived(&found);
        }
    });
}

/// A matrix, changed, and its words, changed.
#[test]
fn matrices_of_any_bytes_with_words() {
    let (file, list) = (tempfile::NamedTempFile::new().unwrap(), tempfile::NamedTempFile::new().unwrap());
    let mut matrices: Vec<_> = seeds::arrays()[..3].iter().map(|array| array[1..].to_vec()).collect();
    matrices.push(b"0.5\t1\n-2\t3\n".to_vec());
    matrices.push((0..2 * 2 * 3).flat_map(|i| f64::from(i).to_le_bytes()).collect()); // GloVe's
    fuzz(&matrices, |bytes, options| {
        let words = ["king\nqueen\n", "id\tword\n1\tking\n2\tqueen", "king 5\nqueen 4\n", "[\"king\", \"queen\"]"];
        std::fs::write(list.path(), words[bytes.len() % 4]).unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let options = OpenOptions { words: Some(list.path().to_owned()), ..options.clone() };
        watched(bytes, || WordVectors::open_with(file.path(), &options));
    });
    fuzz(
        &[b"king\nqueen\n".to_vec(), b"id\tword\n1\tking\n2\tqueen".to_vec(), b"{\"king\": 1, \"queen\": 0}".to_vec()],
        |bytes, _| {
            std::fs::write(list.path(), bytes).unwrap();
            std::fs::write(file.path(), &matrices[0]).unwrap();
            let options = OpenOptions { words: Some(list.path().to_owned()), ..OpenOptions::default() };
            watched(bytes, || WordVectors::open_with(file.path(), &options));
        },
    );
}

#[test]
fn gensims_files_of_any_bytes() {
    fuzz(&seeds::gensim(), opened);
}

/// Archives, changed and opened as any file is.
#[test]
fn archives_of_any_bytes() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fuzz(&seeds::archives(), |bytes, options| {
        std::fs::write(file.path(), bytes).unwrap();
        watched(bytes, || WordVectors::open_with(file.path(), options));
    });
}

#[test]
fn word2vec_text_of_any_bytes() {
    let seeds = seeds::with_corpus(seeds::text(), &["text"]);
    fuzz(&seeds, |bytes, options| text(word2vec_text::read, bytes, options, true));
}

#[test]
fn glove_text_of_any_bytes() {
    let seeds = seeds::with_corpus(seeds::glove(), &["glove"]);
    fuzz(&seeds, |bytes, options| text(word2vec_text::read_without_header, bytes, options, false));
}

fn text(read: Read, bytes: &[u8], options: &OpenOptions, header: bool) {
    let Some(found) = table(read, bytes, options) else { return };
    match word2vec_text::TextWriter::new(
        TableView::new(&found.vocabulary, found.vector_size, &numbers(&found.numbers)),
        header,
    )
    .map(|writer| writer.to_bytes())
    {
        Ok(again) => assert_same(&found, &read(&again, &OpenOptions::default()).unwrap().0),
        Err(FormatError::Unwritable { .. }) => archived(&found), // read with spaces, not written with them
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn word2vec_binary_of_any_bytes() {
    fuzz(&seeds::with_corpus(seeds::binary(), &["binary"]), |bytes, options| {
        let Some(found) = table(word2vec_binary::read, bytes, options) else { return };
        match word2vec_binary::BinaryWriter::new(TableView::new(
            &found.vocabulary,
            found.vector_size,
            &numbers(&found.numbers),
        ))
        .map(|writer| writer.to_bytes())
        {
            Ok(again) => {
                match word2vec_binary::read(&again, &OpenOptions::default()) {
                    Ok((read, _)) => assert_same(&found, &read),
                    // The four bytes of a float can all be digits: a first row of such may be text just as well.
                    Err(FormatError::OtherFormat { .. }) => {
                        assert_eq!(recognise(&again).unwrap(), Format::Word2vecText);
                    }
                    // Fewer rows may all look as if from another machine; such a file is refused on purpose.
                    Err(FormatError::ByteOrder { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            Err(FormatError::Unwritable { .. }) => archived(&found),
            Err(other) => panic!("{other}"),
        }
    });
}

/// fastText models have no writer, so what opens is written as an archive.
#[test]
fn fasttext_models_of_any_bytes() {
    let mut seeds = seeds::fasttext();
    let quantised = seeds.pop().unwrap();
    let refused = fasttext::read(&quantised, &OpenOptions::default());
    assert!(matches!(refused, Err(FormatError::Quantised)));
    seeds.push(quantised);
    fuzz(&seeds::with_corpus(seeds, &["fasttext"]), |bytes, options| {
        let Some(found) = table(fasttext::read, bytes, options) else { return };
        let (vectors, _) = WordVectors::from_bytes(bytes.to_vec(), options).unwrap();
        assert!(*vectors.vocabulary() == found.vocabulary && vectors.rows().to_f32() == numbers(&found.numbers));
        archived(&found);
        for word in ["", "unknown", "모르는 낱말"] {
            let unknown = vectors.vector(word);
            assert!(unknown.is_none_or(|vector| vector.iter().all(|x| x.is_finite())), "{word}");
        }
    });
}

#[test]
fn npz_archives_of_any_bytes() {
    fuzz(&seeds::with_corpus(seeds::npz(), &["npz"]), |bytes, options| {
        if let Some(found) = table(npz::read, bytes, options) {
            archived(&found);
        }
    });
}

/// The arrays are changed, then packed into an archive with right checksums.
#[test]
fn npz_archives_of_any_arrays() {
    let seeds = seeds::arrays();
    let others = [seeds[0].clone(), seeds[3].clone(), seeds[5].clone()];
    fuzz(&seeds, |array, options| {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let changed = usize::from(array.first().copied().unwrap_or(0) % 3);
        for (which, name) in ["vectors", "words", "counts"].into_iter().enumerate() {
            let array = if which == changed { array } else { &others[which] };
            zip.start_file(format!("{name}.npy"), SimpleFileOptions::default()).unwrap();
            zip.write_all(array.get(1..).unwrap_or(&[])).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        if let Some(found) = table(npz::read, &bytes, options) {
            archived(&found);
        }
    });
}

/// What was found says the same after it was written as an archive and read.
fn archived(found: &VectorTable) {
    let (numbers, half) = (numbers(&found.numbers), matches!(found.numbers, Numbers::F16(_)));
    let mut bytes = Vec::new();
    match NpzWriter::new(TableView::new(&found.vocabulary, found.vector_size, &numbers).half(half)) {
        Ok(writer) => writer.write_to(&mut bytes).unwrap(),
        Err(FormatError::Unwritable { .. }) => return, // a zero at the end of a word
        Err(other) => panic!("{other}"),
    }
    assert_same(found, &npz::read(&bytes, &OpenOptions::default()).unwrap().0);
}

/// Packed files, changed before they are packed or after, opened as any file is.
#[test]
fn packed_files_of_any_bytes() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let kinds = [Compression::Gzip, Compression::Bzip2, Compression::Zstd, Compression::Xz];
    let pack = |kind: Compression, bytes: &[u8]| {
        let mut packed = Vec::new();
        kind.write(&mut packed, |out| out.write_all(bytes)).unwrap();
        packed
    };
    let plain = [seeds::text().remove(2), seeds::binary().remove(0)];
    let seeds: Vec<_> = kinds.iter().flat_map(|&kind| plain.each_ref().map(|bytes| pack(kind, bytes))).collect();
    fuzz(&seeds::with_corpus(seeds, &["packed"]), |bytes, options| {
        std::fs::write(file.path(), bytes).unwrap();
        let (opened, peak) = memory::peak(|| WordVectors::open_with(file.path(), options));
        // zstd's own memory is not counted here; `packed_memory.rs` measures it from outside.
        assert!(opened.is_ok() || peak < bytes.len() + (16 << 20), "{peak} bytes held to refuse {}", bytes.len());
        match opened {
            Ok(_) | Err(Error::Core(CoreError::Io { .. }) | Error::Format(_)) => {}
            Err(other) => panic!("{other}"),
        }
    });
}
