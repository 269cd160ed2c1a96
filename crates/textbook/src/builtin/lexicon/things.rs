//! Things, creatures and trades of either sex, by topic.

use super::Phrases;

/// A thing, or somebody whose sex does not matter here.
pub struct Noun {
    /// How often it is drawn, relative to the others of its kind.
    pub weight: u32,
    /// Singular.
    pub one: &'static str,
    /// Plural.
    pub many: &'static str,
    /// What sets it apart.
    pub phrases: Phrases,
}

const fn noun(weight: u32, one: &'static str, many: &'static str, phrases: Phrases) -> Noun {
    Noun { weight, one, many, phrases }
}

/// Nouns that share a topic, and what any of them may do.
pub struct Kind {
    /// How often the topic is drawn, relative to the others.
    pub weight: u32,
    /// In how many of six phrases a noun does its own; the fewer, the more its nouns are alike.
    pub own_share: usize,
    /// What may stand before any of its nouns.
    pub attributes: &'static [&'static str],
    /// Its nouns.
    pub nouns: &'static [Noun],
    /// What they have in common.
    pub phrases: Phrases,
}

/// Things and creatures by topic.
pub const KINDS: &[Kind] = &[
    Kind {
        weight: 13,
        own_share: 2,
        attributes: &["red", "used", "fast", "cheap", "dusty", "new"],
        nouns: &[
            noun(
                8,
                "car",
                "cars",
                &["have leather seats and a radio", "be left in the garage with a flat tire", "stop dead on the road"],
            ),
            noun(3, "truck", "trucks", &["carry gravel up the road", "have eighteen wheels and a loud horn"]),
            noun(3, "vehicle", "vehicles", &["be registered with the state", "need a safety inspection"]),
            noun(2, "van", "vans", &["carry bread to the bakery", "have sliding doors and a radio"]),
            noun(2, "motorcycle", "motorcycles", &["have two wheels and a sidecar", "make a roar on the road"]),
            noun(2, "taxi", "taxis", &["be painted yellow", "take passengers to the hotel"]),
        ],
        phrases: &[
            "be parked outside the garage",
            "sit in traffic on the highway",
            "need new tires and new brakes",
            "have a powerful engine",
            "roll down the road without a driver",
            "be towed to the garage for repairs",
            "run on diesel fuel",
            "start with a cough of the engine",
            "come from the showroom with a warranty",
        ],
    },
    Kind {
        weight: 12,
        own_share: 3,
        attributes: &["noisy", "sleepy", "shy", "spoiled", "clever", "little"],
        nouns: &[
            noun(
                12,
                "child",
                "children",
                &[
                    "get lost in the crowd at the circus",
                    "believe in santa claus",
                    "play with blocks on the rug",
                    "ask why the sky is blue",
                    "want a pony for christmas",
                    "catch the measles",
                ],
            ),
            noun(2, "baby", "babies", &["laugh in the crib all night", "throw a rattle out of the crib"]),
            noun(2, "student", "students", &["fear the chemistry exam", "read for the exam in the library"]),
            noun(2, "kid", "kids", &["ride scooters down the sidewalk", "buy candy at the drugstore"]),
        ],
        phrases: &[
            "play in the park with a ball",
            "fear the dark",
            "draw a dragon with crayons",
            "listen to the teacher",
            "laugh at the puppet show",
            "need a warm bed and a toy",
            "drop milk on the toys",
            "want more pancakes",
        ],
    },
    Kind {
        weight: 5,
        own_share: 3,
        attributes: &["wild", "hungry", "gray", "stray"],
        nouns: &[
            noun(3, "dog", "dogs", &["bark at the mailman", "want a bone under the porch"]),
            noun(3, "cat", "cats", &["lie on the windowsill", "chase a ball of yarn"]),
            noun(2, "mouse", "mice", &["find a piece of cheese", "sleep inside the wall"]),
            noun(2, "horse", "horses", &["run across the meadow", "wear a saddle and a bridle"]),
            noun(2, "goose", "geese", &["sleep on the marsh", "swim in a long line"]),
            noun(2, "cow", "cows", &["give two gallons of milk", "eat grass in the meadow"]),
        ],
        phrases: &[
            "eat before breakfast",
            "drink water from a bucket",
            "be chased out of the barn",
            "sleep on the straw",
            "be examined by the vet",
        ],
    },
    Kind {
        weight: 5,
        own_share: 3,
        attributes: &["dusty", "gloomy", "handsome", "new"],
        nouns: &[
            noun(3, "house", "houses", &["have a red door and a chimney", "be haunted by a shy ghost"]),
            noun(3, "factory", "factories", &["make steel pipes in three shifts", "lay off the night shift"]),
            noun(2, "school", "schools", &["hire a new principal", "ring a bell at noon"]),
            noun(2, "hotel", "hotels", &["have a bar on the first floor", "have a pool on the roof"]),
            noun(2, "church", "churches", &["have stained glass and a steeple", "ring the bells for a wedding"]),
            noun(2, "city", "cities", &["need a mayor", "pay for a subway"]),
        ],
        phrases: &[
            "be built of brick and stone",
            "stand in the flood",
            "stand on the old canal",
            "be insured against fire",
            "need a new roof",
        ],
    },
    Kind {
        weight: 4,
        own_share: 3,
        attributes: &["boring", "thick", "secret", "new"],
        nouns: &[
            noun(3, "book", "books", &["be translated into german", "have a torn cover and no index"]),
            noun(3, "story", "stories", &["have a happy ending", "begin on a stormy night"]),
            noun(2, "letter", "letters", &["be sealed with red wax", "come without a stamp"]),
            noun(2, "newspaper", "newspapers", &["report the war", "fear the mayor"]),
        ],
        phrases: &[
            "be printed on cheap paper",
            "be edited by a professor",
            "have many spelling errors",
            "lie on the shelf under dust",
            "have a picture on the cover",
        ],
    },
    Kind {
        weight: 4,
        own_share: 3,
        attributes: &["risky", "foreign", "solid", "new"],
        nouns: &[
            noun(3, "bond", "bonds", &["be due in ten years", "pay interest twice a year"]),
            noun(3, "share", "shares", &["close at a record", "rise on the big board"]),
            noun(2, "loan", "loans", &["have a variable rate", "be backed by real estate"]),
        ],
        phrases: &[
            "fall on news of inflation",
            "be bought by foreign investors",
            "lose half the value in the crash",
            "be traded in new york and tokyo",
            "pay eight percent",
        ],
    },
    Kind {
        weight: 4,
        own_share: 3,
        attributes: &["honest", "busy", "retired", "young"],
        nouns: &[
            noun(3, "lawyer", "lawyers", &["fear the question", "speak before the supreme court"]),
            noun(3, "analyst", "analysts", &["expect a rebound in earnings", "sell the stock"]),
            noun(2, "doctor", "doctors", &["order plenty of rest", "listen to a patient"]),
            noun(2, "farmer", "farmers", &["cut the wheat", "drive the tractor to the barn"]),
        ],
        phrases: &[
            "speak at a convention in dallas",
            "want a modest fee",
            "be quoted in the press",
            "work until nine at the office",
            "be asked for an opinion",
        ],
    },
    Kind {
        weight: 4,
        own_share: 3,
        attributes: &["rotten", "shiny", "little"],
        nouns: &[
            noun(2, "apple", "apples", &["fall from a low branch", "be baked into a pie"]),
            noun(2, "potato", "potatoes", &["be fried with onions", "be mashed with butter"]),
            noun(2, "knife", "knives", &["lie near the fork", "be sharpened on a stone"]),
            noun(2, "tooth", "teeth", &["be pulled by the dentist", "hurt at night"]),
        ],
        phrases: &["be washed in cold water", "lie under a cloth", "be examined under a lamp", "turn brown"],
    },
];
