//! Words with their vectors, from a file of any format or from memory.

use super::chosen::ModelVectors;
use super::error::FormatError;
use super::format::Matrix;
use super::format::safetensors::{CHECKED_ON_OPENING, Extras, ModelFile};
use super::normed_rows::{NormedRows, RowError};
use super::search::candidates::Candidates;
use super::search::error::QueryError;
use super::search::scan::Scan;
use super::storage::{Numbers, Rows};
use super::subwords::Subwords;
use super::unit::widened;
use super::{lookup, spelling};
use rapidvec_core::{Vocabulary, WordId};
use std::sync::Arc;

/// A vocabulary and a vector for each word. Cloning copies no numbers.
///
/// ```
/// use rapidvec_vectors::{Numbers, WordVectors};
/// let mut vocabulary = rapidvec_core::Vocabulary::new();
/// ["you", "we", "car"].map(|word| vocabulary.add(word));
/// let numbers = Numbers::F32(vec![1.0, 0.0, 0.8, 0.6, 0.0, 2.0]); // 3 words x 2 numbers
/// let vectors = WordVectors::new(vocabulary, 2, numbers)?;
/// assert_eq!(vectors.most_similar("you", 5)?.first(), Some(("we", 0.8)));
/// # Ok::<(), rapidvec_vectors::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct WordVectors {
    vocabulary: Arc<Vocabulary>,
    matrix: Arc<NormedRows>,
    /// For words that are not in the vocabulary.
    subwords: Option<Subwords>,
    /// Whether the training text was lower-case.
    lower: bool,
    /// Other parts of the model that the vectors come from, for a copy of it.
    extras: Arc<Extras>,
}

impl WordVectors {
    /// The vectors of an opened model: the input rows, unless it says otherwise ([`ModelVectors`]).
    ///
    /// # Errors
    /// [`FormatError::NotFinite`] if a vector holds NaN or infinity.
    pub fn from_model(model: ModelFile) -> Result<Self, FormatError> {
        let chosen = ModelVectors::of_metadata(&model.metadata())?;
        Self::of_input(model)?.take(chosen)
    }

    /// The input vectors of an opened model, whatever it says.
    pub(super) fn of_input(model: ModelFile) -> Result<Self, FormatError> {
        let (rows, lower, extras) = (model.input(), lookup::was_lower(&model), Arc::new(model.extras()));
        let subwords = model.subwords()?;
        let vectors = Self::from_rows(model.into_vocabulary(), rows)?;
        let vectors = Self { lower, extras, ..vectors };
        subwords.map_or(Ok(vectors.clone()), |subwords| vectors.with_subwords(subwords))
    }

    /// Vectors from memory: V words, and V x `vector_size` numbers in the order of the ids.
    ///
    /// # Errors
    /// [`FormatError`] if there are no words, the sizes disagree, or a vector holds NaN or infinity.
    pub fn new(vocabulary: Vocabulary, vector_size: usize, floats: Numbers) -> Result<Self, FormatError> {
        let rows = Rows::new(vocabulary.len(), vector_size, floats)?;
        Self::from_rows(vocabulary, rows)
    }

    /// The same vectors, with n-grams that give vectors to words outside the vocabulary.
    ///
    /// # Errors
    /// [`FormatError::Size`] if the n-gram rows have another vector size.
    pub fn with_subwords(self, subwords: Subwords) -> Result<Self, FormatError> {
        let (expected, got) = (self.vector_size(), subwords.rows().vector_size());
        let words = subwords.words();
        if expected != got {
            return Err(FormatError::Size { tensor: "a row of the n-grams", expected, got });
        }
        if let Some(words) = words.filter(|words| words.len() != self.len() || words.vector_size() != expected) {
            let (expected, got) = (self.len() * expected, words.len() * words.vector_size());
            return Err(FormatError::Size { tensor: "ngrams.words", expected, got });
        }
        Ok(Self { subwords: Some(subwords), ..self })
    }

    /// The same vectors without what gives vectors to unknown words.
    pub fn without_subwords(self) -> Self {
        Self { subwords: None, ..self }
    }

    /// The same vectors with other parts of the model that they come from.
    pub(super) fn with_extras(self, extras: Extras) -> Self {
        Self { extras: Arc::new(extras), ..self }
    }

    /// The same vectors with output vectors beside them, V x D.
    ///
    /// # Errors
    /// [`FormatError::Size`] if the sizes disagree.
    pub fn with_output(self, output: Rows) -> Result<Self, FormatError> {
        let expected = self.len().saturating_mul(self.vector_size());
        let got = output.len().saturating_mul(output.vector_size());
        if (output.len(), output.vector_size()) != (self.len(), self.vector_size()) {
            return Err(FormatError::Size { tensor: "output.weight", expected, got });
        }
        let extras = Extras { output: Some(output), input: None, output_of_nodes: false, ..(*self.extras).clone() };
        Ok(self.with_extras(extras))
    }

    /// The same vectors with those of the runs that they are the mean of, V x D each.
    ///
    /// # Errors
    /// [`FormatError::Size`] if the sizes disagree.
    pub fn with_runs(self, runs: Vec<Rows>) -> Result<Self, FormatError> {
        let shape = |rows: &Rows| (rows.len(), rows.vector_size());
        let expected = shape(self.rows());
        if let Some((rows, size)) = runs.iter().map(shape).find(|shape| *shape != expected) {
            let [expected, got] = [expected.0.saturating_mul(expected.1), rows.saturating_mul(size)];
            return Err(FormatError::Size { tensor: "runs.weight", expected, got });
        }
        let extras = Extras { runs, ..(*self.extras).clone() };
        Ok(self.with_extras(extras))
    }

    /// The vectors of the runs that these are the mean of, V x D each, if the model has them: of length 1, rotated onto the mean.
    pub fn run_rows(&self) -> &[Rows] {
        &self.extras.runs
    }

    /// The same words with the vectors of one run.
    pub(super) fn with_run(&self, rows: &Rows) -> Self {
        let matrix = Arc::new(NormedRows::new(rows.clone()));
        Self { matrix, subwords: None, extras: Arc::default(), ..self.clone() }
    }

    /// The same words with other rows of the model, which `chosen` names. Without `keeps` the other parts of the model are left out.
    pub(super) fn with_rows(&self, matrix: Arc<NormedRows>, chosen: ModelVectors, keeps: bool) -> Self {
        let Extras { output, output_of_nodes, positions, runs, metadata, has_training_state, unverified, .. } =
            &*self.extras;
        let unverified = unverified.clone();
        let is_input = chosen.matrix == Matrix::Input;
        let subwords = self.subwords.clone().filter(|_| is_input);
        // The runs' vectors are those that the model itself takes.
        let is_own = ModelVectors::of_metadata(metadata).is_ok_and(|own| own == chosen);
        let runs = if is_own { runs.clone() } else { Vec::new() };
        if !keeps {
            let extras = Arc::new(Extras { unverified, runs, ..Extras::default() });
            return Self { matrix, subwords, extras, ..self.clone() };
        }
        let mut metadata = metadata.clone();
        chosen.put_into(&mut metadata);
        let extras = Arc::new(Extras {
            output: output.clone(),
            input: (!is_input).then(|| self.input_rows().clone()),
            output_of_nodes: *output_of_nodes,
            positions: positions.clone(),
            runs,
            metadata,
            has_training_state: *has_training_state,
            unverified,
        });
        Self { matrix, subwords, extras, ..self.clone() }
    }

    /// The same vectors; `lower`: trained on lower-case text.
    pub fn with_lower(self, lower: bool) -> Self {
        Self { lower, ..self }
    }

    /// Whether the training text was lower-case.
    pub(crate) fn is_lower(&self) -> bool {
        self.lower
    }

    /// Vectors stored anywhere, for example in memory that another object owns ([`Rows::lent`]): V words, and a row for each
    /// in the order of the ids. Nothing is copied.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_rows(vocabulary: Vocabulary, rows: Rows) -> Result<Self, FormatError> {
        let (words, size) = (vocabulary.len(), rows.vector_size());
        if words != rows.len() {
            let (expected, got) = (words.saturating_mul(size), rows.len().saturating_mul(size));
            return Err(FormatError::Size { tensor: "input.weight", expected, got });
        }
        let large = rows.is_mapped() && rows.len().saturating_mul(rows.row_bytes()) > CHECKED_ON_OPENING;
        let vectors = Self::unchecked(vocabulary, rows);
        if !large {
            vectors.check_finite()?;
        }
        Ok(vectors)
    }

    /// Vectors whose numbers have not been read yet.
    pub(super) fn unchecked(vocabulary: Vocabulary, rows: Rows) -> Self {
        let matrix = Arc::new(NormedRows::new(rows));
        Self { vocabulary: Arc::new(vocabulary), matrix, subwords: None, lower: false, extras: Arc::default() }
    }

    /// Checks that every number is finite. Opening does that for all but large mapped files (see [`CHECKED_ON_OPENING`]),
    /// which the first search checks. Returns at once if it was done before.
    ///
    /// # Errors
    /// [`FormatError::NotFinite`] if a vector holds NaN or infinity; [`FormatError::Unreadable`] if the file was changed.
    pub fn check_finite(&self) -> Result<(), FormatError> {
        let candidates = Candidates::Range(0..self.len());
        let scan = Scan { rows: &self.matrix, candidates: &candidates, threads: 0 };
        scan.settle_norms().map_err(|error| match error {
            RowError::NotFinite { id, got } => {
                FormatError::NotFinite { word: self.vocabulary.word(id).to_owned(), row: id as usize, got }
            }
            RowError::Unreadable(error) => {
                FormatError::Unreadable { message: QueryError::Unreadable { message: error.to_string() }.to_string() }
            }
        })
    }

    /// Compares the file that the vectors come from with its checksums, and looks at every number. Opening does that for all but
    /// large mapped files. Immediate once it was done.
    ///
    /// # Errors
    /// As [`check_finite`](Self::check_finite); [`FormatError::Checksum`] or [`FormatError::MissingChecksum`] for the first bad tensor (by
    /// name); [`FormatError::DuplicateWord`].
    pub fn verify(&self) -> Result<(), FormatError> {
        if let Some(tensors) = &self.extras.unverified {
            tensors.verify()?;
            if let Some(id) = self.vocabulary.first_duplicate() {
                return Err(FormatError::DuplicateWord { word: self.vocabulary.word(id).to_owned(), row: id as usize });
            }
        }
        self.check_finite()?;
        self.extras.runs.iter().try_for_each(|rows| self.with_run(rows).check_finite())
    }

    /// The number of words.
    pub fn len(&self) -> usize {
        self.rows().len()
    }

    /// Whether there are no words; always false, since files without words are rejected.
    pub fn is_empty(&self) -> bool {
        self.rows().is_empty()
    }

    /// Numbers per word.
    pub fn vector_size(&self) -> usize {
        self.matrix.vector_size()
    }

    /// The words, their ids and counts.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The vectors as they are stored, V x D.
    pub fn rows(&self) -> &Rows {
        self.matrix.rows()
    }

    /// The rows of the input matrix, V x D, also where the vectors are joined ones ([`ModelVectors`]).
    pub fn input_rows(&self) -> &Rows {
        self.extras.input.as_ref().unwrap_or_else(|| self.rows())
    }

    pub(super) fn matrix(&self) -> &NormedRows {
        &self.matrix
    }

    /// The n-gram rows that give vectors to unknown words, if the file has any, as fastText's `.bin` does.
    pub fn subwords(&self) -> Option<&Subwords> {
        self.subwords.as_ref()
    }

    /// The output vectors of words, V x D, if the file has them. Those of hierarchical softmax belong to the nodes of a tree instead.
    pub fn output(&self) -> Option<&Rows> {
        self.extras.output.as_ref().filter(|_| !self.extras.output_of_nodes)
    }

    /// The other parts of the model that the vectors come from.
    pub(super) fn extras(&self) -> &Extras {
        &self.extras
    }

    /// The id of `word`: as written, in Unicode's other normal form, or, if the model was trained on lower-case
    /// text, in lower case.
    ///
    /// ```
    /// # use rapidvec_vectors::{Numbers, WordVectors};
    /// let mut vocabulary = rapidvec_core::Vocabulary::new();
    /// let cafe = vocabulary.add("café");
    /// let vectors = WordVectors::new(vocabulary, 1, Numbers::F32(vec![1.0]))?;
    /// assert_eq!(vectors.id("cafe\u{301}"), Some(cafe)); // an e and a combining accent
    /// assert_eq!(vectors.id("Café"), None);
    /// # Ok::<(), rapidvec_vectors::Error>(())
    /// ```
    pub fn id(&self, word: &str) -> Option<WordId> {
        lookup::find(&self.vocabulary, word, self.lower)
    }

    /// The vector of `word`, if it is in the vocabulary ([`WordVectors::id`]) or has n-grams ([`WordVectors::subwords`]),
    /// and not too many of them ([`Subwords::check_work`]).
    pub fn vector(&self, word: &str) -> Option<Vec<f32>> {
        match self.id(word) {
            Some(id) => self.vector_by_id(id),
            None => self.vector_of_ngrams(word),
        }
    }

    /// Whether `word` is not in the vocabulary and its vector is composed of its n-grams.
    pub fn is_composed(&self, word: &str) -> bool {
        self.id(word).is_none() && self.vector_of_ngrams(word).is_some()
    }

    /// The vector of the word with this id, if there is one.
    pub fn vector_by_id(&self, id: WordId) -> Option<Vec<f32>> {
        self.rows().row(id as usize)
    }

    /// The vector of a word from its n-grams, if the file has any and the vector is finite.
    pub(super) fn vector_of_ngrams(&self, word: &str) -> Option<Vec<f32>> {
        self.subwords.as_ref()?.vector(word).filter(|vector| vector.iter().all(|x| x.is_finite()))
    }

    /// The vector of `word`, from the vocabulary or from n-grams, in f64.
    ///
    /// # Errors
    /// [`QueryError::UnknownWord`], with similar spellings; [`QueryError::WordTooLong`]; [`QueryError::NotFinite`].
    pub(super) fn wide_vector(&self, word: &str) -> Result<Vec<f64>, QueryError> {
        match self.id(word) {
            Some(id) => self.finite(id),
            None => {
                self.subwords.as_ref().map_or(Ok(()), |subwords| subwords.check_work(word))?;
                self.vector_of_ngrams(word).map(|vector| widened(&vector)).ok_or_else(|| self.unknown(word))
            }
        }
    }

    /// Row `id` in f64.
    ///
    /// # Errors
    /// [`QueryError::NotFinite`].
    pub(super) fn finite(&self, id: WordId) -> Result<Vec<f64>, QueryError> {
        self.matrix.finite(id).map_err(|error| self.named(error))
    }

    /// An error of the rows, with the word it concerns.
    pub(super) fn named(&self, error: RowError) -> QueryError {
        match error {
            RowError::NotFinite { id, got } => {
                QueryError::NotFinite { word: self.vocabulary.word(id).to_owned(), row: id as usize, got }
            }
            RowError::Unreadable(error) => QueryError::Unreadable { message: error.to_string() },
        }
    }

    fn unknown(&self, word: &str) -> QueryError {
        QueryError::UnknownWord { word: word.to_owned(), similar: spelling::near(&self.vocabulary, word) }
    }
}
