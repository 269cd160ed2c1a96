use super::*;
use proptest::prelude::*;

fn prepared(preparation: &Preparation, text: &str) -> Result<String, CorpusError> {
    let mut report = CorpusReport::default();
    let mut worker = preparation.worker().map_err(|error| match error {
        crate::Error::Corpus(error) => error,
        other => panic!("{other}"),
    })?;
    let Prepared { text, fault, .. } = worker.prepare(text, "text", 1, &mut report);
    fault.map_or_else(|| Ok(text.to_owned()), Err)
}

fn field(name: &str) -> Preparation {
    Preparation { field: Some(name.into()), ..Preparation::default() }
}

fn lower() -> Preparation {
    Preparation { lower: true, ..Preparation::default() }
}

fn nfc() -> Preparation {
    Preparation { normalize: Normalization::Nfc, ..Preparation::default() }
}

#[test]
fn what_is_not_asked_for_is_not_done() {
    let text = "The  Cat\r\n\u{1112}\u{1161}\u{11ab} É, {\"a\": 1}";
    assert_eq!(prepared(&Preparation::default(), text).unwrap(), text);
    assert!(Preparation::default().is_plain() && !lower().is_plain());
}

#[test]
fn letters_become_small_as_the_standard_library_has_them() {
    for text in
        ["The CAT", "ÉCOLE École", "ΟΔΟΣ ΣΑΣ ὈΔΥΣΣΕΎΣ", "Привет МИР", "東京 TOKYO 한국 ｶﾅ ＡＢＣ", "ǅ Ⓐ Ⅷ", "no", ""]
    {
        assert_eq!(prepared(&lower(), text).unwrap(), text.to_lowercase());
    }
}

#[test]
fn letters_are_composed() {
    let text = "\u{1112}\u{1161}\u{11ab}국어 e\u{301}te\u{301} \u{212b}\nno\n";
    assert_eq!(prepared(&nfc(), text).unwrap(), "한국어 été Å\nno\n");
    assert_eq!(prepared(&nfc(), "한국어 été か\u{3099}").unwrap(), "한국어 été が");
}

#[test]
fn small_letters_are_composed_behind_their_case() {
    let both = Preparation { lower: true, ..nfc() };
    assert_eq!(prepared(&both, "J\u{30c} E\u{301}").unwrap(), "ǰ é");
}

#[test]
fn a_field_of_json_lines_is_the_text() {
    let text = "{\"id\": 1, \"text\": \"you say\\ngoodbye\"}\r\n \n{\"text\":\"\\uac00\\\"\",\"x\":[{}]}\n{\"text\": [\"a b\", \"c\"]}";
    assert_eq!(prepared(&field("text"), text).unwrap(), "you say\ngoodbye\n\n가\"\na\u{fdd0}b c \n");
}

#[test]
fn an_array_is_a_sentence_of_tokens_with_the_spaces_they_have() {
    let text = r#"{"t": ["new york", " is\tbig\n", "", "city"]}"#.to_owned()
        + "\n{\"t\": []}\n"
        + r#"{"t": [["a"], [], ["b c", "d"]]}"#;
    assert_eq!(prepared(&field("t"), &text).unwrap(), "new\u{fdd0}york is\u{fdd0}big city \n\na \n\nb\u{fdd0}c d \n");
    let mut report = CorpusReport::default();
    let mut worker = field("t").worker().unwrap();
    assert!(worker.prepare(&text, "text", 1, &mut report).has_inner_spaces);
    assert_eq!(report.empty_tokens, 1);
    assert!(!worker.prepare(r#"{"t": ["a", "b"]}"#, "text", 1, &mut report).has_inner_spaces);
}

#[test]
fn lower_case_leaves_no_dot_above_an_i() {
    for text in ["İSTANBUL", "I\u{307}stanbul", "i\u{307}stanbul"] {
        assert_eq!(prepared(&lower(), text).unwrap(), "istanbul");
    }
}

#[test]
fn a_dot_leads_into_an_object_unless_a_name_has_it() {
    let text = r#"{"a": {"x": 1, "b": {"c": "deep"}}, "z": null}"#;
    assert_eq!(prepared(&field("a.b.c"), text).unwrap(), "deep\n");
    assert_eq!(prepared(&field("a.b"), r#"{"a.b": "flat"}"#).unwrap(), "flat\n");
    assert_eq!(prepared(&field("a.b"), r#"{"a": 1, "a.b": "flat"}"#).unwrap(), "flat\n");
    assert_eq!(prepared(&field("a.b.c"), r#"{"a": {"b.c": "half"}, "ab": 2}"#).unwrap(), "half\n");
    for scalar in ["1", "-1", "1.5", "true", "null", "\"s\"", "[1, {\"b\": \"no\"}]"] {
        let line = format!("{{\"a\": {scalar}}}");
        assert!(matches!(prepared(&field("a.b"), &line), Err(CorpusError::NoField { line: 1, .. })), "{line}");
    }
}

#[test]
fn a_line_that_is_not_what_it_should_be_is_named() {
    let bad = [
        ("{\"t\": \"a\"", "EOF"),
        ("plain text", "expected value at column 1"),
        ("[\"t\"]", "expected an object"),
        ("{\"t\": 3}", "integer `3`, expected a string"),
        ("{\"t\": [\"a\", 1.5]}", "expected a string in the array"),
        ("{\"t\": \"a\"} x", "trailing characters"),
        ("{\"t\": \"a\", \"t\": \"b\"}", "two fields"),
        ("{\"t\": \"a\\u0000b\"}", "NUL"),
        ("{\"t\": \"\\ud800\"}", "hex escape"),
    ];
    for (line, expected) in bad {
        let text = format!("{{\"t\": \"good\"}}\n\n{line}\n");
        match prepared(&field("t"), &text).unwrap_err() {
            CorpusError::Json { name, line: 3, reason } if name == "text" => {
                assert!(reason.contains(expected) && !reason.contains("line 1"), "{reason}");
            }
            other => panic!("{line}: {other}"),
        }
    }
    let missing = prepared(&field("t"), "{\"t\": \"good\"}\n{\"T\": \"a\"}").unwrap_err();
    assert_eq!(missing, CorpusError::NoField { name: "text".into(), line: 2, field: "t".into() });
    let missing = prepared(&field("t"), "{\"t\": null}").unwrap_err();
    assert!(matches!(missing, CorpusError::NoField { line: 1, .. }), "{missing}");
    assert!(prepared(&field("t"), &("{\"t\": ".to_owned() + &"[".repeat(100_000))).is_err());
}

#[test]
fn an_empty_field_name_is_refused() {
    assert!(matches!(field("").validate(), Err(crate::Error::Config(ConfigError::OutOfRange { name: "field", .. }))));
}

#[cfg(not(feature = "unicode"))]
#[test]
fn without_the_feature_the_unicode_tokenizer_is_refused() {
    let unicode = Preparation { tokenizer: TokenizerKind::Unicode, ..Preparation::default() };
    assert_eq!(prepared(&unicode, "a"), Err(CorpusError::NoUnicode));
}

#[cfg(feature = "unicode")]
mod unicode {
    use super::*;

    fn words(text: &str) -> (Vec<Vec<String>>, u64) {
        let unicode = Preparation { tokenizer: TokenizerKind::Unicode, ..Preparation::default() };
        let mut report = CorpusReport::default();
        let mut worker = unicode.worker().unwrap();
        let text = worker.prepare(text, "text", 1, &mut report).text;
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect();
        (text.lines().map(words).collect(), report.non_words)
    }

    #[test]
    fn words_lose_their_punctuation_and_lines_stay() {
        let (lines, left_out) = words("\"Don't,\" she said -- 3.14!\n\nall_of it\r\nlast");
        assert_eq!(lines, [vec!["Don't", "she", "said", "3.14"], vec![], vec!["all_of", "it"], vec!["last"]]);
        assert_eq!(left_out, 6);
    }

    #[test]
    fn words_without_spaces_between_them_are_found() {
        assert_eq!(words("東京都に、住んで。").0, [["東京", "都", "に", "住", "んで"]]);
        assert_eq!(words("아버지가 방에, 들어가신다.").0, [["아버지가", "방에", "들어가신다"]]);
        assert_eq!(words("我来到北京清华大学").0, [["我来", "到", "北京", "清华大学"]]);
    }

    proptest! {
        #[test]
        fn every_word_comes_out_as_it_was_written(text in "\\PC{0,60}") {
            let (lines, _) = words(&text);
            let mut rest = text.as_str();
            for word in lines.iter().flatten() {
                let at = rest.find(word.as_str());
                prop_assert!(at.is_some(), "{word:?} is not in {text:?}");
                rest = &rest[at.unwrap() + word.len()..];
            }
            prop_assert!(lines.len() <= 1);
        }
    }
}

#[test]
fn all_steps_work_together() {
    let all = Preparation { field: Some("t".into()), ..Preparation { lower: true, ..nfc() } };
    let text = "{\"t\": \"\u{1112}\u{1161}\u{11ab} THE\\nCat\"}\n{\"t\": \"X\"}\n";
    assert_eq!(prepared(&all, text).unwrap(), "한 the\ncat\nx\n");
}

#[test]
fn a_worker_forgets_what_it_did_before() {
    let mut worker = Preparation { lower: true, ..nfc() }.worker().unwrap();
    let report = &mut CorpusReport::default();
    for (text, expected) in [("A\u{30a}", "å"), ("plain", "plain"), ("B", "b"), ("", "")] {
        assert_eq!(worker.prepare(text, "text", 1, report).text, expected);
    }
}

#[test]
fn survives_json_and_refuses_what_it_does_not_know() {
    let all = Preparation { lower: true, field: Some("a.b".into()), tokenizer: TokenizerKind::Unicode, ..nfc() };
    let text = serde_json::to_string(&all).unwrap();
    assert_eq!(text, r#"{"lower":true,"normalize":"nfc","tokenizer":"unicode","field":"a.b"}"#);
    assert_eq!(serde_json::from_str::<Preparation>(&text).unwrap(), all);
    assert_eq!(serde_json::from_str::<Preparation>("{}").unwrap(), Preparation::default());
    assert!(serde_json::from_str::<Preparation>(r#"{"stem":true}"#).is_err());
}

proptest! {
    #[test]
    fn case_and_form_equal_their_definitions(text in "(\\PC|[\u{300}-\u{345}ΣA-Za-zΑ-ω \n\u{1100}-\u{11ff}가-힣か\u{3099}]){0,40}") {
        use unicode_normalization::UnicodeNormalization;
        let lowered = text.to_lowercase().replace("i\u{307}", "i");
        prop_assert_eq!(prepared(&lower(), &text).unwrap(), lowered);
        prop_assert_eq!(prepared(&nfc(), &text).unwrap(), text.nfc().collect::<String>());
    }

    #[test]
    fn no_line_makes_json_panic(line in "[\\[\\]{}\":,tab01.\\\\un ]{0,40}", name in "[ta.]{1,3}") {
        let _ = prepared(&field(&name), &line);
    }
}
