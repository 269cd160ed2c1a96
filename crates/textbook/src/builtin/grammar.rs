//! Turns patterns into sentences that agree with themselves.
//!
//! A sentence is drawn from [`SENTENCES`] and its symbols are replaced from left to right. The only memory is the
//! [`Actor`] spoken of last: its number, person and gender decide the verb's form and the pronouns that follow.
//! Integers only, from one generator, so a seed gives the same bytes everywhere.

use super::lexicon::{
    BUSINESS, INDICATORS, IRREGULAR, KINDS, Kind, MOVEMENTS, NAMES, Noun, Phrases, QUALITIES, Quality, ROLES, Role,
    TRADES, Trade, VERBS,
};
use super::phrases::{ATTRIBUTES, CHOICES, DETERMINERS, INDEFINITE, SENTENCES, WEAR};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// Where the data set `builtin` starts its generator.
pub const DEFAULT_SEED: u64 = 1;

/// Words to write before stopping, counting the end of each line as one.
const TOKENS: usize = 200_000;

/// How much more often the verbs at the front of [`VERBS`] are drawn than the others.
const COMMON: (usize, u32) = (6, 4);

/// English sentences, about 200,000 words, one sentence a line, words apart by one space.
///
/// The same seed gives the same text on every machine.
///
/// ```
/// use crate::builtin;
/// let text = builtin::text(builtin::DEFAULT_SEED);
/// assert!(text.lines().next().is_some_and(|line| line.split(' ').count() > 2));
/// ```
pub fn text(seed: u64) -> String {
    let mut writer = Writer::new(seed);
    while writer.tokens < TOKENS {
        writer.sentence();
    }
    writer.text
}

/// Person and number, as far as an English verb shows them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Agreement {
    I,
    Third,
    Plural,
}

/// The forms of a verb, in the order of [`IRREGULAR`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Base,
    /// As the third person has it; [`Writer::verb`] makes it agree.
    Present,
    Past,
    Participle,
    Gerund,
}

/// A pronoun as subject, object, possessive and reflexive.
type Pronouns = [&'static str; 4];

const HE: Pronouns = ["he", "him", "his", "himself"];
const SHE: Pronouns = ["she", "her", "her", "herself"];
const IT: Pronouns = ["it", "it", "its", "itself"];
const THEY: Pronouns = ["they", "them", "their", "themselves"];
const SPEAKERS: [(Pronouns, Agreement); 6] = [
    (["i", "me", "my", "myself"], Agreement::I),
    (["you", "you", "your", "yourself"], Agreement::Plural),
    (["we", "us", "our", "ourselves"], Agreement::Plural),
    (THEY, Agreement::Plural),
    (HE, Agreement::Third),
    (SHE, Agreement::Third),
];

/// What an actor has in common with others.
#[derive(Clone, Copy)]
enum Shared {
    /// With everybody: [`VERBS`].
    Anything,
    /// With its topic.
    Topic(Phrases),
}

/// Whom or what the sentence speaks of.
#[derive(Clone, Copy)]
struct Actor {
    agreement: Agreement,
    pronouns: Pronouns,
    /// Into [`WEAR`].
    wear: usize,
    /// What only this one does; may be empty.
    own: Phrases,
    /// In how many of six phrases it does its own.
    own_share: usize,
    shared: Shared,
}

impl Actor {
    fn person(pronouns: Pronouns, agreement: Agreement, own: Phrases) -> Self {
        let wear = [HE, SHE].iter().position(|gendered| *gendered == pronouns).unwrap_or(2);
        Self { agreement, pronouns, wear, own, own_share: 3, shared: Shared::Anything }
    }

    fn thing(plural: bool, own: Phrases, topic: Phrases) -> Self {
        let (pronouns, agreement) = if plural { (THEY, Agreement::Plural) } else { (IT, Agreement::Third) };
        Self { agreement, pronouns, wear: 2, own, own_share: 2, shared: Shared::Topic(topic) }
    }
}

struct Writer {
    rng: Xoshiro256PlusPlus,
    text: String,
    tokens: usize,
    actor: Actor,
    /// The noun that the next noun phrase will name, and what may stand before it.
    picked: &'static str,
    attributes: &'static [&'static str],
    quality: &'static Quality,
    trade: &'static Trade,
    firm: &'static str,
}

impl Writer {
    fn new(seed: u64) -> Self {
        Self {
            rng: Xoshiro256PlusPlus::seed_from_u64(seed),
            text: String::new(),
            tokens: 0,
            actor: Actor::thing(false, &[], BUSINESS),
            picked: "",
            attributes: ATTRIBUTES,
            quality: &QUALITIES[0],
            trade: &TRADES[0],
            firm: "",
        }
    }

    fn sentence(&mut self) {
        let (_, pattern) = *self.weighted(SENTENCES, |sentence| sentence.0);
        self.expand(pattern);
        self.text.push('\n');
        self.tokens += 1;
    }

    fn expand(&mut self, pattern: &'static str) {
        pattern.split(' ').for_each(|symbol| self.symbol(symbol));
    }

    fn symbol(&mut self, symbol: &'static str) {
        if let Some(verb) = symbol.strip_prefix('~') {
            self.verb(verb, Form::Present);
        } else if !symbol.starts_with(|c: char| c.is_ascii_uppercase()) {
            self.word(symbol);
        } else if let Some((_, choices)) = CHOICES.iter().find(|choice| choice.0 == symbol) {
            let choice = *self.pick(choices);
            self.expand(choice);
        } else {
            self.special(symbol);
        }
    }

    /// Symbols whose words hang on what was said before.
    fn special(&mut self, symbol: &'static str) {
        let pronouns = self.actor.pronouns;
        match symbol {
            "SUBJ" => self.subject(),
            "SPEAKER" => self.pronoun(&SPEAKERS[..4]),
            "PERSON" => self.person(),
            "PICK" => self.pick_noun(),
            "SOME" => self.noun_phrase(&INDEFINITE),
            "NP" => {
                self.pick_noun();
                self.noun_phrase(&DETERMINERS);
            }
            "FIRM" => {
                self.trade = self.weighted(TRADES, |trade| trade.weight);
                self.firm();
            }
            "RIVAL" => self.firm(),
            "INDEX" => {
                self.actor = Actor::thing(false, MOVEMENTS, MOVEMENTS);
                self.pick_and_expand(INDICATORS);
            }
            "PRES" => self.phrase(Form::Present),
            "PAST" => self.phrase(Form::Past),
            "BASE" => self.phrase(Form::Base),
            "PART" => self.phrase(Form::Participle),
            "ING" => self.phrase(Form::Gerund),
            "IS" => self.verb("be", Form::Present),
            "WAS" => self.verb("be", Form::Past),
            "HE" => self.word(pronouns[0]),
            "HIM" => self.word(pronouns[1]),
            "HIS" => self.word(pronouns[2]),
            "SELF" => self.word(pronouns[3]),
            "WEAR" => {
                let wear = if self.chance(1, 2) { WEAR[self.actor.wear] } else { WEAR[2] };
                self.pick_and_expand(wear);
            }
            "BEARER" => {
                self.quality = self.weighted(QUALITIES, |quality| quality.weight);
                self.actor = Actor::thing(false, &[], BUSINESS);
                let article = *self.pick(&["the", "the", "this", "that", "our"]);
                self.word(article);
                self.pick_and_expand(self.quality.bearers);
            }
            "POS" => self.word(self.quality.degrees[0]),
            "COMP" => self.word(self.quality.degrees[1]),
            "SUP" => {
                self.quality = self.weighted(QUALITIES, |quality| quality.weight);
                self.word(self.quality.degrees[2]);
            }
            "GOODS" => self.pick_and_expand(self.quality.bearers),
            "TAIL" => self.pick_and_expand(self.quality.tails),
            unknown => debug_assert!(false, "{unknown} is no symbol"),
        }
    }

    /// A pronoun, a name or somebody in a role.
    fn subject(&mut self) {
        if self.chance(2, 5) {
            self.pronoun(&SPEAKERS);
        } else {
            self.person();
        }
    }

    fn pronoun(&mut self, among: &[(Pronouns, Agreement)]) {
        let (pronouns, agreement) = *self.pick(among);
        self.actor = Actor::person(pronouns, agreement, &[]);
        self.word(pronouns[0]);
    }

    fn person(&mut self) {
        let gender = self.below(2);
        let pronouns = [HE, SHE][gender];
        if self.chance(1, 5) {
            self.actor = Actor::person(pronouns, Agreement::Third, &[]);
            self.pick_and_expand(NAMES[gender]);
        } else {
            let role: &Role = self.weighted(ROLES, |role| role.weight);
            let plural = self.chance(1, 4);
            let (pronouns, agreement) = if plural { (THEY, Agreement::Plural) } else { (pronouns, Agreement::Third) };
            self.actor = Actor::person(pronouns, agreement, role.phrases);
            self.attributes = ATTRIBUTES;
            self.picked = if plural { role.many[gender] } else { role.one[gender] };
            self.noun_phrase(&DETERMINERS);
        }
    }

    fn pick_noun(&mut self) {
        let kind: &Kind = self.weighted(KINDS, |kind| kind.weight);
        let noun: &Noun = self.weighted(kind.nouns, |noun| noun.weight);
        let plural = self.chance(1, 2);
        self.actor = Actor { own_share: kind.own_share, ..Actor::thing(plural, noun.phrases, kind.phrases) };
        self.attributes = kind.attributes;
        self.picked = if plural { noun.many } else { noun.one };
    }

    fn noun_phrase(&mut self, determiners: &[&'static [&'static str]; 2]) {
        let plural = usize::from(self.actor.agreement == Agreement::Plural);
        self.pick_and_expand(determiners[plural]);
        if self.chance(2, 5) {
            let attributes = if self.chance(1, 2) { self.attributes } else { ATTRIBUTES };
            self.pick_and_expand(attributes);
        }
        self.word(self.picked);
    }

    fn firm(&mut self) {
        let before = self.firm;
        while self.firm == before {
            self.firm = *self.pick(self.trade.firms);
        }
        self.actor = Actor { own_share: 4, ..Actor::thing(false, self.trade.phrases, BUSINESS) };
        self.expand(self.firm);
    }

    /// What the actor does, its verb in this form.
    fn phrase(&mut self, form: Form) {
        let shared = match self.actor.shared {
            Shared::Topic(topic) => topic,
            Shared::Anything => {
                let (common, weight) = COMMON;
                let ranked: u32 = self.below(common * weight as usize + VERBS.len() - common) as u32;
                let front = common as u32 * weight;
                VERBS[if ranked < front { ranked / weight } else { common as u32 + ranked - front } as usize]
            }
        };
        // The rarer forms of the rarer verbs would only fill the vocabulary.
        let rare = matches!(form, Form::Participle | Form::Gerund);
        let own = !rare && !self.actor.own.is_empty() && self.chance(self.actor.own_share, 6);
        let phrase = *self.pick(if own { self.actor.own } else { shared });
        let (verb, rest) = phrase.split_once(' ').unwrap_or((phrase, ""));
        self.verb(verb, form);
        if !rest.is_empty() {
            self.expand(rest);
        }
    }

    fn verb(&mut self, base: &str, form: Form) {
        let inflected = inflect(base, form);
        self.word(match (base, form, self.actor.agreement) {
            ("be", Form::Present, Agreement::I) => "am",
            ("be", Form::Present, Agreement::Plural) => "are",
            ("be", Form::Past, Agreement::Plural) => "were",
            (_, Form::Present, Agreement::I | Agreement::Plural) => base,
            _ => &inflected,
        });
    }

    fn word(&mut self, word: &str) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            let article = self.text.ends_with(" a") || self.text.ends_with("\na") || self.text == "a";
            // Vowels are heard, not seen: a used car, an honest farmer.
            if article && (word.starts_with(['a', 'e', 'i', 'o', 'u']) && word != "used" || word == "honest") {
                self.text.push('n');
            }
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.tokens += 1;
    }

    fn pick_and_expand(&mut self, choices: &'static [&'static str]) {
        let choice = *self.pick(choices);
        self.expand(choice);
    }

    /// Uniform below `bound`: the high half of a 128-bit product.
    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.rng.next_u64()) * bound as u128) >> 64) as usize
    }

    fn chance(&mut self, times: usize, of: usize) -> bool {
        self.below(of) < times
    }

    fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    fn weighted<'a, T>(&mut self, choices: &'a [T], weight: impl Fn(&T) -> u32) -> &'a T {
        let total: u32 = choices.iter().map(&weight).sum();
        let mut left = self.below(total as usize) as u32;
        let index = choices.iter().position(|choice| match left.checked_sub(weight(choice)) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        });
        &choices[index.expect("what is drawn lies below the sum of the weights")]
    }
}

/// A verb in one of its forms: from [`IRREGULAR`], or by rule.
fn inflect(base: &str, form: Form) -> String {
    let irregular = IRREGULAR.iter().find(|forms| forms.split(' ').next() == Some(base));
    if let Some(form) = irregular.and_then(|forms| forms.split(' ').nth(form as usize)) {
        return form.to_owned();
    }
    let stem = base.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match (form, stem) {
        (Form::Base, _) => base.to_owned(),
        (Form::Present, Some(stem)) => format!("{stem}ies"),
        (Form::Present, None)
            if base.ends_with(['s', 'x', 'z', 'o']) || base.ends_with("ch") || base.ends_with("sh") =>
        {
            format!("{base}es")
        }
        (Form::Present, None) => format!("{base}s"),
        (Form::Past | Form::Participle, Some(stem)) => format!("{stem}ied"),
        (Form::Past | Form::Participle, None) => format!("{}ed", base.strip_suffix('e').unwrap_or(base)),
        (Form::Gerund, _) => format!("{}ing", base.strip_suffix('e').filter(|s| !s.ends_with('e')).unwrap_or(base)),
    }
}
