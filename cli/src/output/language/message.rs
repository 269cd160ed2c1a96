//! Every message of the program, in English and in Korean: one function for each, named for what it says.
//!
//! To add one, write both sentences below; both take the same values. Numbers are passed as they are shown
//! ([`thousands`](crate::output::thousands)), paths as they were given.

use super::Language;

/// Functions that return a message in the current language, and the list of all messages for the tests.
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
    // ---- Labels before a message ----
    error() { en: "error", ko: "오류" }
    warning() { en: "warning", ko: "경고" }
    note() { en: "note", ko: "참고" }

    // ---- Progress ----
    epoch(epoch) { en: "epoch {epoch}", ko: "에폭 {epoch}" }
    epoch_of(epoch, epochs) { en: "epoch {epoch} of {epochs}", ko: "에폭 {epoch}/{epochs}" }
    spread_of_runs(runs) { en: "± over {runs} runs, and in how many of them", ko: "{runs}회 학습의 ±, 그중 나온 비율" }
    run_of(run, runs) { en: "run {run} of {runs}", ko: "{runs}회 학습 중 {run}회째" }
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
    workers(count) { en: "{count} worker(s)", ko: "작업자 {count}개" }
    sync_costs(rounds, full, percent, waiting, megabytes) {
        en: "{rounds} synchronisation(s), {full} of all rows: {percent}% of the time, and {waiting}% waiting for other workers; \
             {megabytes} MB sent",
        ko: "동기화 {rounds}회(전체 행 {full}회): 시간의 {percent}%, 다른 작업자를 기다린 시간 {waiting}%; {megabytes} MB 전송",
    }
    ray_needs_python() {
        en: "--engine ray needs the Python package: pip install 'rapidvec[ray]'; --engine env works without",
        ko: "--engine ray에는 파이썬 패키지가 필요합니다: pip install 'rapidvec[ray]'. --engine env는 없이도 됩니다",
    }
    not_launched() {
        en: "--engine env: expected RANK and WORLD_SIZE in the environment, or the variables of mpirun or srun",
        ko: "--engine env: 환경 변수 RANK와 WORLD_SIZE, 또는 mpirun이나 srun의 변수가 있어야 합니다",
    }
    variable_is_no_number(name, value) {
        en: "{name} must be a whole number, got {value}",
        ko: "{name}은(는) 0 이상의 정수여야 하는데 {value}입니다",
    }
    variable_is_missing(name) {
        en: "set {name} to the address of the machine of rank 0",
        ko: "{name}에 0번 작업자가 있는 컴퓨터의 주소를 지정하세요",
    }
    token_is_missing() {
        en: "set RAPIDVEC_TOKEN to the same secret of 16 bytes or more for all workers: nobody without it can join",
        ko: "모든 작업자의 RAPIDVEC_TOKEN에 16바이트 이상의 같은 비밀 값을 지정하세요. 이 값이 없으면 아무도 참여할 수 없습니다",
    }
    threads(count) { en: "{count} thread(s)", ko: "스레드 {count}개" }
    negatives(count) { en: "{count} negative(s)", ko: "네거티브 샘플 {count}개" }
    ngrams(shortest, longest, units) {
        en: "n-grams of {shortest} to {longest} {units}",
        ko: "{shortest}~{longest}-그램({units})",
    }
    position_weights() { en: "position weights", ko: "위치 가중치" }
    too_short_to_learn(tokens, words, epochs) {
        en: "{epochs} epoch(s) over {tokens} tokens are too few to learn vectors of {words} words: use --recipe best, or more \
             --epochs",
        ko: "토큰 {tokens}개를 {epochs}번 학습해서는 단어 {words}개의 벡터를 배우기에 부족합니다. --recipe best를 쓰거나 --epochs를 \
             늘리세요",
    }
    recipe(method, epochs, rate, subsample) {
        en: "--recipe best: {method}; {epochs} epoch(s), learning rate {rate}, subsample {subsample}",
        ko: "--recipe best: {method}; 에폭 {epochs}, 학습률 {rate}, 서브샘플링 {subsample}",
    }
    output_is_a_run(path) {
        en: "{path} is one of the runs; write the mean to another file",
        ko: "{path}은(는) 평균을 낼 모델 중 하나입니다. 다른 파일에 쓰세요",
    }
    not_in_all_runs(words) {
        en: "{words} word(s) that not all runs have are left out",
        ko: "모든 모델에 있지는 않은 단어 {words}개를 뺐습니다",
    }
    output_vectors() { en: "output vectors", ko: "출력 벡터" }
    joined_vectors(weight) { en: "input + {weight} × output vectors", ko: "입력 + {weight} × 출력 벡터" }
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
    small_batches(used, wanted) {
        en: "there are only {used} examples: batches have {used} instead of {wanted}",
        ko: "예제가 {used}개뿐이라 미니배치 크기를 {wanted} 대신 {used}(으)로 합니다",
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
    words_follow(found, all, name) {
        en: "{found} of {all} words have the output vectors of {name}, which stay as they are",
        ko: "단어 {all}개 중 {found}개는 {name}의 출력 벡터를 쓰며, 그 벡터는 바뀌지 않습니다",
    }
    words_without_compass(count, first) {
        en: "not in the compass: {count} word(s), such as \"{first}\"; their output vectors are trained, and they compare less well",
        ko: "단어 {count}개는 기준 모델에 없습니다(예: \"{first}\"). 출력 벡터를 새로 배우므로 비교가 덜 정확합니다",
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
        en: "finishing this block, then saving; press Ctrl-C again to quit without saving",
        ko: "이 블록까지 학습하고 저장합니다. 저장하지 않고 바로 끝내려면 Ctrl-C를 한 번 더 누르세요",
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
    stopped_in_run(run, runs) { en: "stopped in run {run} of {runs}", ko: "{runs}회 학습 중 {run}회째에서 중단했습니다" }
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
        ko: "표시한 이웃의 유사도가 모두 {limit}보다 높아 벡터가 아직 거의 구별되지 않습니다. 텍스트나 --epochs를 늘리거나 \
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
    is_elsewhere(path) { en: "; it was saved to {path} instead", ko: ". 대신 {path}에 저장했습니다" }
    model_not_saved() {
        en: "training is done, but the model could not be saved",
        ko: "학습은 끝났지만 모델을 저장하지 못했습니다",
    }
    checkpoint_not_saved() {
        en: "stopped, but the checkpoint could not be saved",
        ko: "중단했지만 체크포인트를 저장하지 못했습니다",
    }

    // ---- Arguments ----
    usage() { en: "Usage:", ko: "사용법:" }
    see_help() { en: "For more information, try '--help'.", ko: "자세한 내용은 '--help'로 볼 수 있습니다." }
    invalid_value(value, arg, reason) {
        en: "invalid value '{value}' for '{arg}'{reason}",
        ko: "'{arg}'에 쓸 수 없는 값입니다: '{value}'{reason}",
    }
    value_missing(arg) { en: "a value is required for '{arg}'", ko: "'{arg}'에 값이 필요합니다" }
    valid_values(all) { en: "possible values: {all}", ko: "쓸 수 있는 값: {all}" }
    did_you_mean(similar) { en: "did you mean {similar}?", ko: "혹시 {similar}?" }
    unknown_argument(arg) { en: "unexpected argument '{arg}'", ko: "알 수 없는 인자입니다: '{arg}'" }
    unknown_command(name) { en: "unrecognized subcommand '{name}'", ko: "알 수 없는 명령입니다: '{name}'" }
    argument_missing(args) { en: "missing arguments: {args}", ko: "필요한 인자가 빠졌습니다: {args}" }
    argument_repeated(arg) { en: "'{arg}' cannot be used twice", ko: "'{arg}'은(는) 한 번만 쓸 수 있습니다" }
    argument_conflict(arg, other) {
        en: "{arg} cannot be combined with {other}",
        ko: "{arg}은(는) {other}와(과) 함께 쓸 수 없습니다",
    }
    number_from(least) { en: "expected a number from {least}", ko: "{least} 이상의 수여야 합니다" }
    number_from_to(least, most) {
        en: "expected a number from {least} to {most}",
        ko: "{least}부터 {most}까지의 수여야 합니다",
    }
    whole_number() {
        en: "expected a whole number, such as 1000, 100k or 1e6",
        ko: "1000, 100k, 1e6과 같은 정수를 써야 합니다",
    }
    number_too_large() { en: "the number is too large", ko: "수가 너무 큽니다" }
    setting_of_other(flag, trainer) {
        en: "--{flag} is a setting of --trainer {trainer}; choose that trainer, or omit the flag",
        ko: "--{flag}은(는) --trainer {trainer}의 설정입니다. 그 학습기를 고르거나 이 옵션을 빼세요",
    }
    not_a_number() { en: "expected a number", ko: "수여야 합니다" }
    join_weight_needs_joined(flag) {
        en: "--join-weight needs {flag}: other vectors have only one matrix",
        ko: "--join-weight는 {flag}에만 쓸 수 있습니다. 다른 벡터는 행렬이 하나뿐입니다",
    }
    context_sum_needs_cbow() {
        en: "--context-sum needs --model cbow: skipgram does not combine context vectors",
        ko: "--context-sum은 --model cbow에만 쓸 수 있습니다. skipgram은 맥락 벡터를 합치지 않습니다",
    }
    position_weights_need_cbow() {
        en: "--position-weights needs --model cbow: skipgram trains each context word on its own",
        ko: "--position-weights는 --model cbow에만 쓸 수 있습니다. skipgram은 맥락 단어를 하나씩 따로 학습합니다",
    }
    update_reads_twice() {
        en: "--update reads the text twice, which standard input and pipes do not allow; put it into a file",
        ko: "--update는 텍스트를 두 번 읽으므로 표준 입력이나 파이프로는 쓸 수 없습니다. 파일로 저장하세요",
    }
    half_contradicts() {
        en: "--half contradicts the checkpoint, which is in single precision; omit it, or train from the start",
        ko: "체크포인트가 단정밀도라 --half를 쓸 수 없습니다. 이 옵션을 빼거나 처음부터 학습하세요",
    }
    flag_of_other_checkpoint(flag, trainer) {
        en: "--{flag} does not fit the checkpoint, which was made by --trainer {trainer}",
        ko: "--trainer {trainer}(으)로 만든 체크포인트라 --{flag}을(를) 쓸 수 없습니다",
    }
    contradicts_checkpoint(given, recorded) {
        en: "{given} contradicts the checkpoint, which has {recorded}; omit it, or start a new run without --resume",
        ko: "{given}은(는) 체크포인트의 {recorded}와(과) 맞지 않습니다. 빼거나, --resume 없이 새로 학습하세요",
    }
    epochs_begun(epochs, begun) {
        en: "--epochs {epochs} is less than the {begun} that have begun already",
        ko: "이미 에폭 {begun}까지 학습을 시작했으므로 --epochs {epochs}은(는) 너무 작습니다",
    }
    text_came_from_stdin() {
        en: "the text came from standard input: provide the same text again, on standard input with - or as a file",
        ko: "표준 입력으로 읽은 텍스트입니다. 같은 텍스트를 표준 입력(-)이나 파일로 다시 주세요",
    }
    text_is_gone(path) {
        en: "the text {path} of this run does not exist here; go to the folder where training started, or name the \
             text after --resume FILE",
        ko: "학습하던 텍스트 {path} 파일이 여기에 없습니다. 학습을 시작한 폴더에서 실행하거나, --resume FILE 뒤에 텍스트를 \
             지정하세요",
    }
    use_update() {
        en: "to continue a finished model with more text, use --update; --keep-state makes models that can be resumed",
        ko: "끝난 모델을 새 텍스트로 더 학습하려면 --update를 쓰세요. --keep-state로 학습한 모델은 이어서 학습할 수 있습니다",
    }
    stdin_once() {
        en: "standard input (-) can be read only once",
        ko: "표준 입력(-)은 한 번만 읽을 수 있습니다",
    }
    no_folder(flag, folder) { en: "--{flag}: there is no folder {folder}", ko: "--{flag}: {folder} 폴더가 없습니다" }
    data_set_alone(name) {
        en: "the data set {name} cannot be combined with other texts; for a file of that name write ./{name}",
        ko: "데이터 세트 {name}은(는) 다른 텍스트와 함께 쓸 수 없습니다. 그 이름의 파일이라면 ./{name}으로 쓰세요",
    }
    outputs_differ() {
        en: "--output, --log and --plot must be different files",
        ko: "--output, --log, --plot에는 서로 다른 파일을 지정하세요",
    }
    output_among_texts(path) {
        en: "{path} is in a folder or pattern of texts, and a resumed run would read it as one of them; write it elsewhere",
        ko: "{path}은(는) 텍스트로 지정한 폴더나 패턴에 들어 있어, 이어서 학습할 때 텍스트로 읽게 됩니다. 다른 곳에 저장하세요",
    }
    input_not_output(path) {
        en: "{path} is an input and cannot be overwritten; write to another file",
        ko: "{path}은(는) 입력 파일이라 덮어쓸 수 없습니다. 다른 파일에 저장하세요",
    }
    not_to_stdout() {
        en: "this cannot be written to standard output; name a file",
        ko: "표준 출력으로는 쓸 수 없습니다. 파일 이름을 지정하세요",
    }
    unknown_extension(path, extensions, flag) {
        en: "{path} does not have the extension of a known format: expected {extensions}; or use {flag}",
        ko: "{path}의 확장자로는 형식을 알 수 없습니다. 쓸 수 있는 확장자: {extensions}. {flag}로 직접 지정할 수도 있습니다",
    }
    other_extension(path, format, model, command) {
        en: "a model is saved as safetensors, but {path} has the extension of {format}; save to {model}, then run: {command}",
        ko: "모델은 safetensors로 저장하는데 {path}은(는) {format}의 확장자입니다. {model}에 저장한 뒤 실행하세요: {command}",
    }

    // ---- Queries ----
    model_comes_first(word, command, model) {
        en: "there is no file {word}; the model comes first: rapidvec {command} {model} {word}",
        ko: "{word} 파일이 없습니다. 모델을 먼저 쓰세요: rapidvec {command} {model} {word}",
    }
    words_or_sum() {
        en: "words cannot be combined with --positive, --negative or --vector",
        ko: "단어는 --positive, --negative, --vector와 함께 쓸 수 없습니다",
    }
    exactly_words(count, got) {
        en: "expected exactly {count} word(s) after the model, got {got}",
        ko: "모델 뒤에 단어 {count}개가 필요한데 {got}개를 받았습니다",
    }
    at_least_words(count, got) {
        en: "expected at least {count} word(s) after the model, got {got}",
        ko: "모델 뒤에 단어가 {count}개 이상 필요한데 {got}개를 받았습니다",
    }
    few_known_words(count, got) {
        en: "expected at least {count} known words, got {got}",
        ko: "모델에 있는 단어가 {count}개 이상 필요한데 {got}개뿐입니다",
    }
    it_is_closed() {
        en: "it is closed",
        ko: "닫혀 있습니다",
    }
    not_finite(count, all) {
        en: "{count} of the {all} vectors looked at hold NaN or infinity: the file is damaged, or its training diverged; `verify` names the first",
        ko: "살펴본 벡터 {all}개 중 {count}개에 NaN이나 무한대가 있습니다. 파일이 손상되었거나 학습이 발산했습니다. verify가 첫 번째를 알려 줍니다",
    }
    no_words_on_stdin() {
        en: "standard input has no words; expected one on each line",
        ko: "표준 입력에 단어가 없습니다. 한 줄에 하나씩 쓰세요",
    }
    no_questions_on_stdin() {
        en: "standard input has no questions; expected three words on each line",
        ko: "표준 입력에 질문이 없습니다. 한 줄에 단어 셋을 쓰세요",
    }
    skipped_words(count, all, first) {
        en: "{count} of {all} words are not in the vocabulary and were skipped; the first is `{first}`",
        ko: "단어 {all}개 중 {count}개는 모델에 없어 건너뛰었습니다. 첫 번째는 `{first}`입니다",
    }
    composed_word(word) {
        en: "`{word}` is not in the vocabulary: its vector is composed of its n-grams",
        ko: "`{word}`은(는) 어휘에 없어 n-gram으로 벡터를 만들었습니다",
    }
    composed_words(count, first) {
        en: "{count} words are not in the vocabulary: their vectors are composed of their n-grams; the first is `{first}`",
        ko: "단어 {count}개는 어휘에 없어 n-gram으로 벡터를 만들었습니다. 첫 번째는 `{first}`입니다",
    }
    skip_unknown(count, all) {
        en: "{count} of {all} words are unknown; use --skip-unknown to skip them",
        ko: "단어 {all}개 중 {count}개가 모델에 없습니다. --skip-unknown을 쓰면 건너뜁니다",
    }
    unknown_words_skipped(count, all) {
        en: "{count} of {all} words are not in the vocabulary and were skipped",
        ko: "단어 {all}개 중 {count}개는 모델에 없어 건너뛰었습니다",
    }
    lines_without_known_words(count, all) {
        en: "{count} of {all} lines have no known word; their vectors are zero",
        ko: "{all}줄 중 {count}줄에는 아는 단어가 없어 벡터가 0입니다",
    }
    weight_of_sif(text) {
        en: "there is no file {text}; the weight of --sif is written --sif={text}",
        ko: "{text} 파일이 없습니다. --sif의 가중치는 --sif={text}처럼 씁니다",
    }
    words_to_embed(text) {
        en: "there is no file `{text}`; to embed words, pipe them in, as in: echo the king | rapidvec embed MODEL",
        ko: "`{text}` 파일이 없습니다. 단어를 직접 넣으려면 파이프로 주세요: echo the king | rapidvec embed MODEL",
    }
    nothing_to_evaluate() {
        en: "expected a file of questions or pairs after the model",
        ko: "모델 뒤에 질문이나 단어 쌍 파일을 지정하세요",
    }
    column_names(file) {
        en: "{file}: the first line was read as names of columns",
        ko: "{file}: 첫 줄은 열 이름으로 읽었습니다",
    }
    no_known_question(file) {
        en: "{file}: no question has all its words in the vocabulary",
        ko: "{file}: 단어가 모두 모델에 있는 질문이 없습니다",
    }
    no_known_pair(file) {
        en: "{file}: no pair (or none that differ) has all its words in the vocabulary",
        ko: "{file}: 단어가 모두 모델에 있는 쌍이 없거나 점수가 모두 같습니다",
    }
    nothing_evaluated() {
        en: "nothing could be evaluated; is the model of another language, or in lower case?",
        ko: "평가할 수 있는 항목이 없습니다. 모델이 다른 언어이거나 소문자로만 되어 있지 않은지 확인하세요",
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
        en: "{count} hidden file(s) or folder(s): skipped (name them explicitly to read them)",
        ko: "숨김 파일이나 폴더 {count}개를 건너뛰었습니다(읽으려면 이름을 직접 지정하세요)",
    }
    empty_files(count) { en: "{count} empty file(s): skipped", ko: "빈 파일 {count}개를 건너뛰었습니다" }
    special_files(count) { en: "{count} pipe(s) or device(s): skipped", ko: "파이프나 장치 {count}개를 건너뛰었습니다" }
    repeated_files(count, first) {
        en: "{count} duplicate file(s){first}: read once",
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
        en: "kept at most {max} distinct words; dropped rare words {words} times ({tokens} tokens); raise --max-vocab to keep more",
        ko: "고유 단어를 최대 {max}개만 유지하느라 드문 단어를 {words}번 뺐습니다(토큰 {tokens}개). 더 유지하려면 --max-vocab을 늘리세요",
    }
    phrases_counted(pass, tokens, words, pairs) {
        en: "pass {pass}: {tokens} token(s), {words} distinct word(s), {pairs} distinct pair(s)",
        ko: "{pass}번째: 토큰 {tokens}개, 고유 단어 {words}개, 고유 단어 쌍 {pairs}개",
    }
    phrases_found(phrases) { en: "{phrases} phrase(s)", ko: "구 {phrases}개" }
    phrases_rounds(rounds) {
        en: "the pairs did not fit in memory at once; counted them exactly in {rounds} rounds",
        ko: "단어 쌍이 한 번에 메모리에 들어가지 않아 {rounds}번에 나누어 정확히 세었습니다",
    }
    no_phrases(threshold) {
        en: "no pair of words scores above {threshold}; lower --threshold or --min-count, or use more text",
        ko: "점수가 {threshold}보다 높은 단어 쌍이 없습니다. --threshold나 --min-count를 낮추거나 더 긴 텍스트를 쓰세요",
    }
    other_phrases() {
        en: "the phrases are not those that the text was read with; name the same files with --phrases, or train anew",
        ko: "텍스트를 읽을 때 쓴 구 목록과 다릅니다. 같은 파일을 --phrases로 지정하거나 새로 학습하세요",
    }
    phrases_and_stdin(passes) {
        en: "standard input can be read only once, and --passes {passes} reads the text {passes} times; save it to a file first",
        ko: "표준 입력은 한 번만 읽을 수 있는데 --passes {passes}은(는) 텍스트를 {passes}번 읽습니다. 먼저 파일로 저장하세요",
    }
    connector_words_file(path) {
        en: "{path} has no words; expected one connector word per line, or the name english",
        ko: "{path}에 단어가 없습니다. 한 줄에 연결어를 하나씩 적거나 english라고 쓰세요",
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

    // ---- Names of other programs ----
    hint_called(name) { en: "rapidvec calls it {name}", ko: "rapidvec에서는 {name}" }
    hint_none(why) { en: "no counterpart; {why}", ko: "해당하는 옵션이 없습니다. {why}" }
    hint_classify() { en: "rapidvec does not classify texts", ko: "rapidvec은 텍스트를 분류하지 않습니다" }
    hint_gpu() {
        en: "rapidvec trains on the CPU with all cores, or on a card with train --device gpu",
        ko: "모든 CPU 코어로 학습하며, 그래픽 카드는 train --device gpu로 씁니다",
    }
    hint_quantize() { en: "to make a model smaller, use --half", ko: "모델을 줄이려면 --half를 쓰세요" }
    hint_batch() {
        en: "rapidvec chooses how much text a thread takes at a time",
        ko: "스레드가 한 번에 처리할 텍스트의 양은 알아서 정합니다",
    }
    hint_classes() {
        en: "rapidvec does not write word clusters; its map colours them",
        ko: "단어 군집은 파일로 쓰지 않고 지도에 색으로 나타냅니다",
    }
    hint_loss_shown() { en: "rapidvec always computes and shows the loss", ko: "손실은 언제나 계산해 보여 줍니다" }
    hint_update_rate() {
        en: "rapidvec updates the learning rate as training proceeds",
        ko: "학습률은 학습이 진행되는 대로 갱신됩니다",
    }
    hint_output_kept() {
        en: "a rapidvec model always holds the output weights",
        ko: "모델에는 언제나 출력 가중치가 들어 있습니다",
    }
    hint_sorted() {
        en: "rapidvec always writes word2vec's formats with the most frequent words first",
        ko: "word2vec 형식은 언제나 빈도가 높은 단어부터 씁니다",
    }
    hint_print_ngrams() {
        en: "similar and embed use the n-grams of unknown words but do not list them",
        ko: "similar와 embed는 모르는 단어의 n-gram을 쓰지만 목록으로 보여 주지는 않습니다",
    }
    hint_text() { en: "a plain argument: rapidvec train TEXT", ko: "옵션 없이 씁니다: rapidvec train TEXT" }
    hint_binary() {
        en: "rapidvec convert MODEL OUT.bin, after training",
        ko: "rapidvec convert MODEL OUT.bin (학습한 뒤에)",
    }
    hint_cbow() { en: "--model cbow or --model skipgram", ko: "--model cbow 또는 --model skipgram" }
    hint_cbow_mean() {
        en: "--context-sum mean or --context-sum sum",
        ko: "--context-sum mean 또는 --context-sum sum",
    }
    hint_debug() { en: "--progress none, instead of 0", ko: "--progress none (0 대신)" }
    hint_loss() {
        en: "--hierarchical-softmax, instead of hs; ns, negative sampling, is the default",
        ko: "--hierarchical-softmax (hs 대신). ns, 즉 네거티브 샘플링이 기본값입니다",
    }
    hint_final_vocab() {
        en: "--vocab, with a word list written by rapidvec vocab --top N",
        ko: "--vocab (rapidvec vocab --top N이 쓴 단어 목록과 함께)",
    }
    hint_shrink() {
        en: "--fixed-window, for windows that do not shrink",
        ko: "--fixed-window (윈도우 크기를 고정할 때)",
    }
    hint_print_sentences() {
        en: "rapidvec embed, one vector per line of text",
        ko: "rapidvec embed (텍스트 한 줄에 벡터 하나)",
    }
    hint_print_words() {
        en: "rapidvec convert MODEL - --to text, which writes the vectors of all words",
        ko: "rapidvec convert MODEL - --to text (모든 단어의 벡터를 씁니다)",
    }
    hint_halve() {
        en: "rapidvec convert --half, which halves a model",
        ko: "rapidvec convert --half (모델 크기가 절반이 됩니다)",
    }
    no_approximate_search() {
        en: "this build has no approximate search; build it with a C++ compiler: cargo build --release --features ann",
        ko: "이 빌드에는 근사 검색이 없습니다. C++ 컴파일러로 빌드하세요: cargo build --release --features ann",
    }
    other_names(lines) {
        en: "rapidvec has other names for some of these flags:{lines}",
        ko: "rapidvec에서 이름이 다른 옵션이 있습니다:{lines}",
    }
    other_programs_command(lines) {
        en: "this is a command of another program:{lines}",
        ko: "다른 프로그램의 명령입니다:{lines}",
    }
    command_comes_first(lines) {
        en: "a command comes first, as in `rapidvec train TEXT -o MODEL`:{lines}",
        ko: "`rapidvec train TEXT -o MODEL`처럼 명령이 먼저 와야 합니다:{lines}",
    }
    dash_in_value(word, flag) {
        en: "`{word}` looks like a flag; if it is a word, write --{flag}={word}",
        ko: "`{word}`은(는) 옵션처럼 보입니다. 단어라면 --{flag}={word}처럼 쓰세요",
    }
    dash_in_word(word, command) {
        en: "`{word}` looks like a flag; if it is a word, write -- before the words: {command}",
        ko: "`{word}`은(는) 옵션처럼 보입니다. 단어라면 앞에 --를 쓰세요: {command}",
    }

    // ---- verify ----
    verified(path, what) { en: "{path}: OK, {what}", ko: "{path}: 정상, {what}" }
    maybe_cut(path) {
        en: "{path}: cannot tell whether it is complete: the last line has no line end, so the last number may be cut short. \
             Add a line end if the file is complete",
        ko: "{path}: 파일이 온전한지 알 수 없습니다. 마지막 줄이 줄바꿈으로 끝나지 않아 마지막 수가 잘렸을 수 있습니다. \
             온전한 파일이면 줄바꿈을 추가하세요",
    }
    checked_words(words, size, how) {
        en: "{words} word(s), vector size {size}; {how}",
        ko: "단어 {words}개, 벡터 크기 {size}; {how}",
    }
    checksums_match(tensors) {
        en: "checksums of {tensors} tensors and of the header match",
        ko: "텐서 {tensors}개와 헤더의 체크섬이 맞습니다",
    }
    read_to_the_end() {
        en: "read to the end (this format has no checksums)",
        ko: "끝까지 읽었습니다(이 형식에는 체크섬이 없습니다)",
    }

    // ---- Models ----
    no_default_model(name) {
        en: "no model given, and there is no {name} here; name a model, or train one with `rapidvec train`",
        ko: "모델을 지정하지 않았고 현재 폴더에 {name} 파일도 없습니다. 모델을 지정하거나 `rapidvec train`으로 학습하세요",
    }
    no_model_on_stdin() {
        en: "a model cannot be read from standard input; save it to a file and name that",
        ko: "모델은 표준 입력으로 읽을 수 없습니다. 파일로 저장해 지정하세요",
    }
    no_counts(path, words) {
        en: "{path} has no word counts; its first {words} words are taken for the most frequent",
        ko: "{path}에 단어 빈도가 없어 앞의 단어 {words}개를 빈도가 가장 높은 것으로 봅니다",
    }
    limit_reads_whole(count) {
        en: "--limit {count} reads the vectors that are there",
        ko: "--limit {count}은(는) 남아 있는 벡터만 읽습니다",
    }
    limit_reads_before(count) {
        en: "--limit {count} reads the vectors before it",
        ko: "--limit {count}은(는) 그 앞의 벡터만 읽습니다",
    }
    limit_reads_declared(count) {
        en: "--limit {count} reads the declared ones",
        ko: "--limit {count}은(는) 첫 줄에 적힌 만큼만 읽습니다",
    }
    invalid_words_help() {
        en: "--invalid-words replace puts U+FFFD in place of invalid bytes, --invalid-words skip drops such words",
        ko: "--invalid-words replace는 잘못된 바이트를 U+FFFD로 바꾸고, --invalid-words skip은 그런 단어를 뺍니다",
    }
    allow_nan_helps() { en: "--allow-nan drops such words", ko: "--allow-nan은 그런 단어를 뺍니다" }
    words_help() { en: "--words FILE names such a list", ko: "--words FILE로 단어 목록을 지정하세요" }
    member_helps() { en: "--member NAME chooses one", ko: "--member NAME으로 고르세요" }
    duplicate_words(count) {
        en: "{count} duplicate word(s); kept the first vector of each",
        ko: "중복된 단어 {count}개는 첫 번째 벡터만 남겼습니다",
    }
    not_finite_words(count) {
        en: "{count} word(s) dropped for NaN or infinity in the vector",
        ko: "벡터에 NaN이나 무한대가 있는 단어 {count}개를 뺐습니다",
    }
    invalid_words(count) {
        en: "{count} word(s) not valid UTF-8, replaced or dropped as --invalid-words says",
        ko: "UTF-8이 아닌 단어 {count}개를 --invalid-words에 따라 바꾸거나 뺐습니다",
    }
    unnamed_rows(count) {
        en: "{count} row(s) left out: the file does not name their words",
        ko: "단어 이름이 없는 벡터 {count}개는 뺐습니다",
    }
    other_languages(count) {
        en: "{count} word(s) of other languages left out",
        ko: "다른 언어의 단어 {count}개는 뺐습니다",
    }
    empty_words(count) { en: "{count} empty word(s), kept", ko: "빈 단어 {count}개를 그대로 두었습니다" }
    columns_numbered() {
        en: "the first line names the columns; it was skipped",
        ko: "첫 줄은 열 이름이라 건너뛰었습니다",
    }
    words_saved(path) { en: "{path}: the words, one a line", ko: "{path}: 단어 목록(한 줄에 하나)" }
    output_not_kept() {
        en: "the output vectors and settings of the model are not kept",
        ko: "모델의 출력 벡터와 설정은 남기지 않습니다",
    }
    without_vectors(count, words) {
        en: "{count} word(s) of the list without a vector: left out {words}",
        ko: "목록의 단어 {count}개는 벡터가 없어 뺐습니다: {words}",
    }
    too_many_axes(size) {
        en: "--pca: the vectors have {size} numbers; expected at most that many",
        ko: "--pca: 벡터의 수가 {size}개이므로 그보다 많을 수 없습니다",
    }
    explained(axes, percent) {
        en: "{axes} axes hold {percent} % of the variance",
        ko: "축 {axes}개가 분산의 {percent} %를 설명합니다",
    }
    sif_needs_folder() {
        en: "--sif weights the words of --to model2vec only",
        ko: "--sif는 --to model2vec에만 씁니다",
    }
    not_a_cosine() { en: "expected a number from -1 to 1", ko: "-1부터 1까지의 수여야 합니다" }
    rules(count) { en: "{count} rule(s)", ko: "규칙 {count}개" }
    unknown_among(count) {
        en: "{count} word(s) of the list not in the vocabulary",
        ko: "목록의 단어 {count}개는 어휘에 없습니다",
    }
    three_columns() {
        en: "expected three columns, by name or number: word1,word2,score",
        ko: "열 세 개를 이름이나 번호로 쓰세요: word1,word2,score",
    }
    ngrams_left_out() {
        en: "the n-grams are numbered in an old way and were left out; unknown words have no vectors",
        ko: "n-gram의 번호가 옛 방식이라 뺐습니다. 모르는 단어에는 벡터가 없습니다",
    }
    last_line_open() {
        en: "the last line has no line end; if the file is cut short, its last number is wrong",
        ko: "마지막 줄이 줄바꿈 없이 끝납니다. 파일이 잘렸다면 마지막 수가 틀립니다",
    }
    no_half(format) {
        en: "{format} has no half precision: --half goes with safetensors, pickle and npz",
        ko: "{format} 형식에는 반정밀도가 없습니다. --half는 safetensors, pickle, npz에 쓸 수 있습니다",
    }
    checkpoint_in_place(path) {
        en: "{path} is a checkpoint, but a copy of it would not be; write to another name",
        ko: "{path}은(는) 체크포인트인데 복사본은 그렇지 않습니다. 다른 이름으로 저장하세요",
    }
    standard_output() { en: "standard output", ko: "표준 출력" }
    vectors_saved(words, size, place) {
        en: "Saved {words} x {size} vectors to {place}.",
        ko: "{words} x {size} 벡터를 {place}에 저장했습니다.",
    }
    not_stored(parts) { en: " Not stored: {parts}", ko: " 저장하지 않은 것: {parts}" }
    not_stored_in_format(parts) {
        en: " Not stored in this format: {parts}",
        ko: " 이 형식에는 저장할 수 없는 것: {parts}",
    }

    // ---- Maps ----
    name_must_end(extensions) {
        en: "expected a name that ends in one of {extensions}",
        ko: "파일 이름은 {extensions} 중 하나로 끝나야 합니다",
    }
    no_png() {
        en: "this build draws SVG only (feature `png` is off); use a name that ends in .svg",
        ko: "이 빌드는 SVG만 그립니다(`png` 기능이 꺼져 있음). .svg로 끝나는 이름을 쓰세요",
    }
    #[cfg_attr(feature = "tsne", allow(dead_code))]
    no_tsne() {
        en: "this build has no t-SNE (feature `tsne` is off); use --method pca",
        ko: "이 빌드에는 t-SNE가 없습니다(`tsne` 기능이 꺼져 있음). --method pca를 쓰세요",
    }
    list_too_long(path) {
        en: "{path}: expected a list of words, got over 64 MB",
        ko: "{path}: 단어 목록이라기에는 너무 큽니다(64 MB 초과)",
    }
    list_not_utf8(path) {
        en: "{path}: expected UTF-8, one word per line",
        ko: "{path}: UTF-8이어야 하고 한 줄에 단어가 하나씩 있어야 합니다",
    }
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
        ko: "--words에는 파일을 지정해야 하는데 {path} 파일이 없습니다. 빈도가 높은 단어 {shown}개를 그리려면 --top {number} 옵션을 쓰세요",
    }
    unknown_words(unknown, all, words) {
        en: "{unknown} of {all} words are unknown: {words}",
        ko: "단어 {all}개 중 {unknown}개가 모델에 없습니다: {words}",
    }
}

/// Replaces every `(s)` by nothing if the number before it is 1, otherwise by an s.
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
