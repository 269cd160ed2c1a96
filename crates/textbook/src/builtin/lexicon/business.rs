//! Companies, and what newspapers measure.

use super::Phrases;

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
        weight: 9,
        firms: &["toyota", "honda", "nissan", "ford", "chrysler", "volvo", "mazda"],
        phrases: &[
            "recall MANY thousand sedans with faulty brakes",
            "build an assembly plant in ohio",
            "show a sports model in detroit",
            "sell MANY thousand sedans to dealers",
            "offer rebates on its sedans and pickups",
            "meet with the auto workers union",
            "ship pickups to dealers in canada",
            "close an assembly line in michigan",
        ],
    },
    Trade {
        weight: 2,
        firms: &["citicorp", "salomon", "barclays", "first boston", "wells fargo"],
        phrases: &[
            "set aside reserves for bad debts",
            "lend MONEY to mexico",
            "sell credit cards",
            "buy an offering of notes",
            "cut its prime rate",
        ],
    },
    Trade {
        weight: 2,
        firms: &["ibm", "wang", "digital", "compaq", "hitachi"],
        phrases: &[
            "show a line of portable computers",
            "write software for its machines",
            "ship disk drives and chips",
            "spend MONEY on semiconductors",
        ],
    },
    Trade {
        weight: 2,
        firms: &["exxon", "texaco", "shell", "mobil", "chevron"],
        phrases: &[
            "find oil in the north sea",
            "lose a tanker",
            "sell MANY thousand barrels of crude oil",
            "sell natural gas from the gulf",
        ],
    },
    Trade {
        weight: 2,
        firms: &["united", "delta", "american", "northwest"],
        phrases: &[
            "cut flights to denver",
            "order jets from boeing",
            "raise fares on its atlantic routes",
            "hire pilots in arizona",
        ],
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
    "rise more than PERCENT percent",
    "fall less than MANY points",
    "fall PERCENT percent",
    "climb to a record",
    "drop below the forecast",
    "jump MANY points",
    "slip for the second time",
    "surprise economists in washington",
    "stay at about PERCENT percent",
];
