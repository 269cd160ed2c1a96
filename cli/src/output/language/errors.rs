//! The library's common errors in Korean. Others are shown in the library's English.

use super::files::of_format;
use crate::output::advised::Advised;
use rapidvec::Error;
use rapidvec::corpus::CorpusError;
use rapidvec::corpus::datasets::DatasetError;
use rapidvec::error::{ConfigError, CoreError, OutputError, QueryError, TrainError, VectorsError};
use rapidvec::vectors::measure::MeasureError;
use std::io::ErrorKind;

/// The error and its subject in Korean; `None` if it is not one of the common kinds.
pub fn translated(error: &anyhow::Error) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let advice = error.downcast_ref::<Advised>().map(|advised| format!(". {}", advised.advice));
    for cause in error.chain().skip(usize::from(advice.is_some())) {
        let Some(korean) = of_cause(cause) else {
            parts.push(cause.to_string());
            continue;
        };
        // What comes before an error may be the name of its file, its English text, or the Korean one and more.
        let english = cause.to_string();
        parts.pop_if(|about| korean.starts_with(about.as_str()) || about.starts_with(&english));
        if !parts.last().is_some_and(|about| about.contains(&korean)) {
            parts.push(korean);
        }
        return Some(parts.join(": ") + advice.as_deref().unwrap_or_default());
    }
    None
}

fn of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    let of_library = cause.downcast_ref().and_then(of_library);
    #[cfg(feature = "gpu")]
    let of_library = of_library.or_else(|| cause.downcast_ref().and_then(of_card));
    of_library
        .or_else(|| cause.downcast_ref().and_then(of_vectors))
        .or_else(|| cause.downcast_ref().and_then(of_core))
        .or_else(|| cause.downcast_ref().and_then(of_measure))
        .or_else(|| cause.downcast_ref().and_then(of_training))
        .or_else(|| cause.downcast_ref().and_then(of_output))
        .or_else(|| {
            cause.downcast_ref().map(of_system).map(|reason| reason.to_owned()).filter(|reason| !reason.is_empty())
        })
}

fn of_library(error: &Error) -> Option<String> {
    match error {
        Error::Dataset(DatasetError::UnknownName { name, known, .. }) => {
            Some(format!("{name}은(는) 없는 데이터 세트입니다. 쓸 수 있는 이름: {known}"))
        }
        Error::Config(error) => of_config(error),
        Error::Corpus(error) => of_corpus(error),
        Error::Train(error) => of_training(error),
        Error::Vectors(error) => of_vectors(error),
        #[cfg(feature = "gpu")]
        Error::Device(error) => error.downcast_ref().and_then(of_card),
        _ => None,
    }
}

fn of_vectors(error: &VectorsError) -> Option<String> {
    match error {
        VectorsError::Core(error) => of_core(error),
        VectorsError::Format(error) => of_format(error),
        VectorsError::Query(error) => of_query(error),
        _ => None,
    }
}

fn of_core(error: &CoreError) -> Option<String> {
    match error {
        CoreError::Output(error) => of_output(error),
        CoreError::Io { path, source } => {
            let reason = of_system(source);
            (!reason.is_empty()).then(|| format!("{}: {reason}", path.display()))
        }
        _ => None,
    }
}

/// The operating system's message; empty if it is not one of the common kinds.
fn of_system(error: &std::io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "그런 파일이나 폴더가 없습니다",
        ErrorKind::PermissionDenied => "접근 권한이 없습니다",
        ErrorKind::StorageFull => "디스크에 남은 공간이 없습니다",
        ErrorKind::IsADirectory => "파일이 아니라 폴더입니다",
        _ => "",
    }
}

fn of_output(error: &OutputError) -> Option<String> {
    Some(match error {
        OutputError::Exists { path } => {
            format!("{} 파일이 이미 있습니다. 다른 이름을 쓰거나 --force로 덮어쓰세요", path.display())
        }
        OutputError::NameTaken { path, kept } => {
            format!(
                "그사이 다른 프로그램이 {} 파일을 만들었습니다. 결과는 {}에 있습니다",
                path.display(),
                kept.display()
            )
        }
        OutputError::NotAFile { path, .. } => format!("{}에는 쓸 수 없습니다. 파일 이름을 지정하세요", path.display()),
        OutputError::NoFolder { path } => format!("{} 폴더가 없습니다. 먼저 만드세요", path.display()),
        OutputError::Unwritable { path, .. } => format!("{} 폴더에 쓸 수 없습니다. 권한을 확인하세요", path.display()),
        _ => return None,
    })
}

fn of_query(error: &QueryError) -> Option<String> {
    match error {
        QueryError::UnknownWord { word, similar } => {
            let quoted: Vec<_> = similar.iter().map(|word| format!("`{word}`")).collect();
            let hint = if quoted.is_empty() { String::new() } else { format!(". 혹시 {}?", quoted.join(", ")) };
            Some(format!("`{word}`은(는) 어휘에 없는 단어입니다{hint}"))
        }
        QueryError::WordTooLong { bytes, expected, got } => {
            Some(format!("어휘에 없는 {bytes}바이트 단어의 n-그램이 최대 {got}개입니다. {expected}개까지만 찾습니다"))
        }
        QueryError::NoWords => Some("단어를 하나 이상 지정하세요".to_owned()),
        QueryError::NoCounts => Some("단어 빈도가 필요한데 모델에 빈도가 없습니다".to_owned()),
        _ => None,
    }
}

fn of_measure(error: &MeasureError) -> Option<String> {
    Some(match error {
        MeasureError::FewWords { group, expected, got } => {
            format!("{}에는 단어가 {expected}개 이상 필요한데 {got}개입니다", group_name(group))
        }
        MeasureError::InBoth { word } => format!("`{word}`이(가) 두 대상 단어 묶음에 모두 있습니다"),
        MeasureError::Twice { word, group } => format!("`{word}`이(가) {}에 두 번 있습니다", group_name(group)),
        MeasureError::NoDirection => "축의 양 끝 단어들의 평균 방향이 같습니다".to_owned(),
        MeasureError::FewShared { expected, got } => {
            format!(
                "두 모델에 함께 있는 단어가 {got}개입니다. 벡터 크기가 {expected}이므로 {expected}개 이상 필요합니다"
            )
        }
        MeasureError::VectorSize { expected, got } => format!("두 모델의 벡터 크기가 다릅니다({expected}, {got})"),
        MeasureError::FewRuns { got } => format!("평균을 내려면 모델이 둘 이상 필요한데 {got}개입니다"),
        MeasureError::Format(error) => return of_format(error),
        MeasureError::Query(error) => return of_query(error),
        _ => return None,
    })
}

fn group_name(group: &'static str) -> &'static str {
    match group {
        "the first group of targets" => "첫째 대상 단어 묶음(X)",
        "the second group of targets" => "둘째 대상 단어 묶음(Y)",
        "the first group of attributes" => "첫째 속성 단어 묶음(A)",
        "the second group of attributes" => "둘째 속성 단어 묶음(B)",
        "the start of the axis" => "축의 시작",
        "the end of the axis" => "축의 끝",
        other => other,
    }
}

fn of_config(error: &ConfigError) -> Option<String> {
    match error {
        ConfigError::OutOfRange { name, expected, got } => {
            Some(format!("{name} 값이 범위를 벗어났습니다. 받은 값: {got}, 허용 범위: {}", range(expected)))
        }
        _ => None,
    }
}

/// A range that is stated in English.
fn range(expected: &str) -> String {
    let ends = expected.strip_prefix("from ").and_then(|ends| ends.split_once(" to "));
    match (ends, expected) {
        (Some((from, to)), _) => format!("{from}부터 {to}까지"),
        (_, "above 0 and at most 100") => "0보다 크고 100 이하".to_owned(),
        (_, "above 0 and finite") => "0보다 큰 유한한 수".to_owned(),
        (_, "at least 1") => "1 이상".to_owned(),
        (_, "input with subwords") => "n-그램을 쓰면 input".to_owned(),
        (_, "input without negative sampling") => "네거티브 샘플링을 쓰지 않으면 input".to_owned(),
        (_, "at least 1 without hierarchical softmax") => "계층적 소프트맥스를 쓰지 않으면 1 이상".to_owned(),
        _ => expected.to_owned(),
    }
}

fn of_corpus(error: &CorpusError) -> Option<String> {
    Some(match error {
        CorpusError::Missing { path } => {
            format!(
                "{} 파일이 없습니다. 텍스트 파일, 표준 입력(-), 데이터 세트 이름 중 하나를 지정하세요",
                path.display()
            )
        }
        CorpusError::Folder { path } => {
            format!("{}은(는) 폴더입니다. 그 안의 텍스트 파일을 지정하세요", path.display())
        }
        CorpusError::Empty { name, .. } => format!("{name}에 단어가 없습니다"),
        CorpusError::AllRare { min_count, most, .. } => format!(
            "{min_count}회 이상 나오는 단어가 없습니다(최대 {most}회). --min-count {most} 이하로 낮추거나 더 긴 텍스트를 쓰세요"
        ),
        CorpusError::InvalidUtf8 { name, line, .. } => format!(
            "{name}: {line}번째 줄이 올바른 UTF-8이 아닙니다. UTF-8로 변환하거나 --invalid-utf8 replace 또는 skip을 쓰세요"
        ),
        CorpusError::NoMatch { pattern, .. } => format!("{pattern:?} 패턴에 맞는 파일이 없습니다"),
        CorpusError::Interrupted => "텍스트를 읽는 도중에 중단되었습니다".to_owned(),
        _ => return None,
    })
}

fn of_training(error: &TrainError) -> Option<String> {
    Some(match error {
        TrainError::CorpusTooShort { tokens, window } => {
            format!("코퍼스가 너무 짧습니다. 토큰이 {tokens}개인데 윈도우 {window}에는 {}개 이상 필요합니다", 2 * window + 1)
        }
        TrainError::Diverged { epoch, loss, .. } => {
            format!("학습이 발산했습니다(에폭 {epoch}, 손실 {loss}). 학습률을 낮추세요")
        }
        TrainError::NothingTrained => {
            "학습된 단어 쌍이 없습니다. 더 긴 텍스트를 쓰거나 --min-count를 낮추거나 --subsample 0을 지정하세요. 한 줄에 단어가 둘 이상 있어야 합니다"
                .to_owned()
        }
        TrainError::OutOfMemory { needed, available } => format!(
            "학습에 메모리가 약 {needed} MB 필요한데 {available} MB만 쓸 수 있습니다. 벡터 크기나 스레드 수를 줄이세요"
        ),
        TrainError::VectorSize { name, expected, got } => {
            format!("{name}의 벡터 크기는 {got}인데 이번 학습의 벡터 크기는 {expected}입니다")
        }
        TrainError::NoState => "이 파일에는 학습 상태가 없어 이어서 학습할 수 없습니다".to_owned(),
        _ => return None,
    })
}

#[cfg(feature = "gpu")]
fn of_card(error: &rapidvec_gpu::GpuError) -> Option<String> {
    use rapidvec_gpu::GpuError;
    Some(match error {
        GpuError::NoAdapter => {
            "그래픽 어댑터가 없습니다. 그래픽 카드의 드라이버와 Vulkan 로더를 설치하세요(Debian: libvulkan1. 카드가 없으면 \
             mesa-vulkan-drivers가 CPU로 계산합니다)"
                .to_owned()
        }
        GpuError::NoSuchAdapter { wanted, available } => {
            format!("'{wanted}'에 맞는 그래픽 어댑터가 없습니다. 있는 것: {}", available.join(", "))
        }
        GpuError::OutOfMemory { adapter, needed, available } => format!(
            "학습에 {adapter}의 메모리가 약 {needed} MB 필요한데 {available} MB뿐입니다. 벡터 크기나 단어 수를 줄이거나 CPU에서 학습하세요"
        ),
        GpuError::Lost { adapter, reason } => {
            format!("그래픽 어댑터 {adapter}이(가) 응답하지 않습니다({reason}). 마지막 체크포인트에서 이어서 학습하세요")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec::error::FormatError;
    use std::path::Path;

    fn korean(error: impl Into<anyhow::Error>) -> Option<String> {
        translated(&error.into())
    }

    #[test]
    fn common_errors_are_translated_and_name_the_file_once() {
        let missing = std::io::Error::from(ErrorKind::NotFound);
        let missing = anyhow::Error::new(Error::io(Path::new("a.txt"))(missing)).context("a.txt");
        assert_eq!(korean(missing).unwrap(), "a.txt: 그런 파일이나 폴더가 없습니다");
        let unknown = QueryError::UnknownWord { word: "yuo".into(), similar: vec!["you".into()] };
        assert_eq!(korean(VectorsError::from(unknown)).unwrap(), "`yuo`은(는) 어휘에 없는 단어입니다. 혹시 `you`?");
        let cut = anyhow::Error::new(Error::from(FormatError::Length { expected: 9, got: 8 })).context("m.bin");
        assert!(korean(cut).unwrap().starts_with("m.bin: 파일 길이가 맞지 않습니다"));
        assert!(korean(TrainError::NoState).unwrap().contains("학습 상태"));
    }

    #[test]
    fn other_errors_stay_in_english() {
        assert_eq!(korean(anyhow::anyhow!("no luck")), None);
        assert_eq!(korean(std::io::Error::other("no luck")), None);
    }
}
