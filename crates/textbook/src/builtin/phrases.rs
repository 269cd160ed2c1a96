//! The sentences of the built-in corpus, and the words that fill their gaps.
//!
//! A pattern is words and symbols. Symbols in capitals are drawn anew each time: some from [`CHOICES`], some by the
//! grammar, which knows who the sentence speaks of (`SUBJ`, `HE`, `HIS`, `HIM`, `IS`, `PAST` ...). `~verb` is that verb
//! in the present, agreeing with whoever acts.

/// A pattern and how often it is drawn, relative to the others.
pub type Weighted = (u32, &'static str);

/// Whole sentences.
pub const SENTENCES: &[Weighted] = &[
    // People, in the past.
    (6, "SUBJ PAST TPAST"),
    (5, "TPAST SUBJ PAST"),
    (6, "SUBJ PAST because WHYPAST"),
    (5, "SUBJ PAST TPAST and then HE PAST"),
    (4, "TPAST SUBJ PAST before HE PAST"),
    (4, "SUBJ said HE PAST TPAST"),
    (3, "SUBJ suddenly PAST and WHYPAST"),
    (3, "SUBJ had already PART when WHYPAST"),
    // In the present, and as a habit.
    (5, "SUBJ often PRES"),
    (4, "SUBJ PRES THABIT"),
    (4, "SUBJ usually PRES because WHYPRES"),
    (3, "THABIT SUBJ PRES and HE PRES"),
    (3, "SUBJ never PRES unless WHYPRES"),
    // Not yet.
    (5, "SUBJ will BASE TFUT"),
    (4, "SUBJ ~want to BASE with HIS friends"),
    (4, "SUBJ ~hope to BASE TFUT because WHYPRES"),
    (3, "SUBJ can BASE if HE ~like"),
    (3, "SUBJ should BASE TFUT"),
    (3, "SUBJ told HIS friends that HE would BASE TFUT"),
    (2, "perhaps SUBJ will BASE and HE will BASE"),
    (2, "SUBJ PAST rather than BASE"),
    (2, "more than MANY hundred people watched while PERSON PAST"),
    (2, "SUBJ ~like to BASE very much"),
    (2, "SUBJ did n't BASE and neither did HIS friends"),
    (2, "SUBJ ~do n't BASE THABIT"),
    (3, "SUBJ may BASE TFUT or HE may BASE"),
    // Conversation.
    (4, "if SPEAKER BASE TFUT HIS friends will be pleased"),
    (4, "SPEAKER have PART many times"),
    (4, "SPEAKER do n't know why PERSON PAST"),
    (3, "SPEAKER must BASE TFUT or HIS friends will complain"),
    (2, "do SPEAKER ever BASE"),
    (2, "why do SPEAKER think that PERSON PAST"),
    (2, "SPEAKER ~know how to BASE and HIS friends envy HIM"),
    // Going on.
    (3, "SUBJ IS ING right now and WHYPRES"),
    (3, "SUBJ WAS ING when WHYPAST"),
    (2, "SPEAKER saw PERSON ING TPAST"),
    // Things and creatures.
    (6, "NP PAST TPAST"),
    (6, "TPAST NP PAST"),
    (6, "NP often PRES"),
    (4, "NP PRES according to a survey"),
    (4, "NP will BASE TFUT"),
    (4, "PICK there WAS SOME in the PLACE TPAST that PAST"),
    (4, "PICK there IS SOME in the PLACE that PRES"),
    (3, "SUBJ said that NP PAST"),
    (4, "SUBJ ~think that NP PRES"),
    (2, "according to the police report NP PAST"),
    (2, "in this town NP PRES THABIT"),
    // Business.
    (5, "FIRM PAST TPAST"),
    (4, "FIRM said it will BASE TFUT"),
    (4, "FIRM PAST in the UNIT ended MONTH DATE"),
    (3, "shares of FIRM rose after it PAST"),
    (3, "analysts say FIRM PRES to stay ahead of rivals"),
    (3, "FIRM IS ING while its rivals wait"),
    (4, "unlike FIRM RIVAL PAST"),
    (2, "talks between FIRM and RIVAL ended TPAST"),
    (4, "INDEX PAST TPAST and INDEX PAST"),
    (2, "economists expect that INDEX will BASE TFUT"),
    // Degrees.
    (6, "BEARER IS very POS TAIL"),
    (4, "BEARER WAS really POS TAIL"),
    (4, "BEARER IS POS enough for SOMEBODY"),
    (3, "SUBJ said BEARER WAS rather POS"),
    (3, "SUBJ ~think BEARER IS quite POS TAIL"),
    (6, "BEARER IS MUCH COMP than THEREST TAIL"),
    (5, "BEARER WAS MUCH COMP than THEREST"),
    (2, "BEARER grew COMP and COMP TAIL"),
    (3, "next PERIOD BEARER may be MUCH COMP TAIL"),
    (3, "SUBJ said BEARER WAS MUCH COMP than THEREST"),
    (3, "it was the SUP GOODS of the UNIT TAIL"),
    (2, "SUBJ called it the SUP GOODS in NUMBER UNITS"),
    // The calendar.
    (3, "it was THEWEATHER for most of the UNIT and SUBJ PAST"),
    (2, "the first UNIT of the EVENT was THEWEATHER and the next was THEWEATHER"),
    (2, "NUMBER UNITS is a long time to wait for a plumber"),
    (1, "the fiscal year of FIRM begins in MONTH"),
    (1, "the new year began with fireworks and PERSON PAST"),
    (1, "the rent for the month is due on DAY and SUBJ ~hope to BASE"),
    (1, "it rained one day in NUMBER and the next day was THEWEATHER"),
    (1, "the week began on DAY when SUBJ PAST"),
];

/// Symbols filled from a list; an entry twice is drawn twice as often.
pub const CHOICES: &[(&str, &[&str])] = &[
    (
        "TPAST",
        &[
            "yesterday",
            "yesterday",
            "last PERIOD",
            "last PERIOD",
            "last PERIOD",
            "last night",
            "NUMBER UNITS ago",
            "NUMBER UNITS ago",
            "a UNIT ago",
            "earlier this PERIOD",
            "on DAY",
            "last MONTH",
            "in YEAR",
        ],
    ),
    (
        "THABIT",
        &[
            "every UNIT",
            "every UNIT",
            "every UNIT",
            "every morning",
            "every DAY",
            "on weekends",
            "NUMBER times a UNIT",
            "all UNIT long",
            "twice a UNIT",
        ],
    ),
    (
        "TFUT",
        &[
            "tomorrow",
            "next PERIOD",
            "next PERIOD",
            "next PERIOD",
            "later this PERIOD",
            "in NUMBER UNITS",
            "next MONTH",
            "by DAY",
            "in a UNIT or two",
            "soon",
        ],
    ),
    (
        "UNIT",
        &["year", "year", "year", "year", "month", "month", "month", "week", "week", "week", "day", "day", "quarter"],
    ),
    ("PERIOD", &["year", "year", "year", "month", "month", "week", "week", "quarter"]),
    ("UNITS", &["years", "years", "years", "months", "months", "weeks", "weeks", "days", "days"]),
    ("NUMBER", &["two", "three", "four", "five", "six", "ten", "twenty"]),
    ("MANY", &["two", "three", "five", "six", "ten", "twenty", "fifty", "sixty"]),
    ("PERCENT", &["2", "3", "4", "5", "6", "7", "8", "12", "15"]),
    ("MONEY", &["$ PERCENT million", "$ PERCENT million", "$ PERCENT billion"]),
    ("DATE", &["15", "30", "31"]),
    ("YEAR", &["1983", "1985", "1987", "1988"]),
    ("DAY", &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]),
    ("MONTH", &["january", "march", "april", "june", "july", "august", "september", "november", "december"]),
    ("PLACE", &["garden", "street", "hall", "kitchen", "valley", "hospital", "fog", "forest"]),
    ("EVENT", &["fair", "parade", "harvest", "vacation", "honeymoon", "convention"]),
    ("THEWEATHER", &["sunny", "rainy", "windy", "foggy", "mild and dry", "wet and gray"]),
    ("MUCH", &["much", "much", "far", "even", "a little", "slightly", "a lot"]),
    (
        "THEREST",
        &[
            "last PERIOD",
            "a UNIT ago",
            "before",
            "usual",
            "expected",
            "anyone remembers",
            "the rest",
            "SUBJ promised",
            "the one in YEAR",
        ],
    ),
    ("SOMEBODY", &["most people", "the committee", "us", "me", "the mayor", "them", "a reporter", "tourists"]),
    (
        "WHYPAST",
        &[
            "HE WAS tired",
            "HE WAS late for work",
            "HE had forgotten HIS WEAR",
            "HE had lost HIS WEAR",
            "HE needed a rest",
            "nobody told HIM the time",
            "HIS friends laughed at HIM",
            "HE found SELF alone",
            "HIS boss had insulted HIM",
            "HE WAS proud of HIS WEAR",
            "the rain surprised HIM and HIS friends",
            "HE enjoyed SELF",
            "HE hurt SELF",
            "the doctor had warned HIM",
        ],
    ),
    (
        "WHYPRES",
        &[
            "HE IS bored",
            "HE IS in a hurry",
            "HE ~like the company",
            "HIS doctor insists on it",
            "it amuses HIM and HIS friends",
            "HE ~miss HIS friends",
            "HE ~have time for SELF",
            "nobody can stop HIM",
            "HE ~need HIS WEAR",
            "HE IS fond of HIS WEAR",
        ],
    ),
];

/// What people put on: `[men's, women's, anybody's]`.
pub const WEAR: [&[&str]; 3] = [
    &["tie", "mustache", "razor", "waistcoat"],
    &["dress", "necklace", "handbag", "earrings"],
    &["glasses", "hat", "scarf", "watch"],
];

/// Before a singular noun, and before a plural one. `a` becomes `an` where it must.
pub const DETERMINERS: [&[&str]; 2] = [
    &["a", "a", "a", "this", "this", "that", "each", "every", "one", "another", "the", "the same"],
    &["these", "these", "those", "many", "many", "several", "two", "three", "few", "most", "all", "some", "the"],
];

/// The same after `there is` and `there are`, which want something new.
pub const INDEFINITE: [&[&str]; 2] = [&["a", "a", "one", "another"], &["many", "several", "two", "three", "some"]];

/// Between determiner and noun, sometimes.
pub const ATTRIBUTES: &[&str] =
    &["new", "famous", "little", "young", "tall", "fine", "tired", "curious", "lucky", "local"];
