//! The words of the built-in corpus: who acts, what is done, what it is done with.
//!
//! A phrase is a verb in its base form and what follows it; a word in capitals is filled in later (`HIS` by the subject's
//! pronoun, others from [`CHOICES`](super::phrases::CHOICES)). Each entry has phrases of its own, so that it can be told
//! from its neighbours; tense, number and gender come from the sentence around it and are shared by all.

#![forbid(unsafe_code)]

/// Phrases, each opening with a verb in its base form.
pub type Phrases = &'static [&'static str];

/// Verbs whose forms no rule gives: base, third person, past, participle, `-ing`.
pub const IRREGULAR: &[&str] = &[
    "be is was been being",
    "begin begins began begun beginning",
    "break breaks broke broken breaking",
    "bring brings brought brought bringing",
    "build builds built built building",
    "buy buys bought bought buying",
    "catch catches caught caught catching",
    "come comes came come coming",
    "cram crams crammed crammed cramming",
    "cut cuts cut cut cutting",
    "draw draws drew drawn drawing",
    "drink drinks drank drunk drinking",
    "drop drops dropped dropped dropping",
    "eat eats ate eaten eating",
    "fall falls fell fallen falling",
    "feed feeds fed fed feeding",
    "fight fights fought fought fighting",
    "find finds found found finding",
    "fly flies flew flown flying",
    "forget forgets forgot forgotten forgetting",
    "give gives gave given giving",
    "go goes went gone going",
    "grow grows grew grown growing",
    "hang hangs hung hung hanging",
    "have has had had having",
    "hear hears heard heard hearing",
    "hide hides hid hidden hiding",
    "hurt hurts hurt hurt hurting",
    "keep keeps kept kept keeping",
    "knit knits knitted knitted knitting",
    "know knows knew known knowing",
    "lay lays laid laid laying",
    "leave leaves left left leaving",
    "lend lends lent lent lending",
    "lie lies lay lain lying",
    "lose loses lost lost losing",
    "make makes made made making",
    "nod nods nodded nodded nodding",
    "pay pays paid paid paying",
    "plan plans planned planned planning",
    "read reads read read reading",
    "ride rides rode ridden riding",
    "ring rings rang rung ringing",
    "run runs ran run running",
    "see sees saw seen seeing",
    "sell sells sold sold selling",
    "send sends sent sent sending",
    "set sets set set setting",
    "ship ships shipped shipped shipping",
    "sing sings sang sung singing",
    "sip sips sipped sipped sipping",
    "sit sits sat sat sitting",
    "skid skids skidded skidded skidding",
    "skip skips skipped skipped skipping",
    "sleep sleeps slept slept sleeping",
    "slip slips slipped slipped slipping",
    "speak speaks spoke spoken speaking",
    "spend spends spent spent spending",
    "stand stands stood stood standing",
    "swim swims swam swum swimming",
    "take takes took taken taking",
    "tell tells told told telling",
    "think thinks thought thought thinking",
    "throw throws threw thrown throwing",
    "underwrite underwrites underwrote underwritten underwriting",
    "wear wears wore worn wearing",
    "win wins won won winning",
    "write writes wrote written writing",
];

/// What anybody may do. The verbs at the front are drawn more often.
pub const VERBS: &[Phrases] = &[
    &[
        "take the bus across the bridge",
        "take a photograph of the harbor",
        "take notes during the lecture",
        "take a short nap on the sofa",
        "take medicine for HIS cough",
        "take HIS umbrella off the hook",
        "take pictures with HIS camera",
        "take the elevator to the fifth floor",
    ],
    &[
        "go to the market for fish",
        "go home after supper",
        "go to bed before midnight",
        "go for a walk along the beach",
        "go abroad on vacation",
        "go to church on the hill",
        "go straight to the airport",
        "go out for dinner",
    ],
    &[
        "make a pot of strong tea",
        "make soup from onions and carrots",
        "make HIS own furniture out of oak",
        "make a list of questions",
        "make a cake with lemon and sugar",
        "make a terrible noise with the drum",
    ],
    &[
        "see a film about pirates",
        "see the mountains through the window",
        "see a rainbow over the valley",
        "see the dentist about a tooth",
        "see an old play at the theater",
    ],
    &[
        "give a speech to the club",
        "give flowers to a neighbor",
        "give money to the museum",
        "give HIS seat to a stranger",
        "give a present to HIS cousin",
    ],
    &[
        "come back from the coast",
        "come to the party without a coat",
        "come down the stairs in slippers",
        "come in through the back door",
        "come early to the concert",
    ],
    &["buy stamps at the post office", "buy a ticket to boston", "buy cheese from the grocer", "buy shares of a small bank"],
    &["eat toast with honey", "eat a bowl of noodles", "eat lunch in the canteen", "eat too much chocolate"],
    &["write a long letter to the editor", "write poems about autumn", "write a check for the rent", "write HIS name in ink"],
    &["read a novel by the fire", "read the headlines aloud", "read a map of the city"],
    &["drink lemonade from a tall glass", "drink hot milk with cinnamon", "drink a cup of coffee at the counter"],
    &["find a coin under the carpet", "find HIS lost keys in the drawer", "find a shortcut through the woods"],
    &["lose HIS gloves on the subway", "lose a bet on the horses", "lose HIS way in the fog"],
    &["sing an old song in the bath", "sing in the choir", "sing softly to the canary"],
    &["sit quietly in the back row", "sit in the shade of a tree", "sit by the stove"],
    &["speak french with the cook", "speak to a reporter about taxes", "speak on the radio"],
    &["tell a joke about lawyers", "tell a story about a ghost", "tell the truth to the judge"],
    &["catch a cold at the lake", "catch three trout in the stream", "catch the last train to chicago"],
    &["wear a raincoat in the garden", "wear woolen socks in winter", "wear HIS new boots"],
    &["grow tomatoes behind the house", "grow roses along the fence"],
    &["sell lemons at the fair", "sell HIS piano to a dealer"],
    &["send a postcard from rome", "send a parcel by air mail"],
    &["break a plate in the sink", "break HIS arm on the ice"],
    &["bring sandwiches to the picnic", "bring a bottle of wine"],
    &["throw pebbles into the pond", "throw the old papers away"],
    &["draw a picture of a lighthouse", "draw circles on the napkin"],
    &["swim across the river", "swim in the cold sea"],
    &["sleep through the alarm", "sleep in a tent"],
    &["hear an owl in the dark", "hear footsteps in the hall"],
    &["pay the electric bill", "pay for the groceries in cash"],
    &["fly a kite on the beach", "fly to london on business"],
    &["win a ham in the lottery", "win a game of chess"],
    &["keep bees on the roof", "keep a diary in the desk"],
    &["clean the windows with vinegar", "clean out the attic"],
    &["paint the kitchen yellow", "paint HIS fence"],
    &["cook rice and beans", "cook a turkey for the guests"],
    &["visit the zoo", "visit a friend in the hospital"],
    &["watch the parade from the balcony", "watch the news on television"],
    &["call the plumber about a leak", "call the landlord"],
    &["open a savings account", "open HIS mail with a knife"],
    &["learn to play the violin", "learn a few words of spanish"],
    &["repair a clock with a hairpin", "repair the roof"],
    &["laugh at the clown", "laugh out loud in the library"],
    &["plant tulips near the gate", "plant an oak"],
];

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
            "pardon the prisoners in the tower",
            "sign the treaty with the crown seal",
            "invite the nobles to the royal palace",
            "inherit the throne and the crown",
        ],
    ),
    role(
        8,
        ["man", "woman"],
        ["men", "women"],
        &[
            "wait on the corner for a taxi",
            "cross the street with a heavy suitcase",
            "stand in line at the pharmacy",
            "carry a ladder down the street",
            "live alone next door to the bakery",
            "ask a policeman for directions",
            "complain to the clerk behind the counter",
            "lean against a lamp post on the corner",
            "look for work in the want ads",
            "walk down the street with a parrot",
        ],
    ),
    role(
        3,
        ["boy", "girl"],
        ["boys", "girls"],
        &[
            "climb the apple tree behind the barn",
            "skip stones after class",
            "hide a frog in a lunch box",
            "finish the homework for arithmetic class",
            "trade marbles behind the barn",
        ],
    ),
    role(
        3,
        ["father", "mother"],
        ["fathers", "mothers"],
        &[
            "rock the cradle and hum",
            "warm a bottle for the twins",
            "read the twins a bedtime story",
            "pack lunches for the family",
            "worry about the twins",
        ],
    ),
    role(
        2,
        ["brother", "sister"],
        ["brothers", "sisters"],
        &["share a bedroom with the twins", "borrow a bicycle without asking", "fight over the last cookie"],
    ),
    role(
        2,
        ["son", "daughter"],
        ["sons", "daughters"],
        &["graduate from college", "move out of the family home", "phone home from college for money"],
    ),
    role(
        2,
        ["uncle", "aunt"],
        ["uncles", "aunts"],
        &["arrive from the country with jam", "tell the cousins about the war", "play cards with the cousins"],
    ),
    role(
        2,
        ["husband", "wife"],
        ["husbands", "wives"],
        &["forget the wedding anniversary", "renew the wedding vows", "plan a second honeymoon"],
    ),
    role(
        2,
        ["prince", "princess"],
        ["princes", "princesses"],
        &["dance at the midnight ball", "ride a white horse through the forest", "escape from a dragon", "feed swans at the castle"],
    ),
    role(
        2,
        ["duke", "duchess"],
        ["dukes", "duchesses"],
        &["hunt foxes on the estate", "mortgage the estate to a banker", "collect antique silver"],
    ),
    role(
        2,
        ["actor", "actress"],
        ["actors", "actresses"],
        &["rehearse the final scene on stage", "bow to the audience", "sign autographs at the stage door"],
    ),
    role(
        2,
        ["waiter", "waitress"],
        ["waiters", "waitresses"],
        &["drop a tray of dishes", "fold the napkins for table nine", "recommend the soup of the day"],
    ),
    role(
        2,
        ["grandfather", "grandmother"],
        ["grandfathers", "grandmothers"],
        &["nod off in the rocking chair", "knit mittens by lamplight", "search for a pair of spectacles"],
    ),
    role(
        2,
        ["gentleman", "lady"],
        ["gentlemen", "ladies"],
        &["sip sherry at the opera", "leave a card with the butler", "applaud politely at the opera"],
    ),
];

/// First names and titles, `[male, female]`.
pub const NAMES: [&[&str]; 2] = [
    &["john", "peter", "paul", "david", "tom", "henry", "mr. smith", "mr. baker", "mr. jones", "mr. lee"],
    &["mary", "anna", "susan", "linda", "ruth", "helen", "mrs. smith", "mrs. baker", "ms. jones", "ms. lee"],
];

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
    /// Its nouns.
    pub nouns: &'static [Noun],
    /// What they have in common.
    pub phrases: Phrases,
}

/// Things and creatures by topic.
pub const KINDS: &[Kind] = &[
    Kind {
        weight: 9,
        nouns: &[
            noun(6, "car", "cars", &["have leather seats and a radio", "be left in the garage with a flat tire", "skid on the wet road"]),
            noun(3, "truck", "trucks", &["haul gravel up the road", "have eighteen wheels and a loud horn"]),
            noun(3, "vehicle", "vehicles", &["be registered with the state", "pass the safety inspection"]),
            noun(2, "van", "vans", &["deliver bread to the bakery", "have sliding doors and a radio"]),
            noun(2, "motorcycle", "motorcycles", &["have two wheels and a sidecar", "roar along the road"]),
            noun(2, "taxi", "taxis", &["be painted yellow", "drop passengers at the hotel"]),
        ],
        phrases: &[
            "be parked near the garage",
            "be stuck in traffic on the highway",
            "need new tires and new brakes",
            "have a powerful engine",
            "roll down the road without a driver",
            "be towed to the garage for repairs",
            "run on diesel fuel",
            "start with a cough of the engine",
            "be sold at the showroom with a warranty",
        ],
    },
    Kind {
        weight: 9,
        nouns: &[
            noun(6, "child", "children", &["be lost in the crowd at the circus", "believe in santa claus", "play with blocks on the rug", "ask why the sky is blue"]),
            noun(2, "baby", "babies", &["cry in the crib all night", "chew on a rattle"]),
            noun(2, "student", "students", &["fail the chemistry exam", "cram for the exam in the library"]),
            noun(2, "kid", "kids", &["race scooters down the sidewalk", "buy candy at the drugstore"]),
            noun(2, "pupil", "pupils", &["recite the alphabet in class", "pass notes in class"]),
        ],
        phrases: &[
            "play in the park with a ball",
            "be afraid of the dark",
            "draw a dragon with crayons",
            "listen to the teacher",
            "giggle at the puppet show",
            "need a warm bed and a toy",
            "spill milk on the toys",
            "be fond of pancakes",
        ],
    },
    Kind {
        weight: 5,
        nouns: &[
            noun(3, "dog", "dogs", &["bark at the mailman", "bury a bone under the porch"]),
            noun(3, "cat", "cats", &["purr on the windowsill", "chase a ball of yarn"]),
            noun(2, "mouse", "mice", &["nibble on a piece of cheese", "squeak inside the wall"]),
            noun(2, "horse", "horses", &["gallop across the meadow", "wear a saddle and a bridle"]),
            noun(2, "goose", "geese", &["honk over the marsh", "fly south in a long line"]),
            noun(2, "cow", "cows", &["give two gallons of milk", "chew grass in the meadow"]),
        ],
        phrases: &["be hungry before breakfast", "drink water from a bucket", "be chased out of the barn", "sleep on the straw", "be examined by the vet"],
    },
    Kind {
        weight: 5,
        nouns: &[
            noun(3, "house", "houses", &["have a red door and a chimney", "be haunted by a shy ghost"]),
            noun(3, "factory", "factories", &["make steel pipes in three shifts", "lay off the night shift"]),
            noun(2, "school", "schools", &["hire a new principal", "ring a bell at noon"]),
            noun(2, "hotel", "hotels", &["offer breakfast in the lobby", "have a pool on the roof"]),
            noun(2, "church", "churches", &["have stained glass and a steeple", "ring the bells for a wedding"]),
            noun(2, "city", "cities", &["elect a mayor", "borrow money for a subway"]),
        ],
        phrases: &["be built of brick and stone", "be damaged by the flood", "stand beside the old canal", "be insured against fire", "need a new roof"],
    },
    Kind {
        weight: 4,
        nouns: &[
            noun(3, "book", "books", &["be translated into german", "have a torn cover and no index"]),
            noun(3, "story", "stories", &["have a happy ending", "begin on a stormy night"]),
            noun(2, "letter", "letters", &["be sealed with red wax", "arrive without a stamp"]),
            noun(2, "newspaper", "newspapers", &["print a correction", "endorse the mayor"]),
            noun(2, "diary", "diaries", &["be locked with a tiny key", "describe the siege of vienna"]),
        ],
        phrases: &["be printed on cheap paper", "be edited by a professor", "be full of spelling errors", "lie on the shelf under dust", "quote shakespeare at length"],
    },
    Kind {
        weight: 4,
        nouns: &[
            noun(3, "bond", "bonds", &["mature in ten years", "pay interest twice a year"]),
            noun(3, "share", "shares", &["close at a record", "trade on the big board"]),
            noun(2, "loan", "loans", &["carry a variable rate", "be backed by real estate"]),
            noun(2, "currency", "currencies", &["float against the dollar", "be pegged to gold"]),
        ],
        phrases: &["fall on news of inflation", "be bought by foreign investors", "lose half the value in the crash", "be traded in new york and tokyo", "yield eight percent"],
    },
    Kind {
        weight: 4,
        nouns: &[
            noun(3, "lawyer", "lawyers", &["object to the question", "argue before the supreme court"]),
            noun(3, "analyst", "analysts", &["expect a rebound in earnings", "downgrade the stock"]),
            noun(2, "doctor", "doctors", &["prescribe plenty of rest", "listen to a patient breathe"]),
            noun(2, "farmer", "farmers", &["harvest the wheat", "mend the tractor with wire"]),
            noun(2, "secretary", "secretaries", &["type the minutes of the meeting", "sharpen a dozen pencils"]),
        ],
        phrases: &["attend a convention in dallas", "charge a modest fee", "be quoted in the press", "work until nine at the office", "be asked for an opinion"],
    },
    Kind {
        weight: 4,
        nouns: &[
            noun(2, "apple", "apples", &["hang from a low branch", "be baked into a pie"]),
            noun(2, "potato", "potatoes", &["be fried with onions", "be mashed with butter"]),
            noun(2, "knife", "knives", &["lie beside the fork", "be sharpened on a stone"]),
            noun(2, "tooth", "teeth", &["be pulled by the dentist", "ache at night"]),
            noun(2, "leaf", "leaves", &["turn red in october", "float on the pond"]),
            noun(2, "foot", "feet", &["hurt in tight shoes", "be measured by the shoemaker"]),
        ],
        phrases: &["be washed in cold water", "be covered with a cloth", "be examined under a lamp", "turn brown"],
    },
];

/// Companies of one trade, and what they do.
pub struct Trade {
    /// How often the trade is drawn, relative to the others.
    pub weight: u32,
    /// Names.
    pub firms: &'static [&'static str],
    /// What sets the trade apart.
    pub phrases: Phrases,
}

/// Companies by trade.
pub const TRADES: &[Trade] = &[
    Trade {
        weight: 5,
        firms: &["toyota", "honda", "nissan", "ford", "chrysler", "volvo", "mazda"],
        phrases: &[
            "recall MANY thousand sedans with faulty brakes",
            "build an assembly plant in ohio",
            "unveil a sports model at the detroit auto show",
            "sell MANY thousand sedans to dealers",
            "offer rebates on its sedans and pickups",
            "negotiate with the auto workers union",
            "ship pickups to dealers in canada",
            "close an assembly line in michigan",
        ],
    },
    Trade {
        weight: 2,
        firms: &["citicorp", "salomon", "barclays", "first boston", "wells fargo"],
        phrases: &["set aside reserves for bad debts", "lend MONEY to mexico", "issue credit cards", "underwrite an offering of notes", "lower its prime rate"],
    },
    Trade {
        weight: 2,
        firms: &["ibm", "wang", "digital", "compaq", "hitachi"],
        phrases: &["introduce a line of portable computers", "license software for its machines", "ship disk drives and chips", "invest MONEY in semiconductors"],
    },
    Trade {
        weight: 2,
        firms: &["exxon", "texaco", "shell", "mobil", "chevron"],
        phrases: &["drill for oil in the north sea", "lease a tanker", "refine MANY thousand barrels of crude oil", "pump natural gas from the gulf"],
    },
    Trade {
        weight: 2,
        firms: &["united", "delta", "american", "northwest"],
        phrases: &["cancel flights to denver", "order jets from boeing", "raise fares on its atlantic routes", "train pilots in arizona"],
    },
];

/// What any company does.
pub const BUSINESS: Phrases = &[
    "report a profit of MONEY",
    "post a loss of MONEY",
    "name a new chief executive",
    "cut its dividend",
    "raise prices by PERCENT percent",
    "agree to buy a rival for MONEY",
    "plan to cut MANY hundred jobs",
    "spend MONEY on advertising",
    "declare a stock split",
    "sell its headquarters for MONEY",
    "hire a consultant",
    "decline to comment on the rumor",
];

/// What newspapers measure.
pub const INDICATORS: &[&str] = &[
    "the dow jones average",
    "industrial production",
    "the trade deficit",
    "consumer spending",
    "the price of gold",
    "inflation",
    "the jobless rate",
    "the budget surplus",
];

/// What it does when measured.
pub const MOVEMENTS: Phrases = &[
    "rise PERCENT percent",
    "fall PERCENT percent",
    "climb to a record",
    "drop below the forecast",
    "jump MANY points",
    "slip for the second time",
    "surprise economists in washington",
    "stay at about PERCENT percent",
];

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
    quality(6, ["good", "better", "best"], &["advice", "idea", "teamwork", "recipe", "music", "harvest", "service", "performance"], &["and everyone cheered", "to our delight", "and the guests smiled", "so we thanked the chef", "and the critics applauded"]),
    quality(6, ["bad", "worse", "worst"], &["storm", "headache", "smell", "accident", "luck", "mistake", "drought", "traffic jam"], &["and nobody slept", "to our dismay", "and the neighbors groaned", "so we blamed the plumber", "and the insurers winced"]),
    quality(3, ["big", "bigger", "biggest"], &["elephant", "stadium", "pumpkin", "merger", "crowd"], &["for such a small town", "and it blocked the view"]),
    quality(3, ["small", "smaller", "smallest"], &["apartment", "portion", "village", "insect", "closet"], &["for a family of six", "and it fits in a pocket"]),
    quality(3, ["high", "higher", "highest"], &["tower", "unemployment rate", "fever", "rent", "mountain"], &["for the time of year", "above the clouds"]),
    quality(3, ["low", "lower", "lowest"], &["tide", "ceiling", "turnout", "wage", "interest rate"], &["for a city of its size", "near the ground"]),
    quality(2, ["cheap", "cheaper", "cheapest"], &["ticket", "wine", "hotel room", "gasoline"], &["at the discount store", "for tourists with coupons"]),
    quality(2, ["strong", "stronger", "strongest"], &["dollar", "coffee", "wrestler", "rope", "economy"], &["against the yen", "and it held"]),
    quality(2, ["weak", "weaker", "weakest"], &["yen", "tea", "bridge", "demand", "signal"], &["in spite of the promises", "and it snapped"]),
    quality(2, ["fast", "faster", "fastest"], &["express train", "runner", "rabbit", "computer"], &["around the curve", "over a short distance"]),
    quality(2, ["slow", "slower", "slowest"], &["turtle", "recovery", "mail", "snail", "elevator"], &["in both directions", "so we took out a book"]),
    quality(2, ["warm", "warmer", "warmest"], &["blanket", "kitchen", "weather", "south wind"], &["and the ice melted", "by the oven"]),
    quality(2, ["cold", "colder", "coldest"], &["cellar", "north wind", "bath", "soup"], &["and the pipes froze", "without a sweater"]),
    quality(2, ["easy", "easier", "easiest"], &["puzzle", "quiz", "knot", "recipe"], &["for a beginner", "with a little practice"]),
    quality(2, ["hard", "harder", "hardest"], &["exam", "mattress", "negotiation", "bread"], &["for an amateur", "even with a hammer"]),
    quality(2, ["loud", "louder", "loudest"], &["trumpet", "rooster", "applause", "argument"], &["and the windows rattled", "upstairs"]),
    quality(2, ["quiet", "quieter", "quietest"], &["library", "street", "market", "chapel"], &["and you could hear a pin drop", "on a monday morning"]),
    quality(2, ["long", "longer", "longest"], &["tunnel", "speech", "queue", "novel"], &["and half of us fell asleep", "from end to end"]),
    quality(2, ["short", "shorter", "shortest"], &["skirt", "poem", "ceremony", "haircut"], &["by an inch or so", "and nobody minded"]),
    quality(2, ["old", "older", "oldest"], &["castle", "violin", "church tower", "proverb"], &["according to the guide", "under the varnish"]),
    quality(2, ["rich", "richer", "richest"], &["banker", "gravy", "soil", "collector"], &["beyond belief", "thanks to an inheritance"]),
    quality(2, ["happy", "happier", "happiest"], &["bride", "puppy", "landlord", "winner"], &["with a bouquet of roses", "and whistled a tune"]),
    quality(2, ["safe", "safer", "safest"], &["investment", "harbor", "ladder", "bicycle helmet"], &["in the opinion of experts", "in an emergency"]),
    quality(2, ["heavy", "heavier", "heaviest"], &["piano", "anchor", "suitcase", "rain"], &["for a single mover", "by several pounds"]),
];
