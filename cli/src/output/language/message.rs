//! Every message of the program, in English and in Korean: a function each, named for what it says.
//!
//! To add one, write both sentences below; both take the same values. Numbers come in as they are shown
//! ([`thousands`](crate::output::thousands)), paths as they were given.

use super::Language;

/// Functions that return the message in the language in use, and the list of all for the tests.
macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident($($value:ident),*) { en: $en:literal, ko: $ko:literal $(,)? })*) => {
        $(
            $(#[$doc])*
            pub fn $name($($value: impl std::fmt::Display),*) -> String {
                match Language::current() {
                    Language::En => plural(&format!($en)),
                    Language::Ko => format!($ko),
                }
            }
        )*

        /// Name, English, Korean.
        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $en, $ko)),*];
    };
}

messages! {
    // ---- Words before a message ----
    error() { en: "error", ko: "오류" }
    warning() { en: "warning", ko: "경고" }
    note() { en: "note", ko: "참고" }

    // ---- Progress ----
    epoch(epoch) { en: "epoch {epoch}", ko: "에폭 {epoch}" }
    epoch_of(epoch, epochs) { en: "epoch {epoch} of {epochs}", ko: "에폭 {epoch}/{epochs}" }
    of_all(percent) { en: "{percent}% of all", ko: "전체의 {percent}%" }
    loss(loss) { en: "loss {loss}", ko: "손실 {loss}" }
    left(time) { en: "{time} left", ko: "{time} 남음" }
    speed(millions) { en: "{millions} M words/s", ko: "초당 {millions}백만 단어" }
    learning_rate(rate) { en: "learning rate {rate}", ko: "학습률 {rate}" }
    /// The chapter's line.
    chapter_line(epoch, iteration, iterations, seconds, loss) {
        en: "| epoch {epoch} |  iter {iteration} / {iterations} | time {seconds}[s] | loss {loss}",
        ko: "| 에폭 {epoch} |  반복 {iteration} / {iterations} | 시간 {seconds}[s] | 손실 {loss}",
    }
    average_loss(epoch, loss) { en: "| epoch {epoch} | average loss {loss}", ko: "| 에폭 {epoch} | 평균 손실 {loss}" }
    held_out_loss(epoch, loss) { en: "| epoch {epoch} | held-out loss {loss}", ko: "| 에폭 {epoch} | 검증 손실 {loss}" }

    // ---- Training: the start ----
    training_memory(megabytes) {
        en: "training takes about {megabytes} MB of memory",
        ko: "학습에 메모리를 약 {megabytes} MB 사용합니다",
    }
    threads(count) { en: "{count} thread(s)", ko: "스레드 {count}개" }
    negatives(count) { en: "{count} negative(s)", ko: "네거티브 샘플 {count}개" }
    hierarchical_softmax() { en: "hierarchical softmax", ko: "계층적 소프트맥스" }
    textbook_run(corpus, tokens, words, pairs, method, size, threads) {
        en: "{corpus}: {tokens} tokens, {words} distinct words, {pairs} pairs per epoch; {method}, \
             vector size {size}; {threads}",
        ko: "{corpus}: 토큰 {tokens}개, 고유 단어 {words}개, 에폭당 쌍 {pairs}개; {method}, \
             벡터 크기 {size}; {threads}",
    }
    word2vec_run(corpus, kept, words, method, size, threads, kernels) {
        en: "{corpus}: {kept} tokens kept, {words} distinct words; {method}, vector size {size}; \
             {threads}, {kernels} kernels",
        ko: "{corpus}: 학습할 토큰 {kept}개, 고유 단어 {words}개; {method}, 벡터 크기 {size}; \
             {threads}, {kernels} 커널",
    }
    #[cfg(feature = "gpu")]
    word2vec_run_on_card(corpus, kept, words, method, size, adapter, windows) {
        en: "{corpus}: {kept} tokens kept, {words} distinct words; {method}, vector size {size}; {adapter}, \
             {windows} window(s) in flight",
        ko: "{corpus}: 학습할 토큰 {kept}개, 고유 단어 {words}개; {method}, 벡터 크기 {size}; {adapter}, \
             동시에 학습하는 윈도우 {windows}개",
    }
    #[cfg(feature = "gpu")]
    no_adapter_so_cpu() {
        en: "no graphics card was found: training on the CPU",
        ko: "그래픽 카드를 찾지 못해 CPU에서 학습합니다",
    }
    #[cfg(not(feature = "gpu"))]
    no_cards_in_this_build() {
        en: "this program was built without support for graphics cards (feature gpu): training on the CPU",
        ko: "그래픽 카드 지원(feature gpu) 없이 빌드된 프로그램이라 CPU에서 학습합니다",
    }
    not_for_cards(what) {
        en: "graphics cards do not support {what}: training on the CPU",
        ko: "그래픽 카드에서는 {what}을(를) 지원하지 않아 CPU에서 학습합니다",
    }
    other_model(before, now) {
        en: "the model was trained as {before}; continuing as {now}",
        ko: "{before}(으)로 학습한 모델을 {now}(으)로 이어서 학습합니다",
    }
    output_weights_unused(name) {
        en: "the output weights of {name} are not used: with hierarchical softmax they belong to a tree that depends \
             on the counts",
        ko: "{name}의 출력 가중치는 사용하지 않습니다. 계층적 소프트맥스의 출력 가중치는 단어 빈도로 만든 트리에만 맞습니다",
    }
    words_start_from(found, all, name) {
        en: "{found} of {all} words start from {name}",
        ko: "단어 {all}개 중 {found}개를 {name}의 벡터로 초기화했습니다",
    }
    new_words(added, old) {
        en: "{added} new word(s) added to {old}",
        ko: "새 단어 {added}개를 기존 단어 {old}개에 추가했습니다",
    }
    one_thread_again() {
        en: "resuming with 1 thread, as the run began, so that the result repeats to the bit (--threads N uses more)",
        ko: "처음과 같이 스레드 1개로 이어서 학습합니다. 그래야 결과가 비트 단위까지 같습니다(--threads N으로 늘릴 수 있습니다)",
    }
    finished_already(path) {
        en: "{path} is finished: nothing is left to train",
        ko: "{path}은(는) 학습이 끝난 모델이라 더 학습할 것이 없습니다",
    }
    continues_with(path, epochs) {
        en: "; --resume {path} --epochs {epochs} continues",
        ko: ". 더 학습하려면 --resume {path} --epochs {epochs}을(를) 쓰세요",
    }
    needs_state() {
        en: "; only a model trained with --keep-state can be continued with more epochs",
        ko: ". 에폭을 늘려 이어서 학습하려면 --keep-state로 학습한 모델이어야 합니다",
    }
    cannot_resume(path) { en: "cannot resume from {path}", ko: "{path}에서 이어서 학습할 수 없습니다" }
    cannot_update(path) { en: "cannot update {path}", ko: "{path}을(를) 갱신할 수 없습니다" }
    cannot_start_from(path) { en: "cannot start from {path}", ko: "{path}의 벡터로 시작할 수 없습니다" }

    // ---- Training: the end ----
    finishing() {
        en: "finishing this batch, then saving; press Ctrl-C again to quit without saving",
        ko: "이 배치까지 학습하고 저장합니다. 저장하지 않고 바로 끝내려면 Ctrl-C를 한 번 더 누르세요",
    }
    nothing_saved_yet() {
        en: "interrupted before training began: nothing was saved",
        ko: "학습을 시작하기 전에 중단되어 저장한 것이 없습니다",
    }
    saved(path) { en: "saved {path}", ko: "{path}에 저장했습니다" }
    next(command) { en: "next: {command}", ko: "다음 명령: {command}" }
    iteration() { en: "iteration", ko: "반복" }
    block() { en: "block", ko: "블록" }
    stopped(epoch, epochs, unit, done, all) {
        en: "stopped in epoch {epoch} of {epochs}, {unit} {done} of {all}",
        ko: "에폭 {epoch}/{epochs}, {unit} {done}/{all}에서 중단했습니다",
    }
    to_resume(command) { en: "to resume: {command}", ko: "이어서 학습하려면: {command}" }
    checkpoint_failed(reason) {
        en: "the checkpoint could not be saved; training continues: {reason}",
        ko: "체크포인트를 저장하지 못했지만 학습은 계속합니다: {reason}",
    }
    single_precision(word, got) {
        en: "the vector of `{word}` has {got}, but half precision ends at 65504: saved in single precision, \
             as if without --half",
        ko: "`{word}`의 벡터에 {got}이(가) 있는데 반정밀도로는 65504까지만 나타낼 수 있어, --half 없이 단정밀도로 저장했습니다",
    }
    saved_elsewhere(taken, path) {
        en: "{taken} was written by another program and is kept; this run saves to {path}",
        ko: "다른 프로그램이 {taken} 파일을 만들었으므로 그대로 두고 {path}에 저장합니다",
    }
    hardly_differ(limit) {
        en: "all neighbours have a similarity above {limit}: the vectors hardly differ yet; more text, more --epochs or \
             a higher --learning-rate may help",
        ko: "표시한 이웃의 유사도가 모두 {limit}을 넘어 벡터가 아직 거의 구별되지 않습니다. 텍스트나 --epochs를 늘리거나 \
             --learning-rate를 높여 보세요",
    }
    loss_rose(first, last) {
        en: "the loss rose from {first} to {last}; try a lower --learning-rate",
        ko: "손실이 {first}에서 {last}(으)로 커졌습니다. --learning-rate를 낮춰 보세요",
    }
    last_checkpoint(unit, block, path) {
        en: "; the last checkpoint, after {unit} {block}, is in {path}",
        ko: ". 마지막 체크포인트({unit} {block})는 {path}에 있습니다",
    }
    nothing_was_saved() { en: "; nothing was saved", ko: ". 저장한 것이 없습니다" }
    model_not_saved() {
        en: "training is done, but the model could not be saved",
        ko: "학습은 끝났지만 모델을 저장하지 못했습니다",
    }
    checkpoint_not_saved() {
        en: "stopped, but the checkpoint could not be saved",
        ko: "중단했지만 체크포인트를 저장하지 못했습니다",
    }

    // ---- The loss curve ----
    plot_title() { en: "Training loss", ko: "학습 손실" }
    plot_loss() { en: "average loss", ko: "평균 손실" }
    plot_iterations(count) { en: "iteration ({count} per epoch)", ko: "반복 (에폭당 {count}회)" }
    plot_words(millions) { en: "million words ({millions} per epoch)", ko: "백만 단어 (에폭당 {millions})" }
    plot_epochs() { en: "epochs", ko: "에폭" }
    plot_training() { en: "training", ko: "학습" }
    plot_held_out() { en: "held-out", ko: "검증" }

    // ---- Reading text ----
    hidden_files(count) {
        en: "{count} hidden file(s) or folder(s): skipped (name them to read them)",
        ko: "숨김 파일이나 폴더 {count}개를 건너뛰었습니다(읽으려면 이름을 직접 지정하세요)",
    }
    empty_files(count) { en: "{count} empty file(s): skipped", ko: "빈 파일 {count}개를 건너뛰었습니다" }
    special_files(count) { en: "{count} pipe(s) or device(s): skipped", ko: "파이프나 장치 {count}개를 건너뛰었습니다" }
    repeated_files(count, first) {
        en: "{count} file(s) named or found again{first}: read once",
        ko: "같은 파일이 {count}번 더 지정되어{first} 한 번만 읽었습니다",
    }
    read_as_plain_text(path) {
        en: "{path} is read as plain text, with its braces and names; --field NAME reads one field",
        ko: "{path} 파일을 중괄호와 이름까지 일반 텍스트로 읽습니다. --field NAME을 쓰면 한 필드만 읽습니다",
    }
    lines_without_words(count) {
        en: "{count} line(s) without a word: skipped",
        ko: "단어가 없는 줄 {count}개를 건너뛰었습니다",
    }
    invalid_lines(count) {
        en: "{count} line(s) with invalid UTF-8: skipped",
        ko: "UTF-8이 아닌 줄 {count}개를 건너뛰었습니다",
    }
    replaced_sequences(count) {
        en: "{count} invalid UTF-8 sequence(s): replaced by U+FFFD",
        ko: "UTF-8이 아닌 부분 {count}곳을 U+FFFD로 바꾸었습니다",
    }
    words_cut(count, limit) {
        en: "{count} word(s) longer than {limit} bytes: cut there",
        ko: "{limit}바이트가 넘는 단어 {count}개를 잘랐습니다",
    }
    unknown_tokens(count) {
        en: "{count} token(s) that the vocabulary lacks: dropped",
        ko: "어휘에 없는 토큰 {count}개를 뺐습니다",
    }
    literal_eos(count, eos) {
        en: "{count} token(s) spelled {eos}: read as line ends",
        ko: "{eos}(으)로 적힌 토큰 {count}개를 줄 끝으로 읽었습니다",
    }
    decomposed_hangul(count) {
        en: "{count} token(s) with conjoining jamo (NFD), which differ from composed ones (--normalize nfc composes them)",
        ko: "조합형 자모(NFD)로 적힌 토큰이 {count}개 있습니다. 완성형과는 다른 단어로 취급합니다(--normalize nfc로 합칠 수 있습니다)",
    }
    missing_fields(count) {
        en: "{count} line(s) of JSON without the field: skipped",
        ko: "해당 필드가 없는 JSON 줄 {count}개를 건너뛰었습니다",
    }
    symbols(count) {
        en: "{count} punctuation mark(s) or symbol(s): dropped",
        ko: "문장 부호나 기호 {count}개를 뺐습니다",
    }
    empty_tokens(count) { en: "{count} empty token(s): dropped", ko: "빈 토큰 {count}개를 뺐습니다" }
    cut_at_max_tokens() { en: "cut at --max-tokens", ko: "--max-tokens에서 잘랐습니다" }
    punctuation(percent, word) {
        en: "{percent} % of the tokens carry punctuation, such as {word} (--tokenizer unicode removes it, --lower lowers case)",
        ko: "토큰의 {percent} %에 {word}처럼 문장 부호가 붙어 있습니다(--tokenizer unicode로 떼어 내고 --lower로 소문자로 바꿉니다)",
    }
    counted_words(tokens, words) {
        en: "{tokens} token(s), {words} distinct word(s)",
        ko: "토큰 {tokens}개, 고유 단어 {words}개",
    }
    dropped_rare(words, min) {
        en: "; dropped {words} seen fewer than {min} times",
        ko: ", {min}회 미만으로 나온 단어 {words}개는 제외",
    }
    pruned(max, words, tokens) {
        en: "kept {max} distinct words at most; dropped rare ones {words} times ({tokens} tokens) (raise --max-vocab to keep more)",
        ko: "고유 단어를 최대 {max}개만 유지하느라 드문 단어를 {words}번 뺐습니다(토큰 {tokens}개). 더 유지하려면 --max-vocab을 늘리세요",
    }
    counts_are_exact() { en: "the other counts are exact", ko: "나머지 빈도는 정확합니다" }
    counted_again() {
        en: "the text was read again to count the others",
        ko: "나머지 단어를 세려고 텍스트를 한 번 더 읽었습니다",
    }
    undercount(count) {
        en: "the other counts may be too low by up to {count}",
        ko: "나머지 빈도는 실제보다 최대 {count}만큼 낮을 수 있습니다",
    }

    // ---- Models ----
    no_default_model(name) {
        en: "no model was named, and there is no {name} here; name a model, or train one with `rapidvec train`",
        ko: "모델을 지정하지 않았고 현재 폴더에 {name} 파일도 없습니다. 모델을 지정하거나 `rapidvec train`으로 학습하세요",
    }

    // ---- Maps ----
    laying_out(words) { en: "laying out {words} word(s)", ko: "단어 {words}개 배치 중" }
    plot_saved(path, models) { en: "saved {path}: the loss of {models} model(s)", ko: "{path}에 저장했습니다. 모델 {models}개의 손실" }
    no_losses(path) {
        en: "{path} holds no losses: expected a model or checkpoint written by rapidvec train",
        ko: "{path}에 손실 기록이 없습니다. rapidvec train이 만든 모델이나 체크포인트를 지정하세요",
    }
    map_saved(path, words) { en: "saved {path}: {words} word(s)", ko: "{path}에 저장했습니다. 단어 {words}개" }
    map_saved_without_names(path, words, hidden) {
        en: "saved {path}: {words} word(s), {hidden} of them without room for a name",
        ko: "{path}에 저장했습니다. 단어 {words}개 중 {hidden}개는 자리가 없어 이름을 표시하지 않았습니다",
    }
    words_is_a_list(path, shown, number) {
        en: "--words takes a file, and there is no file {path}; to draw the {shown} most frequent words, use --top {number}",
        ko: "--words에는 파일을 지정해야 하는데 {path} 파일이 없습니다. 빈도가 높은 단어 {shown}개를 그리려면 --top {number}을 쓰세요",
    }
    unknown_words(unknown, all, words) {
        en: "{unknown} of {all} words are unknown: {words}",
        ko: "단어 {all}개 중 {unknown}개가 모델에 없습니다: {words}",
    }
}

/// Replaces every `(s)`: nothing if the number before it is 1, else an s.
pub(in crate::output) fn plural(text: &str) -> String {
    let mut parts = text.split("(s)");
    let mut done = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let number = done.split(' ').rfind(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        if number != Some("1") {
            done.push('s');
        }
        done += part;
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The values that a sentence shows, without how they are formatted.
    fn values(sentence: &str) -> BTreeSet<&str> {
        let braced = sentence.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        braced.map(|value| value.split(':').next().unwrap_or(value)).collect()
    }

    #[test]
    fn one_of_something_is_not_many() {
        let what = "pipe(s) or device(s): left out";
        assert_eq!(plural(&format!("1 {what}")), "1 pipe or device: left out");
        assert_eq!(plural(&format!("0 {what}")), "0 pipes or devices: left out");
        assert_eq!(plural("m.txt: 1,200 word(s), 1 line(s)"), "m.txt: 1,200 words, 1 line");
    }

    #[test]
    fn every_message_is_in_both_languages_and_shows_the_same_values() {
        let is_hangul = |c: char| ('가'..='힣').contains(&c);
        for (name, english, korean) in ALL {
            assert!(!english.is_empty() && !english.contains(is_hangul), "{name}: {english}");
            assert!(korean.contains(is_hangul), "{name}: {korean}");
            assert_eq!(values(english), values(korean), "{name}");
        }
    }
}
