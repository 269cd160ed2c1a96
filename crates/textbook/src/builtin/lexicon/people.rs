//! People, in pairs of a man and a woman.

use super::Phrases;

/// A man's word and a woman's word for one part in life, singular then plural, and what those who play it do.
pub struct Role {
    /// How often the pair is drawn, relative to the others.
    pub weight: u32,
    /// `[male, female]`, singular.
    pub one: [&'static str; 2],
    /// `[male, female]`, plural.
    pub many: [&'static str; 2],
    /// What sets the part apart.
    pub phrases: Phrases,
}

const fn role(weight: u32, one: [&'static str; 2], many: [&'static str; 2], phrases: Phrases) -> Role {
    Role { weight, one, many, phrases }
}

/// People in pairs.
pub const ROLES: &[Role] = &[
    role(
        8,
        ["king", "queen"],
        ["kings", "queens"],
        &[
            "rule the kingdom from the palace",
            "wear the golden crown",
            "sit on the throne in the great hall",
            "return to the palace with the guards",
            "greet the ambassador at the palace gate",
            "ride through the capital in the royal carriage",
            "see the prisoners in the tower",
            "sign the treaty with the crown seal",
            "bring the nobles to the royal palace",
            "want the throne and the crown",
        ],
    ),
    role(
        8,
        ["man", "woman"],
        ["men", "women"],
        &[
            "wait on the corner for a taxi",
            "walk across the street with a suitcase",
            "stand in line at the pharmacy",
            "carry a ladder down the street",
            "live alone next door to the bakery",
            "ask a policeman for directions",
            "pay the clerk behind the counter",
            "stand under a lamp post on the corner",
            "read the want ads on the corner",
            "walk down the street with a parrot",
        ],
    ),
    role(
        3,
        ["boy", "girl"],
        ["boys", "girls"],
        &[
            "climb the apple tree behind the barn",
            "throw stones after class",
            "find a frog in a lunch box",
            "finish the homework for arithmetic class",
            "win marbles behind the barn",
        ],
    ),
    role(
        3,
        ["father", "mother"],
        ["fathers", "mothers"],
        &[
            "sit by the cradle and hum",
            "bring a bottle to the twins",
            "read the twins a bedtime story",
            "make lunches for the family",
            "tell the twins to hurry",
        ],
    ),
    role(
        2,
        ["brother", "sister"],
        ["brothers", "sisters"],
        &["share a bedroom with the twins", "lose a bicycle and a bell", "eat the last cookie in the jar"],
    ),
    role(
        2,
        ["son", "daughter"],
        ["sons", "daughters"],
        &["graduate from college", "find a room near the college", "write home from college for money"],
    ),
    role(
        2,
        ["uncle", "aunt"],
        ["uncles", "aunts"],
        &["bring jam from the country", "tell the cousins about the war", "play cards with the cousins"],
    ),
    role(
        2,
        ["husband", "wife"],
        ["husbands", "wives"],
        &["forget the wedding anniversary", "pay for the wedding cake", "plan a second honeymoon"],
    ),
    role(
        2,
        ["prince", "princess"],
        ["princes", "princesses"],
        &[
            "dance at the midnight ball",
            "ride a white horse through the forest",
            "kiss a frog in the forest",
            "live in a castle by the sea",
        ],
    ),
    role(
        2,
        ["actor", "actress"],
        ["actors", "actresses"],
        &["forget the final scene on stage", "speak to the audience", "wear a false beard on stage"],
    ),
    role(
        2,
        ["waiter", "waitress"],
        ["waiters", "waitresses"],
        &["drop a tray of dishes", "drop the napkins under table nine", "sell the soup of the day"],
    ),
    role(
        2,
        ["grandfather", "grandmother"],
        ["grandfathers", "grandmothers"],
        &["sleep in the rocking chair", "make mittens by lamplight", "lose a pair of spectacles"],
    ),
    role(
        2,
        ["gentleman", "lady"],
        ["gentlemen", "ladies"],
        &["drink sherry at the opera", "give a card to the butler", "sleep politely at the opera"],
    ),
];

/// First names and titles, `[male, female]`.
pub const NAMES: [&[&str]; 2] = [
    &["john", "peter", "paul", "david", "tom", "henry", "mr. smith", "mr. baker", "mr. jones", "mr. lee"],
    &["mary", "anna", "susan", "linda", "ruth", "helen", "mrs. smith", "mrs. baker", "ms. jones", "ms. lee"],
];
