//! Every text of a map, in English and in Korean.

use std::collections::BTreeMap;

/// The language of a map's title, legend and controls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
}

/// Key, English, Korean. Values are in braces; scripts or [`Language::text`] fill them in.
const TEXTS: [(&str, &str, &str); 24] = [
    ("absent", "not on this map", "이 지도에 없음"),
    ("close", "Close", "닫기"),
    ("everything", "Show everything", "전체 보기"),
    ("find", "Find a word", "단어 찾기"),
    ("found", "Words found", "찾은 단어"),
    ("groups", "colours: groups by k-means on all dimensions", "색: 전체 차원에서 k-평균으로 나눈 군집"),
    (
        "keys",
        "drag or arrow keys: move · wheel, pinch or + −: zoom · 0: everything · /: search · Enter: word in the middle",
        "드래그·방향키: 이동 · 휠·핀치·+ −: 확대/축소 · 0: 전체 보기 · /: 검색 · Enter: 가운데 단어",
    ),
    ("language", "en", "ko"),
    ("legend", "grey: not on this map", "회색: 이 지도에 없는 단어"),
    ("map", "Map of words", "단어 지도"),
    ("near", "Nearest by cosine", "코사인 유사도가 높은 단어"),
    ("nearest", "{word}: nearest are {words}", "{word}: 가까운 단어는 {words}입니다"),
    (
        "noscript",
        "This map needs JavaScript, which is disabled here.",
        "이 지도는 스크립트로 그려지는데, 스크립트가 꺼져 있습니다.",
    ),
    ("panel", "Search and details", "검색과 상세 정보"),
    ("pca", "PCA, two axes with {share} % of the variance", "PCA, 분산의 {share} %를 담은 두 축"),
    ("rank", "{rank} of {all} on this map", "이 지도의 단어 {all}개 중 {rank}위"),
    ("seen", "seen {count} times", "{count}회 등장"),
    ("sizes", "larger: more frequent", "클수록 자주 등장"),
    ("title", "{count} words of {name}", "{name}의 단어 {count}개"),
    ("title-one", "1 word of {name}", "{name}의 단어 1개"),
    ("tsne", "t-SNE", "t-SNE"),
    ("zoom", "Zoom", "확대/축소"),
    ("zoom-in", "Zoom in", "확대"),
    ("zoom-out", "Zoom out", "축소"),
];

impl Language {
    /// The text of that key, with the values in place of their names in braces.
    pub(crate) fn text(self, key: &str, values: &[(&str, &str)]) -> String {
        let (_, english, korean) = TEXTS.iter().find(|(name, ..)| *name == key).unwrap_or(&("", "", ""));
        let text = if self == Self::Korean { korean } else { english };
        values.iter().fold((*text).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// All texts by their keys, for a page.
    pub(crate) fn texts(self) -> BTreeMap<&'static str, String> {
        TEXTS.iter().map(|(key, ..)| (*key, self.text(key, &[]))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<&str> {
        let mut values: Vec<_> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        values.sort_unstable();
        values
    }

    #[test]
    fn both_languages_show_the_same_values() {
        for (key, english, korean) in TEXTS {
            assert!(!english.is_empty() && !korean.is_empty(), "{key}");
            assert_eq!(values(english), values(korean), "{key}");
        }
    }

    #[test]
    fn values_take_the_place_of_their_names() {
        let title = |language: Language| language.text("title", &[("count", "1,200"), ("name", "m.bin")]);
        assert_eq!(title(Language::English), "1,200 words of m.bin");
        assert_eq!(title(Language::Korean), "m.bin의 단어 1,200개");
    }
}
