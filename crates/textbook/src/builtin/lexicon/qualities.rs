//! Adjectives in three degrees, with what has them.

/// A quality: its three degrees, what has it, and what comes of that.
pub struct Quality {
    /// How often it is drawn, relative to the others.
    pub weight: u32,
    /// Positive, comparative, superlative.
    pub degrees: [&'static str; 3],
    /// Singular nouns that have it.
    pub bearers: &'static [&'static str],
    /// How the sentence may go on.
    pub tails: &'static [&'static str],
}

const fn quality(
    weight: u32,
    degrees: [&'static str; 3],
    bearers: &'static [&'static str],
    tails: &'static [&'static str],
) -> Quality {
    Quality { weight, degrees, bearers, tails }
}

/// Adjectives.
pub const QUALITIES: &[Quality] = &[
    quality(
        8,
        ["good", "better", "best"],
        &["advice", "idea", "teamwork", "recipe", "music", "harvest", "service", "performance"],
        &[
            "and everyone cheered",
            "to our delight",
            "and the guests smiled",
            "and the chef smiled",
            "and the critics applauded",
        ],
    ),
    quality(
        8,
        ["bad", "worse", "worst"],
        &["storm", "headache", "smell", "accident", "luck", "mistake", "drought", "traffic jam"],
        &[
            "and nobody slept",
            "to our dismay",
            "and the neighbors groaned",
            "and the plumber was blamed",
            "and the insurers winced",
        ],
    ),
    quality(
        3,
        ["big", "bigger", "biggest"],
        &["elephant", "stadium", "pumpkin", "merger", "crowd"],
        &["for such a small town", "and it blocked the view"],
    ),
    quality(
        3,
        ["small", "smaller", "smallest"],
        &["apartment", "portion", "village", "insect", "closet"],
        &["for a family of six", "and it fits in a pocket"],
    ),
    quality(
        3,
        ["high", "higher", "highest"],
        &["tower", "unemployment rate", "fever", "rent", "mountain"],
        &["for the time of year", "to the surprise of the experts"],
    ),
    quality(
        3,
        ["low", "lower", "lowest"],
        &["tide", "ceiling", "turnout", "wage", "interest rate"],
        &["for a city of its size", "for the first time since the war"],
    ),
    quality(
        2,
        ["cheap", "cheaper", "cheapest"],
        &["ticket", "wine", "hotel room", "gasoline"],
        &["at the discount store", "for tourists with coupons"],
    ),
    quality(
        2,
        ["strong", "stronger", "strongest"],
        &["dollar", "coffee", "wrestler", "rope", "economy"],
        &["against the yen", "and it held"],
    ),
    quality(
        2,
        ["weak", "weaker", "weakest"],
        &["yen", "tea", "bridge", "demand", "signal"],
        &["in spite of the promises", "and it snapped"],
    ),
    quality(
        2,
        ["fast", "faster", "fastest"],
        &["express train", "runner", "rabbit", "computer"],
        &["around the curve", "over a short distance"],
    ),
    quality(
        2,
        ["slow", "slower", "slowest"],
        &["turtle", "recovery", "mail", "snail", "elevator"],
        &["in both directions", "and the clock ticked"],
    ),
    quality(
        2,
        ["warm", "warmer", "warmest"],
        &["blanket", "kitchen", "weather", "south wind"],
        &["and the ice melted", "by the oven"],
    ),
    quality(
        2,
        ["cold", "colder", "coldest"],
        &["cellar", "north wind", "bath", "soup"],
        &["and the pipes froze", "without a sweater"],
    ),
    quality(
        2,
        ["easy", "easier", "easiest"],
        &["puzzle", "quiz", "knot", "recipe"],
        &["for a beginner", "with a little practice"],
    ),
    quality(
        2,
        ["hard", "harder", "hardest"],
        &["exam", "mattress", "negotiation", "bread"],
        &["for an amateur", "even with a hammer"],
    ),
    quality(
        2,
        ["loud", "louder", "loudest"],
        &["trumpet", "rooster", "applause", "argument"],
        &["and the windows rattled", "upstairs"],
    ),
    quality(
        2,
        ["long", "longer", "longest"],
        &["tunnel", "speech", "queue", "novel"],
        &["and half of us fell asleep", "from end to end"],
    ),
    quality(
        2,
        ["old", "older", "oldest"],
        &["castle", "violin", "church tower", "proverb"],
        &["according to the guide", "under the varnish"],
    ),
    quality(
        2,
        ["happy", "happier", "happiest"],
        &["bride", "puppy", "landlord", "winner"],
        &["with a bouquet of roses", "and whistled a tune"],
    ),
    quality(
        2,
        ["safe", "safer", "safest"],
        &["investment", "harbor", "ladder", "bicycle helmet"],
        &["in the opinion of experts", "in an emergency"],
    ),
];
