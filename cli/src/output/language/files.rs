//! The errors of files of word vectors in Korean.

use rapidvec::error::FormatError;

/// The error in Korean; `None` if it is a rare one, which stays in English.
pub(super) fn of_format(error: &FormatError) -> Option<String> {
    of_kind(error).or_else(|| of_rows(error)).or_else(|| of_parts(error))
}

/// A file that is not what was expected.
fn of_kind(error: &FormatError) -> Option<String> {
    Some(match error {
        FormatError::Unrecognised { got, .. } => format!("단어 벡터 파일이 아닙니다({got})"),
        FormatError::NoWords => "수만 있고 단어가 없는 행렬입니다. 행에 해당하는 단어 목록이 필요합니다".to_owned(),
        FormatError::HasWords => "파일에 이미 단어가 들어 있습니다. 단어가 없는 행렬이어야 합니다".to_owned(),
        FormatError::NotVectors { class } => format!("gensim의 {class} 객체라 단어 벡터가 없습니다"),
        FormatError::NeedsModel { got } => {
            format!("rapidvec 모델이어야 하는데 {got}이라 학습 상태와 설정이 없습니다")
        }
        FormatError::NotAModel { key } => {
            format!("safetensors 파일이지만 메타데이터에 `{key}`가 없어 rapidvec 모델이 아닙니다")
        }
        FormatError::Version { expected, got } => {
            format!(
                "모델의 형식 버전이 `{got}`입니다(`{expected}`만 읽습니다). 새 버전의 rapidvec이 필요할 수 있습니다"
            )
        }
        FormatError::NoOutput => "파일에 출력 벡터(문맥 단어의 벡터)가 없습니다".to_owned(),
        FormatError::NoCounts => "단어 빈도를 알 수 없어 빈도로 가중치를 줄 수 없습니다".to_owned(),
        FormatError::Quantised => {
            "양자화된 fastText 모델(.ftz)에는 벡터의 근삿값만 있습니다. 원래의 .bin 파일을 쓰세요".to_owned()
        }
        FormatError::Unfinished { ending } => {
            format!("다운로드가 끝나지 않았습니다(이름이 `.{ending}`로 끝납니다). 먼저 다운로드를 마치세요")
        }
        FormatError::NoLanguage { expected, got } => {
            format!("ConceptNet처럼 `{expected}...`로 시작하는 단어가 없습니다. 첫 단어는 `{got}`입니다")
        }
        FormatError::NotWritable { format } => format!("{format} 파일은 쓸 수 없습니다"),
        FormatError::NoHalf { format } => {
            format!("{format} 파일에는 반정밀도를 쓸 수 없습니다. safetensors, pickle, npz에는 쓸 수 있습니다")
        }
        FormatError::Unwritable { word, format, .. } => {
            format!("{format} 파일에는 단어 `{word}`를 쓸 수 없습니다. safetensors로 저장하세요")
        }
        _ => return None,
    })
}

/// A text or a binary file with wrong rows.
fn of_rows(error: &FormatError) -> Option<String> {
    Some(match error {
        FormatError::Empty { words, vector_size } => {
            format!("단어와 수가 하나 이상 있어야 하는데 단어가 {words}개, 벡터 크기가 {vector_size}입니다")
        }
        FormatError::TruncatedRows { expected, vector_size, got } => format!(
            "파일이 잘렸습니다. 크기 {vector_size}인 벡터가 {expected}개여야 하는데 {got}개뿐입니다. 원본에서 다시 받으세요"
        ),
        FormatError::MoreRows { expected, line } => {
            format!("첫 줄에는 벡터가 {expected}개라고 되어 있지만 {line}번째 줄부터 더 있습니다")
        }
        FormatError::MoreBytes { expected, got } => format!(
            "첫 줄에는 벡터가 {expected}개라고 되어 있지만 그 뒤에 {got}바이트가 더 있습니다. 단어에 공백이 있거나 벡터 크기가 다르거나 \
             벡터가 더 있습니다"
        ),
        FormatError::RowLength { line, expected, got, last, .. } => {
            let cut = if *last { ". 마지막 줄이라 파일이 잘렸을 수 있습니다" } else { "" };
            format!("{line}번째 줄: 단어 하나와 수 {expected}개가 있어야 하는데 수가 {got}개입니다{cut}")
        }
        FormatError::RowNumber { line, expected, got } => {
            format!("{line}번째 줄: 끝에 수 {expected}개가 있어야 하는데 `{got}`이(가) 섞여 있습니다")
        }
        FormatError::NoVectorSize => {
            "첫 줄들이 모두 단어 하나와 같은 개수의 수로 되어 있지 않습니다. 단어 벡터 텍스트가 아닙니다".to_owned()
        }
        FormatError::InvalidWord { word, row } => format!("{row}번째 행: 단어 `{word}`이(가) 올바른 UTF-8이 아닙니다"),
        FormatError::NotFiniteRow { word, row, got } => {
            format!("`{word}`의 벡터({row}번째 행)에 {got}이(가) 있습니다. 유한한 수여야 합니다")
        }
        FormatError::DuplicateWord { word, row } => format!("{row}번째 행의 단어 `{word}`이(가) 앞에도 있습니다"),
        _ => return None,
    })
}

/// A damaged file, and a file of several.
fn of_parts(error: &FormatError) -> Option<String> {
    Some(match error {
        FormatError::Length { expected, got } => {
            format!("파일 길이가 맞지 않습니다. {expected}바이트여야 하는데 {got}바이트입니다. 원본에서 다시 받으세요")
        }
        FormatError::Header { problem } => format!("헤더가 손상되었습니다({problem}). 원본에서 다시 받으세요"),
        FormatError::Checksum { tensor, .. } => {
            format!("`{tensor}`의 체크섬이 맞지 않습니다. 파일이 바뀌었습니다. 원본에서 다시 받으세요")
        }
        FormatError::MissingTensor { tensor } => format!("텐서 `{tensor}`가 없습니다. 파일이 온전하지 않습니다"),
        FormatError::Truncated { what, position, expected, got } => format!(
            "파일이 잘렸거나 손상되었습니다. {position}바이트 위치의 {what}: {expected}바이트여야 하는데 {got}바이트입니다"
        ),
        FormatError::MissingFile { name } => format!(
            "{name} 파일이 없습니다. gensim이 큰 배열을 그 파일에 저장했으므로 모델의 파일을 모두 같은 폴더에 두세요"
        ),
        FormatError::ManyMembers { kind, names } => {
            format!("{kind} 압축 파일에 파일이 여러 개 있습니다({names}). 하나를 고르세요")
        }
        FormatError::NoMember { kind, wanted, names } => {
            format!("{kind} 압축 파일에 `{wanted}` 파일이 없습니다. 들어 있는 파일: {names}")
        }
        FormatError::DamagedArchive { part, problem } => {
            format!("압축 파일이 손상되었습니다({part}: {problem}). 원본에서 다시 받으세요")
        }
        FormatError::WordsOfMatrix { name, expected, got } => {
            format!("{name}: 행렬의 행마다 하나씩 단어가 {expected}개 있어야 하는데 {got}개입니다")
        }
        FormatError::PickledArray { array } => format!(
            "배열 `{array}`는 파이썬 객체라 읽으면 임의의 코드를 실행할 수 있습니다. 단어를 텍스트로 저장하세요: \
             np.savez(path, words=np.array(words, dtype=str), vectors=vectors)"
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_errors_of_files_have_their_numbers_in_korean_too() {
        let cut = FormatError::TruncatedRows { expected: 10, vector_size: 3, got: 4 };
        assert!(of_format(&cut).unwrap().contains("크기 3인 벡터가 10개여야 하는데 4개뿐입니다"));
        let last = FormatError::RowLength { line: 9, expected: 3, got: 1, row: 7, last: true };
        assert!(of_format(&last).unwrap().ends_with("파일이 잘렸을 수 있습니다"));
        assert_eq!(of_format(&FormatError::NoWords).unwrap().lines().count(), 1);
        assert_eq!(of_format(&FormatError::CarriageReturn { line: 1 }), None);
    }
}
